//! `/registers/{register}/enter-many`: rows as they are pasted from a spreadsheet, all entered or none.
//!
//! What is sent is text, a line a row with tabs between the cells; the script makes a grid of it.

use access::Action;
use axum::body::Bytes;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use intake::{Job, Refusal, Work};
use maud::{Markup, html};
use message::Language;
use pack::{FieldKind, Register};
use serde_json::json;

use super::create::{register_for, usual_owner};
use super::desk::{label_of, lead, new_key, receipt, refused, shelf_fault, with_status};
use super::drafts::{self, Asked, offer};
use super::typed::{Typed, person_name, person_phone};
use crate::app::App;
use crate::fault::Answer;
use crate::page::figures::draw::with_unit;
use crate::page::rights::{guard, roles_anywhere};
use crate::ui::{Button, Column, Field, Form, Notice, Page, Row, Section, Speak, Table, w};
use crate::visitor::Visitor;

/// The most rows of one block.
const MOST: usize = 2_000;

/// A column of the block: the input that its cells stand for, and its heading.
struct Head {
    input: String,
    label: String,
    /// Whether it tells who somebody is: that is not kept in a browser.
    private: bool,
}

fn heads(l: Language, pack: &pack::Pack, register: &Register) -> Vec<Head> {
    let mut heads = Vec::new();
    for field in &register.fields {
        let label = l.say(&field.label);
        let star = if field.required { "*" } else { "" };
        let private = field.kind == FieldKind::Person;
        let mut add = |input: String, label: String| heads.push(Head { input, label, private });
        match &field.kind {
            FieldKind::Person => {
                add(person_name(&field.key), format!("{star}{label}{}", l.t("姓名", " name")));
                add(person_phone(&field.key), format!("{star}{label}{}", l.t("手机", " phone")));
            }
            FieldKind::Decimal { unit, .. } | FieldKind::Whole { unit: Some(unit), .. } => {
                add(
                    field.key.clone(),
                    format!("{star}{}", with_unit(&label, &pack.unit(unit).in_language(l))),
                );
            }
            _ => add(field.key.clone(), format!("{star}{label}")),
        }
    }
    for input in ["@owner", "@effective", "@note"] {
        let label = label_of(l, register, input);
        heads.push(Head { input: input.to_owned(), label, private: false });
    }
    heads
}

/// What is wrong with a cell: row and column from 0; the column is unknown for what concerns the row.
struct Wrong {
    row: usize,
    column: Option<usize>,
    field: String,
    found: String,
    words: String,
}

fn draft_key(register: &Register) -> String {
    format!("many:{}", register.key)
}

pub(super) async fn page(visitor: Visitor, Path(key): Path<String>, Query(asked): Query<Asked>) -> Answer {
    let asking = visitor.clone();
    let work = move |app: &App| {
        let register = register_for(&asking, &key, Action::Enter)?;
        let draft = drafts::find(app, &asking, &draft_key(register))?;
        let mut typed = Typed::default();
        typed.set("@effective", crate::when::today().to_string());
        typed.set("@owner", usual_owner(&asking, &key)?);
        let offered = draft.as_ref().filter(|_| !asked.wanted()).map(|draft| draft.updated);
        if let Some(draft) = draft.filter(|_| asked.wanted()) {
            typed = Typed::from_draft(&draft.value);
        }
        let shown = Shown { typed: &typed, wrong: &[], key: &new_key()?, offered };
        Ok(form(&asking, register, &shown))
    };
    visitor.app.work(work).await
}

