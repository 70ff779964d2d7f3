//! Policies with the diagnostics they get and the answers they give.
//!
//! A case is a file in `tests/cases`: comment lines, then `--- words ---` (lines `roles …` and
//! `register KEY [two-person] STATE…`), policy files as `--- path ---`, `--- questions ---` with lines
//! `account role@unit… [scope=…] | action | register state=… units=own,above,… by=author,…` (or `anywhere action`), then
//! `=== answers ===`. `UPDATE_EXPECT=1` writes the answers anew; read the diff.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use access::{Action, Grant, Policies, Principal, RegisterWords, Resource, Vocabulary};
use message::Language;

const WORDS: &str =
    "roles clerk verifier office\nregister docks two-person operating closed\nregister parks active\n";

fn answered(question: &str) -> String {
    let mut words = vocabulary(WORDS);
    let mut files: Vec<(String, String)> = Vec::new();
    let mut questions = String::new();
    let mut heading = String::new();
    for line in question.split_inclusive('\n') {
        if let Some(new) = line.strip_prefix("--- ").and_then(|rest| rest.strip_suffix(" ---\n")) {
            heading = new.to_owned();
            match new {
                "words" => words = Vocabulary::default(),
                "questions" => {}
                path => files.push((path.to_owned(), String::new())),
            }
            continue;
        }
        match (heading.as_str(), files.last_mut()) {
            ("", _) => assert!(line.starts_with('#'), "{line}"),
            ("words", _) => add_words(&mut words, line),
            ("questions", _) => questions.push_str(line),
            (_, Some((_, text))) => text.push_str(line),
            _ => unreachable!("a heading was read"),
        }
    }
    let (policies, diagnostics) = access::compile(&files, &words);
    let mut out = String::from("=== answers ===\n");
    out.push_str(&message::render(&diagnostics, Language::English, false));
    out.push_str(&message::render_concise(&diagnostics, Language::Simplified));
    match policies {
        None => out.push_str("does not compile\n"),
        Some(policies) => {
            for line in questions.lines() {
                let _ = writeln!(out, "{line}\n  {}", answer(&policies, line));
            }
        }
    }
    out
}

fn vocabulary(text: &str) -> Vocabulary {
    let mut words = Vocabulary::default();
    text.lines().for_each(|line| add_words(&mut words, line));
    words
}

fn add_words(words: &mut Vocabulary, line: &str) {
    let mut parts = line.split_whitespace();
    match parts.next() {
        Some("roles") => words.roles.extend(parts.map(str::to_owned)),
        Some("register") => {
            let key = parts.next().expect("a key").to_owned();
            let (flags, states): (Vec<&str>, Vec<&str>) = parts.partition(|part| *part == "two-person");
            let states = states.into_iter().map(str::to_owned).collect();
            words.registers.push(RegisterWords { key, states, two_person: !flags.is_empty() });
        }
        other => assert_eq!(other, None),
    }
}

fn answer(policies: &Policies, line: &str) -> String {
    let parts: Vec<&str> = line.split('|').map(str::trim).collect();
    let [who, what, whereof] = parts[..] else { panic!("{line}") };
    let mut who = who.split_whitespace();
    let account = who.next().expect("an account");
    let mut grants = Vec::new();
    let mut scopes: Option<Vec<String>> = None;
    for part in who {
        match (part.strip_prefix("scope="), part.split_once('@')) {
            (Some(scope), _) => scopes.get_or_insert_default().push(scope.to_owned()),
            (None, Some((role, unit))) => {
                grants.push(Grant { role: role.to_owned(), unit: (unit != "city").then(|| unit.to_owned()) })
            }
            _ => panic!("{part}"),
        }
    }
    let principal = Principal { account, grants: &grants, scopes: scopes.as_deref() };
    let list = |key: &str| -> Vec<String> {
        let found = whereof.split_whitespace().find_map(|part| part.strip_prefix(key));
        found.map_or_else(Vec::new, |list| list.split(',').map(str::to_owned).collect())
    };
    let (units, authors, state) = (list("units="), list("by="), list("state="));
    let register = whereof.split_whitespace().next().filter(|part| !part.contains('='));
    if let Some(action) = what.strip_prefix("anywhere ") {
        let action = Action::of(action).expect("an action");
        return policies.may_anywhere(&principal, action, register).to_string();
    }
    let resource =
        Resource { register, units: &units, authors: &authors, state: state.first().map(String::as_str) };
    let decision = policies.decide(&principal, Action::of(what).expect("an action"), &resource);
    assert_eq!(
        decision,
        policies.decide(&principal, Action::of(what).expect("an action"), &resource),
        "kept"
    );
    let mut out = if decision.allowed { "allowed" } else { "denied" }.to_owned();
    if !decision.policies.is_empty() {
        let _ = write!(out, " by {}", decision.policies.join(", "));
    }
    for reason in &decision.reasons {
        let _ = write!(out, ": {reason}");
    }
    out
}

