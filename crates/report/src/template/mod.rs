//! Templates: front matter, Markdown, and calls that ask for figures.
//!
//! ```text
//! source ─▶ front (TOML)                                          ─┐
//!        └▶ calls (lexed where they stand) ─▶ typed asks           ├─▶ Template
//!             └▶ body with placeholders ─▶ Markdown ─▶ outline    ─┘
//! ```
//!
//! Calls are cut out before Markdown is parsed, so that nothing inside one (an underscore, a quote, a
//! bar in a table) means anything to Markdown; each leaves a placeholder of its own byte length, so
//! every offset stays true.

mod arguments;
mod call;
mod front;
mod outline;
mod syntax;

use std::collections::BTreeMap;
use std::sync::Arc;

use figure::Period;
use jiff::civil::Date;
use message::{Diagnostic, Severity, Source, Span, Text};

pub(crate) use arguments::{Ask, ChartAsk, Common, FigureAsk, TableAsk};
pub use front::Front;
pub(crate) use outline::{Part, Run};

/// The largest template that is read; a report of a thousand pages is smaller.
const MOST_BYTES: usize = 8 << 20;

/// A template that compiled: it is well-formed, and asks for these figures.
#[derive(Clone, Debug)]
pub struct Template {
    pub(crate) source: Arc<Source>,
    pub(crate) front: Front,
    pub(crate) parts: Vec<Part>,
    pub(crate) asks: Vec<Ask>,
    requests: Vec<Request>,
}

impl Template {
    /// The figures it needs, each once, in the order of first mention. `render` wants the answers in
    /// the same order.
    pub fn requests(&self) -> &[Request] {
        &self.requests
    }

    /// What stands in its front matter.
    pub fn front(&self) -> &Front {
        &self.front
    }
}

/// A figure, or one for each value of some dimensions, that a template asks for.
#[derive(Clone, Debug)]
pub struct Request {
    /// The indicator's key.
    pub indicator: String,
    /// The period.
    pub period: Period,
    /// A day before the period's last.
    pub as_of: Option<Date>,
    /// The dimensions to break down by; empty for one figure.
    pub by: Vec<String>,
    /// The dimensions that are held to a value.
    pub scope: Vec<(String, String)>,
    /// Where the template first asks for it.
    pub span: Span,
}

/// Reads a template. Every fault of the text is reported, not only the first; a template comes back
/// only when there is none.
pub fn compile(source: &Arc<Source>) -> (Option<Template>, Vec<Diagnostic>) {
    let mut faults = Vec::new();
    if source.text.len() > MOST_BYTES {
        let message = Text::new("模板超过 8 MB", "the template is larger than 8 MB");
        return (None, vec![Diagnostic::error("too-large", source, 0..0, message)]);
    }
    let (front, body) = front::read(source, &mut faults);
    let calls = syntax::find_calls(source, body.clone(), &mut faults);

    let mut asked = Asked::default();
    let asks: Vec<Option<Ask>> =
        calls.iter().map(|call| arguments::read(source, &front, call, &mut asked, &mut faults)).collect();
    let parts = outline::read(source, body, &calls, &asks, &mut faults);

    let broken = faults.iter().any(|fault| fault.severity == Severity::Error);
    let asks: Option<Vec<Ask>> = asks.into_iter().collect();
    let template = asks.filter(|_| !broken).map(|asks| Template {
        source: Arc::clone(source),
        front,
        parts,
        asks,
        requests: asked.requests,
    });
    (template, faults)
}

/// The requests so far, and where each stands.
#[derive(Default)]
pub(crate) struct Asked {
    requests: Vec<Request>,
    places: BTreeMap<RequestKey, usize>,
}

type RequestKey = (String, Period, Option<Date>, Vec<String>, Vec<(String, String)>);

impl Asked {
    /// The index of the request, which is new or known.
    fn request(&mut self, request: Request) -> usize {
        let Request { indicator, period, as_of, by, scope, .. } = request.clone();
        *self.places.entry((indicator, period, as_of, by, scope)).or_insert_with(|| {
            self.requests.push(request);
            self.requests.len() - 1
        })
    }
}

#[cfg(test)]
mod tests;
