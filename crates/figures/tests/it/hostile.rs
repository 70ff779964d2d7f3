//! Queries that are made to hurt.

use figure::Period;
use figures::Request;
use figures::blocking::Engine;

use crate::book::{self, Book};
use crate::growing::REGISTER;

/// What `check` says of a query, by rule, and whether it can be run.
fn check(sql: &str, expected: &[&str], wrong: &mut Vec<String>) {
    let indicator = format!(
        "[\"a.b\"]\nlabel = {{ zh = \"甲\", en = \"A\" }}\nunit = \"个\"\nmeasure = \"stock\"\nrows = '''\n{sql}\n'''\nsum = \"count\"\n"
    );
    let pack = book::pack(&[
        ("registers/parks.toml".to_owned(), REGISTER.to_owned()),
        ("indicators/a.toml".to_owned(), indicator),
    ]);
    let rules: Vec<_> = figures::check(&pack).iter().map(|fault| fault.rule).collect();
    let engine = Engine::open(pack, Book::new(), None).expect("it opens");
    let answer = engine.evaluate(&[Request::new("a.b", Period::Year(2022))]);
    if rules != expected || answer.is_ok() != expected.is_empty() {
        wrong.push(format!("{sql:.80}: {rules:?} instead of {expected:?}, {answer:?}"));
    }
}

#[test]
fn hostile_queries_are_answered() {
    let sum = |terms: usize| {
        format!("select record as key from parks where record > {}", vec!["1"; terms].join(" + "))
    };
    let either = |terms: usize| {
        format!("select record as key from parks where {}", vec!["record = 1"; terms].join(" or "))
    };
    let mut wrong = Vec::new();
    let mut check = |sql: &str, expected: &[&str]| check(sql, expected, &mut wrong);
    check(&sum(900), &[]);
    check(&either(450), &[]);
    check(&sum(100_000), &["sql-too-long"]);
    check(&format!("select {}1{} as key", "(".repeat(900), ")".repeat(900)), &["sql-syntax"]);
    check(";;;", &["sql-not-a-query"]);
    check("select '", &["sql-syntax"]);
    check(
        "with recursive r as (select 1 as key union all select key + 1 from r) select key from r",
        &["sql-plan"],
    );
    check("select * from parks", &["missing-column"]);
    check("select value as key from generate_series(1, 1000000000)", &["unknown-table"]);
    check("select record as key from information_schema.tables", &["unknown-table"]);
    check("copy parks to 'x'", &["sql-not-a-query"]);
    check("select record as key into x from parks", &["sql-plan"]);
    check("select $1 as key from parks", &["sql-plan"]);
    check("select @@version as key from parks", &["sql-plan"]);
    check("select uuid() as key from parks", &["unsteady-function"]);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
