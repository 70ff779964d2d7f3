//! Where the measurements behind a row are.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

/// The measurements that a row was evaluated from: stations, and days of local time (UTC+8).
///
/// Written `air/hour/J001,J002/2022-07-04/2022-07-04`: kind, span, stations, first and last day. It names all that
/// could have entered, valid or not; which values they were follows from the snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Measured {
    /// `air`, `water`, `noise`.
    pub kind: String,
    /// `moment`, `minute`, `hour`, `day`.
    pub span: String,
    /// The stations' codes.
    pub stations: Vec<String>,
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
}

/// A text that locates no measurements.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` locates no measurements: kind, span, stations, first and last day are wanted, divided by `/`")]
pub struct MeasuredError(pub String);

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, span, stations, first, last } = self;
        write!(f, "{kind}/{span}/{}/{first}/{last}", stations.join(","))
    }
}

impl FromStr for Measured {
    type Err = MeasuredError;

    fn from_str(text: &str) -> Result<Self, MeasuredError> {
        let wrong = || MeasuredError(text.to_owned());
        let [kind, span, stations, first, last] = text.split('/').collect::<Vec<_>>()[..] else {
            return Err(wrong());
        };
        Ok(Self {
            kind: kind.to_owned(),
            span: span.to_owned(),
            stations: stations.split(',').filter(|code| !code.is_empty()).map(str::to_owned).collect(),
            first: first.parse().map_err(|_| wrong())?,
            last: last.parse().map_err(|_| wrong())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Measured;

    #[test]
    fn a_locator_reads_back_as_written() {
        fn check(text: &str) {
            assert_eq!(text.parse::<Measured>().expect(text).to_string(), text);
        }
        check("air/hour/J001,J002/2022-07-04/2022-07-04");
        check("water/moment//2022-01-01/2022-12-31");
        assert!("air/hour/J001/2022-07-04".parse::<Measured>().is_err());
    }
}
