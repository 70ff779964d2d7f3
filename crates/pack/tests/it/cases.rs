//! Packs as text, with the diagnostics they get.
//!
//! A case is a file in `tests/cases`: comment lines, then files as `--- path ---` and their text, then
//! `=== diagnostics ===` with what a user sees in English and, line by line, in Chinese, and for some
//! `=== pack ===` with the model. `pack.toml` and `organisation.toml` are those below unless the case has
//! its own, or says `--- without pack.toml ---`. `UPDATE_EXPECT=1` writes the answers anew; read the diff.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use message::Language;

const PACK: &str = r#"name = "tiny"
label = { zh = "小城", en = "Tiny" }
[roles.clerk]
label = { zh = "录入员", en = "Clerk" }
[roles.verifier]
label = { zh = "核实员", en = "Verifier" }
[dimensions.district]
label = { zh = "行政区", en = "District" }
"#;

const ORGANISATION: &str = r#"[levels.city]
label = { zh = "市", en = "City" }
[levels.unit]
label = { zh = "单位", en = "Unit" }
[levels.branch]
label = { zh = "支部", en = "Branch" }
"#;

pub(crate) type Files = Vec<(String, String)>;

/// A case's files, its text up to the expectation, and the expectation.
pub(crate) struct Case {
    pub(crate) path: PathBuf,
    pub(crate) files: Files,
    question: String,
    expected: String,
}

pub(crate) fn cases() -> Vec<Case> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut paths: Vec<_> = fs::read_dir(directory)
        .expect("the cases are there")
        .map(|entry| entry.expect("readable").path())
        .collect();
    paths.sort();
    paths.into_iter().map(read_case).collect()
}

fn read_case(path: PathBuf) -> Case {
    let text = fs::read_to_string(&path).expect("a case is text");
    let at = text.find("=== diagnostics ===\n").unwrap_or(text.len());
    let (question, expected) = text.split_at(at);
    let mut files: Files = Vec::new();
    let mut without = Vec::new();
    for line in question.split_inclusive('\n') {
        let heading = line.strip_prefix("--- ").and_then(|rest| rest.strip_suffix(" ---\n"));
        match (heading, files.last_mut()) {
            (Some(heading), _) => match heading.strip_prefix("without ") {
                Some(path) => without.push(path.to_owned()),
                None => files.push((heading.to_owned(), String::new())),
            },
            (None, Some((_, text))) => text.push_str(line),
            (None, None) => assert!(line.starts_with('#'), "{}: {line}", path.display()),
        }
    }
    for (path, text) in [("pack.toml", PACK), ("organisation.toml", ORGANISATION)] {
        if !without.iter().any(|name| name == path) && files.iter().all(|(name, _)| name != path) {
            files.push((path.to_owned(), text.to_owned()));
        }
    }
    Case { files, question: question.to_owned(), expected: expected.to_owned(), path }
}

/// What a user sees of a pack.
fn answer(files: Files, with_pack: bool) -> String {
    let (pack, diagnostics) = pack::compile(files);
    let mut answer = "=== diagnostics ===\n".to_owned();
    answer.push_str(&message::render(&diagnostics, Language::English, false));
    answer.push_str(&message::render_concise(&diagnostics, Language::Simplified));
    let _ = writeln!(answer, "{}", if pack.is_some() { "compiles" } else { "does not compile" });
    if let Some(pack) = pack.filter(|_| with_pack) {
        answer.push_str("=== pack ===\n");
        describe(&pack, &mut answer);
    }
    answer
}

