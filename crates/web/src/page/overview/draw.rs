//! How the overview is drawn: first what asks for something, then what is to be known.

use assess::State;
use chart::{decoration, sparkline};
use maud::{Markup, Render, html};
use message::Language;
use rust_decimal::Decimal;

use super::Gathered;
use super::view::key_places;
use super::waiting::{Waiting, WaitingIn};
use super::week::Week;
use crate::page::figures::desk::Desk;
use crate::page::figures::draw::figure_link;
use crate::page::figures::index::Courses;
use crate::page::figures::tabs;
use crate::page::figures::view::FigureView;
use crate::page::plan::data::{Assessed, Progress};
use crate::page::plan::draw::{badge, bar};
use crate::page::plan::view::TargetView;
use crate::ui::{
    Column, Icon, Page, Row, Section, Speak, Stat, Table, date_in_words, empty, grouped, measured, stats, w,
};
use crate::visitor::Visitor;

/// The page.
pub(super) fn page(visitor: &Visitor, desk: &Desk<'_>, gathered: &Gathered) -> Markup {
    let l = visitor.language;
    let day = date_in_words(l, desk.today);
    let body = html! {
        @if visitor.frame().sections.contains(&Section::Inbox) { (waiting(l, &gathered.waiting)) }
        @match &gathered.city {
            Some((progress, courses, week)) => {
                (targets(desk, l, progress))
                (figures(desk, l, courses))
                (changed(desk, l, week))
                (themes(desk, l, progress))
            },
            None => (empty(l, w("还没有授予您任何角色", "You have no role yet"),
                w("请联系本单位管理员，由其授权后即可使用。", "Ask the administrator of your unit to grant you one."), None)),
        }
    };
    Page::new(Section::Overview, Section::Overview.label())
        .lead(message::text!("截至{day}", "As of {day}"))
        .style("chart.css")
        .render(&tabs::frame(visitor, desk), body)
}

fn waiting(l: Language, waiting: &Waiting) -> Markup {
    const MOST: usize = 5;
    let lines = |all: &[WaitingIn], verb: &str, list: &str| {
        html! {
            @for one in all.iter().take(MOST) {
                li { a href={ (list) "?register=" (one.register) } {
                    (verb) " " (one.label) } " " b.number { (grouped(one.records)) } (l.t(" 条", "")) }
            }
        }
    };
    html! {
        section.waiting {
            div.section-head {
                h2 { (l.t("待我办理", "Waits for me")) }
                a href="/inbox" { (l.t("打开待办", "Open the list")) }
            }
            @if waiting.is_empty() {
                p.muted { (Icon::Tick) " " (l.t("没有待办事项。", "Nothing waits for you.")) }
            } @else {
                ul.todo {
                    (lines(&waiting.returned, l.t("更正退回的", "Correct what was returned:"), "/inbox/returned"))
                    (lines(&waiting.to_verify, l.t("核验", "Verify"), "/inbox"))
                    @if waiting.drafts > 0 {
                        li { a href="/inbox/drafts" { (l.t("继续填写草稿", "Go on with drafts")) } " " b.number { (waiting.drafts) } (l.t(" 份", "")) }
                    }
                }
            }
        }
    }
}

fn targets(desk: &Desk<'_>, l: Language, progress: &Progress) -> Markup {
    let urgent: Vec<&Assessed> = progress
        .targets
        .iter()
        .filter(|one| matches!(one.assessment.state, State::Missed | State::AtRisk))
        .collect();
    html! {
        section {
            div.section-head {
                h2 { (l.t("目标", "Targets")) }
                a href="/plan" { (l.t("查看计划", "See the plan")) }
            }
            p.actions.state-counts {
                @for state in State::ALL {
                    @let count = progress.count(state);
                    @if count > 0 {
                        a href={ "/plan?state=" (state.key()) } { (badge(l, state)) " " b.number { (count) } }
                    }
                }
            }
            @if !urgent.is_empty() {
                h3 { (l.t("需要关注", "Need attention")) }
                (attention(desk, l, &urgent))
            }
        }
    }
}

/// The programmes with all their targets.
fn themes(desk: &Desk<'_>, l: Language, progress: &Progress) -> Markup {
    let plan = &desk.pack().plan;
    let programme_of = |one: &Assessed| {
        let target = plan.targets.iter().find(|target| target.key == one.key)?;
        let project = plan.projects.iter().find(|project| project.key == target.project)?;
        Some(project.programme.as_str())
    };
    html! {
        @for programme in &plan.programmes {
            @let own: Vec<&Assessed> =
                progress.targets.iter().filter(|one| programme_of(one) == Some(programme.key.as_str())).collect();
            @if !own.is_empty() {
                section {
                    h2 { (l.say(&programme.label)) }
                    (theme(desk, l, &programme.label, &own))
                }
            }
        }
    }
}

/// Targets at risk or missed, each with the reason.
fn attention(desk: &Desk<'_>, l: Language, urgent: &[&Assessed]) -> Markup {
    let columns = vec![
        Column::new(l, w("目标", "Target")),
        Column::new(l, w("状态", "State")),
        Column::number(l, w("现值", "Now")),
        Column::number(l, w("目标值", "Promised")),
        Column::new(l, w("期限", "By")),
        Column::new(l, w("原因", "Why")),
    ];
    let rows = urgent.iter().map(|one| {
        let view = TargetView::of(desk, one, l);
        Row::new(vec![
            html! { (view.label) },
            badge(l, one.assessment.state).render(),
            html! { @if let Some(figure) = &view.figure { (figure_link(l, figure, &figure.address)) } },
            html! { (measured(&view.value, &view.unit_of_value)) },
            html! { span.number { (view.by) } },
            html! { @if let Some(reason) = view.reasons.first() { (reason) } },
        ])
        .to(format!("/plan/{}", one.key))
    });
    Table::new(l, w("需要关注的目标", "Targets that need attention"), columns).cards().rows(rows).render()
}

