//! `qingyuan water`: surface water by GB 3838—2002, from files of readings.

mod body;
mod city;
mod class;
mod columns;
mod compare;
mod data;
pub(super) mod file;
mod input;
mod lake;
pub(super) mod print;
mod river;
mod section;
mod settings;
pub(super) mod time;

use clap::{Args, Subcommand};
use message::Language;

use crate::failure::Failure;

/// The arguments.
#[derive(Args)]
pub struct Water {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// 逐行评价：原样输出各行，加上类别和决定类别的项目 | the class of each row: rows as they are, with class and deciding items
    Class(class::ClassCommand),
    /// 与公布类别比较：一致率、不一致的种类 | compare with the published classes: the share of equal ones, mismatches by kind
    Compare(compare::CompareCommand),
    /// 断面：月、季、年评价，主要污染指标，变化 | sections by month, quarter or year: class, main pollution items, change
    Section(section::SectionCommand),
    /// 河流、流域、水系：均值或断面比例 | rivers and basins: means or proportions of sections
    River(river::RiverCommand),
    /// 湖库：类别、营养状态 TLI(Σ) | lakes and reservoirs: class and trophic state TLI(Σ)
    Lake(lake::LakeCommand),
    /// 城市水质指数 CWQI | the city water quality index CWQI
    City(city::CityCommand),
}

impl Water {
    /// Does it.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        match self.what {
            What::Class(command) => command.run(language),
            What::Compare(command) => command.run(language),
            What::Section(command) => command.run(language),
            What::River(command) => command.run(language),
            What::Lake(command) => command.run(language),
            What::City(command) => command.run(language),
        }
    }
}
