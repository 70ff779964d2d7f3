//! Figures that were computed once, kept for the next program that asks the same of the same book.
//!
//! A figure never changes for a snapshot, so computing it again can only cost time. The files lie beside
//! the cached columns and are as disposable. One is believed only if every byte of it is as it was written
//! (SHA-256), and if it was written by this very build of the program, for this very pack (its whole
//! digest), over this very book (the root of its tree, which pins every entry) and, for figures that
//! measurements enter, these very measurements. Anything else is passed over in silence, and replaced
//! when next a figure was computed.
//!
//! What is absent: faults, which are found anew each time; figures that do not read back as they were; and
//! any way from here into [`crate::trace`] and [`crate::diff`], which ask [`evaluate::evaluate`] themselves,
//! so that an audit never rests on what somebody computed before.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use figure::Figure;
use rust_decimal::Decimal;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::engine::Inner;
use crate::error::FigureError;
use crate::evaluate;
use crate::memo::Memo;
use crate::request::Request;

/// The first bytes of a file; the digits are the format's version.
const MAGIC: &[u8; 8] = b"QYFIGK01";
/// magic · key · length of the body · digest of all the rest · body.
const KEY_AT: usize = 8;
const LENGTH_AT: usize = KEY_AT + 32;
const DIGEST_AT: usize = LENGTH_AT + 8;
const HEADER: usize = DIGEST_AT + 32;
/// How many states (of books, by packs and builds) are kept on each shelf, the latest written.
const FILES: usize = 4;
/// How many figures a state may have. When there are more, only those of the last call stay.
const MOST: usize = 20_000;
/// A draft this old was left by a program that was stopped while writing.
const STALE: Duration = Duration::from_secs(3_600);

/// A question and its answer, each in a line's worth of JSON.
type Lines = BTreeMap<String, String>;

/// What figures of a state depend on: the build, the pack, the book, and the measurements where these enter.
type Key = [u8; 32];

/// A directory of kept figures.
#[derive(Debug)]
pub struct Kept {
    build: Key,
    /// Figures that come from the book alone, so that new measurements leave them where they are.
    book: Shelf,
    /// Figures that measurements enter.
    measured: Shelf,
}

/// Where figures of one kind are kept.
#[derive(Debug)]
struct Shelf {
    directory: PathBuf,
    /// How the names of its files begin.
    kind: &'static str,
    /// What is known of the state that was last asked for.
    state: Mutex<Option<(Key, Lines)>>,
}

/// The states that are asked for.
struct Keys {
    size: u64,
    lake: Option<u64>,
    book: Key,
    /// None where the lake cannot tell its state.
    measured: Option<Key>,
}

/// Answers requests: from what is kept, else by computing, which is kept in turn.
pub async fn evaluate(
    kept: &Kept,
    inner: &Arc<Inner>,
    memo: &Memo,
    requests: &[Request],
) -> Vec<Result<Vec<Figure>, FigureError>> {
    if requests.is_empty() {
        return Vec::new();
    }
    let Some(keys) = kept.keys(inner) else { return evaluate::evaluate(inner, Some(memo), requests).await };
    let pinned: Vec<Request> = requests.iter().map(|request| keys.pin(request)).collect();
    let recalled = kept.recall(&keys, &pinned);
    let missing: Vec<Request> = pinned
        .iter()
        .zip(&recalled)
        .filter(|(_, answer)| answer.is_none())
        .map(|(request, _)| request.clone())
        .collect();
    let computed = match missing.as_slice() {
        [] => Vec::new(),
        missing => evaluate::evaluate(inner, Some(memo), missing).await,
    };
    kept.keep(&keys, inner, missing.iter().zip(&computed));
    let mut computed = computed.into_iter();
    let lost = || Err(FigureError::Engine("a question was lost".to_owned()));
    recalled
        .into_iter()
        .map(|answer| answer.map_or_else(|| computed.next().unwrap_or_else(lost), Ok))
        .collect()
}

impl Keys {
    /// The request with everything said that it leaves open.
    fn pin(&self, request: &Request) -> Request {
        Request {
            as_of: Some(request.as_of.unwrap_or(request.period.last())),
            known_at: Some(request.known_at.unwrap_or(self.size)),
            lake: request.lake.or(self.lake),
            ..request.clone()
        }
    }

