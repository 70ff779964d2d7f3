//! What the city learnt only in February 2023: hours that came late, hours that were corrected, hours that were found not
//! to count. What was known before is made of what is true in the end.

use jiff::civil::{Date, date};

use super::days::{CO, Day, O3, aqi, concentration, worst};
use super::gaps::BROKEN;
use super::{Sample, air, midnight};

/// The year that this is about.
pub(crate) const YEAR: i16 = 2022;

/// A station whose connection was broken at the end of the year; its hours came when it was mended.
const CUT_OFF: (&str, Date, Date) = ("J004", date(2022, 12, 28), date(2022, 12, 30));

/// A station whose monitor told too much for eight hours of a day.
const TOO_MUCH: &str = "J002";

/// Divides the true hours of the year into what was known at first and what was told later.
///
/// At first the day of 2022 that is only just fair seemed to be polluted: one fair day fewer.
pub(crate) fn split(days: &[Day], truth: Vec<Sample>) -> (Vec<Sample>, Vec<Sample>) {
    let (wrong_day, pollutant, by) = too_much(days);
    let wrong = midnight(wrong_day) + 10 * 3600..midnight(wrong_day) + 18 * 3600;
    let broken = midnight(BROKEN.1)..midnight(BROKEN.1) + 86_400;
    let cut_off = midnight(CUT_OFF.1)..midnight(CUT_OFF.2) + 86_400;
    let mut first = Vec::with_capacity(truth.len());
    let mut later = Vec::new();
    for sample in truth {
        if sample.station == CUT_OFF.0 && cut_off.contains(&sample.seconds) {
            later.push(sample);
            continue;
        }
        let mut known = sample;
        if sample.station == TOO_MUCH
            && sample.item == air::ITEMS[pollutant]
            && sample.flag == "N"
            && wrong.contains(&sample.seconds)
        {
            known.micro += by * if pollutant == CO { 100_000 } else { 1_000_000 };
        }
        if sample.station == BROKEN.0 && sample.flag == "D" && broken.contains(&sample.seconds) {
            known.flag = "N";
        }
        if known != sample {
            later.push(sample);
        }
        first.push(known);
    }
    (first, later)
}

/// The fair day with the greatest index, what of it there is most, and how much more of it one station told.
fn too_much(days: &[Day]) -> (Date, usize, i64) {
    let fair = (0..days.len()).filter(|&day| aqi(&days[day]) <= 100);
    let day = fair.max_by_key(|&day| (aqi(&days[day]), day)).unwrap_or(0);
    let pollutant = worst(&days[day]);
    // One of ten stations has to be ten times as much beyond; of a mean of 24 hours in eight hours three times that.
    let beyond = (concentration(pollutant, 100) + 4 - days[day][pollutant]) * 10;
    let by = if pollutant == O3 { beyond } else { beyond * 3 };
    let wrong = date(YEAR, 1, 1).saturating_add(jiff::Span::new().days(day as i64));
    (wrong, pollutant, by)
}
