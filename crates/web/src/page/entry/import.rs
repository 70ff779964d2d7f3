//! `/registers/{register}/import`: a file is looked at, mended, and entered whole or not at all.
//!
//! ```text
//! upload ─▶ HOME/cache/uploads (a day) ─▶ dry run ─▶ what it would do → enter
//!                   ▲                        └─▶ faults among their neighbours → mended cells ─┐
//!                   └──────────────────────────── again ◀───────────────────────────────────┘
//! ```

use std::io::Write;
use std::path::{Path as FilePath, PathBuf};
use std::time::{Duration, SystemTime};

use access::Action;
use axum::body::Bytes;
use axum::extract::{Multipart, Path};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use intake::{Format, ImportOptions, IntakeError, Job, Mended, Refusal, Work};
use message::Text;
use sha2::{Digest, Sha256};

use super::create::register_for;
use super::desk::{new_key, receipt, refused, shelf_fault, with_status};
use super::import_view::{Looked, looked_page, upload_page};
use super::receive::{broken, whole};
use super::typed::Typed;
use crate::app::App;
use crate::fault::{Answer, Fault};
use crate::page::rights::{guard, roles_anywhere};
use crate::visitor::Visitor;

/// The most bytes of a file.
const MOST: u64 = 100 << 20;
/// How long an uploaded file waits to be entered.
const KEPT: Duration = Duration::from_secs(24 * 3600);

pub(super) async fn page(visitor: Visitor, Path(key): Path<String>) -> Answer {
    let register = register_for(&visitor, &key, Action::Import)?;
    Ok(upload_page(&visitor, register, &Typed::default(), None))
}

/// The template that the import reads.
pub(super) async fn template(visitor: Visitor, Path(key): Path<String>) -> Answer {
    let asking = visitor.clone();
    let work = move |app: &App| {
        let register = register_for(&asking, &key, Action::Import)?;
        let made = intake::template(&asking.now.pack, &app.book, &key, asking.language);
        let bytes = made.map_err(Fault::internal)?;
        let name = format!("{}.xlsx", asking.say(&register.label));
        let name: String =
            url::form_urlencoded::byte_serialize(name.as_bytes()).collect::<String>().replace('+', "%20");
        let mut response = bytes.into_response();
        let headers = response.headers_mut();
        let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        let disposition = format!("attachment; filename=\"{key}.xlsx\"; filename*=UTF-8''{name}");
        if let Ok(value) = HeaderValue::from_str(&disposition) {
            headers.insert(header::CONTENT_DISPOSITION, value);
        }
        Ok(response)
    };
    visitor.app.work(work).await
}

/// Takes a file and says what it would do.
pub(super) async fn look(visitor: Visitor, Path(key): Path<String>, mut body: Multipart) -> Answer {
    register_for(&visitor, &key, Action::Import)?;
    let mut typed = Typed::default();
    while let Some(mut field) = body.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(str::to_owned);
        let Some(file_name) = file_name else {
            let bytes = whole(field, 1 << 16).await?;
            typed.add(name, String::from_utf8_lossy(&bytes).into_owned());
            continue;
        };
        let ending = FilePath::new(&file_name).extension().and_then(|ending| ending.to_str());
        let ending = ending.unwrap_or_default().to_ascii_lowercase();
        if file_name.is_empty() || Format::of(FilePath::new(&format!("x.{ending}"))).is_none() {
            let text = Text::new("请选择 XLSX、CSV 或 GeoJSON 文件", "choose an XLSX, CSV or GeoJSON file");
            let register = register_for(&visitor, &key, Action::Import)?;
            let page = upload_page(&visitor, register, &typed, Some(visitor.say(&text)));
            return Ok(with_status(page, StatusCode::UNPROCESSABLE_ENTITY));
        }
        let mut upload = Upload::begin(&visitor, &ending)?;
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            upload.write(&chunk)?;
        }
        let token = tokio::task::spawn_blocking(move || upload.finish()).await.map_err(Fault::internal)??;
        typed.set("file", token);
        typed.set(
            "name",
            file_name.chars().filter(|letter| !letter.is_control()).take(100).collect::<String>(),
        );
    }
    if typed.get("file").is_empty() {
        let text = Text::new("请选择文件", "choose a file");
        let register = register_for(&visitor, &key, Action::Import)?;
        let page = upload_page(&visitor, register, &typed, Some(visitor.say(&text)));
        return Ok(with_status(page, StatusCode::UNPROCESSABLE_ENTITY));
    }
    tried(visitor, key, typed).await
}

