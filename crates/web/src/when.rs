//! Which day and which year a page speaks of when nobody says.

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

/// The day on which the book was last written; today for an empty one.
///
/// A demonstration city ends some day in the past, and so does a book that was restored to be looked at: what is "this
/// week" there is the week before its last entry.
pub fn last_written(app: &App) -> Result<Date, Fault> {
    let size = app.book.size()?;
    let last = size.checked_sub(1).map(|number| app.book.entry(EntryNumber(number))).transpose()?.flatten();
    Ok(last.map_or_else(today, |entry| day_of(entry.recorded)))
}

/// The year that figures are shown for when nobody says: until the end of April people speak of the year before.
pub fn year_spoken_of(app: &App) -> Result<i16, Fault> {
    Ok(last_written(app)?.saturating_sub(120.days()).year())
}
