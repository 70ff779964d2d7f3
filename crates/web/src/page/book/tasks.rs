//! Verifying and copying, behind the pages: one of each at a time, and how far it is.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use ledger::CopyOptions;
use message::{Text, text};

use crate::app::App;

/// How something stands.
#[derive(Clone, Debug)]
pub enum Status {
    /// It was not begun since the server was started.
    Never,
    /// It goes on.
    Running {
        /// So many are done.
        done: u64,
        /// Of so many; 0 where that is not known yet.
        total: u64,
        /// What is being done.
        what: Text,
    },
    /// It ended well.
    Done {
        /// When.
        at: Timestamp,
        /// With which result.
        text: Text,
    },
    /// It did not.
    Failed {
        /// When.
        at: Timestamp,
        /// Why.
        text: Text,
        /// What in particular, in English.
        particulars: Vec<String>,
    },
}

impl Status {
    /// Whether it goes on.
    pub fn is_running(&self) -> bool {
        matches!(self, Self::Running { .. })
    }
}

/// The two tasks.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    verification: Slot,
    copying: Slot,
}

#[derive(Clone, Debug)]
struct Slot(Arc<Mutex<Status>>);

impl Default for Slot {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Status::Never)))
    }
}

impl Slot {
    fn get(&self) -> Status {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, status: Status) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = status;
    }

    /// Takes the slot, unless something goes on in it.
    fn begin(&self, what: Text) -> bool {
        let mut status = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if status.is_running() {
            return false;
        }
        *status = Status::Running { done: 0, total: 0, what };
        true
    }

    /// Runs work on a thread of its own; whatever becomes of it, the slot says so.
    fn run(&self, work: impl FnOnce(&Slot) -> Result<Text, Ended> + Send + 'static) {
        let slot = self.clone();
        let spawned = std::thread::Builder::new().name("book".to_owned()).spawn(move || {
            let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&slot)));
            let at = Timestamp::now();
            slot.set(match result {
                Ok(Ok(text)) => Status::Done { at, text },
                Ok(Err(Ended { text, particulars })) => Status::Failed { at, text, particulars },
                Err(_) => {
                    let text = text!("系统内部错误", "an error of ours");
                    Status::Failed { at, text, particulars: Vec::new() }
                }
            });
        });
        if let Err(error) = spawned {
            let text = Text::same(error.to_string());
            self.set(Status::Failed { at: Timestamp::now(), text, particulars: Vec::new() });
        }
    }
}

/// Why a task ended without what was wanted.
struct Ended {
    text: Text,
    particulars: Vec<String>,
}

impl<E: std::fmt::Display> From<E> for Ended {
    fn from(error: E) -> Self {
        Self { text: text!("未能完成", "It could not be done"), particulars: vec![error.to_string()] }
    }
}

impl Tasks {
    /// How the verification stands.
    pub fn verification(&self) -> Status {
        self.verification.get()
    }

    /// How the copying stands.
    pub fn copying(&self) -> Status {
        self.copying.get()
    }

    /// Begins to verify the whole book; false if that goes on already.
    pub fn verify(&self, app: &Arc<App>) -> bool {
        let what = text!("正在校验", "Verifying");
        if !self.verification.begin(what.clone()) {
            return false;
        }
        let app = Arc::clone(app);
        self.verification.run(move |slot| {
            let mut entries = 0;
            let faults = app.book.verify(&mut |done, total| {
                entries = total;
                slot.set(Status::Running { done, total, what: what.clone() });
            })?;
            if faults.is_empty() {
                return Ok(text!(
                    "整本账 {entries} 条与签名一致",
                    "All {entries} entries are what was signed"
                ));
            }
            let count = faults.len();
            Err(Ended {
                text: text!(
                    "发现 {count} 处不一致：账本应从备份恢复",
                    "{count} faults: the book is to be restored from a copy"
                ),
                particulars: faults.iter().map(ToString::to_string).collect(),
            })
        });
        true
    }