/// Looks at the same file again, with what was mended.
pub(super) async fn again(visitor: Visitor, Path(key): Path<String>, body: Bytes) -> Answer {
    let typed = Typed::from_form(&body);
    tried(visitor, key, typed).await
}

async fn tried(visitor: Visitor, key: String, typed: Typed) -> Answer {
    let asking = visitor.clone();
    let work = move |app: &App| {
        register_for(&asking, &key, Action::Import)?;
        let file = file_of(&asking, &typed)?;
        let options = options(&asking, &key, &typed)?;
        let result = app.scribe.try_import(&key, &file, &options, &mut |_, _| {});
        let page = looked(&asking, &key, &typed, &file, &options, result.map_err(Refusal::from))?;
        Ok(page)
    };
    visitor.app.heavy_work(work).await
}

/// Enters the file.
pub(super) async fn enter(visitor: Visitor, Path(key): Path<String>, body: Bytes) -> Answer {
    let typed = Typed::from_form(&body);
    let asking = visitor.clone();
    let work = move |app: &App| {
        register_for(&asking, &key, Action::Import)?;
        let file = file_of(&asking, &typed)?;
        let options = options(&asking, &key, &typed)?;
        let job = Job {
            actor: asking.actor().to_owned(),
            roles: Vec::new(),
            key: typed.get("key").to_owned(),
            guard: options.guard.clone(),
            work: Work::Import {
                register: key.clone(),
                file: file.clone(),
                options: Box::new(options.clone()),
            },
        };
        match app.scribe.enter(job) {
            Ok(entered) => {
                Ok(asking.lead_to(&format!("/registers/{key}?sort=-%40record"), &receipt(&entered)))
            }
            // The book has changed since it was looked at.
            Err(Refusal::Cells(faults)) => {
                looked(&asking, &key, &typed, &file, &options, Err(Refusal::Cells(faults)))
            }
            Err(other) => Err(refused(other)),
        }
    };
    visitor.app.heavy_work(work).await
}

