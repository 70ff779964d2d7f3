//! Days as numbers, and back: columns hold days since 1970-01-01.

use jiff::civil::Date;

/// Days since 1970-01-01 (Howard Hinnant's `days_from_civil`).
pub fn days(date: Date) -> i32 {
    from_civil(i32::from(date.year()), i32::from(date.month()), i32::from(date.day()))
}

/// The date of a day's number; `None` outside of the years that dates have.
pub fn date(days: i32) -> Option<Date> {
    let z = i64::from(days) + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Reads `2022-05-04`, without a detour through a calendar: a book has millions of these.
pub fn parse_days(text: &str) -> Option<i32> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return None };
    let digit = |byte: u8| byte.is_ascii_digit().then(|| i32::from(byte - b'0'));
    let year = digit(y1)? * 1000 + digit(y2)? * 100 + digit(y3)? * 10 + digit(y4)?;
    let month = digit(m1)? * 10 + digit(m2)?;
    let day = digit(d1)? * 10 + digit(d2)?;
    let longest = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => return None,
    };
    (1..=longest).contains(&day).then(|| from_civil(year, month, day))
}

fn from_civil(year: i32, month: i32, day: i32) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let yoe = year.rem_euclid(400);
    let doy = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    era * 146_097 + doe - 719_468
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date as civil;

    use super::{date, days, parse_days};

    #[test]
    fn days_go_there_and_back() {
        let mut day = civil(1895, 1, 1);
        while day < civil(2105, 1, 1) {
            let number = days(day);
            assert_eq!(date(number), Some(day));
            assert_eq!(parse_days(&day.to_string()), Some(number));
            day = day.saturating_add(1.day());
        }
        assert_eq!(days(civil(1970, 1, 1)), 0);
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "2022-02-29",
            "2022-13-01",
            "2022-00-10",
            "2022-1-01",
            "2022-04-31",
            "二〇二二-1",
            "2022-05-00",
        ] {
            assert_eq!(parse_days(text), None, "{text}");
        }
    }
}