    /// Begins to copy the city into `HOME/backups`; false if that goes on already.
    pub fn back_up(&self, app: &Arc<App>, with_keys: bool) -> bool {
        if !self.copying.begin(text!("正在备份", "Copying")) {
            return false;
        }
        let app = Arc::clone(app);
        self.copying.run(move |slot| copy(&app, with_keys, slot));
        true
    }
}

fn copy(app: &App, with_keys: bool, slot: &Slot) -> Result<Text, Ended> {
    let now = Timestamp::now().to_zoned(crate::when::calendar());
    let kind = if with_keys { WITH_KEYS } else { "" };
    let name = format!("{}{kind}", now.strftime("%Y%m%d-%H%M%S"));
    let folder = app.settings.home.join(FOLDER);
    fs::create_dir_all(&folder)?;
    let to = folder.join(&name);
    let options = CopyOptions { with_keys };
    let accounts = |to: &Path| app.accounts.backup(to).map_err(|error| error.text());
    let city = &app.now().city;
    let copied = city::backup::backup_over(city, &app.book, app.lake.as_deref(), &accounts, &to, options)?;
    if !with_keys {
        slot.set(Status::Running { done: 0, total: 0, what: text!("正在打包", "Packing") });
        pack(&to, &folder.join(format!("{name}.zip")))?;
    }
    let entries = copied.entries;
    Ok(text!("已备份并核对 {entries} 条：{name}", "{entries} entries copied and verified: {name}"))
}

/// Where copies lie, in the city's home.
pub(super) const FOLDER: &str = "backups";
/// How the name of a copy ends that has the secret keys.
const WITH_KEYS: &str = "-keys";

/// A copy that is there.
#[derive(Clone, Debug)]
pub struct Copy {
    /// Its name.
    pub name: String,
    /// Its size on disk.
    pub megabytes: u64,
    /// Whether it has the secret keys.
    pub with_keys: bool,
    /// Whether it can be downloaded as one file.
    pub file: bool,
}

/// The copies, the latest first.
pub fn copies(home: &Path) -> std::io::Result<Vec<Copy>> {
    let folder = home.join(FOLDER);
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut copies = Vec::new();
    for entry in entries {
        let entry = entry?;
        let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
        // A copy in the making grows and has files that come and go; it is listed when it is whole and verified.
        if !name.starts_with(|c: char| c.is_ascii_digit()) || !city::backup::is_whole(&entry.path()) {
            continue;
        }
        let sizes = tree(&entry.path())?.into_iter().filter_map(|path| fs::metadata(path).ok());
        let bytes: u64 = sizes.map(|meta| meta.len()).sum();
        copies.push(Copy {
            megabytes: bytes >> 20,
            with_keys: name.ends_with(WITH_KEYS),
            file: folder.join(format!("{name}.zip")).is_file(),
            name,
        });
    }
    copies.sort_by(|a, b| b.name.cmp(&a.name));
    Ok(copies)
}

/// Every file below a folder, in the order of their names.
fn tree(at: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![at.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            match entry.file_type()? {
                kind if kind.is_dir() => folders.push(entry.path()),
                kind if kind.is_file() => files.push(entry.path()),
                _ => {}
            }
        }
    }
    files.sort();
    Ok(files)
}

/// One file of a copy, whole or not there at all.
fn pack(from: &Path, to: &Path) -> Result<(), Ended> {
    let partial = to.with_extension("partial");
    let mut writer = zip::ZipWriter::new(std::io::BufWriter::new(fs::File::create(&partial)?));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .compression_level(Some(1))
        .large_file(true);
    for path in tree(from)? {
        let name = path.strip_prefix(from)?.to_string_lossy().replace('\\', "/");
        writer.start_file(name, options)?;
        std::io::copy(&mut fs::File::open(&path)?, &mut writer)?;
    }
    let mut file = writer.finish()?;
    file.flush()?;
    file.get_ref().sync_all()?;
    fs::rename(&partial, to)?;
    Ok(())
}
