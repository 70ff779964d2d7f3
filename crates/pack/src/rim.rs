//! The pack's directory → paths and texts, the only place of this crate that sees a disk.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use message::Text;

/// Larger than any file a person writes.
const MOST_BYTES_A_FILE: u64 = 1 << 20;
const MOST_BYTES: u64 = 16 << 20;
/// Files and directories that are looked at, whatever they are.
const MOST_PLACES: usize = 10_000;
/// The pack's own files lie one directory deep; deeper ones are read so that `compile` can say so.
const DEEPEST: usize = 3;
/// Faults that are told; a directory that is no pack at all has one in every file.
const MOST_FAULTS: usize = 20;

/// A directory that cannot be read as a pack, with everything that is wrong with it.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.text())]
pub struct ReadError {
    /// At least one, at most twenty.
    pub faults: Vec<ReadFault>,
}

/// Why a file of a pack cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadFault {
    /// The directory is not there, or is no directory.
    #[error("`{}` is no directory", path.display())]
    NoDirectory {
        /// As it was given.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("`{path}` cannot be read: {source}")]
    Unreadable {
        /// Inside the pack.
        path: String,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// A file that no person wrote.
    #[error("`{path}` is larger than {limit} bytes")]
    TooLarge {
        /// Inside the pack; empty for the pack as a whole.
        path: String,
        /// What is allowed.
        limit: u64,
    },
    /// A directory with too much in it to be a pack.
    #[error("the directory holds more than {limit} files and directories")]
    TooMany {
        /// What is allowed.
        limit: usize,
    },
    /// A file that is not UTF-8.
    #[error("`{path}` is not UTF-8: line {line}, column {column}, byte {offset}")]
    NotUtf8 {
        /// Inside the pack.
        path: String,
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// From 0.
        offset: usize,
    },
    /// A file or directory whose name is not UTF-8.
    #[error("the name `{}` is not UTF-8", path.display())]
    NameNotUtf8 {
        /// Inside the pack.
        path: PathBuf,
    },
    /// A symbolic link that leaves the pack, or that stands for a directory.
    #[error("`{path}` is a link that leads out of the pack, or to a directory")]
    Link {
        /// Inside the pack.
        path: String,
    },
}

impl ReadFault {
    /// What is said to people.
    pub fn text(&self) -> Text {
        let english = self.to_string();
        let chinese = match self {
            Self::NoDirectory { path } => format!("`{}` 不是目录", path.display()),
            Self::Unreadable { path, source } => format!("`{path}` 无法读取：{source}"),
            Self::TooLarge { path, limit } if path.is_empty() => format!("城市包超过 {limit} 字节"),
            Self::TooLarge { path, limit } => format!("`{path}` 超过 {limit} 字节"),
            Self::TooMany { limit } => format!("目录中的文件和目录超过 {limit} 个"),
            Self::NotUtf8 { path, line, column, offset } => {
                format!("`{path}` 不是 UTF-8：第 {line} 行第 {column} 列，第 {offset} 字节")
            }
            Self::NameNotUtf8 { path } => format!("名字 `{}` 不是 UTF-8", path.display()),
            Self::Link { path } => format!("`{path}` 是指向城市包以外或指向目录的链接"),
        };
        match self {
            Self::TooLarge { path, limit } if path.is_empty() => {
                Text::new(chinese, format!("the pack is larger than {limit} bytes"))
            }
            _ => Text::new(chinese, english),
        }
    }
}

impl ReadError {
    /// What is said to people, one fault a line.
    pub fn text(&self) -> Text {
        let texts: Vec<Text> = self.faults.iter().map(ReadFault::text).collect();
        let join = |part: fn(&Text) -> &str| texts.iter().map(part).collect::<Vec<_>>().join("\n");
        Text::new(join(|text| &text.simplified), join(|text| &text.english))
    }
}

/// Reads a pack's TOML and Markdown files: paths from the directory, with `/`, in order, and their texts.
///
/// Hidden files and other kinds of files are passed over. Nothing is read through a link that leads out
/// of the directory, and never more than a few megabytes.
pub fn read_dir(directory: &Path) -> Result<Vec<(String, String)>, ReadError> {
    let no_directory = || ReadError { faults: vec![ReadFault::NoDirectory { path: directory.to_owned() }] };
    if !directory.is_dir() {
        return Err(no_directory());
    }
    let root = directory.canonicalize().map_err(|_| no_directory())?;
    let mut reading = Reading { root: &root, places: 0, bytes: 0, files: Vec::new(), faults: Vec::new() };
    reading.directory(&root, "", 0);
    let Reading { mut files, mut faults, .. } = reading;
    if faults.is_empty() {
        files.sort();
        return Ok(files);
    }
    faults.truncate(MOST_FAULTS);
    Err(ReadError { faults })
}

struct Reading<'a> {
    root: &'a Path,
    places: usize,
    bytes: u64,
    files: Vec<(String, String)>,
    faults: Vec<ReadFault>,
}

