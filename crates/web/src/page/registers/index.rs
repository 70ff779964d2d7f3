//! `/registers`: every register, with how many records it has and how many wait.

use std::sync::Arc;

use access::Action;
use maud::html;
use message::Text;
use shelf::{By, Presence, Query, Status};

use super::{fault, rights, value};
use crate::fault::{Answer, Fault};
use crate::ui::*;
use crate::visitor::Visitor;
use crate::when;

/// A register's line.
struct Line {
    key: String,
    label: Text,
    /// By state: label and count.
    states: Vec<(String, usize)>,
    records: usize,
    pending: usize,
    returned: usize,
    needs_verification: bool,
    has_map: bool,
    may_enter: bool,
}

/// The page.
pub async fn page(visitor: Visitor) -> Answer {
    let (app, asker) = (Arc::clone(&visitor.app), visitor.clone());
    let lines = app.work(move |_| look(&asker)).await?;
    let l = visitor.language;
    // What people keep themselves comes first; the organisation and what other registers refer to last.
    let (own, others): (Vec<&Line>, Vec<&Line>) = lines.iter().partition(|line| line.may_enter);
    let (used, unused): (Vec<&Line>, Vec<&Line>) = others.into_iter().partition(|line| line.records > 0);
    let body = html! {
        @if lines.is_empty() {
            (empty(l, w("没有可查看的台账", "There is no register that you may see"),
                w("如需查看，请联系本单位管理员。", "Ask the administrator of your unit."), None))
        }
        @for (title, lines) in [
            (w("我录入的台账", "Registers you keep"), own),
            (w("其他台账", "Other registers"), used),
            (w("暂无记录的台账", "Registers without records"), unused),
        ] {
            @if !lines.is_empty() {
                section.register-group {
                    h2 { (l.say(&title)) }
                    (table(l, &title, &lines))
                }
            }
        }
    };
    let page = Page::new(Section::Registers, w("台账", "Registers"))
        .lead(w(
            "每一类事项一本台账，指标由其中的记录逐条计算。",
            "One register for each kind of thing; figures are computed from its records.",
        ))
        .style("registers.css")
        .wide();
    Ok(visitor.page(page, body))
}

fn table(l: message::Language, title: &Label, lines: &[&Line]) -> Table {
    let columns = vec![
        Column::new(l, w("台账", "Register")),
        Column::number(l, w("记录", "Records")),
        Column::new(l, w("状态", "States")),
        Column::number(l, w("待核验", "Awaiting verification")),
        Column::number(l, w("已退回", "Returned")).least(),
    ];
    let rows = lines.iter().map(|line| {
        let waits = |count: usize, status: Status| html! {
            @if !line.needs_verification {
                span.muted title=(l.t("此台账不需核验", "This register needs no verification")) { "—" }
            } @else if count == 0 {
                span.muted { "0" }
            } @else {
                a href={ "/registers/" (line.key) "?status=" (status.key()) } { (grouped(count.to_string())) }
            }
        };
        Row::new(vec![
            html! { (l.say(&line.label)) @if line.has_map { " " span.muted { (Icon::Place) } } },
            html! { (grouped(line.records.to_string())) },
            html! { span.states {
                @for (words, count) in &line.states { span { (words) " " span.number { (grouped(count.to_string())) } } }
            } },
            waits(line.pending, Status::Pending),
            waits(line.returned, Status::Returned),
        ])
        .to(format!("/registers/{}", line.key))
    });
    Table::new(l, title, columns).rows(rows).cards()
}

fn look(visitor: &Visitor) -> Result<Vec<Line>, Fault> {
    let (now, l) = (&visitor.now, visitor.language);
    let mut lines = Vec::new();
    for register in &now.pack.registers {
        if !visitor.may_anywhere(Action::View, Some(&register.key)) {
            continue;
        }
        let query = Query {
            owners: rights::owners(visitor, Action::View, &register.key)?,
            presence: Presence::Present,
            ..Query::new(&register.key, when::today())
        };
        let mut facets = now.shelf.facets(&query, &[By::State, By::Status], 20).map_err(fault)?;
        let (statuses, states) = (facets.pop(), facets.pop());
        let states = states.map(|facet| facet.values).unwrap_or_default();
        let waits = |status: Status| {
            let values = statuses.as_ref().map(|facet| facet.values.as_slice()).unwrap_or_default();
            values.iter().find(|value| value.key == status.key()).map_or(0, |value| value.count)
        };
        let records = states.iter().map(|value| value.count).sum();
        let (pending, returned) = (waits(Status::Pending), waits(Status::Returned));
        let states = states
            .iter()
            .filter(|value| value.count > 0 && register.states.len() > 1)
            .map(|value| (value::state_words(l, register, &value.key), value.count))
            .collect();
        lines.push(Line {
            key: register.key.clone(),
            label: register.label.clone(),
            states,
            records,
            pending,
            returned,
            needs_verification: register.needs_verification,
            has_map: register.geometry().is_some(),
            may_enter: visitor.may_anywhere(Action::Enter, Some(&register.key)),
        });
    }
    Ok(lines)
}
