//! What cannot be mixed in is kept apart: JSON lines in a directory, one file a day, durable before they are
//! acknowledged.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use jiff::Timestamp;

use crate::time;

/// The files of what is kept apart; one writer.
pub struct Apart {
    directory: PathBuf,
    open: Mutex<Option<Open>>,
}

struct Open {
    name: String,
    file: File,
    length: u64,
}

impl Apart {
    /// Keeps in this directory, which is made when there is something to keep.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into(), open: Mutex::new(None) }
    }

    /// Adds lines; on return they are on the disk. After an error none of them will appear.
    pub fn append<'l>(&self, now: Timestamp, lines: impl Iterator<Item = &'l str>) -> io::Result<()> {
        let bytes = lines.fold(Vec::new(), |mut bytes, line| {
            bytes.extend_from_slice(line.as_bytes());
            bytes.push(b'\n');
            bytes
        });
        if bytes.is_empty() {
            return Ok(());
        }
        let mut guard = self.open.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let name = format!("{}.jsonl", now.to_zoned(time::zone()).date());
        if guard.as_ref().is_none_or(|open| open.name != name) {
            *guard = Some(open(&self.directory, name)?);
        }
        let Some(open) = guard.as_mut() else { return Ok(()) };
        let written = open.file.write_all(&bytes).and_then(|()| open.file.sync_data());
        match written {
            Ok(()) => open.length += bytes.len() as u64,
            Err(error) => {
                // Half a line must not stay in front of the next one. If even that fails, opening again mends it.
                let mended = open.file.set_len(open.length).and_then(|()| open.file.seek(SeekFrom::End(0)));
                if mended.is_err() {
                    *guard = None;
                }
                return Err(error);
            }
        }
        Ok(())
    }
}

/// Opens a day's file; a last line that was cut by a crash was never acknowledged and goes.
fn open(directory: &Path, name: String) -> io::Result<Open> {
    std::fs::create_dir_all(directory)?;
    let path = directory.join(&name);
    let mut file = OpenOptions::new().create(true).read(true).write(true).truncate(false).open(path)?;
    let mut length = file.seek(SeekFrom::End(0))?;
    while length > 0 {
        let step = length.min(4096);
        let mut tail = vec![0; usize::try_from(step).unwrap_or(4096)];
        file.seek(SeekFrom::Start(length - step))?;
        file.read_exact(&mut tail)?;
        match tail.iter().rposition(|&byte| byte == b'\n') {
            Some(at) => {
                length = length - step + at as u64 + 1;
                break;
            }
            None => length -= step,
        }
    }
    file.set_len(length)?;
    file.seek(SeekFrom::Start(length))?;
    // The name itself has to survive a power cut.
    File::open(directory)?.sync_all()?;
    Ok(Open { name, file, length })
}

#[cfg(test)]
mod tests {
    use super::Apart;

    #[test]
    fn a_line_cut_by_a_crash_does_not_spoil_the_next() {
        let directory = tempfile::tempdir().expect("a directory");
        let now = "2026-03-01T00:00:00Z".parse().expect("a timestamp");
        Apart::new(directory.path()).append(now, ["{\"a\":1}"].into_iter()).expect("written");
        let path = directory.path().join("2026-03-01.jsonl");
        let mut bytes = std::fs::read(&path).expect("it is there");
        bytes.extend_from_slice(&[b'x'; 5000]);
        std::fs::write(&path, bytes).expect("written");
        Apart::new(directory.path()).append(now, ["{\"b\":2}", "{}"].into_iter()).expect("written");
        assert_eq!(std::fs::read_to_string(&path).expect("text"), "{\"a\":1}\n{\"b\":2}\n{}\n");
    }
}
