//! Template + figures → document. Here every number is printed, by `quantity`; nothing after this
//! stage turns a value into digits.

mod chart;
mod figures;
mod table;
mod words;

use figure::{Figure, Snapshot};
use jiff::civil::Date;
use message::{Diagnostic, Language, Severity, Span, Text, traditional};
use quantity::{Form, Printed};

use crate::document::{Block, Column, Document, Inline, Signature, Table};
use crate::template::{Ask, FigureAsk, Part, Run, Template};
use crate::vocabulary::Vocabulary;

/// What a report says about itself, besides its template.
#[derive(Clone, Debug)]
pub struct Meta {
    /// The language of the report's fixed words. With [`Language::Traditional`] the template's text is
    /// rewritten in traditional characters too.
    pub language: Language,
    /// Who issues it, instead of the template's.
    pub issuer: Option<String>,
    /// Its date, instead of the template's. Never the clock's: the same report has the same bytes.
    pub date: Option<Date>,
    /// Whether the data are synthetic, which every output then says under the title.
    pub synthetic: bool,
    /// The snapshot that all figures are of.
    pub snapshot: Snapshot,
    /// The pack's name.
    pub pack: String,
    /// The pack's digest.
    pub pack_digest: [u8; 32],
    /// What links to figures begin with, before the identity: `#trace-` leads to the appendix of the
    /// same page; a server would give `/figures/`.
    pub trace_prefix: String,
}

impl Meta {
    /// Everything plain: simplified Chinese, real data, links into the appendix.
    pub fn new(snapshot: Snapshot, pack: impl Into<String>, pack_digest: [u8; 32]) -> Self {
        Self {
            language: Language::Simplified,
            issuer: None,
            date: None,
            synthetic: false,
            snapshot,
            pack: pack.into(),
            pack_digest,
            trace_prefix: "#trace-".to_owned(),
        }
    }
}

/// What the template's requests were answered with: for each of [`Template::requests`], in order, its
/// figures (one, or one for each group).
pub type Answers = [Vec<Figure>];

/// The document; none if there is a fault, such as an approximation that is not true of its value.
pub fn render(
    template: &Template,
    answers: &Answers,
    vocabulary: &dyn Vocabulary,
    meta: &Meta,
) -> (Option<Document>, Vec<Diagnostic>) {
    let mut renderer = Renderer {
        template,
        answers,
        vocabulary,
        meta,
        cited: figures::Cited::default(),
        faults: Vec::new(),
    };
    let blocks: Vec<Block> = template.parts.iter().filter_map(|part| renderer.part(part)).collect();
    let front = &template.front;
    let date = meta.date.or(front.date).map(|date| words::date(date, meta.language));
    let issuer = meta.issuer.clone().or_else(|| front.issuer.clone());
    let document = Document {
        language: words::tag(meta.language),
        title: renderer.own(&front.title),
        notice: meta.synthetic.then(|| words::say(&words::synthetic(), meta.language)),
        blocks,
        signature: Signature { issuer: issuer.map(|issuer| renderer.own(&issuer)), date },
        colophon: words::say(&words::colophon(meta), meta.language),
        figures: renderer.cited.list,
        trace_prefix: meta.trace_prefix.clone(),
        words: words::fixed(meta.language),
    };
    let faults = renderer.faults;
    let broken = faults.iter().any(|fault| fault.severity == Severity::Error);
    ((!broken).then_some(document), faults)
}

struct Renderer<'a> {
    template: &'a Template,
    answers: &'a Answers,
    vocabulary: &'a dyn Vocabulary,
    meta: &'a Meta,
    cited: figures::Cited,
    faults: Vec<Diagnostic>,
}

impl<'a> Renderer<'a> {
    fn part(&mut self, part: &Part) -> Option<Block> {
        Some(match part {
            Part::Heading(level, runs) => Block::Heading { level: *level, text: self.runs(runs) },
            Part::Paragraph(runs) => Block::Paragraph(self.runs(runs)),
            Part::Item(number, runs) => Block::Item { number: *number, text: self.runs(runs) },
            Part::Table(columns, rows) => Block::Table(self.written_table(columns, rows)),
            Part::Call(call) => match &self.template.asks[*call] {
                Ask::Table(ask) => Block::Table(self.table(ask)?),
                Ask::Chart(ask) => Block::Chart(self.chart(ask)?),
                // The outline holds figures as runs only.
                Ask::Figure(_) => return None,
            },
        })
    }

