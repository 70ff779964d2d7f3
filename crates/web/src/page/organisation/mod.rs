//! `/admin/units`: the organisation on a day, and its re-organisation from a day on.
//!
//! ```text
//! /admin/units?day ─▶ tree ─▶ /admin/units/{code} ─▶ what is wanted (a GET form) ─▶ preview: every entry it makes
//!                                                                                    └─▶ POST ─▶ scribe ─▶ the book
//! ```
//!
//! Nothing of the past changes: each entry takes effect on the day, and figures before it stay as they were.

mod change;
mod unit;

use jiff::civil::Date;
use maud::html;
use serde::Deserialize;
use shelf::{Unit, Units};

use access::{Action, Resource};

use crate::fault::{Answer, Fault};
use crate::page::api::Query;
use crate::routes::{Need, Routes};
use crate::ui::{
    Column, Field, FilterBar, Node, Page, Row, Section, Speak, Table, date_in_words, grouped, tree, w,
};
use crate::visitor::Visitor;
use crate::when;

/// The tree, a unit, the preview and the change.
pub fn routes() -> Routes {
    let need = Need::May(Action::ManageUnits);
    Routes::new()
        .get("/admin/units", need, list)
        .get("/admin/units/{code}", need, unit::page)
        .get("/admin/units/{code}/change", need, change::preview)
        .post("/admin/units/{code}/change", need, change::enter)
}

/// Which day.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OnDay {
    #[serde(default)]
    day: String,
}

impl OnDay {
    /// The day; today where none is given or it is none.
    pub(super) fn day(&self) -> Date {
        self.day.parse().unwrap_or_else(|_| when::today())
    }
}

/// Whether the visitor may re-organise this unit.
pub(super) fn may(visitor: &Visitor, units: &Units, code: &str) -> bool {
    let above = units.upward(code);
    let resource = Resource { register: Some(pack::UNITS), units: &above, ..Resource::default() };
    visitor.may(Action::ManageUnits, &resource)
}

async fn list(visitor: Visitor, Query(on): Query<OnDay>) -> Answer {
    let day = on.day();
    let now = visitor.now.clone();
    let units = visitor.app.work(move |_| now.shelf.units(day).map_err(Fault::internal)).await?;
    let l = visitor.language;
    let mut roots: Vec<&Unit> =
        units.iter().filter(|unit| unit.parent.is_none() && !unit.dissolved).collect();
    roots.sort_by(|a, b| a.code.cmp(&b.code));
    let nodes: Vec<Node> = roots.iter().map(|unit| node(&visitor, &units, unit, day, 0)).collect();
    let ended: Vec<&Unit> = units.iter().filter(|unit| unit.dissolved).collect();
    let count = grouped(units.iter().filter(|unit| !unit.dissolved).count());
    let body = html! {
        (FilterBar::new("/admin/units")
            .field(Field::date(l, "day", w("日期", "Day")).value(day.to_string()).inline())
            .render(l))
        p.muted { (l.say(&message::text!("{count} 个单位在册", "{count} units"))) }
        (tree(l, w("机构树", "Tree of units"), &nodes))
        @if !ended.is_empty() {
            h2 { (l.t("已撤销", "Dissolved")) }
            (Table::new(l, w("已撤销的单位", "Dissolved units"), vec![
                Column::new(l, w("单位", "Unit")),
                Column::new(l, w("代码", "Code")),
                Column::new(l, w("承接单位", "Successor")),
            ]).cards().rows(ended.iter().map(|unit| Row::new(vec![
                html! { (unit.name) },
                html! { (unit.code) },
                html! { (unit.successor.as_deref().map_or("—", |code| units.name(code))) },
            ]).to(address(&unit.code, day)))))
        }
    };
    let page = Page::new(Section::Admin, w("机构", "Units")).lead(message::Text::new(
        format!("{}的机构树", date_in_words(message::Language::Simplified, day)),
        format!("The tree of units on {day}"),
    ));
    Ok(visitor.page(page, body))
}

/// Where a unit's page is.
pub(super) fn address(code: &str, day: Date) -> String {
    let code: String = url::form_urlencoded::byte_serialize(code.as_bytes()).collect();
    format!("/admin/units/{}?day={day}", code.replace('+', "%20"))
}

/// A unit with those below it, two levels deep: branches are on their unit's page.
fn node(visitor: &Visitor, units: &Units, unit: &Unit, day: Date, depth: usize) -> Node {
    const DEPTH: usize = 1;
    let l = visitor.language;
    let below: Vec<&Unit> = units.children(&unit.code).filter(|child| !child.dissolved).collect();
    let link = html! { a href=(address(&unit.code, day)) { (unit.name) } " " span.muted { (unit.code) } };
    let mut node = Node::new(link).open(depth == 0);
    if !below.is_empty() {
        let count = below.len();
        node =
            node.note(html! { span.muted { (l.say(&message::text!("{count} 个下级", "{count} below"))) } });
    }
    if depth < DEPTH {
        node = node
            .children(below.iter().map(|child| self::node(visitor, units, child, day, depth + 1)).collect());
    }
    node
}