/// The targets of a theme: each with its figure, the promise, how far it is, and its state.
fn theme(desk: &Desk<'_>, l: Language, label: &message::Text, own: &[&Assessed]) -> Markup {
    let columns = vec![
        Column::new(l, w("目标", "Target")),
        Column::number(l, w("现值", "Now")),
        Column::number(l, w("目标值", "Promised")).least(),
        Column::new(l, w("进度", "Progress")).least(),
        Column::new(l, w("期限", "By")).least(),
        Column::new(l, w("状态", "State")),
    ];
    let rows = own.iter().map(|one| {
        let view = TargetView::of(desk, one, l);
        Row::new(vec![
            html! { (view.label) },
            html! { @if let Some(figure) = &view.figure { (figure_link(l, figure, &figure.address)) } },
            html! { (measured(&view.value, &view.unit_of_value)) },
            bar(one),
            html! { span.number { (view.by) } },
            badge(l, one.assessment.state).render(),
        ])
        .to(format!("/plan/{}", one.key))
    });
    Table::new(l, label, columns).rows(rows).render()
}

/// The figures that the city shows first, each with its course and the change since the year before.
fn figures(desk: &Desk<'_>, l: Language, courses: &Courses) -> Markup {
    let shown: Vec<Stat> =
        key_places(desk).into_iter().filter_map(|place| key_figure(desk, l, courses, place)).collect();
    html! {
        @if !shown.is_empty() {
            section {
                div.section-head {
                    h2 { (l.t("关键指标", "Key figures")) }
                    a href="/figures" { (l.t("全部指标", "All figures")) }
                }
                (stats(&shown))
            }
        }
    }
}

fn key_figure(desk: &Desk<'_>, l: Language, courses: &Courses, place: usize) -> Option<Stat> {
    let figure = courses.latest(place)?;
    let view = FigureView::of(desk, figure, l);
    let course = courses.courses.get(place)?;
    let values: Vec<Option<Decimal>> =
        course.iter().map(|one| one.as_ref().and_then(|one| one.value)).collect();
    let at = course.iter().position(|one| one.as_ref().is_some_and(|one| one.id == figure.id));
    let before = at.and_then(|at| at.checked_sub(1)).and_then(|at| course.get(at)?.as_ref());
    let change = before.and_then(|before| Some((figure.value?.checked_sub(before.value?)?, before)));
    let picture = if values.iter().flatten().count() > 2 {
        decoration(&sparkline(&values), "chart-spark")
    } else {
        String::new()
    };
    let note = html! {
        span.number { (view.period) }
        @if let Some((change, before)) = change {
            " · " (l.t("比", "since ")) (before.id.period.to_string()) (l.t("年", "")) " " span.number { (signed(change, u32::from(figure.decimals))) }
        }
    };
    let address = view.address.clone();
    let stat =
        Stat::new(l, message::Text::same(&view.label), figure_link(l, &view, &address).pending(view.pending))
            .note(note);
    Some(if picture.is_empty() { stat } else { stat.picture(picture) })
}

/// `+1,204`, `−3.5`, `±0`.
fn signed(change: Decimal, decimals: u32) -> String {
    let digits = grouped(quantity::fixed(change, decimals));
    if change.is_zero() {
        "±0".to_owned()
    } else if change.is_sign_positive() {
        format!("+{digits}")
    } else {
        digits
    }
}

fn changed(desk: &Desk<'_>, l: Language, week: &Week) -> Markup {
    const MOST: usize = 12;
    let (first, last) = (week.first.to_string(), week.last.to_string());
    let columns = vec![
        Column::new(l, w("台账", "Register")),
        Column::number(l, w("新增", "New")),
        Column::number(l, w("变更", "Changed")),
        Column::number(l, w("撤回", "Withdrawn")),
        Column::number(l, w("核验", "Verified")),
        Column::number(l, w("退回", "Returned")),
    ];
    let count = |count: u64| html! { @if count > 0 { (grouped(count)) } @else { span.muted { "0" } } };
    let rows = week.changed.iter().take(MOST).map(|one| {
        let label = desk.pack().register(&one.register).map(|register| l.say(&register.label).into_owned());
        Row::new(vec![
            html! { (label.unwrap_or_else(|| one.register.clone())) },
            count(one.created),
            count(one.changed),
            count(one.withdrawn),
            count(one.verified),
            count(one.returned),
        ])
        .to(format!("/registers/{}?sort=-@recorded", one.register))
    });
    html! {
        section {
            div.section-head {
                h2 { (l.t("近七日变化", "The last seven days")) }
                span.muted.number { (first) " – " (last) }
            }
            @if week.changed.is_empty() {
                p.muted { (l.t("这七日没有入账。", "Nothing was entered in these days.")) }
            } @else {
                (Table::new(l, w("近七日各台账入账数", "Entries of the last seven days by register"), columns).rows(rows))
            }
        }
    }
}