impl Reading<'_> {
    fn directory(&mut self, directory: &Path, inside: &str, depth: usize) {
        let entries = match fs::read_dir(directory) {
            Ok(entries) => entries,
            Err(source) => {
                return self.faults.push(ReadFault::Unreadable { path: inside.to_owned(), source });
            }
        };
        // Whatever order the file system lists them in, what is said comes in the order of names.
        let mut entries: Vec<_> = entries.take(MOST_PLACES + 1).collect();
        entries.sort_by_key(|entry| entry.as_ref().ok().map(fs::DirEntry::file_name));
        for entry in entries {
            self.places += 1;
            if self.places > MOST_PLACES || self.bytes > MOST_BYTES || self.faults.len() >= MOST_FAULTS {
                return self.stopped();
            }
            match entry {
                Ok(entry) => self.entry(&entry, inside, depth),
                Err(source) => self.faults.push(ReadFault::Unreadable { path: inside.to_owned(), source }),
            }
        }
    }

    /// Says once why the rest is not looked at.
    fn stopped(&mut self) {
        if self
            .faults
            .iter()
            .any(|fault| matches!(fault, ReadFault::TooMany { .. } | ReadFault::TooLarge { .. }))
        {
            return;
        }
        if self.places > MOST_PLACES {
            self.faults.push(ReadFault::TooMany { limit: MOST_PLACES });
        } else if self.bytes > MOST_BYTES {
            self.faults.push(ReadFault::TooLarge { path: String::new(), limit: MOST_BYTES });
        }
    }

    fn entry(&mut self, entry: &fs::DirEntry, inside: &str, depth: usize) {
        let name = entry.file_name();
        if name.as_encoded_bytes().starts_with(b".") {
            return;
        }
        let Some(name) = name.to_str() else {
            return self.faults.push(ReadFault::NameNotUtf8 { path: Path::new(inside).join(name) });
        };
        let path = if inside.is_empty() { name.to_owned() } else { format!("{inside}/{name}") };
        let is_text = [".toml", ".md", ".cedar"].iter().any(|ending| path.ends_with(ending));
        match entry.file_type() {
            Err(source) => self.faults.push(ReadFault::Unreadable { path, source }),
            Ok(kind) if kind.is_dir() && depth < DEEPEST => self.directory(&entry.path(), &path, depth + 1),
            Ok(kind) if kind.is_file() && is_text => self.file(&entry.path(), path),
            Ok(kind) if kind.is_symlink() => self.link(&entry.path(), path, is_text),
            // Devices, pipes and files that are neither TOML nor Markdown nor policies are not the pack's.
            Ok(_) => {}
        }
    }

    fn link(&mut self, place: &Path, path: String, is_text: bool) {
        match place.canonicalize() {
            Ok(target) if target.is_file() && !is_text => {}
            Ok(target) if target.is_file() && target.starts_with(self.root) => self.file(&target, path),
            Ok(target) if target.is_file() || target.is_dir() => self.faults.push(ReadFault::Link { path }),
            Ok(_) => {}
            Err(source) => self.faults.push(ReadFault::Unreadable { path, source }),
        }
    }

    fn file(&mut self, place: &Path, path: String) {
        let mut bytes = Vec::new();
        // One byte more than allowed tells a file that is too large, however large it is.
        let read =
            fs::File::open(place).and_then(|file| file.take(MOST_BYTES_A_FILE + 1).read_to_end(&mut bytes));
        if let Err(source) = read {
            return self.faults.push(ReadFault::Unreadable { path, source });
        }
        let length = bytes.len() as u64;
        self.bytes += length;
        if length > MOST_BYTES_A_FILE {
            return self.faults.push(ReadFault::TooLarge { path, limit: MOST_BYTES_A_FILE });
        }
        match String::from_utf8(bytes) {
            Ok(text) => self.files.push((path, text)),
            Err(error) => {
                let offset = error.utf8_error().valid_up_to();
                let before = String::from_utf8_lossy(&error.as_bytes()[..offset]).into_owned();
                let (line, column) = message::Source::new("", before).line_column(offset);
                self.faults.push(ReadFault::NotUtf8 { path, line, column, offset });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{MOST_BYTES_A_FILE, read_dir};

    /// Makes a pack's directory, reads it, and shows what came of it.
    fn check(make: impl FnOnce(&Path), expected: &str) {
        let directory = tempfile::tempdir().expect("a directory");
        make(directory.path());
        let found = match read_dir(directory.path()) {
            Ok(files) => files.into_iter().map(|(path, text)| format!("{path} {}\n", text.len())).collect(),
            Err(error) => format!("{}\n", error.text()),
        };
        assert_eq!(found, expected);
    }

    fn write(directory: &Path, path: &str, bytes: &[u8]) {
        let path = directory.join(path);
        fs::create_dir_all(path.parent().expect("inside")).expect("made");
        fs::write(path, bytes).expect("written");
    }

    #[test]
    fn only_toml_markdown_and_policies_are_read_in_the_order_of_paths() {
        check(
            |pack| {
                write(pack, "registers/docks.toml", b"a = 1");
                write(pack, "pack.toml", b"b = 2\n");
                write(pack, "reports/work.md", b"");
                write(pack, "policies/roles.cedar", b"// none");
                write(pack, ".git/config.toml", b"hidden");
                write(pack, "map.png", b"\xff\xfe");
            },
            "pack.toml 6\npolicies/roles.cedar 7\nregisters/docks.toml 5\nreports/work.md 0\n",
        );
    }

    #[test]
    fn all_that_cannot_be_read_is_named_at_once() {
        check(
            |pack| {
                write(
                    pack,
                    "pack.toml",
                    "name = \"江\"\nlabel = \"江\u{57ce}".as_bytes().split_last().expect("long").1,
                )
            },
            "`pack.toml` is not UTF-8: line 2, column 11, byte 25\n",
        );
        check(
            |pack| {
                write(pack, "pack.toml", &vec![b'#'; MOST_BYTES_A_FILE as usize + 1]);
                write(pack, "plan/all.toml", b"\xff");
            },
            "`pack.toml` is larger than 1048576 bytes\n`plan/all.toml` is not UTF-8: line 1, column 1, byte 0\n",
        );
    }

    #[test]
    fn a_directory_that_is_not_there_is_named() {
        let error = read_dir(Path::new("no/such/pack")).expect_err("there is none");
        insta::assert_snapshot!(error, @"`no/such/pack` is no directory");
    }

    #[cfg(unix)]
    #[test]
    fn no_link_leads_out_of_the_pack() {
        use std::os::unix::fs::symlink;
        let secret = tempfile::tempdir().expect("a directory");
        fs::write(secret.path().join("secret.toml"), "key = 1").expect("written");
        check(
            |pack| symlink(secret.path().join("secret.toml"), pack.join("pack.toml")).expect("linked"),
            "`pack.toml` is a link that leads out of the pack, or to a directory\n",
        );
        check(
            |pack| symlink(secret.path(), pack.join("registers")).expect("linked"),
            "`registers` is a link that leads out of the pack, or to a directory\n",
        );
        check(
            |pack| {
                write(pack, "real.toml", b"a = 1");
                symlink("real.toml", pack.join("pack.toml")).expect("linked");
            },
            "pack.toml 5\nreal.toml 5\n",
        );
    }
}