    /// Whether all that a pinned request is to know belongs to these states.
    fn cover(&self, request: &Request) -> bool {
        request.known_at.is_some_and(|known_at| known_at <= self.size) && request.lake <= self.lake
    }
}

impl Kept {
    /// Figures kept in this directory by this build of the program; `build` is whatever tells it from others.
    pub fn new(directory: &Path, build: &[u8]) -> Self {
        let build = Sha256::digest(build).into();
        Self { build, book: Shelf::new(directory, "book"), measured: Shelf::new(directory, "measured") }
    }

    /// The present states; nothing where the book cannot tell its own.
    fn keys(&self, inner: &Inner) -> Option<Keys> {
        // The sizes first: what grows in between has a root that pins the earlier part too.
        let size = inner.book.size().ok()?;
        let lake = inner.monitor.version().ok()?;
        let root = inner.book.root().ok()??;
        let pack = inner.pack.digest;
        let measured = match inner.monitor.source() {
            None => Some(self.key(&pack, &root, b"there is no lake")),
            Some(lake) => lake.root().ok().flatten().map(|lake| self.key(&pack, &root, &lake)),
        };
        Some(Keys { size, lake, book: self.key(&pack, &root, b""), measured })
    }

    /// The key of a state. All parts but the last are of one length each.
    fn key(&self, pack: &[u8; 32], root: &[u8; 32], measurements: &[u8]) -> Key {
        let mut key = Sha256::new();
        key.update(MAGIC);
        key.update(self.build);
        key.update(pack);
        key.update(root);
        key.update(measurements);
        key.finalize().into()
    }

    /// What was answered before.
    fn recall(&self, keys: &Keys, pinned: &[Request]) -> Vec<Option<Vec<Figure>>> {
        let covered = |request: &Request| keys.cover(request);
        let questions = |lake: bool| -> Vec<Option<String>> {
            pinned.iter().map(|request| covered(request).then(|| question(request, lake))).collect()
        };
        let mut answers = self.book.recall(&keys.book, &questions(false));
        if let (Some(measured), true) = (&keys.measured, answers.contains(&None)) {
            for (answer, other) in answers.iter_mut().zip(self.measured.recall(measured, &questions(true))) {
                *answer = answer.take().or(other);
            }
        }
        answers
    }

    /// Keeps answers, faults left out.
    fn keep<'a>(
        &self,
        keys: &Keys,
        inner: &Inner,
        answers: impl Iterator<Item = (&'a Request, &'a Result<Vec<Figure>, FigureError>)>,
    ) {
        let (mut book, mut measured) = (Vec::new(), Vec::new());
        for (request, answer) in answers {
            let Ok(figures) = answer else { continue };
            if keys.cover(request) {
                let lake = inner.is_measured(&request.indicator);
                let shelf = if lake { &mut measured } else { &mut book };
                shelf.push((question(request, lake), figures.as_slice()));
            }
        }
        self.book.keep(&keys.book, book);
        if let Some(key) = &keys.measured {
            self.measured.keep(key, measured);
        }
    }
}

impl Shelf {
    fn new(directory: &Path, kind: &'static str) -> Self {
        Self { directory: directory.to_owned(), kind, state: Mutex::default() }
    }

