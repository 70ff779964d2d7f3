//! A check's outcome as one HTML page: the text with marks, what is wrong on top, each mark a door to its reason.

use std::fmt::Write as _;
use std::ops::Range;

use check::{Judged, Verdict};
use message::{Language, Text};

use super::outcome::{ORDER, Outcome, computed, verdict_text};
use super::print::summary;
use crate::city::City;
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

fn sign(verdict: Verdict) -> char {
    match verdict {
        Verdict::Supported => '✓',
        Verdict::Contradicted => '✗',
        Verdict::Outdated => '↺',
        Verdict::Ambiguous => '?',
        Verdict::Unsupported => '–',
    }
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

/// A stretch of the text with a mark.
struct Mark {
    chars: Range<usize>,
    class: &'static str,
    id: String,
    href: String,
    title: String,
}

/// The paragraphs, each judged place a link to its row; of places that overlap the first wins.
fn article(out: &mut String, outcome: &Outcome, language: Language) {
    let mut marks: Vec<Mark> = Vec::new();
    for (index, one) in outcome.inconsistencies.iter().enumerate() {
        for (place, chars) in outcome.places(one).into_iter().enumerate() {
            marks.push(Mark {
                chars,
                class: "inconsistent",
                id: format!("i{index}-{place}"),
                href: format!("#i{index}"),
                title: one.explanation.in_language(language).into_owned(),
            });
        }
    }
    for (index, one) in outcome.claims().iter().enumerate() {
        let word = verdict_text(one.verdict);
        marks.push(Mark {
            chars: one.chars.clone(),
            class: one.verdict.key(),
            id: format!("q{index}"),
            href: format!("#c{index}"),
            title: format!("{}：{}", word.in_language(language), one.reason.in_language(language)),
        });
    }
    // What is wrong is marked before what is right stands in the same place.
    marks.sort_by_key(|mark| (mark.chars.start, mark.class == "supported" || mark.class == "unsupported"));
    let characters: Vec<char> = outcome.text.chars().collect();
    let mut at = 0;
    out.push_str("<p>");
    for mark in marks {
        if mark.chars.start < at {
            // Still a target for the links of its row.
            let _ = write!(out, "<a id=\"{}\"></a>", mark.id);
            continue;
        }
        text(out, &characters[at..mark.chars.start]);
        let _ = write!(
            out,
            "<a class=\"mark {}\" id=\"{}\" href=\"{}\" title=\"{}\">",
            mark.class,
            mark.id,
            mark.href,
            escape(&mark.title)
        );
        text(out, &characters[mark.chars.clone()]);
        out.push_str("</a>");
        at = mark.chars.end;
    }
    text(out, &characters[at..]);
    out.push_str("</p>\n");
}

fn text(out: &mut String, characters: &[char]) {
    for &character in characters {
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
