//! How an import is shown: the file control, what the file would do, and its faults among their neighbours.

use std::collections::{BTreeMap, BTreeSet};

use axum::response::Response;
use intake::{CellFault, Faults, ImportOutcome, Mended};
use maud::{Markup, Render, html};
use message::{Language, Text};
use pack::Register;

use super::typed::Typed;
use crate::ui::{
    Button, Facts, Field, Form, Icon, Notice, Page, Section, Speak, Upload, error_summary, grouped, w,
};
use crate::visitor::Visitor;

/// How many faults are shown with their rows.
pub(super) const SHOWN: usize = 50;

/// What was found in a file.
pub(super) struct Looked<'l> {
    pub(super) typed: &'l Typed,
    pub(super) key: String,
    pub(super) outcome: Result<ImportOutcome, Faults>,
    pub(super) rows: BTreeMap<u32, Vec<String>>,
    pub(super) mended: &'l [Mended],
}

fn page_of(register: &Register) -> Page {
    let title = Text::new(
        format!("导入{}", register.label.simplified),
        format!("Import into {}", register.label.english.to_lowercase()),
    );
    Page::new(Section::Registers, title)
        .crumb(register.label.clone(), format!("/registers/{}", register.key))
        .script("entry.js")
        .style("entry.css")
}

pub(super) fn upload_page(
    visitor: &Visitor,
    register: &Register,
    typed: &Typed,
    fault: Option<String>,
) -> Response {
    let l = visitor.language;
    let key = &register.key;
    let faults: Vec<_> = fault.iter().map(|words| ("file".to_owned(), words.clone())).collect();
    let effective = typed.get("@effective");
    let today = crate::when::today().to_string();
    let body = html! {
        (error_summary(l, &faults))
        (Form::new(format!("/registers/{key}/import")).files().render(&visitor.frame(), html! {
            (Upload::new(l, "file", w("文件", "File"))
                .help(l, w("XLSX、CSV 或 GeoJSON，不超过 100 MB；有一处错误就一行也不录入", "XLSX, CSV or GeoJSON, at most 100 MB; a single fault, and no row is entered"))
                .accept(".xlsx,.csv,.tsv,.geojson,.json")
                .required()
                .error(fault.as_ref()))
            (Field::date(l, "@effective", w("生效日期（文件内未写明时）", "Effective date, where the file says none"))
                .value(if effective.is_empty() { today.as_str() } else { effective }))
            (Field::text(l, "@owner", w("填报单位（文件内未写明时）", "Unit, where the file says none"))
                .value(typed.get("@owner"))
                .suggest(format!("/suggest/units?register={key}&action=import")))
            @if register.geometry().is_some() {
                (Field::tick(l, "gcj02", w("文件中的坐标为 GCJ-02（火星坐标），导入时换算", "The file's coordinates are GCJ-02; convert them"))
                    .values(typed.all("gcj02").to_vec()))
            }
            div.actions {
                (Button::primary(l, w("检查文件", "Check the file")).busy(l, w("正在检查", "Checking")))
                (Button::secondary(l, w("下载模板", "Download the template")).icon(Icon::Download)
                    .to(format!("/registers/{key}/template.xlsx")).download(format!("{key}.xlsx")))
            }
        }))
    };
    visitor.page(page_of(register), body)
}

pub(super) fn looked_page(visitor: &Visitor, register: &Register, looked: &Looked<'_>) -> Response {
    let l = visitor.language;
    let key = &register.key;
    let name = looked.typed.get("name");
    let with = |form: Form| {
        let typed = looked.typed;
        let all = ["file", "name", "@effective", "@owner", "gcj02"];
        all.into_iter().fold(form, |form, name| form.hidden(name, typed.get(name)))
    };
    let body = match &looked.outcome {
        Ok(outcome) => {
            let form = looked.mended.iter().fold(
                with(Form::new(format!("/registers/{key}/import/enter")).key(&looked.key)),
                |form, mended| form.hidden(format!("mend.{}.{}", mended.row, mended.column), &mended.text),
            );
            html! {
                @if outcome.repeated {
                    (Notice::info(l, w("这个文件已经录入过，再次提交不会重复", "This file was entered before; entering it again changes nothing")))
                } @else {
                    (Notice::good(l, message::text!("“{name}”没有错误，尚未录入", "`{name}` has no faults; nothing is entered yet")).announced())
                    (counts(l, outcome))
                }
                (form.render(&visitor.frame(), html! {
                    div.actions {
                        (Button::primary(l, w("全部录入", "Enter all of it")).busy(l, w("正在录入", "Entering")).key("Ctrl+S"))
                        (Button::quiet(l, w("换一个文件", "Another file")).to(format!("/registers/{key}/import")))
                    }
                }))
            }
        }
        Err(faults) => {
            let total = faults.total;
            let shown: Vec<&CellFault> = faults.listed.iter().take(SHOWN).collect();
            let drawn: BTreeSet<(u32, usize)> =
                shown.iter().filter_map(|fault| Some((fault.row, place(&fault.column)?))).collect();
            // What was mended before and is not at fault any more goes along unseen.
            let form = looked
                .mended
                .iter()
                .filter(|mended| !drawn.contains(&(mended.row, mended.column)))
                .fold(with(Form::new(format!("/registers/{key}/import/again")).wide()), |form, mended| {
                    form.hidden(format!("mend.{}.{}", mended.row, mended.column), &mended.text)
                });
            html! {
                (Notice::bad(l, message::text!("“{name}”有 {total} 处错误，一行也没有录入", "`{name}` has {total} faults; no row was entered"))
                    .announced()
                    .body(html! {
                        @if total > shown.len() as u64 {
                            p { (l.t("以下为前 50 处；改正后再检查，会列出其余。", "The first 50 follow; correct them and check again for the others.")) }
                        }
                    }))
                (form.render(&visitor.frame(), html! {
                    (sheet(l, looked, &shown))
                    div.actions {
                        (Button::primary(l, w("改正后再检查", "Check again with the corrections")).busy(l, w("正在检查", "Checking")).key("Ctrl+S"))
                        (Button::quiet(l, w("上传改好的文件", "Upload the corrected file")).to(format!("/registers/{key}/import")))
                    }
                }))
            }
        }
    };
    visitor.page(page_of(register).wide(), body)
}