fn looked(
    visitor: &Visitor,
    key: &str,
    typed: &Typed,
    file: &FilePath,
    options: &ImportOptions,
    result: Result<intake::ImportOutcome, Refusal>,
) -> Result<Response, Fault> {
    let register = register_for(visitor, key, Action::Import)?;
    match result {
        Ok(outcome) => {
            let looked = Looked {
                typed,
                key: new_key()?,
                outcome: Ok(outcome),
                rows: Default::default(),
                mended: &options.mended,
            };
            Ok(looked_page(visitor, register, &looked))
        }
        Err(Refusal::Cells(faults)) => {
            let near = |row: u32| {
                row <= 2
                    || faults
                        .listed
                        .iter()
                        .take(super::import_view::SHOWN)
                        .any(|fault| fault.row.abs_diff(row) <= 1)
            };
            let glimpse = intake::glimpse(&visitor.now.pack, key, file, options.format, &near);
            let rows = glimpse.map(|glimpse| glimpse.rows).unwrap_or_default();
            let looked =
                Looked { typed, key: new_key()?, outcome: Err(faults), rows, mended: &options.mended };
            Ok(with_status(looked_page(visitor, register, &looked), StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(Refusal::Refused(text)) => {
            let page = upload_page(visitor, register, typed, Some(visitor.say(&text)));
            Ok(with_status(page, StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(other) => Err(refused(other)),
    }
}

/// What the form says of how the file is to be read.
pub(super) fn options(visitor: &Visitor, key: &str, typed: &Typed) -> Result<ImportOptions, Fault> {
    let units = visitor.now.shelf.units(crate::when::today()).map_err(shelf_fault)?;
    let role = roles_anywhere(visitor, Action::Import, key).into_iter().next().unwrap_or_default();
    let mut options = ImportOptions::new(visitor.actor(), role);
    options.effective = typed.get("@effective").parse().ok();
    options.owner = Some(typed.get("@owner").to_owned()).filter(|owner| !owner.is_empty());
    options.gcj02 = typed.get("gcj02") == "true";
    options.max_faults = 1_000;
    options.guard = Some(guard(visitor, Action::Import, key, units));
    for name in typed.names().filter(|name| name.starts_with("mend.")) {
        let mut parts = name.split('.').skip(1).map(str::parse::<u32>);
        if let (Some(Ok(row)), Some(Ok(column)), Some(text)) =
            (parts.next(), parts.next(), typed.all(name).first())
        {
            options.mended.push(Mended { row, column: column as usize, text: text.trim().to_owned() });
        }
    }
    options.mended.sort();
    Ok(options)
}

/// The files of an account that wait to be entered.
fn folder(visitor: &Visitor) -> Result<PathBuf, Fault> {
    let account = visitor.account()?.id;
    Ok(visitor.app.settings.home.join("cache").join("uploads").join(account.to_string()))
}

/// The file of a form, which can only be one of the visitor's own.
fn file_of(visitor: &Visitor, typed: &Typed) -> Result<PathBuf, Fault> {
    let token = typed.get("file");
    let (digest, ending) = token.split_once('.').ok_or(Fault::NotFound)?;
    let plain = digest.len() == 64
        && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        && ending.bytes().all(|byte| byte.is_ascii_lowercase());
    let path = folder(visitor)?.join(token);
    if !plain || !path.is_file() {
        let text =
            Text::new("上传的文件已过期，请重新上传", "the uploaded file has expired; upload it again");
        return Err(Fault::Refused { text, fields: Vec::new() });
    }
    Ok(path)
}

/// A file that is coming in.
pub(super) struct Upload {
    folder: PathBuf,
    path: PathBuf,
    file: std::fs::File,
    hash: Sha256,
    size: u64,
    ending: String,
    complete: bool,
}

impl Upload {
    pub(super) fn begin(visitor: &Visitor, ending: &str) -> Result<Self, Fault> {
        let folder = folder(visitor)?;
        std::fs::create_dir_all(&folder).map_err(Fault::internal)?;
        sweep(&folder);
        let path = folder.join(format!(".{}", new_key()?));
        let file = std::fs::File::create_new(&path).map_err(Fault::internal)?;
        let (hash, ending) = (Sha256::new(), ending.to_owned());
        Ok(Self { folder, path, file, hash, size: 0, ending, complete: false })
    }

    pub(super) fn write(&mut self, chunk: &[u8]) -> Result<(), Fault> {
        self.size += chunk.len() as u64;
        if self.size > MOST {
            return Err(Fault::TooLarge(MOST as usize));
        }
        self.hash.update(chunk);
        self.file.write_all(chunk).map_err(Fault::internal)
    }

    /// Where the file lies, once it is whole.
    pub(super) fn path_when_done(self) -> Result<PathBuf, Fault> {
        let folder = self.folder.clone();
        Ok(folder.join(self.finish()?))
    }

    /// The name by which the file is found again.
    pub(super) fn finish(mut self) -> Result<String, Fault> {
        let digest = std::mem::take(&mut self.hash).finalize();
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let token = format!("{hex}.{}", self.ending);
        std::fs::rename(&self.path, self.folder.join(&token)).map_err(Fault::internal)?;
        self.complete = true;
        Ok(token)
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if !self.complete {
            // What broke off is swept away at the next upload if it cannot be removed now.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Removes files that nobody has entered for a day.
fn sweep(folder: &FilePath) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let modified = entry.metadata().and_then(|data| data.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
        if modified.elapsed().is_ok_and(|age| age > KEPT) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// What the API says of an import that was refused: the cells, with their places.
pub(super) fn problem_of(error: IntakeError) -> Fault {
    match error {
        IntakeError::Faults(faults) => {
            let fields = faults.listed.iter().map(|fault| {
                let place = format!("{}{}", fault.column, fault.row);
                (place, fault.text())
            });
            let fields = fields.collect();
            Fault::Refused { text: IntakeError::Faults(faults).text(), fields }
        }
        other => refused(other.into()),
    }
}