    fn recall(&self, key: &Key, questions: &[Option<String>]) -> Vec<Option<Vec<Figure>>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.as_ref().is_none_or(|(known, _)| known != key) {
            *state = Some((*key, self.read(key).unwrap_or_default()));
        }
        let Some((_, lines)) = state.as_ref() else { return vec![None; questions.len()] };
        questions.iter().map(|question| answer(lines.get(question.as_ref()?)?)).collect()
    }

    /// Keeps answers. A failure is not reported: without the file the next start is slower, no more.
    fn keep(&self, key: &Key, answers: Vec<(String, &[Figure])>) {
        let new: Lines = answers
            .into_iter()
            .filter_map(|(question, figures)| {
                let line = spell(figures);
                // What does not read back as it was (say, a decimal that lost a zero) is rather computed again.
                same(&answer(&line)?, figures).then_some((question, line))
            })
            .collect();
        let figures: usize = new.values().map(|line| figures_in(line)).sum();
        if new.is_empty() || figures > MOST {
            return;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // Another program may have kept others meanwhile. If it does so between here and the renaming, those are
        // computed again some day.
        let mut lines = self.read(key).unwrap_or_default();
        if let Some((known, before)) = state.take()
            && known == *key
        {
            lines.extend(before);
        }
        lines.extend(new.clone());
        if lines.values().map(|line| figures_in(line)).sum::<usize>() > MOST {
            lines = new;
        }
        if self.write(key, &lines).is_ok() {
            self.sweep();
        }
        *state = Some((*key, lines));
    }

    fn read(&self, key: &Key) -> Option<Lines> {
        believe(&fs::read(self.path(key)).ok()?, key)
    }

    fn write(&self, key: &Key, lines: &Lines) -> std::io::Result<()> {
        static DRAFTS: AtomicU64 = AtomicU64::new(0);
        fs::create_dir_all(&self.directory)?;
        // Under a name of its own first, so that no reader meets half a file.
        let number = DRAFTS.fetch_add(1, Ordering::Relaxed);
        let draft =
            self.directory.join(format!("{}-figures.{}.{number}.draft", self.kind, std::process::id()));
        let written = fs::File::create(&draft).and_then(|mut file| file.write_all(&encode(key, lines)));
        let placed = written.and_then(|()| fs::rename(&draft, self.path(key)));
        if placed.is_err() {
            let _ = fs::remove_file(&draft);
        }
        placed
    }

    /// Removes all but the states last written, and drafts that nobody will finish.
    fn sweep(&self) {
        let Ok(entries) = fs::read_dir(&self.directory) else { return };
        let mut files: Vec<(SystemTime, PathBuf)> = Vec::new();
        for entry in entries.flatten() {
            let name = entry.file_name();
            let rest = name.to_str().and_then(|name| name.strip_prefix(self.kind)?.strip_prefix("-figures."));
            let Some(rest) = rest else { continue };
            let Ok(modified) = entry.metadata().and_then(|metadata| metadata.modified()) else { continue };
            if rest.ends_with(".kept") {
                files.push((modified, entry.path()));
            } else if rest.ends_with(".draft") && modified.elapsed().is_ok_and(|age| age > STALE) {
                let _ = fs::remove_file(entry.path());
            }
        }
        files.sort_unstable_by(|a, b| b.cmp(a));
        for (_, path) in files.into_iter().skip(FILES) {
            let _ = fs::remove_file(path);
        }
    }

    fn path(&self, key: &Key) -> PathBuf {
        let mut name = format!("{}-figures.", self.kind);
        key.iter().take(16).for_each(|byte| {
            let _ = write!(name, "{byte:02x}");
        });
        self.directory.join(name + ".kept")
    }
}

/// The question of a request: all of it, so that a part added to requests must find its place here. What is known of
/// the measurements belongs to it only where they enter.
fn question(request: &Request, measured: bool) -> String {
    let Request { indicator, period, as_of, known_at, lake, by, scope } = request;
    let as_of = as_of.map(|day| day.to_string());
    let lake = lake.filter(|_| measured);
    json!([indicator, period.to_string(), as_of, known_at, lake, by, scope]).to_string()
}

fn spell(figures: &[Figure]) -> String {
    let figures: Vec<_> = figures
        .iter()
        .map(|figure| {
            let Figure { id, value, unit, decimals, rows, pending } = figure;
            json!([id.to_string(), value.map(|value| value.to_string()), unit, decimals, rows, pending])
        })
        .collect();
    serde_json::Value::Array(figures).to_string()
}

fn answer(line: &str) -> Option<Vec<Figure>> {
    type Told = (String, Option<String>, String, u8, u64, u64);
    let told: Vec<Told> = serde_json::from_str(line).ok()?;
    told.into_iter()
        .map(|(id, value, unit, decimals, rows, pending)| {
            let value = match value {
                Some(text) => Some(Decimal::from_str_exact(&text).ok()?),
                None => None,
            };
            Some(Figure { id: id.parse().ok()?, value, unit, decimals, rows, pending })
        })
        .collect()
}

/// Whether the figures are the same to the last zero of their values.
fn same(one: &[Figure], other: &[Figure]) -> bool {
    let values = |figures: &[Figure]| -> Vec<_> {
        figures.iter().map(|figure| figure.value.map(|value| value.serialize())).collect()
    };
    one == other && values(one) == values(other)
}