fn counts(l: Language, outcome: &ImportOutcome) -> Markup {
    let facts = [
        (w("行数", "Rows"), outcome.rows),
        (w("新增记录", "New records"), outcome.creates),
        (w("更改记录", "Records amended"), outcome.amends),
        (w("变更状态", "Records moved to another state"), outcome.advances),
        (w("没有变化", "Unchanged"), outcome.unchanged),
    ];
    let facts = facts.into_iter().filter(|(label, count)| *count > 0 || *label == w("行数", "Rows"));
    facts
        .fold(Facts::new().in_two(), |all, (label, count)| all.fact(l, label, html! { (grouped(count)) }))
        .render()
}

/// The sheet around the faults: their rows and the rows beside them, with the faulty cells open for correction.
fn sheet(l: Language, looked: &Looked<'_>, shown: &[&CellFault]) -> Markup {
    let whole: Vec<&&CellFault> =
        shown.iter().filter(|fault| fault.row == 0 || place(&fault.column).is_none()).collect();
    let mut cells: BTreeMap<(u32, usize), Vec<&CellFault>> = BTreeMap::new();
    for fault in shown {
        if let Some(column) = place(&fault.column).filter(|_| fault.row > 0) {
            cells.entry((fault.row, column)).or_default().push(fault);
        }
    }
    let widest = looked.rows.values().map(Vec::len).max().unwrap_or_default();
    let widest = cells.keys().map(|(_, column)| column + 1).chain([widest]).max().unwrap_or_default().min(60);
    let mended = |row: u32, column: usize| {
        looked
            .mended
            .iter()
            .find(|mended| (mended.row, mended.column) == (row, column))
            .map(|mended| mended.text.as_str())
    };
    let mut numbers: BTreeSet<u32> = looked.rows.keys().copied().collect();
    numbers.extend(cells.keys().map(|(row, _)| *row));
    html! {
        @if !whole.is_empty() {
            ul.errors-plain { @for fault in &whole { li { (l.say(&fault.text())) } } }
        }
        @if !cells.is_empty() {
            div.scroll.wide.full tabindex="0" role="region" aria-label=(l.t("有错误的行及相邻行", "Faulty rows and their neighbours")) {
                table.sheet {
                    caption.unseen { (l.t("有错误的行及相邻行", "Faulty rows and their neighbours")) }
                    thead { tr {
                        th scope="col" { span.unseen { (l.t("行", "Row")) } }
                        @for column in 0..widest { th scope="col" { (letters(column)) } }
                    } }
                    tbody {
                        @for (place, row) in numbers.iter().enumerate() {
                            @if place > 0 && numbers.iter().nth(place - 1).is_some_and(|before| before + 1 < *row) {
                                tr.gap { td colspan=(widest + 1) { "⋯" } }
                            }
                            tr {
                                th scope="row" { (row) }
                                @for column in 0..widest {
                                    (cell(l, looked, (*row, column), cells.get(&(*row, column)), mended(*row, column)))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn cell(
    l: Language,
    looked: &Looked<'_>,
    (row, column): (u32, usize),
    faults: Option<&Vec<&CellFault>>,
    mended: Option<&str>,
) -> Markup {
    let typed =
        looked.rows.get(&row).and_then(|cells| cells.get(column)).map(String::as_str).unwrap_or_default();
    let text = mended.unwrap_or(typed);
    let id = format!("f-mend.{row}.{column}");
    html! {
        @match faults {
            None => td { (text) },
            Some(faults) => td.bad {
                input id=(id) name={ "mend." (row) "." (column) } value=(text) aria-invalid="true"
                    aria-label={ (letters(column)) (row) } aria-describedby={ (id) "-error" };
                p.error id={ (id) "-error" } {
                    (Icon::Fault)
                    span { @for fault in faults {
                        @if !fault.heading.is_empty() { (fault.heading) (l.t("：", ": ")) }
                        (l.say(&fault.message)) " "
                    } }
                }
            },
        }
    }
}

/// The column of Excel's letters, from 0.
fn place(letters: &str) -> Option<usize> {
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    letters
        .bytes()
        .try_fold(0_usize, |column, letter| {
            letter.is_ascii_uppercase().then(|| column * 26 + usize::from(letter - b'A') + 1)
        })?
        .checked_sub(1)
}

/// Excel's letters of a column.
fn letters(mut column: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + (column % 26) as u8));
        match column / 26 {
            0 => break,
            more => column = more - 1,
        }
    }
    letters.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::{letters, place};

    #[test]
    fn columns_are_named_as_excel_names_them() {
        for (column, name) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!((letters(column).as_str(), place(name)), (name, Some(column)));
        }
        assert_eq!((place(""), place("a"), place("ABCD")), (None, None, None));
    }
}
