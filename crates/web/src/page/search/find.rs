//! What holds the words: labels are compared in every language and in both scripts of Chinese.

use access::{Action, Resource};
use message::Text;
use serde::Serialize;
use shelf::{At, Query, Units};
use utoipa::ToSchema;

use crate::fault::Fault;
use crate::ui::{Label, Speak, w};
use crate::visitor::Visitor;
use crate::when;

/// What was found.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(as = SearchResult)]
pub struct Found {
    /// By kind, in the order in which they are shown; kinds without any are left out.
    pub groups: Vec<Group>,
}

/// What was found of one kind.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Group {
    /// What they are: 台账, 指标, … or the register whose records they are.
    pub label: String,
    /// How many there are in all.
    pub total: usize,
    /// Where all of them are listed, if anywhere.
    pub all: Option<String>,
    /// The first of them.
    pub hits: Vec<Hit>,
}

/// One thing that was found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Hit {
    /// What it is called.
    pub label: String,
    /// What it is.
    pub note: String,
    /// Where it is.
    pub href: String,
}

/// Everything that the visitor may see and that holds all the words.
pub fn everything(visitor: &Visitor, words: &str, most: usize) -> Result<Found, Fault> {
    let words: Vec<String> =
        words.chars().take(200).collect::<String>().split_whitespace().map(plain).collect();
    let mut found = Found::default();
    if words.is_empty() {
        return Ok(found);
    }
    let mut add = |label: String, all: Option<String>, total: usize, hits: Vec<Hit>| {
        if total > 0 {
            found.groups.push(Group { label, total, all, hits });
        }
    };
    for (kind, hits) in [
        (w("台账", "Registers"), registers(visitor, &words)),
        (w("指标", "Figures"), indicators(visitor, &words)),
        (w("汇报", "Reports"), reports(visitor, &words)),
    ] {
        let total = hits.len();
        add(visitor.language.say(&kind).into_owned(), None, total, hits.into_iter().take(most).collect());
    }
    let tree = visitor.now.shelf.units(when::today()).map_err(Fault::internal)?;
    let hits = units(visitor, &tree, &words);
    let total = hits.len();
    let label = visitor.language.t("单位", "Units").to_owned();
    add(label, None, total, hits.into_iter().take(most).collect());
    let search = words.join(" ");
    for register in &visitor.now.pack.registers {
        // Units were found by their own names above.
        if register.key == pack::UNITS || !visitor.may_anywhere(Action::View, Some(&register.key)) {
            continue;
        }
        let (total, hits) =
            records(visitor, &tree, &register.key, &visitor.say(&register.label), &search, most)?;
        let all: String = url::form_urlencoded::byte_serialize(search.as_bytes()).collect();
        add(visitor.say(&register.label), Some(format!("/registers/{}?q={all}", register.key)), total, hits);
    }
    Ok(found)
}

/// Lower case and simplified, so that `碼頭` finds 码头.
fn plain(text: &str) -> String {
    text.chars().map(message::simplified).flat_map(char::to_lowercase).collect()
}

fn holds(words: &[String], texts: &[&str]) -> bool {
    let texts: Vec<String> = texts.iter().map(|text| plain(text)).collect();
    words.iter().all(|word| texts.iter().any(|text| text.contains(word)))
}

fn labelled(words: &[String], key: &str, label: &Text) -> bool {
    holds(words, &[key, &label.simplified, &label.english])
}

fn hit(visitor: &Visitor, label: String, kind: Label, href: String) -> Hit {
    Hit { label, note: visitor.language.say(&kind).into_owned(), href }
}

fn registers(visitor: &Visitor, words: &[String]) -> Vec<Hit> {
    let seen =
        visitor.now.pack.registers.iter().filter(|register| labelled(words, &register.key, &register.label));
    seen.filter(|register| visitor.may_anywhere(Action::View, Some(&register.key)))
        .map(|one| {
            hit(visitor, visitor.say(&one.label), w("台账", "Register"), format!("/registers/{}", one.key))
        })
        .collect()
}

fn indicators(visitor: &Visitor, words: &[String]) -> Vec<Hit> {
    if !visitor.may_anywhere(Action::View, None) {
        return Vec::new();
    }
    let seen = visitor.now.pack.indicators.iter().filter(|one| labelled(words, &one.key, &one.label));
    seen.map(|one| {
        hit(visitor, visitor.say(&one.label), w("指标", "Figure"), format!("/figures/{}", one.key))
    })
    .collect()
}

fn reports(visitor: &Visitor, words: &[String]) -> Vec<Hit> {
    if !visitor.may_anywhere(Action::View, None) {
        return Vec::new();
    }
    let title = |source: &str| source.lines().find_map(|line| line.strip_prefix("# ")).map(str::to_owned);
    let named = visitor
        .now
        .pack
        .reports
        .iter()
        .map(|one| (one, title(&one.source.text).unwrap_or_else(|| one.key.clone())));
    named
        .filter(|(one, title)| holds(words, &[&one.key, title]))
        .map(|(one, title)| hit(visitor, title, w("汇报", "Report"), format!("/reports/{}", one.key)))
        .collect()
}

fn units(visitor: &Visitor, tree: &Units, words: &[String]) -> Vec<Hit> {
    if !visitor.may_anywhere(Action::View, None) {
        return Vec::new();
    }
    let seen = tree.iter().filter(|unit| !unit.dissolved && holds(words, &[&unit.code, &unit.name]));
    seen.map(|unit| Hit {
        label: unit.name.clone(),
        note: unit.parent.as_deref().map_or_else(|| unit.code.clone(), |parent| tree.name(parent).to_owned()),
        href: format!("/records/{}", unit.record),
    })
    .collect()
}

/// How many records of a register hold the words, and the first of them that the visitor may see.
fn records(
    visitor: &Visitor,
    tree: &Units,
    register: &str,
    label: &str,
    search: &str,
    most: usize,
) -> Result<(usize, Vec<Hit>), Fault> {
    let day = when::today();
    let query = Query {
        search: search.to_owned(),
        columns: Some(Vec::new()),
        language: visitor.language,
        at: At::Row(0),
        limit: most,
        ..Query::new(register, day)
    };
    let page = visitor.now.shelf.list(&query).map_err(Fault::internal)?;
    let may = |owner: Option<&str>| {
        let upward = owner.map(|owner| tree.upward(owner)).unwrap_or_default();
        let resource = Resource { register: Some(register), units: &upward, authors: &[], state: None };
        visitor.may(Action::View, &resource)
    };
    let rows: Vec<_> =
        page.rows.iter().filter(|row| may(row.owner.as_deref())).map(|row| row.record).collect();
    let names = visitor.now.shelf.called(register, &rows, day, visitor.language).map_err(Fault::internal)?;
    let hits = rows.iter().zip(names).map(|(record, name)| Hit {
        label: name,
        note: label.to_owned(),
        href: format!("/records/{}", record.0),
    });
    // How many there are is said only to those who may see all that was looked at.
    let total = if rows.len() == page.rows.len() { page.total } else { rows.len() };
    Ok((total, hits.collect()))
}

#[cfg(test)]
mod tests {
    use super::{holds, plain};

    #[test]
    fn scripts_and_cases_do_not_matter() {
        fn check(words: &str, text: &str, expected: bool) {
            let words: Vec<String> = words.split_whitespace().map(plain).collect();
            assert_eq!(holds(&words, &[text]), expected, "{words:?} in {text}");
        }
        check("碼頭", "望江1号码头", true);
        check("Dock", "docks.operating", true);
        check("江 码头", "望江1号码头", true);
        check("江 公园", "望江1号码头", false);
    }
}
