//! A version at a snapshot becomes a document: what all pages of a report share.

use std::sync::Arc;

use city::desk::{Desk, DeskError, Standing, State, Step};
use city::reporting::{self, Edition, Written};
use city::{CityError, Units};
use figure::Snapshot;
use figures::blocking::Engine;
use jiff::civil::Date;
use message::{Language, Source, Text};

use crate::app::{App, InForce};
use crate::fault::Fault;
use crate::ui::*;

/// What figures in a preview lead to.
pub const DOORS: &str = "/f/";

/// A format that reports are exported in: the ending, and the media type.
pub const FORMATS: [(&str, &str); 3] = [
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("html", "text/html; charset=utf-8"),
    ("md", "text/markdown; charset=utf-8"),
];

/// The desk of the city.
pub fn desk(now: &InForce) -> Desk {
    Desk::at(now.city.reports())
}

/// What is read of a report before anything is shown.
pub struct Opened {
    /// Everything that happened to it.
    pub standing: Standing,
    /// The text of the latest version, or the pack's.
    pub source: Arc<Source>,
}

/// Reads a report's latest version; there is none if neither the pack nor anybody has it.
pub fn open(now: &InForce, key: &str) -> Result<Opened, Fault> {
    let standing = desk(now).standing(key).map_err(desk_fault)?;
    let source = match standing.version() {
        0 => Arc::clone(&now.pack.report(key).ok_or(Fault::NotFound)?.source),
        version => text_of(now, key, version)?,
    };
    Ok(Opened { standing, source })
}

/// The text of a version.
pub fn text_of(now: &InForce, key: &str, version: u32) -> Result<Arc<Source>, Fault> {
    let text = desk(now).text(key, version).map_err(desk_fault)?;
    Ok(source(key, text))
}

/// A text as diagnostics name it.
pub fn source(key: &str, text: String) -> Arc<Source> {
    Source::new(format!("reports/{key}.md"), text)
}

/// What is known now.
pub fn present(now: &InForce) -> Result<Snapshot, Fault> {
    Ok(now.engine.snapshot()?)
}

/// Writes a text at a snapshot by the pack in force; figures lead to their pages.
pub fn write(
    app: &App,
    now: &InForce,
    source: &Arc<Source>,
    snapshot: Snapshot,
    language: Language,
    date: Option<Date>,
) -> Result<Written, CityError> {
    let edition = Edition {
        snapshot,
        language,
        date,
        synthetic: now.city.settings.synthetic_seed.is_some(),
        trace_prefix: Some(DOORS.to_owned()),
    };
    let units = Units::of(&app.book, snapshot.known_at)?;
    reporting::write(&now.engine, units, source, &edition)
}

/// The engine of the pack that a signed report was written by.
pub fn engine_of(app: &App, now: &InForce, pack: [u8; 4]) -> Result<Arc<Engine>, Fault> {
    if pack == now.pack.short_digest() {
        return Ok(Arc::clone(&now.engine));
    }
    let then = now.city.pack_of(pack)?;
    Ok(Arc::new(now.city.engine_by_over(then, Arc::clone(&app.book), app.lake.clone())?))
}

/// Every format of a document, in the order of [`FORMATS`].
pub fn files(document: &report::Document) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = [
        report::docx(document),
        report::html(document).into_bytes(),
        report::markdown(document).into_bytes(),
    ];
    FORMATS.iter().map(|(extension, _)| *extension).zip(bytes).collect()
}

/// A signed report once more, from nothing but what its step names.
pub fn again(app: &App, now: &InForce, key: &str, step: &Step) -> Result<Written, Fault> {
    let signed = step.signed.as_ref().ok_or(Fault::NotFound)?;
    let engine = engine_of(app, now, step.snapshot.pack)?;
    let edition = Edition {
        snapshot: step.snapshot.into(),
        language: Language::parse(&signed.language).unwrap_or_default(),
        date: signed.date,
        synthetic: signed.synthetic,
        trace_prefix: None,
    };
    let units = Units::of(&app.book, step.snapshot.entries)?;
    Ok(reporting::write(&engine, units, &text_of(now, key, step.version)?, &edition)?)
}

/// A desk's refusal, as the status it is.
pub fn desk_fault(error: DeskError) -> Fault {
    match error {
        DeskError::Unknown => Fault::NotFound,
        DeskError::Stale { .. } | DeskError::NotNow => Fault::Conflict(error.text()),
        DeskError::City(error) => error.into(),
        error => Fault::Refused { text: error.text(), fields: Vec::new() },
    }
}

/// The first heading of a template, without compiling it: the line `title = "…"` of its front matter.
pub fn title_of(source: &Arc<Source>) -> Option<String> {
    let compiled = report::compile(source).0?;
    Some(compiled.front().title.lines().collect::<Vec<_>>().join(""))
}

/// Where a report stands, in a word.
pub fn state_badge(l: Language, state: State) -> Badge {
    let (tone, icon, words) = match state {
        State::Template => (Tone::Neutral, Icon::File, w("模板", "Template")),
        State::Drafted => (Tone::Info, Icon::Edit, w("待复核", "To be reviewed")),
        State::Reviewed => (Tone::Info, Icon::Eye, w("待签发", "To be signed")),
        State::Returned => (Tone::Warn, Icon::Return, w("已退回", "Returned")),
        State::Signed => (Tone::Good, Icon::Tick, w("已签发", "Signed")),
    };
    Badge::new(l, tone, icon, words)
}

/// What somebody is called, where steps name the account by its number; else as it stands there.
pub fn who(app: &App, actor: &str) -> String {
    let number = actor.strip_prefix("account-").and_then(|number| number.parse().ok());
    let account = number.and_then(|number| app.accounts.account(number).ok().flatten());
    account.map_or_else(|| actor.to_owned(), |account| account.display.clone())
}

/// What is known, in words.
pub fn snapshot_words(snapshot: Snapshot) -> Text {
    let entries = grouped(snapshot.known_at);
    match snapshot.lake.map(grouped) {
        None => message::text!("前 {entries} 条入账", "the first {entries} entries"),
        Some(batches) => message::text!(
            "前 {entries} 条入账、前 {batches} 批监测数据",
            "the first {entries} entries and {batches} batches of measurements"
        ),
    }
}

/// The value of `Content-Disposition` that saves a file under a name in any script (RFC 6266).
pub fn attachment(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::attachment;

    #[test]
    fn a_name_in_any_script_is_kept_and_never_leaves_its_header() {
        assert_eq!(attachment("a.docx"), "attachment; filename=\"a.docx\"; filename*=UTF-8''a.docx");
        let odd = attachment("报\"\r\n告.docx");
        assert!(odd.is_ascii() && !odd.contains('\n') && odd.matches('"').count() == 2, "{odd}");
    }
}
