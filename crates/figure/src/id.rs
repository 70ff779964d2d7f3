//! The permanent name of a figure.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use crate::{Period, Snapshot};

/// The permanent name of a figure: indicator, period, date, scope and snapshot.
///
/// Written `docks.operating/2022/bank=left/1003245.9f3c21ab`; a date other than the period's last
/// day follows the period as `2022@2022-06-30`. A figure that measurements enter also says how many batches of
/// them were known: `1003245+12.9f3c21ab`; and the edition of a standard that was asked for is a scope,
/// `edition=2012`. The text is safe in a path, a URL (once encoded), a
/// file name of one component when `/` is replaced, and an attribute of XML.
///
/// Frozen: reports that were handed out carry these texts, so what parses today parses for ever.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FigureId {
    /// The indicator's key.
    pub indicator: String,
    /// The period: of a flow what is summed, of a stock what gives the date.
    pub period: Period,
    /// The day whose state of the records counts, at most the period's last.
    pub as_of: Date,
    /// The values that dimensions are held to, in the order asked for; empty for the whole city.
    pub scope: Vec<(String, String)>,
    /// What was known, by whose definitions.
    pub snapshot: Snapshot,
}

/// A text that names no figure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` names no figure: {reason}")]
pub struct FigureIdError {
    /// What was given.
    pub text: String,
    /// The part that is wrong.
    pub reason: &'static str,
}

impl fmt::Display for FigureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.indicator, self.period)?;
        if self.as_of != self.period.last() {
            write!(f, "@{}", self.as_of)?;
        }
        for (dimension, value) in &self.scope {
            write!(f, "/{dimension}={}", escape(value))?;
        }
        write!(f, "/{}", self.snapshot.known_at)?;
        if let Some(lake) = self.snapshot.lake {
            write!(f, "+{lake}")?;
        }
        f.write_str(".")?;
        self.snapshot.pack.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for FigureId {
    type Err = FigureIdError;

    fn from_str(text: &str) -> Result<Self, FigureIdError> {
        parse(text).map_err(|reason| FigureIdError { text: text.to_owned(), reason })
    }
}

fn parse(text: &str) -> Result<FigureId, &'static str> {
    let mut parts: Vec<&str> = text.split('/').collect();
    if parts.len() < 3 {
        return Err("an indicator, a period and a snapshot are wanted, divided by `/`");
    }
    let snapshot = parse_snapshot(parts.pop().unwrap_or_default())
        .ok_or("it must end in a snapshot such as `1003245.9f3c21ab`")?;
    let mut parts = parts.into_iter();
    let indicator = parts.next().filter(|key| !key.is_empty()).ok_or("the indicator is missing")?;
    let time = parts.next().unwrap_or_default();
    let (period, as_of) = match time.split_once('@') {
        None => (time, None),
        Some((period, day)) => (period, Some(day)),
    };
    let period: Period = period.parse().map_err(|_| "the second part must be a period such as `2022-Q3`")?;
    let as_of = match as_of {
        None => period.last(),
        Some(day) => day.parse().map_err(|_| "what follows `@` must be a date such as `2022-06-30`")?,
    };
    let scope = parts
        .map(|part| {
            let (dimension, value) = part.split_once('=')?;
            Some((dimension.to_owned(), unescape(value)?))
        })
        .collect::<Option<Vec<_>>>()
        .ok_or("a scope must read `dimension=value`")?;
    Ok(FigureId { indicator: indicator.to_owned(), period, as_of, scope, snapshot })
}

fn parse_snapshot(text: &str) -> Option<Snapshot> {
    let (known, pack) = text.split_once('.')?;
    let (known_at, lake) = match known.split_once('+') {
        Some((known_at, lake)) => (known_at, Some(number(lake)?)),
        None => (known, None),
    };
    if pack.len() != 8 || !pack.is_ascii() {
        return None;
    }
    let pack = u32::from_str_radix(pack, 16).ok()?.to_be_bytes();
    Some(Snapshot { known_at: number(known_at)?, lake, pack })
}

/// Digits only: `parse` alone would take a sign.
fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// Percent-encodes what would be read as structure.
fn escape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for character in value.chars() {
        match character {
            '%' | '/' | '=' | '@' | '?' | '#' | '&' | '"' | '<' | '>' | ' ' => {
                out.push_str(&format!("%{:02X}", u32::from(character)));
            }
            other => out.push(other),
        }
    }
    out
}

fn unescape(value: &str) -> Option<String> {
    let mut parts = value.split('%');
    let mut out = parts.next()?.to_owned();
    for part in parts {
        let (code, rest) = part.split_at_checked(2)?;
        out.push(char::from(u8::from_str_radix(code, 16).ok()?));
        out.push_str(rest);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::FigureId;
    use crate::{Period, Snapshot};

    #[test]
    fn a_figure_id_reads_back_as_written() {
        fn check(text: &str) {
            assert_eq!(text.parse::<FigureId>().expect(text).to_string(), text);
        }
        check("docks.operating/2022/1003245.9f3c21ab");
        check("docks.operating/2022@2022-06-30/0.00000000");
        check("parks.area/2022-Q3/district=汉阳/bank=left/17.9f3c21ab");
        check("air.good_days/2022/edition=2012/17+3.9f3c21ab");
    }

    #[test]
    fn what_names_no_figure_says_why() {
        fn check(text: &str, reason: &str) {
            assert_eq!(text.parse::<FigureId>().expect_err(text).reason, reason);
        }
        check("docks", "an indicator, a period and a snapshot are wanted, divided by `/`");
        check("docks/2022/17", "it must end in a snapshot such as `1003245.9f3c21ab`");
        check("docks/22/17.9f3c21ab", "the second part must be a period such as `2022-Q3`");
        check("docks/2022/left/17.9f3c21ab", "a scope must read `dimension=value`");
    }

    proptest! {
        #[test]
        fn any_scope_survives(value in "\\PC{0,12}", known_at: u64, lake: Option<u64>, pack: [u8; 4]) {
            let id = FigureId {
                indicator: "a.b".to_owned(),
                period: Period::Year(2022),
                as_of: Period::Year(2022).last(),
                scope: vec![("d".to_owned(), value)],
                snapshot: Snapshot { known_at, lake, pack },
            };
            prop_assert_eq!(id.to_string().parse::<FigureId>().expect("it was printed"), id);
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = text.parse::<FigureId>();
        }
    }
}
