//! Faults of templates, as their author reads them.

use insta::assert_snapshot;
use proptest::prelude::*;

use crate::common::{document, faults, front};

/// The faults of a body; its first line is line 7 of the file.
fn body(text: &str) -> String {
    faults(&front(text))
}

#[test]
fn front_matter() {
    assert_snapshot!(faults("正文\n"), @r#"
1:1: front-matter: the front matter is missing
  hint: begin with a line `+++`, then `title = "…"`, then a line `+++`
"#);
    assert_snapshot!(faults("+++\ntitle = \"a\"\n"), @"1:1: front-matter: the front matter has no closing line `+++`");
    assert_snapshot!(faults("+++\ntitel = \"a\"\nperiod = \"22\"\ndate = \"soon\"\nissuer = 3\n+++\n文\n"), @r#"
1:1: missing-title: the front matter has no title
2:1: unknown-key: the front matter has no key `titel`
3:10: bad-period: `period` must read "2022", "2022-Q3", "2022-05" or "2022-05-04"
4:8: bad-date: `date` must read 2023-01-10
5:10: wrong-type: `issuer` must be a text that is not empty
  hint: add a line `title = "…"`
  hint: did you mean `title`?
"#);
    assert_snapshot!(faults("+++\ntitle = \"a\nissuer = = 3\n+++\n{{ fgi(\"docks.operating\") }}\n"), @r#"
2:11: front-matter: invalid basic string, expected `"`
3:10: front-matter: extra `=`, expected nothing
3:12: front-matter: unexpected key or value, expected newline, `#`
5:4: unknown-function: there is no function `fgi`
  hint: did you mean `fig`?
"#);
}

#[test]
fn calls() {
    assert_snapshot!(body("码头{{ fgi(\"docks.operating\") }}个，{{ fig(\"docks.operating\", form=\"佘\", formm=\"余\") }}\n"), @r#"
7:6: unknown-function: there is no function `fgi`
7:64: unknown-form: there is no form `佘`
7:69: unknown-argument: `fig` has no argument `formm`
  hint: did you mean `fig`?
  hint: there are 为、余、多、近、超、突破、逾、约、不足、达、不少于、不超过
  hint: did you mean `form`?
"#);
    assert_snapshot!(body("{{ fig(\"docks.operating\", period=\"22\", decimals=12, to=\"0\", of=\"bank\", bare=\"yes\") }}\n"), @r#"
7:34: bad-period: `22` is no period
7:49: bad-number: `decimals` must be a whole number from 0 to 9
7:56: bad-number: `to` must be a number above zero
7:64: bad-scope: `of` must read "dimension=value", several divided by semicolons
7:77: wrong-type: expected true or false
  hint: write 2022, 2022-Q3, 2022-05 or 2022-05-04
"#);
    assert_snapshot!(body("{{ fig(\"docks.operating\", unit=\"斗\", unit=\"个\", at=\"2016-13-31\") }}\n"), @r#"
7:32: unknown-unit: there is no unit `斗`
7:37: duplicate-argument: the argument `unit` is given twice
7:50: bad-date: `2016-13-31` is no date
  hint: write "2016-12-31"
"#);
    assert_snapshot!(body("{{ fig() }}{{ fig(docks.operating) }}{{ fig(\"a\" \"b\") }}{{ fig }}{{ }}{{ fig(\"a\")) }}\n"), @r#"
7:1: missing-indicator: `fig` names no indicator
7:19: syntax: `docks.operating` is neither a value nor given one
7:49: syntax: expected `,` or `)`
7:63: syntax: expected `(`
7:68: syntax: expected a function (`fig`, `table` or `chart`)
7:81: syntax: expected `}}`
  hint: write fig("docks.operating")
  hint: a text needs quotes: "docks.operating"
"#);
    assert_snapshot!(body("{{ fig(“docks.operating”，form＝\"余\"） }}\n"), @r#"
7:8: full-width: a full-width `“`
7:24: full-width: a full-width `”`
7:25: full-width: a full-width `，`
7:30: full-width: a full-width `＝`
7:34: full-width: a full-width `）`
  hint: write the half-width `"`
  hint: write the half-width `"`
  hint: write the half-width `,`
  hint: write the half-width `=`
  hint: write the half-width `)`
"#);
    assert_snapshot!(body("一{{ fig(\"docks.operating\"\n\n二{{ fig(\"docks.operating) }}\n\n三\n"), @r#"
7:2: unclosed-call: this `{{` has no `}}`
9:2: unclosed-call: this `{{` has no `}}`
9:9: unclosed-text: this text has no closing quote
  hint: to write the braces themselves, write `\{{`
  hint: to write the braces themselves, write `\{{`
"#);
    assert_snapshot!(body("{{ fig(\"docks.operating\", period=\"2022\", at=\"2016-12-31\") }}{{ fig(\"docks.operating\", form=\"余\", decimals=1) }}\n"), @r#"
7:45: conflicting-arguments: 2016-12-31 does not lie in 2022
7:106: conflicting-arguments: `余` makes a round number: use `to`, not `decimals`
"#);
    assert_snapshot!(body("{{ table(\"docks.operating\", periods=\"2022..2016\") }}\n\n{{ chart(\"docks.operating\") }}\n\n{{ table(\"docks.operating\", periods=\"0001..9000\") }}\n"), @r#"
7:37: bad-period: a range of periods is of one kind and goes forward, as "2016..2022"
9:1: conflicting-arguments: a chart needs either `periods` or `by`, and not both
11:37: bad-period: there are more than 400 periods
"#);
}

#[test]
fn a_report_without_a_period() {
    assert_snapshot!(faults("+++\ntitle = \"a\"\n+++\n{{ fig(\"docks.operating\") }}\n"), @r#"
4:1: missing-period: there is no period
  hint: give period="2022" here, or period = "2022" in the front matter
"#);
}

#[test]
fn the_body() {
    assert_snapshot!(body("# 题\n\n###### 六\n\n见{{ table(\"docks.operating\", by=\"bank\") }}\n\n<b>x</b>\n\n---\n\n[a](http://b)\n\n```\nx\n```\n"), @r#"
7:1: title-in-body: the title stands in the front matter, the body has no `#`
9:1: not-supported: there are four levels of headings
11:2: not-a-paragraph: a table or chart must be a paragraph of its own
13:1: not-supported: a template cannot hold HTML
13:5: not-supported: a template cannot hold HTML
15:1: not-supported: a report has no rules
17:1: not-supported: a report has no links or pictures
19:1: not-supported: a report has no code blocks
  hint: a first-level heading reads `## 一、…`
"#);
}

#[test]
fn what_the_pack_does_not_have() {
    assert_snapshot!(body("{{ fig(\"docks.operatign\") }}{{ fig(\"docks.operating\", of=\"bnak=left\", unit=\"家\") }}{{ fig(\"docks.closed\", at=\"2022-12-31\") }}\n"), @r#"
7:8: unknown-indicator: there is no indicator `docks.operatign`
7:58: unknown-dimension: the indicator `docks.operating` has no dimension `bnak`
7:76: not-convertible: `个` cannot be converted to `家`
7:109: flow-on-a-day: the indicator `docks.closed` sums over a period; with `at` alone only that day counts
  hint: did you mean `docks.operating`?
  hint: did you mean `bank`?
  hint: add period="…"
"#);
}

#[test]
fn what_is_not_true() {
    assert_snapshot!(body("优良天数{{ fig(\"air.good_days\", form=\"超\", to=300) }}，{{ fig(\"docks.operating\", form=\"突破\", to=200) }}，{{ fig(\"nothing\") }}\n"), @r#"
7:34: not-true: 294 is not `超300`, which means above 300
7:81: not-true: 188 is not `突破200`, which means above 200
7:98: no-value: the figure nothing/2022/1003245.9f3c21ab has no value to print
"#);
}

#[test]
fn what_is_text_stays_text() {
    let text = report::markdown(&document(&front(
        "写作 \\{{ fig }} 与 a_b_c、`{{ fig(\"docks.operating\") }}`。\n",
    )));
    assert!(text.contains("写作 {{ fig }} 与 a\\_b\\_c、[188个]"), "{text}");
}

proptest! {
    #[test]
    fn no_template_panics(text in "\\PC*") {
        let source = message::Source::new("t.md", text.clone());
        let _ = report::compile(&source);
        let _ = faults(&front(&text));
    }

    /// Made of the pieces of the language, so that most get past the lexer.
    #[test]
    fn no_near_template_panics(pieces in proptest::collection::vec(prop::sample::select(vec![
        "{{ ", " }}", "fig(", "table(", "chart(", "\"docks.operating\"", ", ", ")", "period=", "\"2022\"", "by=\"bank\"", "form=\"余\"",
        "\n", "\n\n", "## ", "- ", "1. ", "| a | b |\n|---|---|\n| ", "**", "*", "`", "\\", "\"", "“", "，", "码头", "\u{e000}", "\u{e001}0\u{e001}", "to=", "3", "<!-- ", "> ",
    ]), 0..40)) {
        let text: String = pieces.concat();
        let _ = faults(&front(&text));
        let _ = report::compile(&message::Source::new("t.md", text));
    }
}
