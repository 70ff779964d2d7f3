//! Every point that the texts leave open, as a setting with its default and the reason.

use super::{Edition, Item, Items};
use crate::calendar::Date;

/// What to do with an AQI where an item is missing or invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The rest makes the AQI.
    Rest,
    /// The rest makes the AQI if it is above 100; otherwise there is none (HJ 633—2026).
    RestAbove100,
    /// There is no AQI.
    Refuse,
}

/// Which values make the real-time AQI under the edition of 2012.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RealTime2012 {
    /// The 1-hour means of the six items, particles on the breakpoints of 24 hours: what the national feed
    /// published (it reproduces the AQI and primary pollutant of all 1,475 stations of an hour of 2018).
    SixByHour,
    /// The nine values of HJ 633—2012, with ozone also by its sliding 8 hours and particles by their sliding
    /// 24 hours.
    NineValues,
}

/// Which values make the daily sub-index of ozone under the edition of 2012.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OzoneDay2012 {
    /// The larger of the daily maximum 1 hour and 8 hours: the seven values of HJ 633—2012.
    HourAndEightHours,
    /// The daily maximum 8 hours only, and the hour where the 8 hours are above their scale.
    EightHours,
}

/// By which edition a period is judged that more than one rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MixedPeriod {
    /// By the edition of its last day.
    ByLastDay,
    /// By the edition of its first day.
    ByFirstDay,
    /// Not at all.
    Refuse,
}

/// Which statistics must meet their limit for an item to attain the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attaining {
    /// Annual mean and percentile, where the item has both (HJ 663, row by row).
    MeanAndPercentile,
    /// The one statistic that rankings use: the mean; for CO and O3 the percentile.
    Ranking,
}

/// Which values the statistics of a period are made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DaysOfStatistics {
    /// The exact daily values, so that each statistic is rounded once (GB/T 8170).
    Exact,
    /// The daily values as published, rounded to [`Item::decimals`].
    Rounded,
}

/// How many valid days a period needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// Valid days of a year.
    pub year: u16,
    /// Valid days of each month.
    pub month: u8,
    /// Valid days of February.
    pub february: u8,
}

