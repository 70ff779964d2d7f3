//! `qingyuan demo`: the invented city.

use std::path::PathBuf;
use std::time::Instant;

use clap::{Args, ValueEnum};
use message::Language;

use crate::failure::Failure;
use crate::output::say;
use crate::progress::Progress;
use city::{City, Settings, read_pack};

/// The arguments.
#[derive(Args)]
pub struct Demo {
    /// 城市目录，须不存在或为空 | the city's directory; must not exist or be empty
    home: PathBuf,
    /// 种子：同一种子得到同一本账 | the seed: the same seed gives the same book
    #[arg(long, default_value = "2022")]
    seed: u64,
    /// 规模：full 约一百万条入账，small 供试验 | full: about a million entries; small: for trials
    #[arg(long, value_enum, default_value = "full")]
    scale: Scale,
    /// 城市包目录 | the directory of the pack
    #[arg(long, value_name = "DIR")]
    pack: Option<PathBuf>,
}

/// How large a city.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Scale {
    Full,
    Small,
}

impl Demo {
    /// Founds the city.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let dir = self.pack.unwrap_or_else(pack_of_jiangcheng);
        let pack = read_pack(&dir)?;
        let scale = match self.scale {
            Scale::Full => demo::Scale::Full,
            Scale::Small => demo::Scale::Small,
        };
        let begun = Instant::now();
        let mut progress = Progress::new(language);
        let founded = demo::found(&self.home, &pack, self.seed, scale, &mut |stage, done, total| {
            progress.show(&stage, done, total);
        });
        progress.finish();
        let summary = founded?;
        let settings = Settings {
            synthetic_seed: Some(self.seed),
            synthetic_until: Some(summary.last_day),
            reported_at: Some(summary.known_in_january),
            reported_batches: Some(summary.measured_in_january),
            ..Settings::default()
        };
        City::settle(&self.home, &dir, &pack, &settings)?;
        let (entries, home, seconds) = (summary.entries, self.home.display(), begun.elapsed().as_secs());
        let (stations, measurements) = (summary.stations, summary.measurements);
        say(
            &message::text!(
                "已在 {home} 建立演示城市江城：{entries} 条入账，{stations} 个监测点位，{measurements} 条监测数据，用时 {seconds} 秒。全部数据由种子 {} 生成，均为虚构",
                "founded the demo city Jiangcheng in {home}: {entries} entries, {stations} monitoring points and {measurements} measurements in {seconds} s. All records are invented, generated from the seed {}",
                self.seed
            ),
            language,
        );
        Ok(())
    }
}

/// The pack beside the sources, or in the current directory where the binary was moved.
fn pack_of_jiangcheng() -> PathBuf {
    let beside_sources = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs/jiangcheng");
    let here = PathBuf::from("packs/jiangcheng");
    if here.is_dir() { here } else { PathBuf::from(beside_sources) }
}
