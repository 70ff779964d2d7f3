//! Surface water: GB 3838—2002 and the rules by which its classes are told and compared.
//!
//! ```text
//! readings ──Reading::effective──▶ Sample ──Mean──▶ Sample of a month, quarter, year, river, lake
//!                                    │                     │
//!                                    └──judge──▶ Verdict ◀─┘──▶ grade, main pollution items
//!                      Verdicts of sections ──reach──▶ proportions, grade ──trend──▶ change
//!                      Sample of a lake ──trophic──▶ TLI(Σ)      Samples of a city ──city──▶ CWQI
//! ```
//!
//! Values are integers, in millionths of the item's unit ([`Micro`]): every limit of the standard and
//! every printed concentration is one, so that a class is decided exactly. Three things are logarithms by
//! nature and computed in floating point: the mean of pH, TLI(Σ) and nothing else; each is rounded once.
//!
//! **What is absent:** a class for nothing: without one participating value there is no verdict, and a
//! quarter or a year with too few months is refused with its count ([`Refusal`]).
//!
//! Sources: GB 3838—2002 table 1; 《地表水环境质量评价办法（试行）》 环办〔2011〕22号; 《地表水环境质量监测数据
//! 统计技术规定（试行）》 环办监测函〔2020〕82号; 总站生字〔2001〕090号; 《城市地表水环境质量排名技术规定（试行）》.
//! What only secondary sources say is a field of [`Settings`].

mod black;
mod city;
mod class;
mod grade;
mod item;
mod lake;
mod limits;
mod main_items;
mod mean;
mod period;
mod reach;
mod sample;
mod section;
mod settings;
mod trend;
mod trophic;

pub use black::{BlackOdour, BlackOdourSample, black_odour};
pub use city::{CityIndex, WaterIndex, change, city_index, single_index, water_index};
pub use class::{Class, class_of, oxygen_at_saturation};
pub use grade::Grade;
pub use item::{Item, ItemSet};
pub use lake::lake_sample;
pub use limits::{Body, limits};
pub use main_items::{MainItem, main_items, main_items_by_rate};
pub use mean::Mean;
pub use period::{Period, PeriodSample, period_sample};
pub use reach::{Method, Reach, reach};
pub use sample::{Reading, Sample};
pub use section::{Verdict, judge};
pub use settings::{BelowDetection, Comparison, OxygenClassOne, PhMean, Settings};
pub use trend::{Change, Spearman, combined_change, grade_change, spearman};
pub use trophic::{Trophic, TrophicGrade, trophic};

/// A value in millionths of its item's unit: 0.05 mg/L is 50,000, pH 7.2 is 7,200,000.
pub type Micro = i64;

/// One whole unit.
pub const ONE: Micro = 1_000_000;

/// Why there is no judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not one participating item has a value.
    Nothing,
    /// A quarter or a year has too few months.
    Months {
        /// Months with data.
        present: u32,
        /// Months that the rule asks for.
        needed: u32,
    },
    /// Items without which the quantity is not defined.
    Items(ItemSet),
    /// There are no sections or points to speak of.
    NoSections,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Nothing => write!(out, "no participating item has a value"),
            Self::Months { present, needed } => {
                write!(out, "{present} months have data, {needed} are needed")
            }
            Self::Items(items) => {
                write!(out, "without a value:")?;
                items.iter().try_for_each(|item| write!(out, " {}", item.key()))
            }
            Self::NoSections => write!(out, "there is no section with data"),
        }
    }
}

impl std::error::Error for Refusal {}