/// The settings of the air rules. `Settings::default()` is the rule as the sources have it; each field says
/// how sure that is: *text* = the standard's own text, *secondary* = several public sources, *open* = no
/// source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Hours of a valid daily mean: 20 (text, GB 3095 table 4). Smaller values than 20 work, but cost speed.
    pub hours_of_day: u8,
    /// Hours of a valid 8-hour mean: 6 (text, GB 3095 table 4).
    pub hours_of_window: u8,
    /// Valid windows, of the 17 that end at 08 … 24 o'clock, of a valid ozone day: 14 (secondary, HJ 663).
    pub ozone_windows: u8,
    /// With fewer windows the ozone day is valid all the same if its rounded maximum is above this many
    /// µg/m³: 160, the limit of grade II in every edition (secondary for the rule, open for the grade).
    pub ozone_saved_above: Option<u16>,
    /// Hours that the daily maximum 1 hour of ozone needs: 20 (open; taken from the daily means).
    pub hours_of_ozone_maximum: u8,
    /// Ozone's daily sub-index under the edition of 2012: the eight hours only (open: the text of HJ 633—2012
    /// has both, but HJ 663 judges days by the eight hours alone, and cities publish good days so).
    pub ozone_day_2012: OzoneDay2012,
    /// Real-time values under the edition of 2012: six by the hour (the text has nine; this is what the
    /// national network published).
    pub real_time_2012: RealTime2012,
    /// Missing items under the edition of 2012: the rest makes the AQI (open in the text; the national feed
    /// published so).
    pub missing_2012: Missing,
    /// Missing items under the edition of 2026: the rest, if above 100 (text, HJ 633—2026).
    pub missing_2026: Missing,
    /// Items that are not monitored by plan and whose absence therefore does not count (text, HJ 633—2026:
    /// no light-or-worse pollution by it in three years; printed `/`): none.
    pub exempt: Items,
    /// Whether an AQI ends at 500 (the range of both texts says so in effect, the cap is not spelled out);
    /// else the last segment goes on.
    pub cap_at_500: bool,
    /// Whether a calculated AQI of 0 is published as 1 under the edition of 2026, whose range is 1 to 500
    /// (open): yes. A sub-index may be 0 in either case.
    pub zero_becomes_one_2026: bool,
    /// The concentrations of PM10 and PM2.5 at an index of 100 under the *final* limits (open: HJ 633—2026
    /// has one table, 120 and 60, which equals the limits of the transition; whether it will be revised with
    /// the final limits of 100 and 50 in 2031 is not known): 120 and 60.
    pub final_breakpoints: [u16; 2],
    /// Share of a city's stations, in per cent, that must have a valid value: 75 (open; general knowledge).
    pub share_of_stations: u8,
    /// The same with fewer stations than [`Settings::few_stations`]: 50 (open).
    pub share_of_few_stations: u8,
    /// Fewer stations than this are few: 4 (open).
    pub few_stations: u8,
    /// Valid days of a year and of its months: 324, 27, February 25 (text, GB 3095 table 4).
    pub validity: Validity,
    /// Whether an annual statistic needs them: yes (text).
    pub year_needs_validity: bool,
    /// Whether a monthly statistic needs 27 (25) days: yes (open; it is the text's only number for a month).
    pub month_needs_validity: bool,
    /// Whether the days of CO and O3, which the table does not name, need the same: yes (open).
    pub percentiles_need_validity: bool,
    /// What the statistics are made from: exact daily values (open).
    pub days_of_statistics: DaysOfStatistics,
    /// Percentile of the daily values by item, in per cent: 98, 98, 95, 95, 90, 95 (secondary, HJ 663).
    pub percentiles: [u8; Item::COUNT],
    /// Decimals to which a statistic is rounded before it is compared with its limit, 2012: 0, CO 1
    /// (open; HJ 663—2013).
    pub decimals_2012: [u8; Item::COUNT],
    /// The same, 2026: 0, CO 1 (open; one source claims 1 and 2 for HJ 663—2026).
    pub decimals_2026: [u8; Item::COUNT],
    /// Which statistics must attain: mean and percentile (open; HJ 663—2013).
    pub attaining: Attaining,
    /// Weights of the composite index: all 1 (secondary; one source claims 3 for PM2.5 and 2 for O3 and NO2
    /// since 2026).
    pub composite_weights: [u16; Item::COUNT],
    /// Decimals of the values that enter the composite index: 0, CO 1 (open).
    pub composite_decimals: [u8; Item::COUNT],
    /// How a period is judged that mixes editions, such as 2026: by its last day (open; HJ 663—2026 was not
    /// obtained). Its days are always judged each by its own date.
    pub mixed_period: MixedPeriod,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            hours_of_day: 20,
            hours_of_window: 6,
            ozone_windows: 14,
            ozone_saved_above: Some(160),
            hours_of_ozone_maximum: 20,
            ozone_day_2012: OzoneDay2012::EightHours,
            real_time_2012: RealTime2012::SixByHour,
            missing_2012: Missing::Rest,
            missing_2026: Missing::RestAbove100,
            exempt: Items::NONE,
            cap_at_500: true,
            zero_becomes_one_2026: true,
            final_breakpoints: [120, 60],
            share_of_stations: 75,
            share_of_few_stations: 50,
            few_stations: 4,
            validity: Validity { year: 324, month: 27, february: 25 },
            year_needs_validity: true,
            month_needs_validity: true,
            percentiles_need_validity: true,
            days_of_statistics: DaysOfStatistics::Exact,
            percentiles: [98, 98, 95, 95, 90, 95],
            decimals_2012: [0, 0, 0, 1, 0, 0],
            decimals_2026: [0, 0, 0, 1, 0, 0],
            attaining: Attaining::MeanAndPercentile,
            composite_weights: [1; Item::COUNT],
            composite_decimals: [0, 0, 0, 1, 0, 0],
            mixed_period: MixedPeriod::ByLastDay,
        }
    }
}

impl Settings {
    /// The edition by which a period is judged; `None` if it mixes editions and the settings refuse that.
    pub const fn edition_of_period(&self, first: Date, last: Date) -> Option<Edition> {
        let begin = Edition::on(first.year, first.month, first.day);
        let end = Edition::on(last.year, last.month, last.day);
        match self.mixed_period {
            _ if begin.index() == end.index() => Some(begin),
            MixedPeriod::ByFirstDay => Some(begin),
            MixedPeriod::ByLastDay => Some(end),
            MixedPeriod::Refuse => None,
        }
    }

    /// Decimals to which a statistic of the item is rounded before it meets its limit.
    pub const fn decimals(&self, edition: Edition, item: Item) -> u32 {
        let decimals = if edition.is_2012() { &self.decimals_2012 } else { &self.decimals_2026 };
        decimals[item.index()] as u32
    }
}
