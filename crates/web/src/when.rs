//! Which day and which year a page speaks of when nobody says.

use city::City;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};
use ledger::EntryNumber;

use crate::app::App;
use crate::fault::Fault;

/// The calendar of business dates: Asia/Shanghai, which has had one offset since 1991.
pub fn calendar() -> TimeZone {
    TimeZone::fixed(Offset::constant(8))
}

/// Today, in Asia/Shanghai.
pub fn today() -> Date {
    day_of(Timestamp::now())
}

/// The day of an instant, in Asia/Shanghai.
pub fn day_of(time: Timestamp) -> Date {
    time.to_zoned(calendar()).date()
}

/// Today as figures, targets and plans of a city mean it.
///
/// An invented city ends some day in the past, and that is its today: were it the day of its last entry, the first one
/// that somebody tries would put every figure and target years ahead.
pub fn today_in(app: &App, city: &City) -> Result<Date, Fault> {
    match (city.settings.synthetic_seed, city.settings.synthetic_until) {
        (None, _) => Ok(today()),
        (Some(_), Some(until)) => Ok(until),
        (Some(_), None) => last_written(app),
    }
}

/// The day on which the book was last written; today for an empty one.
///
/// A book that was restored to be looked at ends some day in the past: what is "this week" there is the week before its
/// last entry.
pub fn last_written(app: &App) -> Result<Date, Fault> {
    let size = app.book.size()?;
    let last = size.checked_sub(1).map(|number| app.book.entry(EntryNumber(number))).transpose()?.flatten();
    Ok(last.map_or_else(today, |entry| day_of(entry.recorded)))
}

/// The year that figures are shown for when nobody says: until the end of April people speak of the year before.
pub fn year_spoken_of(app: &App) -> Result<i16, Fault> {
    let city = &app.now().city;
    let last = match city.settings.synthetic_until {
        Some(until) => until,
        None => last_written(app)?,
    };
    Ok(last.saturating_sub(120.days()).year())
}
