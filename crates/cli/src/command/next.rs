//! `qingyuan next`: what to try after `make demo`.

use clap::Args;
use message::Language;

use crate::failure::Failure;
use crate::home::HomeArgument;

/// The arguments.
#[derive(Args)]
pub struct Next {
    #[command(flatten)]
    home: HomeArgument,
}

impl Next {
    /// Prints commands that can be copied.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let city = self.home.open()?;
        let home = city.home.display();
        let size = city.book()?.size()?;
        let digest = &city.settings.pack;
        let reported = city.settings.reported_at.unwrap_or(size);
        let text = message::text!(
            "下一步可以试试：\n  \
             qingyuan figures docks.operating --by district --home {home}     按区分解\n  \
             qingyuan trace docks.operating/2022/{size}.{digest} --home {home}   追溯到每一条记录\n  \
             qingyuan figures docks.operating --as-of 2018-06-30 --home {home}   某一天的数\n  \
             qingyuan diff contracts.amount/2022/{reported}.{digest} --home {home}   一月上报的数，现在是多少，差在哪里\n  \
             qingyuan check {home}/reports/work-report.docx --home {home}   逐个数核验一份材料\n  \
             qingyuan template docks --home {home}                            Excel 填报模板\n  \
             qingyuan verify --home {home}                                    验证整本账\n  \
             qingyuan --help                                                  全部命令\n",
            "What to try next:\n  \
             qingyuan figures docks.operating --by district --home {home}     broken down by district\n  \
             qingyuan trace docks.operating/2022/{size}.{digest} --home {home}   followed to its records\n  \
             qingyuan figures docks.operating --as-of 2018-06-30 --home {home}   as of a day\n  \
             qingyuan diff contracts.amount/2022/{reported}.{digest} --home {home}   what was reported in January, what it is now, and why\n  \
             qingyuan check {home}/reports/work-report.docx --home {home}   check a report, figure by figure\n  \
             qingyuan template docks --home {home}                            an Excel form\n  \
             qingyuan verify --home {home}                                    verify the whole book\n  \
             qingyuan --help                                                  all commands\n"
        );
        print!("{}", text.in_language(language));
        Ok(())
    }
}