pub(super) async fn save(visitor: Visitor, Path(key): Path<String>, body: Bytes) -> Answer {
    let asking = visitor.clone();
    let work = move |app: &App| {
        let register = register_for(&asking, &key, Action::Enter)?;
        let l = asking.language;
        let typed = Typed::from_form(&body);
        let heads = heads(l, &asking.now.pack, register);
        let rows = block(typed.all("rows").first().map_or("", String::as_str), &heads);
        if rows.is_empty() || rows.len() > MOST {
            let text = message::text!("请粘贴1至{MOST}行", "paste 1 to {MOST} rows");
            let wrong = Wrong {
                row: 0,
                column: None,
                field: String::new(),
                found: String::new(),
                words: asking.say(&text),
            };
            let key = typed.get("key");
            let shown = Shown { typed: &typed, wrong: &[wrong], key, offered: None };
            let page = form(&asking, register, &shown);
            return Ok(with_status(page, StatusCode::UNPROCESSABLE_ENTITY));
        }
        let forms = rows.iter().map(|cells| {
            let mut row = Typed::default();
            for name in ["@owner", "@effective"] {
                row.set(name, typed.get(name));
            }
            for (head, cell) in heads.iter().zip(cells).filter(|(_, cell)| !cell.trim().is_empty()) {
                row.set(head.input.as_str(), cell.as_str());
            }
            row.form(register, None)
        });
        let units = asking.now.shelf.units(crate::when::today()).map_err(shelf_fault)?;
        let job = Job {
            actor: asking.actor().to_owned(),
            roles: roles_anywhere(&asking, Action::Enter, &key),
            key: typed.get("key").to_owned(),
            guard: Some(guard(&asking, Action::Enter, &key, units)),
            work: Work::Rows { register: key.clone(), forms: forms.collect() },
        };
        match app.scribe.enter(job) {
            Ok(entered) => {
                drafts::forget(app, &asking, &draft_key(register));
                let list = format!("/registers/{key}?sort=-%40record");
                Ok(lead(&asking, &typed, &list, &receipt(&entered)))
            }
            Err(Refusal::Several(several)) => {
                let wrong = wrong(l, &heads, several);
                let key = typed.get("key");
                let shown = Shown { typed: &typed, wrong: &wrong, key, offered: None };
                let page = form(&asking, register, &shown);
                Ok(with_status(page, StatusCode::UNPROCESSABLE_ENTITY))
            }
            Err(other) => Err(refused(other)),
        }
    };
    visitor.app.work(work).await
}

fn wrong(l: Language, heads: &[Head], several: Vec<(usize, Refusal)>) -> Vec<Wrong> {
    let mut found = Vec::new();
    for (row, refusal) in several {
        match refusal {
            Refusal::Faults(faults) => found.extend(faults.into_iter().map(|fault| {
                let name = person_name(&fault.field);
                let column = heads.iter().position(|head| head.input == fault.field || head.input == name);
                let words = l.say(&fault.message).into_owned();
                Wrong { row, column, field: fault.field, found: fault.found, words }
            })),
            other => {
                let words = l.say(&other.text()).into_owned();
                found.push(Wrong { row, column: None, field: String::new(), found: String::new(), words });
            }
        }
    }
    found
}

/// The cells of a pasted block. A first line of headings is left out; cells with quotation marks may hold tabs and line
/// breaks, as Excel writes them.
fn block(text: &str, heads: &[Head]) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut letters = text.chars().peekable();
    let mut quoted = false;
    while let Some(letter) = letters.next() {
        let Some(cell) = rows.last_mut().and_then(|row| row.last_mut()) else { break };
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.is_empty() => quoted = true,
            '\r' => {}
            '\t' if !quoted => rows.last_mut().into_iter().for_each(|row| row.push(String::new())),
            '\n' if !quoted => rows.push(vec![String::new()]),
            // A field has no line breaks; what Excel wrapped is one line again.
            '\n' => cell.push(' '),
            other => cell.push(other),
        }
    }
    rows.retain(|row| row.iter().any(|cell| !cell.trim().is_empty()));
    let is_heading = |row: &Vec<String>| {
        let plain = |text: &str| text.trim().trim_start_matches('*').to_owned();
        let named = row.iter().filter(|cell| {
            heads.iter().any(|head| plain(&head.label) == plain(cell) || head.input == cell.trim())
        });
        row.len() > 1 && named.count() * 2 > row.len()
    };
    if rows.first().is_some_and(is_heading) {
        rows.remove(0);
    }
    rows
}

struct Shown<'s> {
    typed: &'s Typed,
    wrong: &'s [Wrong],
    key: &'s str,
    offered: Option<jiff::Timestamp>,
}

