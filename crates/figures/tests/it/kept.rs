//! Kept figures: the next engine answers with them, and with nothing that is not this build's, this pack's and this
//! book's own; and whoever audits a figure never meets one.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use figure::{Figure, Period};
use figures::blocking::Engine;
use figures::{EntrySource, Request};
use sha2::{Digest, Sha256};

use crate::book::{self, Book};
use crate::growing::{INDICATORS, REGISTER, pack, park};

const BUILD: &[u8] = b"this build";
/// Where the digest of a file lies, and its body; see `kept.rs`.
const DIGEST: std::ops::Range<usize> = 48..80;

fn keeping(book: &Arc<Book>, cache: &Path, build: &[u8]) -> Engine {
    let book = Arc::clone(book) as Arc<dyn EntrySource>;
    Engine::open(pack(), book, Some(cache)).expect("it opens").keeping(build)
}

fn requests() -> Vec<Request> {
    let whole = Request::new("parks.area", Period::Year(2025));
    let by = Request { by: vec!["year".to_owned()], ..whole.clone() };
    let of = Request { scope: vec![("year".to_owned(), "2003".to_owned())], ..whole.clone() };
    vec![whole, by, of]
}

fn ask(engine: &Engine) -> Vec<Vec<Figure>> {
    engine.evaluate(&requests()).expect("it is fine")
}

/// The figures by an engine of its own, and whether it had to read the book for them.
fn ask_anew(book: &Arc<Book>, cache: &Path, build: &[u8]) -> (Vec<Vec<Figure>>, bool) {
    let engine = keeping(book, cache, build);
    let figures = ask(&engine);
    (figures, engine.phases().versions > 0)
}

fn fresh(book: &Arc<Book>) -> Vec<Vec<Figure>> {
    let book = Arc::clone(book) as Arc<dyn EntrySource>;
    ask(&Engine::open(pack(), book, None).expect("it opens"))
}

fn kept(cache: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(cache) else { return Vec::new() };
    let mut files: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    files
}

fn small_book() -> Arc<Book> {
    let book = Book::new();
    (0..60).for_each(|number| book.appends(&park(number)));
    book
}

#[test]
fn what_was_computed_once_is_answered_without_the_book() {
    let home = tempfile::tempdir().expect("a directory");
    let cache = home.path().join("cache");
    let book = small_book();
    let expected = fresh(&book);
    assert_eq!(ask_anew(&book, &cache, BUILD), (expected.clone(), true));
    assert_eq!(ask_anew(&book, &cache, BUILD), (expected.clone(), false));
    let bytes = fs::read(&kept(&cache)[0]).expect("it is there");
    // Only what is missing is computed; the order of questions is theirs.
    let engine = keeping(&book, &cache, BUILD);
    let mut more = requests();
    more.insert(1, Request { known_at: Some(30), ..more[0].clone() });
    let answers = engine.evaluate(&more).expect("it is fine");
    assert_eq!([&answers[0], &answers[2], &answers[3]], [&expected[0], &expected[1], &expected[2]]);
    assert_eq!(answers[1][0].rows, 30);
    // Each question of the same meaning is the same question.
    let engine = keeping(&book, &cache, BUILD);
    let spelt: Vec<Request> = requests()
        .into_iter()
        .map(|request| Request { as_of: Some(request.period.last()), known_at: Some(60), ..request })
        .collect();
    assert_eq!(engine.evaluate(&spelt).expect("it is fine"), expected);
    assert_eq!(engine.phases().versions, 0);
    // The same questions make the same bytes.
    fs::remove_dir_all(&cache).expect("it is there");
    ask_anew(&book, &cache, BUILD);
    assert_eq!(fs::read(&kept(&cache)[0]).expect("it is there"), bytes);
}

#[test]
fn a_broken_file_is_passed_over_and_replaced() {
    let home = tempfile::tempdir().expect("a directory");
    let cache = home.path().join("cache");
    let book = small_book();
    let expected = ask_anew(&book, &cache, BUILD).0;
    let file = kept(&cache).remove(0);
    let bytes = fs::read(&file).expect("it is there");
    let check = |broken: &[u8]| {
        fs::write(&file, broken).expect("it can be written");
        assert_eq!(ask_anew(&book, &cache, BUILD), (expected.clone(), true));
        assert_eq!(fs::read(&file).expect("it is there"), bytes);
    };
    for length in (0..bytes.len()).step_by(97) {
        check(&bytes[..length]);
    }
    let mut flipped = bytes.clone();
    for at in (0..bytes.len()).step_by(61) {
        flipped[at] ^= 0x04;
        check(&flipped);
        flipped[at] ^= 0x04;
    }
    check(&[bytes.as_slice(), b"\n"].concat());
    check(&vec![0; bytes.len()]);
}

#[test]
fn another_build_and_another_pack_compute_anew() {
    let home = tempfile::tempdir().expect("a directory");
    let cache = home.path().join("cache");
    let book = small_book();
    let expected = ask_anew(&book, &cache, BUILD).0;
    assert_eq!(ask_anew(&book, &cache, b"a later build"), (expected.clone(), true));
    assert_eq!(ask_anew(&book, &cache, BUILD), (expected.clone(), false), "the first one's are still there");
    // Even a file under the other's name is not believed.
    let later = kept(&cache);
    fs::copy(&later[0], &later[1]).expect("both are there");
    let (one, other) = (ask_anew(&book, &cache, BUILD), ask_anew(&book, &cache, b"a later build"));
    assert_eq!((one.0, other.0, one.1 || other.1), (expected.clone(), expected.clone(), true));

    let changed = book::pack(&[
        ("registers/parks.toml".to_owned(), REGISTER.to_owned()),
        ("indicators/parks.toml".to_owned(), INDICATORS.replace("area as amount", "area * 2 as amount")),
    ]);
    let source = Arc::clone(&book) as Arc<dyn EntrySource>;
    let engine = Engine::open(changed, source, Some(&cache)).expect("it opens").keeping(BUILD);
    let doubled = ask(&engine);
    assert_ne!(doubled[0][0].value, expected[0][0].value);
    assert_eq!(ask_anew(&book, &cache, BUILD).0, expected);
}

