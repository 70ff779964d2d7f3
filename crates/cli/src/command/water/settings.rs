//! The settings of the water rules, as arguments.

use clap::Args;
use standards::water::{BelowDetection, Comparison, OxygenClassOne, PhMean, Settings};

/// The doubtful points that a command line may decide.
#[derive(Args, Clone)]
pub struct SettingArguments {
    /// 与限值比较前是否修约：rounded 或 as-given | round values before comparing them with limits: rounded or as-given
    #[arg(long, value_name = "HOW", value_parser = ["rounded", "as-given"])]
    comparison: Option<String>,
    /// 溶解氧饱和率达到 90% 也为Ⅰ类 | dissolved oxygen at 90 % of saturation is class Ⅰ too
    #[arg(long)]
    saturation: bool,
    /// 低于检出限的取值：half、whole 或 zero | what a value below the detection limit counts as: half, whole or zero of it
    #[arg(long, value_name = "WHAT", default_value = "half", value_parser = ["half", "whole", "zero"])]
    below_detection: String,
    /// pH 的平均：hydrogen 或 arithmetic | how pH is averaged: hydrogen or arithmetic
    #[arg(long, value_name = "HOW", default_value = "hydrogen", value_parser = ["hydrogen", "arithmetic"])]
    ph_mean: String,
    /// 季度至少需要的月数 | months with data that a quarter needs
    #[arg(long, value_name = "MONTHS", default_value_t = 2)]
    quarter_months: u32,
    /// 年度至少需要的月数 | months with data that a year needs
    #[arg(long, value_name = "MONTHS", default_value_t = 8)]
    year_months: u32,
}

impl SettingArguments {
    /// The settings, with this comparison where the user names none.
    pub fn settings(&self, comparison: Comparison) -> Settings {
        let comparison = match self.comparison.as_deref() {
            Some("rounded") => Comparison::Rounded,
            Some(_) => Comparison::AsGiven,
            None => comparison,
        };
        Settings {
            comparison,
            oxygen_class_one: if self.saturation {
                OxygenClassOne::SaturationOrFixed
            } else {
                OxygenClassOne::Fixed
            },
            below_detection: match self.below_detection.as_str() {
                "whole" => BelowDetection::Whole,
                "zero" => BelowDetection::Zero,
                _ => BelowDetection::Half,
            },
            ph_mean: if self.ph_mean == "arithmetic" { PhMean::Arithmetic } else { PhMean::Hydrogen },
            quarter_months: self.quarter_months,
            year_months: self.year_months,
            ..Settings::default()
        }
    }
}