fn form(visitor: &Visitor, register: &Register, shown: &Shown<'_>) -> Response {
    let l = visitor.language;
    let Shown { typed, wrong, key, offered } = *shown;
    let heads = heads(l, &visitor.now.pack, register);
    let address = format!("/registers/{}", register.key);
    let columns: Vec<_> =
        heads.iter().map(|head| json!({ "label": head.label, "private": head.private })).collect();
    let faults: Vec<_> = wrong
        .iter()
        .map(|wrong| json!({ "row": wrong.row, "column": wrong.column, "words": wrong.words }))
        .collect();
    let words = json!({
        "add": l.t("增加一行", "Add a row"), "row": l.t("行", "Row"), "remove": l.t("删除这一行", "Remove the row"),
        "text": l.t("以文本填写", "Write as text"), "grid": l.t("以表格填写", "Write as a grid"),
    });
    let form = Form::new(format!("{address}/enter-many"))
        .id("entry")
        .key(key)
        .wide()
        .draft_at(drafts::address(visitor, &draft_key(register)));
    let body = html! {
        (offer(visitor, &draft_key(register), &format!("{address}/enter-many"), offered))
        p { (l.t(
            "从 Excel 复制若干行，粘贴到下面：各列顺序如下表，带 * 的必填。全部无误才录入，有错误则一行也不录入。",
            "Copy rows from Excel and paste them below, the columns in the order shown; those with * are required. All rows enter, or none.",
        )) }
        @if !wrong.is_empty() { (faults_table(l, &heads, wrong)) }
        (form.render(&visitor.frame(), html! {
            (Field::text(l, "@owner", w("填报单位（未在行内填写时）", "Unit, where a row names none"))
                .value(typed.get("@owner")).suggest(format!("/suggest/units?register={}&action=enter", register.key)))
            (Field::date(l, "@effective", w("生效日期（未在行内填写时）", "Effective date, where a row names none"))
                .value(typed.get("@effective")))
            div.full data-grid data-columns=(serde_json::Value::from(columns)) data-faults=(serde_json::Value::from(faults)) data-words=(words) {
                // As high as the grid that takes its place, so that nothing moves.
                (Field::lines(l, "rows", w("各行", "Rows"), 8)
                    .value(typed.all("rows").first().cloned().unwrap_or_default())
                    .help(l, message::Text::same(heads.iter().map(|head| head.label.as_str()).collect::<Vec<_>>().join(" | ")))
                    .required())
            }
            div.actions {
                (Button::primary(l, w("全部录入", "Enter all rows")).key("Ctrl+S").busy(l, w("正在录入", "Entering")))
                (Button::quiet(l, w("返回台账", "Back to the register")).to(&address))
            }
        }))
    };
    let title = message::Text::new(
        format!("{}：粘贴多行", register.label.simplified),
        format!("{}: paste several rows", register.label.english),
    );
    let page = Page::new(Section::Registers, title)
        .crumb(register.label.clone(), address)
        .wide()
        .script("entry.js")
        .style("entry.css");
    visitor.page(page, body)
}

fn faults_table(l: Language, heads: &[Head], wrong: &[Wrong]) -> Markup {
    let count = wrong.len();
    let title =
        message::text!("有 {count} 处需要更正，一行也没有录入", "{count} to correct; no row was entered");
    let columns = vec![
        Column::new(l, w("行", "Row")),
        Column::new(l, w("列", "Column")),
        Column::new(l, w("现为", "Found")),
        Column::new(l, w("问题", "What is wrong")),
    ];
    // Rows of the block are counted from one, as people count.
    let rows = wrong.iter().take(200).map(|wrong| {
        let label = wrong.column.map_or(wrong.field.as_str(), |column| heads[column].label.as_str());
        Row::new(vec![
            html! { (wrong.row + 1) },
            html! { (label) },
            html! { (wrong.found) },
            html! { (wrong.words) },
        ])
    });
    html! {
        (Notice::bad(l, title).announced())
        (Table::new(l, w("需要更正之处", "What is to be corrected"), columns).rows(rows).plain_first())
    }
}

#[cfg(test)]
mod tests {
    use super::{Head, block};

    #[test]
    fn a_block_is_read_as_excel_writes_it() {
        let head =
            |label: &str| Head { input: label.to_lowercase(), label: format!("*{label}"), private: false };
        let heads = [head("Name"), head("Berths")];
        let read = |text: &str| block(text, &heads).into_iter().map(|row| row.join("|")).collect::<Vec<_>>();
        assert_eq!(read("一\t3\r\n二\t4\r\n"), ["一|3", "二|4"]);
        assert_eq!(read("Name\tBerths\n一\t3\n\n\t\n"), ["一|3"]);
        assert_eq!(read("\"a \"\"b\"\"\tc\nd\"\t3"), ["a \"b\"\tc d|3"]);
        assert_eq!(read("5\" pipe\t3"), ["5\" pipe|3"]);
        assert!(read(" \n\t\n").is_empty());
    }
}
