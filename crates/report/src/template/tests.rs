//! What a template asks for. (Its faults are tested from outside, in `tests/it/faults.rs`.)

use insta::assert_snapshot;
use message::{Language, Source, render_concise};

use super::compile;

/// The requests, a line each.
fn requests(body: &str) -> String {
    let source = Source::new("t.md", format!("+++\ntitle = \"t\"\nperiod = \"2022\"\n+++\n{body}\n"));
    let (template, faults) = compile(&source);
    let Some(template) = template else { panic!("{}", render_concise(&faults, Language::English)) };
    let line = |request: &super::Request| {
        let day = request.as_of.map(|day| format!("@{day}")).unwrap_or_default();
        format!("{} {}{day} by {:?} of {:?}\n", request.indicator, request.period, request.by, request.scope)
    };
    template.requests().iter().map(line).collect()
}

#[test]
fn each_request_comes_once() {
    assert_snapshot!(requests("{{ fig(\"a\") }}{{ fig(\"b\", form=\"余\") }}{{ fig(\"a\", unit=\"万亩\") }}"), @r#"
    a 2022 by [] of []
    b 2022 by [] of []
    "#);
}

#[test]
fn periods_days_and_scopes() {
    assert_snapshot!(requests("{{ fig(\"a\", at=\"2016-12-31\") }}{{ fig(\"a\", period=\"2022\", at=\"2022-06-30\") }}{{ fig(\"a\", at=\"2022-12-31\", period=2022) }}{{ fig(\"a\", of=\"x=1; y=二\") }}"), @r#"
    a 2016-12-31 by [] of []
    a 2022@2022-06-30 by [] of []
    a 2022 by [] of []
    a 2022 by [] of [("x", "1"), ("y", "二")]
    "#);
    assert_snapshot!(requests("{{ table(\"a\", by=\"x\", total=true) }}\n\n{{ chart(\"a\", periods=\"2021-Q4..2022-Q2\") }}"), @r#"
    a 2022 by ["x"] of []
    a 2022 by [] of []
    a 2021-Q4 by [] of []
    a 2022-Q1 by [] of []
    a 2022-Q2 by [] of []
    "#);
}
