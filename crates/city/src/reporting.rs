//! A template and a snapshot become a document, or faults with their places.
//!
//! ```text
//! Source ──compile──▶ Template ──requests at a snapshot──▶ engine ──▶ answers ──render──▶ Written { document }
//! ```
//!
//! The template's text need not be the pack's: what somebody is writing at this moment is rendered by
//! the same steps. Everything that the document depends on is in [`Edition`] and in the template, so a
//! signed report is rendered again from what it names, with the same bytes.

use std::sync::Arc;

use figure::{Figure, Snapshot};
use figures::Request;
use figures::blocking::Engine;
use jiff::civil::Date;
use message::{Diagnostic, Language, Severity, Source};
use pack::{Pack, ReportTemplate};
use report::{Document, Meta, Template};

use crate::error::CityError;
use crate::vocabulary::{CityWords, Units};

/// Which edition of a report is wanted.
#[derive(Clone, Debug)]
pub struct Edition {
    /// What is known; the engine must be of the same pack.
    pub snapshot: Snapshot,
    /// The report's language.
    pub language: Language,
    /// The date under the report; else the template's.
    pub date: Option<Date>,
    /// Whether the records were generated, which the report then says.
    pub synthetic: bool,
    /// What links to figures begin with; else they lead into the report's own appendix.
    pub trace_prefix: Option<String>,
}

/// A report that was written.
pub struct Written {
    /// The document, for the exporters of `report`.
    pub document: Document,
    /// For each request of the template, in order, its figures.
    pub answers: Vec<Vec<Figure>>,
    /// What is allowed but should be looked at.
    pub warnings: Vec<Diagnostic>,
}

/// A report of the pack, by its key.
pub fn find<'a>(pack: &'a Pack, key: &str) -> Result<&'a ReportTemplate, CityError> {
    pack.report(key).ok_or_else(|| CityError::UnknownReport {
        key: key.to_owned(),
        known: pack.reports.iter().map(|report| report.key.clone()).collect(),
    })
}

/// Every fault of a template that can be found before any figure is computed.
pub fn check(pack: &Pack, source: &Arc<Source>) -> Vec<Diagnostic> {
    compile(pack, source).1
}

/// The template, if its text is one, and every fault that can be found before any figure is computed.
pub fn compile(pack: &Pack, source: &Arc<Source>) -> (Option<Template>, Vec<Diagnostic>) {
    let (compiled, mut diagnostics) = report::compile(source);
    if let Some(compiled) = &compiled {
        diagnostics.extend(report::check(compiled, &CityWords::of(pack)));
    }
    (compiled, diagnostics)
}

/// Writes the report, or says at which line and column it would be untrue.
pub fn write(
    engine: &Engine,
    units: Units,
    source: &Arc<Source>,
    edition: &Edition,
) -> Result<Written, CityError> {
    let pack = engine.pack();
    let (compiled, mut warnings) = compile(pack, source);
    let (Some(template), false) = (compiled, warnings.iter().any(is_error)) else {
        return Err(CityError::Faulty(warnings));
    };
    let answers = engine.evaluate(&requests(&template, edition.snapshot))?;
    let mut meta = Meta::new(edition.snapshot, pack.name.clone(), pack.digest);
    meta.language = edition.language;
    meta.date = edition.date;
    meta.synthetic = edition.synthetic;
    if let Some(prefix) = &edition.trace_prefix {
        meta.trace_prefix.clone_from(prefix);
    }
    let (document, faults) = report::render(&template, &answers, &CityWords::with(pack, units), &meta);
    match document {
        Some(document) => {
            warnings.extend(faults);
            Ok(Written { document, answers, warnings })
        }
        None => Err(CityError::Faulty(faults)),
    }
}

/// What a template asks for, as of a snapshot.
pub fn requests(template: &Template, snapshot: Snapshot) -> Vec<Request> {
    let request = |wanted: &report::Request| Request {
        indicator: wanted.indicator.clone(),
        period: wanted.period,
        as_of: wanted.as_of,
        known_at: Some(snapshot.known_at),
        lake: snapshot.lake,
        by: wanted.by.clone(),
        scope: wanted.scope.clone(),
    };
    template.requests().iter().map(request).collect()
}

fn is_error(one: &Diagnostic) -> bool {
    one.severity == Severity::Error
}
