//! `/admin/pack`: the definitions in force and their diagnostics; other definitions adopted without a restart.
//!
//! ```text
//! zip, or a folder in HOME/incoming, or a pack that was in force once ─▶ files ─▶ checked ─┬─ faults ─▶ told; nothing changes
//!                                                                                          └─▶ kept, and in force
//! ```
//!
//! A broken pack never replaces a good one: everything is checked before anything is kept, and requests that are being
//! answered keep the definitions they began with.

mod archive;
mod show;

use axum::extract::Multipart;
use axum::http::StatusCode;
use city::CityError;
use message::{Diagnostic, Severity, Text, text};

use access::Action;

use crate::app::{App, InForce};
use crate::fault::{Answer, Fault};
use crate::open::{AdoptError, adopt};
use crate::routes::{Need, Routes};
use crate::visitor::Visitor;

/// The largest upload.
const MOST: usize = 16 << 20;

/// The page, and what is sent to it.
pub fn routes() -> Routes {
    let need = Need::May(Action::ManagePack);
    Routes::new().get("/admin/pack", need, page).upload("/admin/pack", need, MOST, sent)
}

/// What the page shows.
struct View {
    digest: String,
    /// What is allowed but should be looked at.
    warnings: Vec<Diagnostic>,
    /// Packs that were in force once, the latest first: digest, and the day on which it was kept.
    kept: Vec<(String, String)>,
    /// Folders that wait in HOME/incoming.
    incoming: Vec<String>,
}

/// What came of something that was sent.
struct Outcome {
    notice: Text,
    good: bool,
    diagnostics: Vec<Diagnostic>,
}

/// Whether the visitor may change the definitions, which are the whole city's.
fn require(visitor: &Visitor) -> Result<(), Fault> {
    visitor.require(Action::ManagePack, &access::Resource::default())
}

async fn page(visitor: Visitor) -> Answer {
    require(&visitor)?;
    let now = visitor.now.clone();
    let view = visitor.app.heavy_work(move |app| view(app, &now)).await?;
    Ok(visitor.page(show::head(), show::body(&visitor, &view, None)))
}

fn view(app: &App, now: &InForce) -> Result<View, Fault> {
    let digest = city::packs::digest_name(now.pack.short_digest());
    let home = &app.settings.home;
    let files = pack::read_dir(&home.join("packs").join(&digest)).map_err(Fault::internal)?;
    let mut kept: Vec<(std::time::SystemTime, String)> = folders(&home.join("packs"))?
        .into_iter()
        .map(|name| {
            let kept = std::fs::metadata(home.join("packs").join(&name)).and_then(|meta| meta.modified());
            (kept.unwrap_or(std::time::UNIX_EPOCH), name)
        })
        .collect();
    kept.sort();
    kept.reverse();
    let day = |time| jiff::Timestamp::try_from(time).map(crate::when::day_of).map(|day| day.to_string());
    Ok(View {
        digest,
        warnings: city::packs::check(files).1,
        kept: kept.into_iter().map(|(time, name)| (name, day(time).unwrap_or_default())).collect(),
        incoming: folders(&home.join("incoming"))?,
    })
}

/// The names of the folders in a folder; none where it is not there.
fn folders(at: &std::path::Path) -> Result<Vec<String>, Fault> {
    let entries = match std::fs::read_dir(at) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Fault::internal(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(Fault::internal)?;
        let is_folder = entry.file_type().map_err(Fault::internal)?.is_dir();
        if let Some(name) = entry.file_name().to_str().filter(|name| is_folder && !name.contains('.')) {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// What was sent to be checked or adopted.
enum Given {
    Zip(Vec<u8>),
    Kept(String),
    Incoming(String),
}

async fn sent(visitor: Visitor, mut form: Multipart) -> Answer {
    require(&visitor)?;
    let mut given = None;
    let mut adopts = false;
    let unreadable = |_| Fault::Bad(text!("上传的内容无法读取。", "What was sent cannot be read."));
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "pack" => {
                given = Some(Given::Zip(field.bytes().await.map_err(|_| Fault::TooLarge(MOST))?.to_vec()))
            }
            "kept" => given = Some(Given::Kept(field.text().await.map_err(unreadable)?)),
            "incoming" => given = Some(Given::Incoming(field.text().await.map_err(unreadable)?)),
            "do" => adopts = field.text().await.map_err(unreadable)? == "adopt",
            _ => {}
        }
    }
    let given = given.ok_or_else(|| Fault::Refused {
        text: text!("请选择城市包文件。", "Choose the pack's file."),
        fields: vec![("pack".to_owned(), text!("请选择文件", "choose a file"))],
    })?;
    let outcome = visitor.app.heavy_work(move |app| Ok(judged(app, given, adopts))).await?;
    if outcome.good && adopts && outcome.diagnostics.is_empty() {
        return Ok(visitor.lead_to("/admin/pack", &outcome.notice));
    }
    // What is in force may be another pack now.
    let visitor = Visitor { now: visitor.app.now(), ..visitor };
    let now = visitor.now.clone();
    let view = visitor.app.heavy_work(move |app| view(app, &now)).await?;
    let mut response = visitor.page(show::head(), show::body(&visitor, &view, Some(&outcome)));
    if !outcome.good {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// Checks what was given, and adopts it where that is wanted and it has no fault.
fn judged(app: &App, given: Given, adopts: bool) -> Outcome {
    let refused = |notice: Text, diagnostics| Outcome { notice, good: false, diagnostics };
    let files = match files(app, given) {
        Ok(files) => files,
        Err(text) => return refused(text, Vec::new()),
    };
    if !adopts {
        let (pack, diagnostics) = city::packs::check(files);
        let broken = pack.is_none() || diagnostics.iter().any(|one| one.severity == Severity::Error);
        if broken {
            return refused(text!("城市包有错误。", "The pack has faults."), diagnostics);
        }
        let notice = text!("检查通过，可以启用。", "It is in order and can be adopted.");
        return Outcome { notice, good: true, diagnostics };
    }
    match adopt(app, files) {
        Ok(warnings) => {
            let digest = city::packs::digest_name(app.now().pack.short_digest());
            let notice = text!("已启用版本 {digest}", "Version {digest} is in force");
            Outcome { notice, good: true, diagnostics: warnings }
        }
        Err(AdoptError::City(CityError::Faulty(diagnostics))) => refused(
            text!(
                "城市包有错误，未启用；现行版本不变。",
                "The pack has faults and was not adopted; what is in force stays."
            ),
            diagnostics,
        ),
        Err(AdoptError::City(error)) => refused(error.text(), Vec::new()),
        Err(AdoptError::Later(text)) => refused(text, Vec::new()),
    }
}

/// The files of what was given. Names of folders are looked up among those that are there, never joined to a path as
/// they come.
fn files(app: &App, given: Given) -> Result<Vec<(String, String)>, Text> {
    let inside = |place: &str, name: String| {
        let at = app.settings.home.join(place);
        let known = folders(&at).unwrap_or_default().contains(&name);
        if !known {
            return Err(text!("没有这个文件夹。", "There is no such folder."));
        }
        pack::read_dir(&at.join(name)).map_err(|error| error.text())
    };
    match given {
        Given::Zip(bytes) => archive::files(&bytes),
        Given::Kept(name) => inside("packs", name),
        Given::Incoming(name) => inside("incoming", name),
    }
}
