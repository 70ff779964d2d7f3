//! Evidence files that rows name: relative to the file's folder, and never outside it.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use message::{Text, text};

/// The files named so far, each once.
pub(crate) struct EvidenceFiles {
    folder: PathBuf,
    known: HashMap<String, Result<usize, Text>>,
    pub(crate) files: Vec<PathBuf>,
}

impl EvidenceFiles {
    pub(crate) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), known: HashMap::new(), files: Vec::new() }
    }

    /// The places in `files` of the files that a cell names, separated by semicolons.
    pub(crate) fn find(&mut self, cell: &str) -> Result<Vec<usize>, Text> {
        let names = cell.split([';', '；']).map(str::trim).filter(|name| !name.is_empty());
        names.map(|name| self.find_one(name)).collect()
    }

    fn find_one(&mut self, name: &str) -> Result<usize, Text> {
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        let found = self.look_up(name).map(|path| {
            self.files.push(path);
            self.files.len() - 1
        });
        self.known.insert(name.to_owned(), found.clone());
        found
    }

    fn look_up(&self, name: &str) -> Result<PathBuf, Text> {
        let outside = || {
            text!(
                "佐证文件应在导入文件所在的文件夹内：“{name}”",
                "evidence must lie in the folder of the imported file: `{name}`"
            )
        };
        let path = Path::new(name);
        let plain = path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !plain || name.contains(['\\', ':', '\0']) {
            return Err(outside());
        }
        let missing = |_| text!("没有佐证文件“{name}”", "there is no evidence file `{name}`");
        let folder = self.folder.canonicalize().map_err(missing)?;
        // A link may lead out of the folder although its name does not.
        let full = folder.join(path).canonicalize().map_err(missing)?;
        if !full.starts_with(&folder) {
            return Err(outside());
        }
        if full.is_file() {
            Ok(full)
        } else {
            Err(text!("“{name}”不是文件", "`{name}` is not a file"))
        }
    }
}
