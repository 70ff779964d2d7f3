//! A question for a figure, as an address asks it.

use figure::{FigureId, Period};
use figures::{EDITION, Request};
use jiff::civil::Date;
use message::{Text, text};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::fault::Fault;

/// What may stand behind the question mark.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AskQuery {
    /// 2022, 2022-Q3, 2022-05 or 2022-05-04; the year of the latest data if it is absent.
    pub period: Option<String>,
    /// The day whose state of the records counts, such as 2022-06-30; the period's last day, or today within it.
    pub as_of: Option<String>,
    /// How many entries of the book are known; all of them if it is absent.
    pub known_at: Option<String>,
    /// How many batches of measurements are known; all of them if it is absent.
    pub lake: Option<String>,
    /// A dimension to break down by.
    pub by: Option<String>,
    /// Dimensions held to a value: `district=汉阳;bank=left`.
    pub scope: Option<String>,
    /// The edition of the standard to judge by: 2012, 2026-transition, 2026.
    pub edition: Option<String>,
    /// The page of rows, from 1.
    pub page: Option<String>,
    /// For differences: another day, such as 2021-12-31.
    pub against: Option<String>,
    /// For differences: what was known when the book had so many entries.
    pub against_known: Option<String>,
}

/// A question that can be asked of the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The indicator's key.
    pub indicator: String,
    /// The period.
    pub period: Period,
    /// The day, where the address names one.
    pub as_of: Option<Date>,
    /// The entries known, where the address says so.
    pub known_at: Option<u64>,
    /// The batches known, where the address says so.
    pub lake: Option<u64>,
    /// The dimension to break down by.
    pub by: Option<String>,
    /// The values that dimensions are held to.
    pub scope: Vec<(String, String)>,
    /// The edition of the standard.
    pub edition: Option<String>,
}

impl Ask {
    /// Reads a question; `usual` is the period that an address without one means.
    pub fn read(indicator: &str, query: &AskQuery, usual: Period) -> Result<Self, Fault> {
        let known_at = number(&query.known_at, "known_at")?;
        let scope = match given(&query.scope) {
            None => Vec::new(),
            Some(words) => words
                .split(';')
                .map(|part| part.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned())))
                .collect::<Option<Vec<_>>>()
                .ok_or_else(|| {
                    refused(text!(
                        "范围 `{words}` 应写作 维度=值，以分号分隔",
                        "the scope `{words}` must read dimension=value, divided by semicolons"
                    ))
                })?,
        };
        let as_of = date(&query.as_of, "as_of")?;
        // A day alone means the year that it lies in.
        let usual = as_of.map_or(usual, |day| Period::Year(day.year()));
        let period = match given(&query.period) {
            None => usual,
            Some(words) => words.parse().map_err(|_| {
                refused(text!(
                    "期间 `{words}` 应写作 2022、2022-Q3、2022-05 或 2022-05-04",
                    "the period `{words}` must read 2022, 2022-Q3, 2022-05 or 2022-05-04"
                ))
            })?,
        };
        Ok(Self {
            indicator: indicator.to_owned(),
            period,
            as_of,
            known_at,
            lake: number(&query.lake, "lake")?,
            by: given(&query.by).map(str::to_owned),
            scope,
            edition: given(&query.edition).map(str::to_owned),
        })
    }

    /// The question that a pinned figure answered.
    pub fn of(id: &FigureId) -> Self {
        let edition =
            id.scope.iter().find(|(dimension, _)| dimension == EDITION).map(|(_, value)| value.clone());
        Self {
            indicator: id.indicator.clone(),
            period: id.period,
            // Said even where it is the period's last: a period that goes on is else told as of today.
            as_of: Some(id.as_of),
            known_at: Some(id.snapshot.known_at),
            lake: id.snapshot.lake,
            by: None,
            scope: id.scope.iter().filter(|(dimension, _)| dimension != EDITION).cloned().collect(),
            edition,
        }
    }

    /// The day that counts: the one named, or the period's last, but no later than today while the period goes on.
    pub fn day(&self, today: Date) -> Date {
        let last = self.period.last();
        let usual = if self.period.first() <= today { last.min(today) } else { last };
        self.as_of.unwrap_or(usual).min(last)
    }

    /// The request for the engine, pinned to what is known.
    pub fn request(&self, today: Date, known_at: u64, lake: Option<u64>) -> Request {
        let edition = self.edition.iter().map(|edition| (EDITION.to_owned(), edition.clone()));
        Request {
            indicator: self.indicator.clone(),
            period: self.period,
            as_of: Some(self.day(today)),
            known_at: Some(self.known_at.unwrap_or(known_at)),
            lake: self.lake.or(lake),
            by: Vec::new(),
            scope: self.scope.iter().cloned().chain(edition).collect(),
        }
    }

    /// The address that asks this, below an indicator's own: `Ask::address("/rows")`.
    pub fn address(&self, below: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("period", &self.period.to_string());
        let optional = [
            ("as_of", self.as_of.map(|day| day.to_string())),
            ("known_at", self.known_at.map(|known| known.to_string())),
            ("lake", self.lake.map(|lake| lake.to_string())),
            ("by", self.by.clone()),
            ("scope", self.scope_words()),
            ("edition", self.edition.clone()),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                query.append_pair(name, &value);
            }
        }
        format!("/figures/{}{below}?{}", self.indicator, query.finish())
    }

    /// `district=汉阳;bank=left`.
    pub fn scope_words(&self) -> Option<String> {
        let words: Vec<String> = self.scope.iter().map(|(key, value)| format!("{key}={value}")).collect();
        (!words.is_empty()).then(|| words.join(";"))
    }
}