fn cases() -> Vec<(PathBuf, String)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut paths: Vec<_> = fs::read_dir(directory)
        .expect("the cases are there")
        .map(|entry| entry.expect("readable").path())
        .collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read_to_string(path).expect("a case is text"))).collect()
}

#[test]
fn each_case_gets_its_answers() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut wrong = Vec::new();
    for (path, text) in cases() {
        let (question, expected) = text.split_at(text.find("=== answers ===\n").unwrap_or(text.len()));
        let found = answered(question);
        if update {
            fs::write(&path, question.to_owned() + &found).expect("written");
        } else if found != expected {
            wrong.push(format!("{}\n--- expected\n{expected}\n--- found\n{found}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "UPDATE_EXPECT=1 writes these anew:\n{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_a_case_and_every_case_a_rule() {
    let expected: String = cases()
        .iter()
        .map(|(_, text)| text.split("=== answers ===\n").nth(1).unwrap_or_default().to_owned())
        .collect();
    let used: std::collections::BTreeSet<&str> = expected
        .lines()
        .filter_map(|line| line.strip_prefix("error[").or_else(|| line.strip_prefix("warning[")))
        .filter_map(|line| line.split(']').next())
        .collect();
    // No words of a pack make a schema impossible; the rule is there for whoever else calls.
    let all: std::collections::BTreeSet<&str> =
        access::RULES.iter().copied().filter(|rule| *rule != "policy-words").collect();
    assert_eq!(used, all);
}

/// The city's own policies, with its own words.
#[test]
fn the_policies_of_jiangcheng_compile() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/jiangcheng");
    let mut files = Vec::new();
    for entry in fs::read_dir(directory.join("policies")).expect("policies are there") {
        let path = entry.expect("readable").path();
        let name = format!("policies/{}", path.file_name().expect("named").to_string_lossy());
        files.push((name, fs::read_to_string(path).expect("text")));
    }
    let words = vocabulary(
        "roles clerk verifier office leader auditor administrator\nregister docks two-person operating closed\n",
    );
    let (policies, diagnostics) = access::compile(&files, &words);
    assert_eq!(message::render(&diagnostics, Language::English, false), "");
    let policies = policies.expect("no fault");
    let check = |line: &str, expected: &str| assert_eq!(answer(&policies, line), expected, "{line}");
    check("zhang clerk@U1 | amend | docks units=B11,U1,U0", "allowed by clerk-keeps");
    check("zhang clerk@U1 | amend | docks units=B21,U2,U0", "denied");
    check("zhang clerk@U1 | view | docks units=B21,U2,U0", "allowed by everyone-sees");
    check("zhang clerk@U1 | verify | docks units=B11,U1,U0", "denied");
    check("li verifier@U1 | verify | docks units=B11,U1,U0 by=zhang", "allowed by verifier-verifies");
    check(
        "zhang clerk@U1 verifier@U1 | verify | docks units=U1,U0 by=zhang",
        "denied by two-person: somebody else has to verify this: the record has changes of your own that wait for verification",
    );
    check("li verifier@U2 | verify | docks units=B11,U1,U0 by=zhang", "denied");
    check("wu auditor@city | read_audit | ", "allowed by auditor-audits");
    check("wu auditor@city | amend | docks units=U1", "denied");
    check("wu administrator@city | manage_pack | ", "allowed by administrator-runs");
    check("wu administrator@U1 | manage_pack | ", "denied");
    check("wu administrator@city | verify | docks units=U1", "denied");
    check("wu clerk@city | anywhere manage_accounts | ", "false");
    check("wu clerk@U1 | anywhere enter | docks", "true");
}