#[test]
fn a_changed_book_is_computed_anew() {
    let home = tempfile::tempdir().expect("a directory");
    let cache = home.path().join("cache");
    let book = small_book();
    let engine = keeping(&book, &cache, BUILD);
    let before = ask(&engine);
    book.appends(r#"amend parks 7 2021-01-01 {"area":"5"}"#);
    let expected = fresh(&book);
    assert_ne!(expected, before);
    assert_eq!(ask(&engine), expected, "the engine that lives on");
    assert_eq!(ask_anew(&book, &cache, BUILD), (expected, false), "which kept it for the next");
    // A book of the same length with one other entry.
    let other = Book::new();
    (0..60).for_each(|number| other.appends(&park(if number == 30 { 31 } else { number })));
    other.appends(r#"amend parks 7 2021-01-01 {"area":"5"}"#);
    assert_eq!(ask_anew(&other, &cache, BUILD), (fresh(&other), true));
}

/// A well-formed file that lies: with it, one sees who reads it.
#[test]
fn no_audit_reads_what_was_kept() {
    let home = tempfile::tempdir().expect("a directory");
    let cache = home.path().join("cache");
    let book = small_book();
    let truth = ask_anew(&book, &cache, BUILD).0[0][0].clone();
    let file = kept(&cache).remove(0);
    let bytes = fs::read(&file).expect("it is there");
    let text = String::from_utf8(bytes[DIGEST.end..].to_vec()).expect("lines of JSON");
    let value = truth.value.expect("there is one").to_string();
    let digit = if value.starts_with('9') { "8" } else { "9" };
    let lie = format!("{digit}{}", &value[1..]);
    let mut forged = bytes[..DIGEST.end].to_vec();
    forged.extend_from_slice(text.replace(&format!("\"{value}\""), &format!("\"{lie}\"")).as_bytes());
    let mut digest = Sha256::new();
    digest.update(&forged[..DIGEST.start]);
    digest.update(&forged[DIGEST.end..]);
    forged[DIGEST].copy_from_slice(&digest.finalize());
    fs::write(&file, &forged).expect("it can be written");

    let engine = keeping(&book, &cache, BUILD);
    let told = ask(&engine)[0][0].clone();
    assert_eq!((told.value.map(|value| value.to_string()), engine.phases().versions), (Some(lie), 0));
    let trace = engine.trace(&told.id).expect("it can be traced");
    assert_eq!((&trace.figure, &trace.recomputed, &trace.parts[0].figure), (&truth, &truth, &truth));
    assert!(trace.is_proven());
    let difference = engine.diff(&told.id, None).expect("it can be compared");
    assert_eq!((&difference.then, &difference.now), (&truth, &truth));
    // And without leave to keep, no engine looks at the file.
    let source = Arc::clone(&book) as Arc<dyn EntrySource>;
    assert_eq!(ask(&Engine::open(pack(), source, Some(&cache)).expect("it opens"))[0][0], truth);
}

#[test]
fn programs_that_keep_at_once_do_each_other_no_harm() {
    let home = tempfile::tempdir().expect("a directory");
    let cache = home.path().join("cache");
    let book = small_book();
    let expected = fresh(&book);
    let all = requests();
    std::thread::scope(|scope| {
        for worker in 0..4 {
            let (book, cache, all, expected) = (&book, &cache, &all, &expected);
            scope.spawn(move || {
                for round in 0..25 {
                    let at = (worker + round) % all.len();
                    let engine = keeping(book, cache, BUILD);
                    let answers = engine.evaluate(&all[at..=at]).expect("it is fine");
                    assert_eq!(answers[0], expected[at]);
                    if round % 5 == worker {
                        let file = kept(cache)
                            .into_iter()
                            .find(|path| path.extension().is_some_and(|e| e == "kept"));
                        file.into_iter().for_each(|file| drop(fs::remove_file(file)));
                    }
                }
            });
        }
    });
    ask_anew(&book, &cache, BUILD);
    assert_eq!(ask_anew(&book, &cache, BUILD), (expected, false));
    assert_eq!(kept(&cache).len(), 1, "no draft is left");
}

#[test]
fn a_fault_is_found_each_time_and_a_place_that_cannot_be_written_does_no_harm() {
    let home = tempfile::tempdir().expect("a directory");
    let cache = home.path().join("cache");
    fs::write(&cache, "a file where the directory should be").expect("it can be written");
    let book = small_book();
    let engine = keeping(&book, &cache, BUILD);
    assert_eq!(ask(&engine), fresh(&book));
    let loaded = engine.phases().versions;
    assert_eq!((ask(&engine), engine.phases().versions), (fresh(&book), loaded), "what is in memory serves");
    let beyond = Request { known_at: Some(61), ..requests()[0].clone() };
    for _ in 0..2 {
        let answers = engine.evaluate_each(&[beyond.clone(), requests()[0].clone()]);
        assert!(answers[0].is_err() && answers[1].is_ok(), "{answers:?}");
    }
}