/// The page of rows that is asked for, from 1.
pub fn page_number(query: &AskQuery) -> Result<u64, Fault> {
    Ok(number(&query.page, "page")?.unwrap_or(1).max(1))
}

/// A date of the query.
pub fn date(value: &Option<String>, name: &str) -> Result<Option<Date>, Fault> {
    let wrong = |words: &str| {
        refused(text!(
            "`{name}` 的值 `{words}` 应写作 2022-06-30",
            "`{name}` must read 2022-06-30, not `{words}`"
        ))
    };
    // Years that periods can be made of.
    let usable = |day: &Date| (1..=9998).contains(&day.year());
    given(value).map(|words| words.parse().ok().filter(usable).ok_or_else(|| wrong(words))).transpose()
}

/// A whole number of the query.
pub fn number(value: &Option<String>, name: &str) -> Result<Option<u64>, Fault> {
    let wrong = |words: &str| {
        refused(text!("`{name}` 的值 `{words}` 应为整数", "`{name}` must be a whole number, not `{words}`"))
    };
    let digits =
        |words: &str| words.bytes().all(|byte| byte.is_ascii_digit()).then(|| words.parse().ok()).flatten();
    given(value).map(|words| digits(words).ok_or_else(|| wrong(words))).transpose()
}

/// A field of a form that was left empty says nothing.
fn given(value: &Option<String>) -> Option<&str> {
    value.as_deref().map(str::trim).filter(|words| !words.is_empty())
}

fn refused(text: Text) -> Fault {
    Fault::Bad(text)
}

/// The permanent address of a figure.
pub fn door(id: &FigureId) -> String {
    let mut out = String::from("/f/");
    for byte in id.to_string().bytes() {
        match byte {
            b'a'..=b'z'
            | b'A'..=b'Z'
            | b'0'..=b'9'
            | b'-'
            | b'.'
            | b'_'
            | b'~'
            | b'/'
            | b'='
            | b'@'
            | b'+' => {
                out.push(char::from(byte));
            }
            _ => {
                // Writing to a string does not fail.
                let _ = std::fmt::Write::write_fmt(&mut out, format_args!("%{byte:02X}"));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use figure::Period;
    use jiff::civil::date;

    use super::{Ask, AskQuery, door};

    fn query(text: &str) -> AskQuery {
        let value = |name: &str| {
            url::form_urlencoded::parse(text.as_bytes())
                .find_map(|(key, value)| (key == name).then(|| value.into_owned()))
        };
        AskQuery {
            period: value("period"),
            as_of: value("as_of"),
            known_at: value("known_at"),
            by: value("by"),
            scope: value("scope"),
            edition: value("edition"),
            ..AskQuery::default()
        }
    }

    #[test]
    fn a_question_is_its_address() {
        fn check(text: &str, address: &str) {
            let ask = Ask::read("docks.operating", &query(text), Period::Year(2022)).expect(text);
            assert_eq!(ask.address(""), format!("/figures/docks.operating?{address}"));
            let again = address.to_owned();
            assert_eq!(
                Ask::read("docks.operating", &query(&again), Period::Year(1999)).expect("it was written"),
                ask
            );
        }
        check("", "period=2022");
        check("period=&as_of=&scope=", "period=2022");
        check("as_of=2021-06-30", "period=2021&as_of=2021-06-30");
        check("period=2022-Q1&known_at=17&by=district", "period=2022-Q1&known_at=17&by=district");
        check(
            "scope=bank%3Dleft%3Bdistrict%3D汉阳&edition=2012",
            "period=2022&scope=bank%3Dleft%3Bdistrict%3D%E6%B1%89%E9%98%B3&edition=2012",
        );
    }

    #[test]
    fn what_is_no_question_is_refused() {
        for text in ["period=22", "as_of=2022-13-01", "known_at=-1", "known_at=1e3", "scope=left"] {
            assert!(Ask::read("docks.operating", &query(text), Period::Year(2022)).is_err(), "{text}");
        }
    }

    #[test]
    fn a_period_that_goes_on_is_told_as_of_today() {
        fn check(text: &str, expected: (i16, i8, i8)) {
            let ask = Ask::read("docks.operating", &query(text), Period::Year(2022)).expect(text);
            assert_eq!(ask.day(date(2022, 7, 1)), date(expected.0, expected.1, expected.2), "{text}");
        }
        check("", (2022, 7, 1));
        check("period=2021", (2021, 12, 31));
        check("period=2023", (2023, 12, 31));
        check("as_of=2022-12-31", (2022, 12, 31));
    }

    #[test]
    fn a_door_keeps_its_identity() {
        let id = "parks.area/2022@2022-06-30/district=汉阳%2F/17+3.9f3c21ab".parse().expect("an identity");
        assert_eq!(door(&id), "/f/parks.area/2022@2022-06-30/district=%E6%B1%89%E9%98%B3%252F/17+3.9f3c21ab");
    }
}