/// How many figures an answer has; none counts as one, for it takes place too.
fn figures_in(line: &str) -> usize {
    line.matches("],[").count() + 1
}

fn encode(key: &Key, lines: &Lines) -> Vec<u8> {
    let mut bytes = vec![0; HEADER];
    for (question, answer) in lines {
        // In JSON a tab or a line's end within a text is escaped.
        bytes.extend_from_slice(question.as_bytes());
        bytes.push(b'\t');
        bytes.extend_from_slice(answer.as_bytes());
        bytes.push(b'\n');
    }
    let length = (bytes.len() - HEADER) as u64;
    bytes[..KEY_AT].copy_from_slice(MAGIC);
    bytes[KEY_AT..LENGTH_AT].copy_from_slice(key);
    bytes[LENGTH_AT..DIGEST_AT].copy_from_slice(&length.to_le_bytes());
    let digest = digest(&bytes);
    bytes[DIGEST_AT..HEADER].copy_from_slice(&digest);
    bytes
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(&bytes[..DIGEST_AT]);
    digest.update(&bytes[HEADER..]);
    digest.finalize().into()
}

/// The lines of a file, if every byte of it is as it was written for this state.
fn believe(bytes: &[u8], key: &Key) -> Option<Lines> {
    let body = bytes.get(HEADER..)?;
    let believed = bytes[..KEY_AT] == *MAGIC
        && bytes[KEY_AT..LENGTH_AT] == *key
        && bytes[LENGTH_AT..DIGEST_AT] == (body.len() as u64).to_le_bytes()
        && bytes[DIGEST_AT..HEADER] == digest(bytes);
    if !believed {
        return None;
    }
    let lines = std::str::from_utf8(body).ok()?.lines();
    lines.map(|line| line.split_once('\t').map(|(a, b)| (a.to_owned(), b.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use figure::{Figure, FigureId, Period, Snapshot};
    use rust_decimal::Decimal;

    use super::{FILES, Kept, Key, Lines, MOST, Shelf, answer, believe, encode, question, spell};
    use crate::request::Request;

    const KEY: Key = [7; 32];

    fn request(indicator: &str) -> Request {
        let last = Period::Year(2022).last();
        Request { as_of: Some(last), known_at: Some(17), ..Request::new(indicator, Period::Year(2022)) }
    }

    fn figure(indicator: &str, value: Option<&str>) -> Figure {
        Figure {
            id: FigureId {
                indicator: indicator.to_owned(),
                period: Period::Year(2022),
                as_of: Period::Year(2022).last(),
                scope: vec![("district".to_owned(), "汉阳\t\n\"区\"".to_owned())],
                snapshot: Snapshot { known_at: 17, lake: None, pack: [1, 2, 3, 4] },
            },
            value: value.map(|value| Decimal::from_str_exact(value).expect("a number")),
            unit: "平方米/人".to_owned(),
            decimals: 2,
            rows: u64::MAX,
            pending: 3,
        }
    }

    #[test]
    fn an_answer_reads_back_to_the_last_zero() {
        let check = |value: Option<&str>| {
            let figures = vec![figure("parks.area", value), figure("parks.area", None)];
            let line = spell(&figures);
            let read = answer(&line).expect("it was spelt");
            assert!(super::same(&read, &figures), "{line}");
            assert!(!line.contains(['\n', '\t']), "{line}");
        };
        for value in
            ["0", "-1", "12.500", "0.000", "79228162514264337593543950335", "-0.0000000000000000000000000001"]
        {
            check(Some(value));
        }
        check(None);
    }

    #[test]
    fn no_two_questions_are_alike() {
        let plain = request("parks.area");
        let scope = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>()
        };
        let all = [
            plain.clone(),
            request("parks.count"),
            Request { period: Period::Quarter(2022, 4), ..plain.clone() },
            Request { as_of: Some(Period::Year(2021).last()), ..plain.clone() },
            Request { known_at: Some(16), ..plain.clone() },
            Request { lake: Some(0), ..plain.clone() },
            Request { lake: Some(17), known_at: None, ..plain.clone() },
            Request { by: vec!["a".to_owned(), "b".to_owned()], ..plain.clone() },
            Request { by: vec!["a\",\"b".to_owned()], ..plain.clone() },
            Request { scope: scope(&[("a", "b"), ("c", "d")]), ..plain.clone() },
            Request { scope: scope(&[("c", "d"), ("a", "b")]), ..plain.clone() },
            Request { scope: scope(&[("a", "b\"],[\"c\",\"d")]), ..plain },
        ];
        let different =
            |measured| all.iter().map(|one| question(one, measured)).collect::<BTreeSet<_>>().len();
        assert_eq!(different(true), all.len());
        // Of the book alone, the state of the measurements is no part.
        assert_eq!(different(false), all.len() - 1);
    }

    /// Every truncation and every changed byte, one after the other.
    #[test]
    fn only_the_bytes_that_were_written_are_believed() {
        let lines: Lines = [("parks.area", Some("12.50")), ("docks.operating", None)]
            .map(|(key, value)| (question(&request(key), false), spell(&[figure(key, value)])))
            .into();
        let bytes = encode(&KEY, &lines);
        assert_eq!(believe(&bytes, &KEY), Some(lines.clone()));
        for length in 0..bytes.len() {
            assert_eq!(believe(&bytes[..length], &KEY), None, "cut at {length}");
        }
        let mut changed = bytes.clone();
        for at in 0..bytes.len() {
            for bit in 0..8 {
                changed[at] ^= 1 << bit;
                assert_eq!(believe(&changed, &KEY), None, "changed at {at}");
                changed[at] = bytes[at];
            }
        }
        assert_eq!(believe(&[bytes.as_slice(), b"\n"].concat(), &KEY), None, "something added");
        assert_eq!(believe(&bytes, &[8; 32]), None, "another build, pack or book");
    }

    #[test]
    fn each_state_has_a_key_of_its_own() {
        let home = tempfile::tempdir().expect("a directory");
        let (one, other) = (Kept::new(home.path(), b"one"), Kept::new(home.path(), b"other"));
        let keys = [
            one.key(&[1; 32], &[2; 32], b""),
            other.key(&[1; 32], &[2; 32], b""),
            one.key(&[3; 32], &[2; 32], b""),
            one.key(&[1; 32], &[3; 32], b""),
            one.key(&[1; 32], &[2; 32], &[4; 32]),
            one.key(&[1; 32], &[2; 32], &[5; 32]),
        ];
        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len());
        let asked = [Some("question".to_owned())];
        let figures = [figure("parks.area", Some("1"))];
        one.book.keep(&keys[0], vec![("question".to_owned(), &figures)]);
        assert_eq!(one.book.recall(&keys[0], &asked), [Some(figures.to_vec())]);
        assert_eq!(other.book.recall(&keys[1], &asked), [None]);
        // Not even where its file lies under the other's name.
        fs::rename(one.book.path(&keys[0]), other.book.path(&keys[1])).expect("it is there");
        assert_eq!(Shelf::new(home.path(), "book").recall(&keys[1], &asked), [None]);
    }

    #[test]
    fn what_is_kept_has_bounds() {
        let home = tempfile::tempdir().expect("a directory");
        let shelf = Shelf::new(home.path(), "book");
        let asked = ["a", "b", "c"].map(|question| Some(question.to_owned()));
        let many = |count: usize| vec![figure("i", Some("1")); count];
        let (half, whole) = (many(MOST / 2 + 1), many(MOST + 1));
        let found =
            |shelf: &Shelf| -> Vec<bool> { shelf.recall(&KEY, &asked).iter().map(Option::is_some).collect() };
        shelf.keep(&KEY, vec![("a".to_owned(), &half)]);
        shelf.keep(&KEY, vec![("b".to_owned(), &whole)]);
        assert_eq!(found(&shelf), [true, false, false], "too much for once");
        shelf.keep(&KEY, vec![("c".to_owned(), &half)]);
        assert_eq!(found(&shelf), [false, false, true], "the last call's stay");
        assert_eq!(found(&Shelf::new(home.path(), "book")), [false, false, true]);
        for state in 0..10 {
            shelf.keep(&[state; 32], vec![("a".to_owned(), &many(1))]);
        }
        Shelf::new(home.path(), "measured").keep(&KEY, vec![("a".to_owned(), &many(1))]);
        let files = fs::read_dir(home.path()).expect("it is there").count();
        assert_eq!(files, FILES + 1, "states of the book, and one of the other shelf");
    }
}
