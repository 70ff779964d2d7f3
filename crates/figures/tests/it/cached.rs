//! The cache: what it saves is what the book says, and what is broken in it is never seen.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use figure::{Figure, Period};
use figures::blocking::Engine;
use figures::{EntrySource, Request};

use crate::book::Book;
use crate::growing::{pack, park};

fn files(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let mut files: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    files
}

fn ask(book: &Arc<Book>, cache: Option<&Path>) -> Vec<Vec<Figure>> {
    let engine = Engine::open(pack(), Arc::clone(book) as Arc<dyn EntrySource>, cache).expect("it opens");
    let whole = Request::new("parks.area", Period::Year(2025));
    let by = Request { by: vec!["year".to_owned()], ..whole.clone() };
    engine.evaluate(&[whole, by]).expect("it is fine")
}

fn large_book() -> Arc<Book> {
    let book = Book::new();
    (0..2_500).for_each(|number| book.appends(&park(number)));
    book
}

#[test]
fn a_cache_answers_as_the_book_does() {
    let home = tempfile::tempdir().expect("a directory");
    let cache = home.path().join("cache");
    let book = large_book();
    let expected = ask(&book, None);
    assert_eq!(ask(&book, Some(&cache)), expected);
    assert_eq!(files(&cache).len(), 1);
    assert_eq!(ask(&book, Some(&cache)), expected);
    // Later entries are added to what the file holds.
    book.appends(r#"amend parks 7 2021-01-01 {"area":"5"}"#);
    book.appends(&park(2_501));
    let expected = ask(&book, None);
    assert_eq!(ask(&book, Some(&cache)), expected);
}

#[test]
fn a_broken_cache_file_is_passed_over() {
    let home = tempfile::tempdir().expect("a directory");
    let cache = home.path().join("cache");
    let book = large_book();
    let expected = ask(&book, Some(&cache));
    let file = files(&cache).remove(0);
    let bytes = fs::read(&file).expect("it is there");
    let check = |broken: &[u8]| {
        fs::write(&file, broken).expect("it can be written");
        assert_eq!(ask(&book, Some(&cache)), expected);
        // What was not believed is replaced.
        assert_eq!(fs::read(&file).expect("it is there"), bytes);
    };
    for length in [0, 1, 64, 127, 128, 129, bytes.len() / 2, bytes.len() - 1] {
        check(&bytes[..length]);
    }
    let mut flipped = bytes.clone();
    for at in (0..160).step_by(13).chain((160..bytes.len()).step_by(bytes.len() / 20)) {
        flipped[at] ^= 0x10;
        check(&flipped);
        flipped[at] ^= 0x10;
    }
    check(&[bytes.as_slice(), b"more"].concat());
}

#[test]
fn the_cache_of_another_book_is_passed_over() {
    let home = tempfile::tempdir().expect("a directory");
    let cache = home.path().join("cache");
    ask(&large_book(), Some(&cache));
    let other = Book::new();
    (0..2_499).for_each(|number| other.appends(&park(number + 1)));
    other.appends(&park(7));
    assert_eq!(ask(&other, Some(&cache)), ask(&other, None));
}

#[test]
fn a_directory_that_cannot_be_written_does_no_harm() {
    let home = tempfile::tempdir().expect("a directory");
    let cache = home.path().join("cache");
    fs::write(&cache, "a file where the directory should be").expect("it can be written");
    let book = large_book();
    assert_eq!(ask(&book, Some(&cache)), ask(&book, None));
}