    fn runs(&mut self, runs: &[Run]) -> Vec<Inline> {
        runs.iter()
            .filter_map(|run| {
                Some(match run {
                    Run::Text(text) => Inline::Text(self.own(text)),
                    Run::Strong(inner) => Inline::Strong(self.runs(inner)),
                    Run::Emphasis(inner) => Inline::Emphasis(self.runs(inner)),
                    Run::Break => Inline::Break,
                    Run::Call(call) => match &self.template.asks[*call] {
                        Ask::Figure(ask) => self.figure(ask)?,
                        _ => return None,
                    },
                })
            })
            .collect()
    }

    fn figure(&mut self, ask: &FigureAsk) -> Option<Inline> {
        let figure = self.only(ask.request, &ask.common.span)?;
        let Some(mut printed) = self.printed(figure, &ask.common.form, ask)? else {
            let id = figure.id.to_string();
            let message =
                message::text!("数值 {id} 为空，无法写入正文", "the figure {id} has no value to print");
            self.fault("no-value", ask.common.span.clone(), message);
            return None;
        };
        if !ask.lead {
            printed.before = "";
        }
        let shown = self.own(&printed.to_string());
        let figure = self.cited.cite(figure, self.vocabulary, self.meta);
        Some(Inline::Figure { figure, shown })
    }

    /// A table that the template wrote itself.
    fn written_table(&mut self, columns: &[bool], rows: &[Vec<Vec<Run>>]) -> Table {
        let mut rows = rows.iter().map(|row| row.iter().map(|cell| self.runs(cell)).collect::<Vec<_>>());
        let heads = rows.next().unwrap_or_default();
        let rows = rows.collect();
        let columns = heads
            .into_iter()
            .zip(columns)
            .map(|(head, numeric)| Column { head, numeric: *numeric })
            .collect();
        Table { columns, rows, ..Table::default() }
    }

    /// The figure printed; `Some(None)` if it has no value, `None` after a fault.
    fn printed(&mut self, figure: &Figure, form: &Form, ask: &FigureAsk) -> Option<Option<Printed>> {
        let Some(value) = figure.value else { return Some(None) };
        match quantity::printed(value, &figure.unit, &with_decimals(form, figure)) {
            Ok(printed) => Some(Some(printed)),
            Err(error) => {
                let place = ["form", "unit"].iter().find_map(|key| ask.common.places.get(*key));
                let place = place.unwrap_or(&ask.common.span).clone();
                let rule = match error {
                    quantity::PrintError::NotTrue { .. } | quantity::PrintError::NotPositive { .. } => {
                        "not-true"
                    }
                    _ => "not-printable",
                };
                self.fault(rule, place, error.text());
                None
            }
        }
    }

    /// The one figure that a request was answered with.
    fn only(&mut self, request: usize, place: &Span) -> Option<&'a Figure> {
        match self.answers.get(request).map(Vec::as_slice) {
            Some([figure]) => Some(figure),
            _ => {
                let message = Text::new("没有得到这个数值", "this figure was not answered");
                self.fault("no-figure", place.clone(), message);
                None
            }
        }
    }

    /// Text of the template, in the report's script.
    fn own(&self, text: &str) -> String {
        match self.meta.language {
            Language::Traditional => traditional(text),
            _ => text.to_owned(),
        }
    }

    fn say(&self, text: &Text) -> String {
        words::say(text, self.meta.language)
    }

    fn fault(&mut self, rule: &'static str, place: Span, message: Text) {
        self.faults.push(Diagnostic::error(rule, &self.template.source, place, message));
    }
}

/// The form with the indicator's decimals, where the template does not say and the unit is the same.
fn with_decimals(form: &Form, figure: &Figure) -> Form {
    let mut form = form.clone();
    let own_unit = form.unit.as_ref().is_none_or(|unit| *unit == figure.unit);
    if form.decimals.is_none() && own_unit && form.to.is_none() && !form.approximation.is_approximate() {
        form.decimals = Some(u32::from(figure.decimals));
    }
    form
}
