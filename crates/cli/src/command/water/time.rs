//! Times as people's tables write them: `2021-04-01 12:00`, `2021/4/1`, `2021年4月`.

use jiff::civil::Date;

/// A civil date with its hour, local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time {
    /// The date; the first of the month where only a month is written.
    pub date: Date,
    /// The hour, 0 to 23.
    pub hour: u8,
    /// Whether an hour is written.
    pub has_hour: bool,
}

/// Reads a time; `None` if it is none. `24:00` is the first hour of the next day.
pub fn parse(text: &str) -> Option<Time> {
    let mut numbers = [0_i32; 6];
    let (mut count, mut inside) = (0_usize, false);
    let text = text.trim();
    for letter in text.chars() {
        match letter.to_digit(10) {
            Some(digit) => {
                if !inside {
                    count += 1;
                }
                let number = numbers.get_mut(count.checked_sub(1)?)?;
                *number = number.checked_mul(10)?.checked_add(i32::try_from(digit).ok()?)?;
                inside = true;
            }
            None if matches!(
                letter,
                '-' | '/' | '.' | ':' | ' ' | 'T' | '年' | '月' | '日' | '时' | '点' | '分'
            ) =>
            {
                inside = false;
            }
            None => return None,
        }
    }
    // `20210401` and `2021040112` are one number.
    if count == 1 && text.len() == 8 {
        let number = numbers[0];
        (numbers[0], numbers[1], numbers[2], count) = (number / 10_000, number / 100 % 100, number % 100, 3);
    }
    if count < 2 || numbers[0] < 1900 {
        return None;
    }
    let day = if count == 2 { 1 } else { i8::try_from(numbers[2]).ok()? };
    let date = Date::new(i16::try_from(numbers[0]).ok()?, i8::try_from(numbers[1]).ok()?, day).ok()?;
    let has_hour = count > 3;
    if numbers[4] > 59 || numbers[5] > 60 {
        return None;
    }
    match numbers[3] {
        hour @ 0..=23 => Some(Time { date, hour: u8::try_from(hour).ok()?, has_hour }),
        24 if numbers[4] == 0 => Some(Time { date: date.tomorrow().ok()?, hour: 0, has_hour }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn times_are_read_as_tables_write_them() {
        fn check(text: &str, expected: Option<&str>) {
            let found = parse(text).map(|time| format!("{} {}", time.date, time.hour));
            assert_eq!(found.as_deref(), expected, "{text}");
        }
        check("2021-04-01 12:00", Some("2021-04-01 12"));
        check("2021/4/1 8:00:00", Some("2021-04-01 8"));
        check("2021-04-01T20:00", Some("2021-04-01 20"));
        check("2021年4月", Some("2021-04-01 0"));
        check("2021年4月1日16时", Some("2021-04-01 16"));
        check("2021-04", Some("2021-04-01 0"));
        check("20210401", Some("2021-04-01 0"));
        check("2021-04-01 24:00", Some("2021-04-02 0"));
        check("2021-02-29", None);
        check("2021-04-01 25:00", None);
        check("12:00", None);
        check("soon", None);
        check("", None);
        check("99999999999999999999", None);
    }
}
