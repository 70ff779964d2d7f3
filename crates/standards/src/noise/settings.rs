//! What the sources leave open, each with its default.

use super::NightDate;

/// The doubtful points of the noise rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The hour at which the day begins. Default: 6 (GB 3096—2008; local governments may set others).
    pub day_begins: u8,
    /// The hour at which the night begins. Default: 22.
    pub night_begins: u8,
    /// To which date the hours after midnight count. Default: to the date on which the night began.
    pub night_date: NightDate,
    /// Hours that a valid day needs. Default: 12 of 16 (three quarters; the rule, 环办监测〔2024〕33号, was not
    /// obtained).
    pub day_hours: u8,
    /// Hours that a valid night needs. Default: 6 of 8 (three quarters; as above).
    pub night_hours: u8,
    /// Decimals to which a level is rounded before it is compared and printed. Default: 1 (GB/T 8170).
    pub decimals: u32,
    /// Whether class 4b is a strip along a railway from before 2011, whose night limit without passing
    /// trains is 55 instead of 60 dB(A). Default: no.
    pub old_railways: bool,
    /// What stands for a point's quarter in the point-time method. Default: the energy mean of its valid
    /// days (resp. nights).
    pub quarter_value: QuarterValue,
}

/// What stands for a point's quarter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuarterValue {
    /// The energy mean of the quarter's valid days, resp. nights.
    EnergyMean,
    /// The first valid day, resp. night: as where one day a quarter is measured by hand.
    First,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            day_begins: 6,
            night_begins: 22,
            night_date: NightDate::Begins,
            day_hours: 12,
            night_hours: 6,
            decimals: 1,
            old_railways: false,
            quarter_value: QuarterValue::EnergyMean,
        }
    }
}
