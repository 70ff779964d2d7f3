//! What is asked for.

use figure::{FigureId, Period};
use jiff::civil::Date;

/// A question for figures: one figure, or one for each group where `by` names dimensions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Request {
    /// The indicator's key.
    pub indicator: String,
    /// Of a flow what is summed, of a stock what gives the date.
    pub period: Period,
    /// The day whose state of the records counts; the period's last day unless said otherwise.
    pub as_of: Option<Date>,
    /// How many entries of the book are known; all of them unless said otherwise.
    pub known_at: Option<u64>,
    /// How many batches of measurements are known; all of them unless said otherwise.
    pub lake: Option<u64>,
    /// The dimensions to break down by; none for one figure. `edition` gives a figure for each edition of the
    /// standard, where the indicator is evaluated from measurements.
    pub by: Vec<String>,
    /// The values that dimensions are held to; none for the whole city. `edition=2012` judges by that edition,
    /// whatever the date of the data.
    pub scope: Vec<(String, String)>,
}

impl Request {
    /// The figure of the whole city, as known now.
    pub fn new(indicator: impl Into<String>, period: Period) -> Self {
        Self {
            indicator: indicator.into(),
            period,
            as_of: None,
            known_at: None,
            lake: None,
            by: Vec::new(),
            scope: Vec::new(),
        }
    }

    /// The request that this figure answered.
    pub fn of(id: &FigureId) -> Self {
        Self {
            indicator: id.indicator.clone(),
            period: id.period,
            as_of: Some(id.as_of),
            known_at: Some(id.snapshot.known_at),
            lake: id.snapshot.lake,
            by: Vec::new(),
            scope: id.scope.clone(),
        }
    }
}