fn describe(pack: &pack::Pack, out: &mut String) {
    let digest: String = pack.digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let keys = |keys: Vec<&str>| keys.join(", ");
    let _ = writeln!(out, "{} {} digest {digest}", pack.name, pack.label.simplified);
    let _ = writeln!(out, "roles {}", keys(pack.roles.iter().map(|role| role.key.as_str()).collect()));
    let _ = writeln!(out, "levels {}", keys(pack.levels.iter().map(|level| level.key.as_str()).collect()));
    for dimension in &pack.dimensions {
        let _ = writeln!(out, "dimension {} {}", dimension.key, dimension.label.simplified);
    }
    for register in &pack.registers {
        let _ = writeln!(
            out,
            "register {} {} evidence={} verification={} two_person={} unique={:?}",
            register.key,
            register.label.simplified,
            register.evidence_on_create,
            register.needs_verification,
            register.two_person,
            register.unique
        );
        for field in &register.fields {
            let _ = writeln!(
                out,
                "  field {} {} required={} example={:?} {:?}",
                field.key, field.label.simplified, field.required, field.example, field.kind
            );
        }
        for state in &register.states {
            let _ = writeln!(out, "  state {} initial={}", state.key, state.initial);
        }
        for transition in &register.transitions {
            let _ = writeln!(out, "  {transition:?}");
        }
    }
    for indicator in &pack.indicators {
        let _ = writeln!(
            out,
            "indicator {} {} {} decimals={} {:?} {:?} by {:?} reads {:?}",
            indicator.key,
            indicator.label.simplified,
            indicator.unit,
            indicator.decimals,
            indicator.direction,
            indicator.measure,
            indicator.dimensions,
            indicator.reads
        );
        for pattern in &indicator.patterns {
            let _ = writeln!(out, "  {pattern:?}");
        }
        for statement in &indicator.statements {
            let _ = writeln!(out, "  {statement:?}");
        }
        let _ = writeln!(out, "  {:?}", indicator.definition);
        if let pack::Definition::Rows { sql, sql_span, .. } = &indicator.definition {
            assert_eq!(&indicator.source.text[sql_span.clone()], sql, "the span is the text's");
        }
        for (dimension, span) in indicator.dimensions.iter().zip(&indicator.dimension_spans) {
            assert_eq!(indicator.source.text[span.clone()], format!("\"{dimension}\""));
        }
    }
    let _ = writeln!(out, "{:#?}", pack.plan);
    for report in &pack.reports {
        let _ = writeln!(out, "report {} {}", report.key, report.source.path);
    }
    for (path, text) in &pack.policies {
        let _ = writeln!(out, "policies {path} {} bytes", text.len());
    }
    let _ = writeln!(out, "{:?}", pack.public);
}

#[test]
fn each_case_gets_its_diagnostics() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut wrong = Vec::new();
    for case in cases() {
        let name = case.path.file_name().expect("a file").to_string_lossy().into_owned();
        let found = answer(case.files, name.starts_with("valid"));
        if update {
            fs::write(&case.path, case.question + &found).expect("written");
        } else if found != case.expected {
            wrong.push(format!("{name}\n--- expected\n{}\n--- found\n{found}", case.expected));
        }
    }
    assert!(wrong.is_empty(), "UPDATE_EXPECT=1 writes these anew:\n{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_a_case_and_every_case_a_rule() {
    let expected: String = cases().iter().map(|case| case.expected.as_str()).collect();
    let without: Vec<_> = pack::RULES
        .iter()
        .map(|rule| rule.name)
        .filter(|name| {
            !expected.contains(&format!("error[{name}]")) && !expected.contains(&format!("warning[{name}]"))
        })
        .collect();
    assert!(without.is_empty(), "rules without a case: {without:?}");
    let used = expected.match_indices("error[").chain(expected.match_indices("warning["));
    for (at, _) in used {
        let name = expected[at..].split(['[', ']']).nth(1).expect("a name");
        assert!(pack::RULES.iter().any(|rule| rule.name == name), "`{name}` is not among the rules");
    }
}

#[test]
fn the_order_in_which_files_are_listed_does_not_matter() {
    for case in cases() {
        let mut backwards = case.files.clone();
        backwards.reverse();
        if case.path.ends_with("duplicate-file.txt") {
            continue;
        }
        assert_eq!(answer(case.files, true), answer(backwards, true), "{}", case.path.display());
    }
}

#[test]
fn every_message_is_said_in_both_languages() {
    for case in cases() {
        for fault in pack::compile(case.files).1 {
            for text in [&fault.message].into_iter().chain(&fault.hints) {
                let is_chinese = text.simplified.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
                assert!(is_chinese, "{}: {text:?}", fault.rule);
                assert!(!text.english.is_empty() && !text.english.ends_with('.'), "{}: {text:?}", fault.rule);
            }
        }
    }
}

/// The files of the small valid pack.
pub(crate) fn tiny() -> Files {
    read_case(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/valid-tiny.txt")).files
}
