//! A check's outcome as one HTML page: the text with marks, what is wrong on top, each mark a door to its reason.

use std::fmt::Write as _;

use check::{Judged, Verdict};
use message::{Language, Text};

use super::outcome::{ORDER, Outcome, Subject, computed, sign, summary, verdict_text};
use crate::home::City;
use crate::vocabulary::CityWords;
use report::Vocabulary;

/// The page.
pub fn page(outcome: &Outcome, name: &str, city: Option<&City>, language: Language) -> String {
    let say = |chinese: &'static str, english: &'static str| {
        Text::new(chinese, english).in_language(language).into_owned()
    };
    let tag = match language {
        Language::Simplified => "zh-Hans",
        Language::Traditional => "zh-Hant",
        Language::English => "en",
    };
    let title = format!("{} · {}", say("核验", "Check"), escape(name));
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n<style>\n{}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n",
        include_str!("check.css")
    );
    if let Some(notice) = city.and_then(City::notice) {
        let _ = writeln!(out, "<p class=\"notice\">{}</p>", escape(&notice.in_language(language)));
    }
    let _ = writeln!(out, "<p class=\"summary\">{}</p>", escape(&summary(outcome).in_language(language)));
    legend(&mut out, outcome, language);
    let words = city.map(|city| CityWords::of(&city.pack));
    findings(&mut out, outcome, words.as_ref(), language);
    let _ = writeln!(out, "<h2>{}</h2>\n<article>", say("全文", "The text"));
    article(&mut out, outcome, language);
    out.push_str("</article>\n");
    supported(&mut out, outcome, words.as_ref(), language);
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

/// Sign, word and number of each verdict: colour is never the only sign.
fn legend(out: &mut String, outcome: &Outcome, language: Language) {
    out.push_str("<ul class=\"legend\">\n");
    for verdict in ORDER.into_iter().filter(|&verdict| outcome.count(verdict) > 0) {
        let (key, sign, count) = (verdict.key(), sign(verdict), outcome.count(verdict));
        let word = verdict_text(verdict);
        let _ =
            writeln!(out, "<li class=\"{key}\"><b>{sign}</b> {} {count}</li>", word.in_language(language));
    }
    if !outcome.inconsistencies.is_empty() {
        let word = Text::new("文内不一致", "inconsistent");
        let _ = writeln!(
            out,
            "<li class=\"inconsistent\"><b>≠</b> {} {}</li>",
            word.in_language(language),
            outcome.inconsistencies.len()
        );
    }
    out.push_str("</ul>\n");
}

/// Everything that somebody has to look at.
fn findings(out: &mut String, outcome: &Outcome, words: Option<&CityWords<'_>>, language: Language) {
    let wrong: Vec<(usize, &Judged)> = ORDER
        .iter()
        .filter(|verdict| **verdict != Verdict::Supported)
        .flat_map(|verdict| {
            outcome.claims().iter().enumerate().filter(move |(_, one)| one.verdict == *verdict)
        })
        .collect();
    if wrong.is_empty() && outcome.inconsistencies.is_empty() {
        return;
    }
    let heading = Text::new("需要看的", "To look at");
    let _ = writeln!(out, "<h2>{}</h2>", heading.in_language(language));
    if !outcome.inconsistencies.is_empty() {
        out.push_str("<ol class=\"findings\">\n");
        for (index, one) in outcome.inconsistencies.iter().enumerate() {
            let _ = writeln!(
                out,
                "<li class=\"inconsistent\" id=\"i{index}\"><a href=\"#i{index}-0\">≠</a> {}</li>",
                escape(&one.explanation.in_language(language))
            );
        }
        out.push_str("</ol>\n");
    }
    rows(out, &wrong, words, language);
}

fn supported(out: &mut String, outcome: &Outcome, words: Option<&CityWords<'_>>, language: Language) {
    let right: Vec<(usize, &Judged)> =
        outcome.claims().iter().enumerate().filter(|(_, one)| one.verdict == Verdict::Supported).collect();
    if right.is_empty() {
        return;
    }
    let heading = Text::new("属实的", "Supported");
    let _ = writeln!(out, "<h2>{}</h2>", heading.in_language(language));
    rows(out, &right, words, language);
}

