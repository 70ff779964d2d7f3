//! No text makes the compiler panic, exhaust the stack, or point outside a file.

use message::Language;
use proptest::prelude::*;

use crate::cases::{Files, tiny};

/// A pack that compiled compiled without an error, and every place lies in its file.
fn check_any(files: Files) {
    let (pack, diagnostics) = pack::compile(files);
    let errors = diagnostics.iter().filter(|fault| fault.severity == message::Severity::Error).count();
    assert_eq!(pack.is_some(), errors == 0);
    message::render(&diagnostics, Language::English, false);
    for fault in &diagnostics {
        assert!(fault.span.start <= fault.span.end && fault.span.end <= fault.source.text.len(), "{fault:?}");
        assert!(fault.source.text.get(fault.span.clone()).is_some(), "{fault:?}");
    }
}

proptest! {
    #[test]
    fn any_text_is_answered(path in 0usize..6, text in ".{0,200}|[\\[\\]{}=\"'a-c0-9.#\n, ]{0,200}") {
        let path = ["pack.toml", "organisation.toml", "registers/a.toml", "indicators/a.toml", "plan/a.toml", "reports/a.md"][path];
        check_any(vec![(path.to_owned(), text)]);
    }

    #[test]
    fn a_mutated_pack_is_answered(
        file in 0usize..8,
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0usize..12, "[\\[\\]{}=\"'a-z0-9.\n, 码]{0,6}"), 1..4),
    ) {
        let mut files = tiny();
        let count = files.len();
        let text = &mut files[file % count].1;
        for (at, cut, insert) in changes {
            let mut characters: Vec<char> = text.chars().collect();
            let start = if characters.is_empty() { 0 } else { at.index(characters.len()) };
            let end = (start + cut).min(characters.len());
            characters.splice(start..end, insert.chars());
            *text = characters.into_iter().collect();
        }
        check_any(files);
    }
}

#[test]
fn a_hostile_file_is_answered() {
    let check = |text: String| check_any(vec![("registers/a.toml".to_owned(), text)]);
    check(format!("[a{}]", ".a".repeat(200_000)));
    check("[".repeat(200_000));
    check("a = [[[{".repeat(50_000));
    check("{".repeat(200_000));
    check("a = 1\n".repeat(20_000));
    check("'''".to_owned());
    check("\u{feff}label = 1".to_owned());
    check("label = \"\r\n\0\u{7f}".to_owned());
    check_any(
        (0..2000)
            .map(|at| format!("[\"a{at}\"]\nformula = \"a{}\"\n", (at + 1) % 2000))
            .enumerate()
            .map(|(at, text)| (format!("indicators/{at}.toml"), text))
            .collect(),
    );
}
