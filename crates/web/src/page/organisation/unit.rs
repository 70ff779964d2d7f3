//! `/admin/units/{code}`: a unit on a day, those below it, and what can be done with it.

use jiff::civil::Date;
use maud::{Markup, html};
use shelf::{Unit, Units};

use super::{OnDay, address, may};
use crate::fault::{Answer, Fault};
use crate::page::api::{Path, Query};
use crate::ui::{Badge, Button, Column, Facts, Field, Icon, Page, Row, Section, Speak, Table, Tone, w};
use crate::visitor::Visitor;

/// So many units below are shown at once; more are unfolded, so that what can be done stays in sight.
const FEW: usize = 12;

pub(super) async fn page(visitor: Visitor, Path(code): Path<String>, Query(on): Query<OnDay>) -> Answer {
    let day = on.day();
    let now = visitor.now.clone();
    let units = visitor.app.work(move |_| now.shelf.units(day).map_err(Fault::internal)).await?;
    let unit = units.get(&code).ok_or(Fault::NotFound)?;
    let l = visitor.language;
    let body = html! {
        (facts(&visitor, &units, unit))
        (below(&visitor, &units, unit, day))
        @if !unit.dissolved && may(&visitor, &units, &code) { (changes(&visitor, &units, unit, day)) }
    };
    let mut page = Page::new(Section::Admin, message::Text::same(&unit.name))
        .crumb(w("机构", "Units"), format!("/admin/units?day={day}"));
    if unit.dissolved {
        page = page.state(Badge::new(l, Tone::Neutral, Icon::Cross, w("已撤销", "Dissolved")));
    }
    Ok(visitor.page(page, body))
}

fn facts(visitor: &Visitor, units: &Units, unit: &Unit) -> Markup {
    let l = visitor.language;
    let level = visitor.now.pack.levels.iter().find(|level| level.key == unit.level);
    let parent = unit.parent.as_deref().map_or("—", |code| units.name(code)).to_owned();
    let mut facts = Facts::new()
        .fact(l, w("代码", "Code"), html! { (unit.code) })
        .fact(
            l,
            w("层级", "Level"),
            html! { @if let Some(level) = level { (l.say(&level.label)) } @else { (unit.level) } },
        )
        .fact(l, w("上级单位", "Above it"), html! { (parent) })
        .fact(
            l,
            w("记录", "Record"),
            html! { a href=(format!("/records/{}", unit.record)) { "#" (unit.record) } },
        );
    if let Some(successor) = &unit.successor {
        facts = facts.fact(l, w("承接单位", "Successor"), html! { (units.name(successor)) });
    }
    html! { (facts) }
}

fn below(visitor: &Visitor, units: &Units, unit: &Unit, day: Date) -> Markup {
    let l = visitor.language;
    let children: Vec<&Unit> = units.children(&unit.code).filter(|child| !child.dissolved).collect();
    if children.is_empty() {
        return html! {};
    }
    let count = children.len();
    html! {
        h2 { (l.t("下级单位", "Units below it")) }
        details open[count <= FEW] {
            summary { (l.say(&message::text!("共 {count} 个", "{count} units"))) }
        (Table::new(l, w("下级单位", "Units below it"), vec![
            Column::new(l, w("单位", "Unit")),
            Column::new(l, w("代码", "Code")),
            Column::number(l, w("下级数", "Below")),
        ]).rows(children.iter().map(|child| Row::new(vec![
            html! { (child.name) },
            html! { (child.code) },
            html! { (units.children(&child.code).filter(|one| !one.dissolved).count()) },
        ]).to(address(&child.code, day)))))
        }
    }
}

/// The three forms. They are GET: what they lead to only shows what would be entered.
fn changes(visitor: &Visitor, units: &Units, unit: &Unit, day: Date) -> Markup {
    let l = visitor.language;
    let order = |level: &str| visitor.now.pack.levels.iter().position(|known| known.key == level);
    let alive = || units.iter().filter(|one| !one.dissolved && one.code != unit.code);
    let named = |one: &Unit| (one.code.clone(), format!("{} {}", one.code, one.name));
    let above: Vec<_> = alive().filter(|one| order(&one.level) < order(&unit.level)).map(named).collect();
    // Of a branch those of the same unit come to mind; of a unit all others.
    let beside: Vec<_> = alive()
        .filter(|one| one.level == unit.level && (one.parent == unit.parent || order(&unit.level) <= Some(1)))
        .map(named)
        .collect();
    let children: Vec<_> = units.children(&unit.code).filter(|child| !child.dissolved).map(named).collect();
    let action = address(&unit.code, day).replace('?', "/change?");
    let action = action.split('?').next().unwrap_or_default().to_owned();
    let common = html! {
        (Field::date(l, "on", w("生效日期", "Takes effect on")).value(day.to_string()).required())
        (Field::text(l, "note", w("依据", "By which decision")).help(l, w("如批文号", "such as its number")).max_chars(200))
    };
    html! {
        h2 { (l.t("调整", "Re-organise")) }
        p { (l.t("先看将入账的内容，再确认。生效日期之前的数值不变。", "You first see what would be entered. Figures before the day stay as they were.")) }
        div.columns {
            @if !above.is_empty() {
                section {
                    h3 { (l.t("划转", "Move")) }
                    form method="get" action=(action) {
                        input type="hidden" name="what" value="move";
                        (Field::select(l, "to", w("新的上级单位", "New unit above it"), above).required())
                        (common)
                        div.actions { (Button::secondary(l, w("查看划转内容", "See what would move"))) }
                    }
                }
            }
            @if !beside.is_empty() {
                section {
                    h3 { (l.t("合并", "Merge")) }
                    form method="get" action=(action) {
                        input type="hidden" name="what" value="merge";
                        (Field::select(l, "to", w("并入的单位", "Into which unit"), beside).required())
                        (common)
                        div.actions { (Button::secondary(l, w("查看合并内容", "See what would merge"))) }
                    }
                }
            }
            section {
                h3 { (l.t("拆分", "Split")) }
                form method="get" action=(action) {
                    input type="hidden" name="what" value="split";
                    (Field::text(l, "code", w("新单位代码", "Code of the new unit")).required().max_chars(40))
                    (Field::text(l, "name", w("新单位名称", "Name of the new unit")).required().max_chars(200))
                    @if !children.is_empty() {
                        div.options-many { (Field::checks(l, "child", w("划入新单位的下级", "Units that go to it"), children)) }
                    }
                    (Field::tick(l, "end", w("原单位同时撤销，由新单位承接", "This unit ends, and the new one follows it")))
                    (common)
                    div.actions { (Button::secondary(l, w("查看拆分内容", "See what would split"))) }
                }
            }
        }
    }
}