fn rows(out: &mut String, claims: &[(usize, &Judged)], words: Option<&CityWords<'_>>, language: Language) {
    let head = [
        Text::new("结论", "Verdict"),
        Text::new("原文", "Stated"),
        Text::new("账本", "Book"),
        Text::new("指标", "Indicator"),
        Text::new("说明", "Reason"),
    ];
    out.push_str("<div class=\"table\"><table>\n<thead><tr>");
    for one in &head {
        let _ = write!(out, "<th>{}</th>", one.in_language(language));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for (index, one) in claims {
        let label = one.indicator.as_deref().map(|key| {
            let known = words.and_then(|words| words.indicator(key));
            known.map_or_else(|| key.to_owned(), |known| known.label.in_language(language).into_owned())
        });
        let period = one.period.map(|period| format!(" · {period}")).unwrap_or_default();
        let _ = write!(
            out,
            "<tr id=\"c{index}\" class=\"{key}\"><td><b>{sign}</b> {word}</td><td class=\"number\"><a href=\"#q{index}\">{stated}</a></td><td class=\"number\">{computed}</td><td>{label}{period}</td><td>{reason}",
            key = one.verdict.key(),
            sign = sign(one.verdict),
            word = verdict_text(one.verdict).in_language(language),
            stated = escape(&one.stated),
            computed = escape(computed(one).as_deref().unwrap_or("—")),
            label = escape(label.as_deref().unwrap_or("—")),
            reason = escape(&one.reason.in_language(language)),
        );
        if let Some(figure) = &one.figure {
            let _ = write!(out, "<br><code>qingyuan trace {}</code>", escape(&figure.to_string()));
        }
        out.push_str("</td></tr>\n");
    }
    out.push_str("</tbody></table></div>\n");
}

/// The paragraphs, each judged place a link to its row.
fn article(out: &mut String, outcome: &Outcome, language: Language) {
    out.push_str("<p>");
    for piece in outcome.pieces() {
        let Some(subject) = piece.subject else {
            text(out, &piece.text);
            continue;
        };
        let Some(mark) = mark(outcome, subject, language) else { continue };
        if piece.text.is_empty() {
            // Still a target for the links of its row.
            let _ = write!(out, "<a id=\"{}\"></a>", mark.id);
            continue;
        }
        let _ = write!(
            out,
            "<a class=\"mark {}\" id=\"{}\" href=\"{}\" title=\"{}\">",
            mark.class,
            mark.id,
            mark.href,
            escape(&mark.title)
        );
        text(out, &piece.text);
        out.push_str("</a>");
    }
    out.push_str("</p>\n");
}

/// How a place is marked.
struct Mark {
    class: &'static str,
    id: String,
    href: String,
    title: String,
}

fn mark(outcome: &Outcome, subject: Subject, language: Language) -> Option<Mark> {
    match subject {
        Subject::Claim(index) => {
            let one = outcome.claims().get(index)?;
            let word = verdict_text(one.verdict);
            Some(Mark {
                class: one.verdict.key(),
                id: format!("q{index}"),
                href: format!("#c{index}"),
                title: format!("{}：{}", word.in_language(language), one.reason.in_language(language)),
            })
        }
        Subject::Inconsistency { index, place } => {
            let one = outcome.inconsistencies.get(index)?;
            Some(Mark {
                class: "inconsistent",
                id: format!("i{index}-{place}"),
                href: format!("#i{index}"),
                title: one.explanation.in_language(language).into_owned(),
            })
        }
    }
}

fn text(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '\n' => out.push_str("</p>\n<p>"),
            '\t' => out.push_str("<span class=\"cell\"></span>"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            character if character.is_control() => {}
            character => out.push(character),
        }
    }
}

fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, character| {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push(' '),
            character if character.is_control() => {}
            character => out.push(character),
        }
        out
    })
}
