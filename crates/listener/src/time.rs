//! What a device says about time, and whether it can be true.
//!
//! Devices write China's civil time (UTC+8, no daylight saving) without saying so. A value whose time cannot be true is
//! kept apart: stored under a wrong hour it would be mixed into somebody's day for ever.

use hj212::Moment;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use lake::Span;

/// How far a device's time may be from ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tolerance {
    /// How far a device's clock may run ahead.
    pub ahead: SignedDuration,
    /// How old data may be and still be taken without a question.
    pub oldest: SignedDuration,
}

impl Default for Tolerance {
    fn default() -> Self {
        Self { ahead: SignedDuration::from_mins(10), oldest: SignedDuration::from_hours(366 * 24) }
    }
}

/// Why data of a time are kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TimeFault {
    /// No DataTime.
    Missing,
    /// Not `YYYYMMDDhhmmss`, or no such moment: hour 24, 30 February.
    Invalid,
    /// Not the start of an interval of that length: an hour that begins at 07:30.
    NotAligned,
    /// Before anything this device can have measured: 1970.
    TooOld,
    /// The interval has not ended yet: the device's clock runs ahead, or it labels intervals by their end.
    NotOver,
    /// Later than now.
    Future,
}

impl TimeFault {
    /// The reason's stable name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Missing => "time-missing",
            Self::Invalid => "time-invalid",
            Self::NotAligned => "time-not-aligned",
            Self::TooOld => "time-too-old",
            Self::NotOver => "interval-not-over",
            Self::Future => "time-future",
        }
    }
}

/// China's civil time.
const CHINA: Offset = Offset::constant(8);

/// Reads `YYYYMMDDhhmmss` (or with milliseconds, which are cut: seen in the field) as an instant.
pub fn read(text: &str) -> Result<Timestamp, TimeFault> {
    let moment = Moment::parse(text).map_err(|_| TimeFault::Invalid)?;
    let ((year, month, day), (hour, minute, second)) = (moment.date(), moment.time());
    let year = i16::try_from(year).map_err(|_| TimeFault::Invalid)?;
    let small = |number: u8| i8::try_from(number).map_err(|_| TimeFault::Invalid);
    let civil =
        DateTime::new(year, small(month)?, small(day)?, small(hour)?, small(minute)?, small(second)?, 0)
            .map_err(|_| TimeFault::Invalid)?;
    CHINA.to_timestamp(civil).map_err(|_| TimeFault::Invalid)
}

/// Writes an instant as `YYYYMMDDhhmmss`.
pub fn write(instant: Timestamp) -> String {
    let civil = CHINA.to_datetime(instant);
    format!(
        "{:04}{:02}{:02}{:02}{:02}{:02}",
        civil.year(),
        civil.month(),
        civil.day(),
        civil.hour(),
        civil.minute(),
        civil.second()
    )
}

/// Writes an instant as a QN: `YYYYMMDDhhmmsszzz`.
pub fn write_qn(instant: Timestamp) -> String {
    format!("{}{:03}", write(instant), CHINA.to_datetime(instant).millisecond())
}

/// Whether data of this span and start can be true at `now`.
pub fn judge(span: Span, start: Timestamp, now: Timestamp, tolerance: &Tolerance) -> Result<(), TimeFault> {
    let civil = CHINA.to_datetime(start);
    let aligned = match span {
        Span::Moment => true,
        Span::Minute => civil.second() == 0,
        Span::Hour => civil.second() == 0 && civil.minute() == 0,
        Span::Day => civil.second() == 0 && civil.minute() == 0 && civil.hour() == 0,
    };
    let age = now.duration_since(start);
    if age > tolerance.oldest {
        return Err(TimeFault::TooOld);
    }
    if age < -tolerance.ahead {
        return Err(TimeFault::Future);
    }
    if !aligned {
        return Err(TimeFault::NotAligned);
    }
    if age + tolerance.ahead < length(span) {
        return Err(TimeFault::NotOver);
    }
    Ok(())
}

/// How long an interval is; the minutes' is the device's own affair (1 to 30), so nothing is asked of it.
pub fn length(span: Span) -> SignedDuration {
    match span {
        Span::Moment | Span::Minute => SignedDuration::ZERO,
        Span::Hour => SignedDuration::from_hours(1),
        Span::Day => SignedDuration::from_hours(24),
    }
}

/// China's time zone, for printing.
pub fn zone() -> TimeZone {
    TimeZone::fixed(CHINA)
}

#[cfg(test)]
mod tests {
    use super::{TimeFault, Tolerance, judge, read, write, write_qn};
    use lake::Span;
    use proptest::prelude::*;

    fn check(span: Span, text: &str, expected: Result<&str, TimeFault>) {
        let now = "2026-03-01T00:00:05Z".parse().expect("a timestamp");
        let got = read(text)
            .and_then(|start| judge(span, start, now, &Tolerance::default()).map(|()| start.to_string()));
        assert_eq!(got, expected.map(str::to_owned), "{text}");
    }

    #[test]
    fn an_hour_is_labelled_by_its_start() {
        check(Span::Hour, "20260301070000", Ok("2026-02-28T23:00:00Z"));
        check(Span::Hour, "20260301080000", Err(TimeFault::NotOver));
        check(Span::Hour, "20260301073000", Err(TimeFault::NotAligned));
        check(Span::Day, "20260228000000", Ok("2026-02-27T16:00:00Z"));
        check(Span::Day, "20260301000000", Err(TimeFault::NotOver));
        check(Span::Minute, "20260301075000", Ok("2026-02-28T23:50:00Z"));
        check(Span::Moment, "20260301080001123", Ok("2026-03-01T00:00:01Z"));
    }

    #[test]
    fn clock_trouble_is_told() {
        check(Span::Hour, "20260228240000", Err(TimeFault::Invalid));
        check(Span::Hour, "20260229000000", Err(TimeFault::Invalid));
        check(Span::Moment, "19700101080000", Err(TimeFault::TooOld));
        check(Span::Moment, "00000000000000", Err(TimeFault::Invalid));
        check(Span::Moment, "20260301081500", Err(TimeFault::Future));
        check(Span::Moment, "20260301080900", Ok("2026-03-01T00:09:00Z"));
        check(Span::Moment, "2026030108", Err(TimeFault::Invalid));
        check(Span::Moment, "2026030108000x", Err(TimeFault::Invalid));
        check(Span::Moment, "99991231235959", Err(TimeFault::Invalid));
    }

    #[test]
    fn a_leap_day_is_a_day() {
        let start = read("20240229230000").expect("2024 is a leap year");
        assert_eq!(write(start), "20240229230000");
        assert_eq!(write_qn(start), "20240229230000000");
        assert_eq!(read("20250229230000"), Err(TimeFault::Invalid));
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "[0-9]{14}|[0-9]{17}|.{0,20}") {
            if let Ok(start) = read(&text) {
                prop_assert_eq!(&write(start)[..], &text[..14]);
            }
        }
    }
}
