//! How the plan is drawn.

use assess::State;
use chart::{Ink, Progress as Bar, Span, Timeline, decoration, progress as progress_bar};
use maud::{Markup, PreEscaped, Render, html};
use message::{Language, Text};
use rust_decimal::Decimal;

use super::PlanQuery;
use super::data::{Assessed, Progress};
use super::view::{TargetView, target_of, targets};
use crate::fault::Fault;
use crate::page::figures::ask::Ask;
use crate::page::figures::desk::Desk;
use crate::page::figures::draw::{course_lines, drawn, figure_link, source, unit_first};
use crate::page::figures::tabs;
use crate::ui::{
    Badge, Button, Facts, Field, FilterBar, Icon, Page, Section, Speak, Stat, Tabs, Tone, date_in_words,
    empty, grouped, measured, stats, w,
};
use crate::visitor::Visitor;

/// The badge of a state.
pub fn badge(l: Language, state: State) -> Badge {
    let (tone, icon) = match state {
        State::Reached => (Tone::Good, Icon::Tick),
        State::OnTrack => (Tone::Good, Icon::Next),
        State::AtRisk => (Tone::Warn, Icon::Warning),
        State::Missed => (Tone::Bad, Icon::Cross),
        State::NoData => (Tone::Neutral, Icon::Dash),
    };
    Badge::new(l, tone, icon, state.label())
}

fn ink(state: State) -> Ink {
    match state {
        State::Reached | State::OnTrack => Ink::Good,
        State::AtRisk => Ink::Watch,
        State::Missed => Ink::Bad,
        State::NoData => Ink::Muted,
    }
}

/// The whole plan.
pub fn plan(visitor: &Visitor, desk: &Desk<'_>, progress: &Progress, query: &PlanQuery) -> Markup {
    let l = visitor.language;
    let plan = &desk.pack().plan;
    let body = html! {
        (filter(desk, l, progress, query))
        (states(l, progress, query))
        @if progress.targets.is_empty() {
            (empty(l, w("城市包没有目标", "The pack has no targets"),
                w("在城市包的 plan 目录中写入工程、项目和目标。", "Write programmes, projects and targets into the pack's folder `plan`."), None))
        }
        @for programme in &plan.programmes {
            @let projects: Vec<_> = plan.projects.iter()
                .filter(|project| project.programme == programme.key)
                .filter(|project| targets(desk, progress, query, &project.key).next().is_some())
                .collect();
            @if !projects.is_empty() {
                section.programme {
                    h2 id=(programme.key) { (l.say(&programme.label)) }
                    @if let Some(of) = plan.plans.iter().find(|one| one.key == programme.plan) {
                        p.muted { (l.say(&of.label)) }
                    }
                    @for project in projects {
                        h3 { (l.say(&project.label))
                            span.muted { " · " (l.t("牵头单位：", "Led by ")) (desk.unit(&project.lead)) } }
                        ul.targets {
                            @for one in targets(desk, progress, query, &project.key) {
                                li { (line(desk, l, one, query)) }
                            }
                        }
                    }
                }
            }
        }
        (timeline(desk, l, progress, query))
    };
    Page::new(Section::Plan, Section::Plan.label())
        .lead(w(
            "目标的状态由数值和日期按规则得出",
            "The state of a target follows from figures and dates, by rule",
        ))
        .style("chart.css")
        .style("figures.css")
        .render(&tabs::frame(visitor, desk), body)
}

fn filter(desk: &Desk<'_>, l: Language, progress: &Progress, query: &PlanQuery) -> Markup {
    let mut units: Vec<(String, String)> = Vec::new();
    for target in &desk.pack().plan.targets {
        if !units.iter().any(|(code, _)| *code == target.unit) {
            units.push((target.unit.clone(), desk.unit(&target.unit)));
        }
    }
    units.sort();
    units.insert(0, (String::new(), l.t("全部单位", "All units").to_owned()));
    let mut bar = FilterBar::new("/plan")
        .field(Field::date(l, "as_of", w("截至", "As of")).value(progress.day.to_string()).inline())
        .field(
            Field::select(l, "unit", w("承诺单位", "Unit"), units)
                .value(query.unit.clone().unwrap_or_default())
                .inline(),
        );
    if let Some(state) = &query.state {
        bar = bar.hidden("state", state);
    }
    bar.render(l)
}

/// How many targets are in each state; each leads to those.
fn states(l: Language, progress: &Progress, query: &PlanQuery) -> Tabs {
    let address = |state: &str| {
        let mut to = url::form_urlencoded::Serializer::new(String::from("/plan?"));
        for (name, value) in
            [("as_of", query.as_of.as_deref()), ("unit", query.unit.as_deref()), ("state", Some(state))]
        {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                to.append_pair(name, value);
            }
        }
        to.finish()
    };
    let current = query.state.as_deref().unwrap_or_default();
    let all = Tabs::new(l, w("按状态", "By state"))
        .tab(l, w("全部", "All"), address(""), current.is_empty())
        .count(progress.targets.len() as u64);
    State::ALL.iter().filter(|state| progress.count(**state) > 0 || current == state.key()).fold(
        all,
        |tabs, state| {
            tabs.tab(l, state.label(), address(state.key()), current == state.key())
                .count(progress.count(*state) as u64)
        },
    )
}

/// A target beside what its branches do for it.
fn line(desk: &Desk<'_>, l: Language, one: &Assessed, query: &PlanQuery) -> Markup {
    let view = TargetView::of(desk, one, l);
    let day = query.as_of.as_deref().filter(|day| !day.is_empty());
    let address = match day {
        Some(day) => format!("/plan/{}?as_of={day}", one.key),
        None => format!("/plan/{}", one.key),
    };
    html! {
        div.target-goal {
            p.target-name { a href=(address) { (view.label) } " " (badge(l, one.assessment.state)) }
            p {
                @match &view.figure {
                    Some(figure) => (figure_link(l, figure, &figure.address).date(&figure.as_of)),
                    None => span.muted { (l.t("没有数值", "no figure")) },
                }
                span.muted { " / " (measured(&view.value, &view.unit_of_value)) (l.t("，", ", by ")) (view.by) (l.t("前", "")) }
            }
            p { (bar(one)) @if let Some(done) = &view.done { " " span.muted { (done) "%" } } }
            p.muted { (l.t("承诺单位：", "Promised by ")) (view.unit.label) }
        }
        div.target-measures {
            p.muted { (l.t("党建措施", "Supporting measures")) }
            ul { @for measure in &view.measures {
                li { (measure.label) span.muted { " · " (measure.unit.label) } }
            } }
        }
    }
}

/// How far a target is, as a bar with a mark for what was to be expected.
pub fn bar(one: &Assessed) -> Markup {
    let found = &one.assessment;
    let expected = found.due.filter(|_| found.days_left > 0);
    // What was met before the way began has no way behind it, and is done all the same.
    let done = found.done.or((found.state == State::Reached).then_some(Decimal::ONE));
    let picture = progress_bar(&Bar {
        done: done.map(|done| done.max(Decimal::ZERO)),
        expected,
        ink: ink(found.state),
    });
    PreEscaped(decoration(&picture, "chart-progress"))
}

/// All targets over time.
fn timeline(desk: &Desk<'_>, l: Language, progress: &Progress, query: &PlanQuery) -> Markup {
    let mut spans = Vec::new();
    for project in &desk.pack().plan.projects {
        for one in targets(desk, progress, query, &project.key) {
            let Some(target) = target_of(desk, one) else { continue };
            spans.push(Span {
                label: l.say(&target.label).into_owned(),
                group: l.say(&project.label).into_owned(),
                // A baseline is an evening's: the way begins with the next day.
                from: if one.baseline.is_some() {
                    one.since.tomorrow().unwrap_or(one.since)
                } else {
                    one.since
                },
                due: target.by,
                done: one
                    .assessment
                    .done
                    .or((one.assessment.state == State::Reached).then_some(Decimal::ONE))
                    .map(|done| done.clamp(Decimal::ZERO, Decimal::ONE)),
                state: l.say(&one.assessment.state.label()).into_owned(),
                ink: ink(one.assessment.state),
                address: Some(format!("/plan/{}", one.key)),
            });
        }
    }
    if spans.is_empty() {
        return html! {};
    }
    let day = progress.day;
    let chart = Timeline {
        spans,
        today: Some((day, day.to_string())),
        heads: [l.t("目标", "Target"), l.t("起算", "From"), l.t("期限", "Due"), l.t("状态", "State")]
            .map(str::to_owned),
    };
    let subtitle = message::text!(
        "每条自起算日至期限，填色为已完成的部分；截至 {day}",
        "Each from its beginning to its due day, filled as far as it is done; as of {day}"
    );
    drawn(
        l,
        "timeline",
        w("目标进度", "Targets over time"),
        subtitle,
        &chart,
        l.t("来源：清源账本", "Source: the book of Qingyuan"),
    )
}

/// One target.
pub fn target(
    visitor: &Visitor,
    desk: &Desk<'_>,
    progress: &Progress,
    one: &Assessed,
) -> Result<Markup, Fault> {
    let l = visitor.language;
    let target = target_of(desk, one).ok_or(Fault::NotFound)?;
    let indicator = desk.indicator(&target.indicator)?;
    let view = TargetView::of(desk, one, l);
    let plan = &desk.pack().plan;
    let project = plan.projects.iter().find(|project| project.key == target.project);
    let programme =
        project.and_then(|project| plan.programmes.iter().find(|one| one.key == project.programme));
    let ask = Ask {
        indicator: indicator.key.clone(),
        period: figure::Period::Year(progress.day.min(target.by).year()),
        as_of: None,
        known_at: None,
        lake: None,
        by: None,
        scope: Vec::new(),
        edition: None,
    };
    let answer = desk.answer(&ask)?;
    let unit = &l.say(&desk.pack().unit(&indicator.unit)).into_owned();
    let facts = Facts::new()
        .fact(l, w("目标值", "Promised"), html! { (measured(&view.value, unit)) })
        .fact(l, w("期限", "Due"), date_in_words(l, target.by))
        .fact(l, w("承诺单位", "Promised by"), html! { (view.unit.label) })
        .fact(l, w("指标", "Indicator"), html! { a href=(ask.address("")) { (view.indicator.label) } })
        .fact(l, w("项目", "Project"), project.map(|one| l.say(&one.label).into_owned()).unwrap_or_default())
        .fact(l, w("牵头单位", "Led by"), project.map(|one| desk.unit(&one.lead)).unwrap_or_default())
        .fact(
            l,
            w("工程", "Programme"),
            programme.map(|one| l.say(&one.label).into_owned()).unwrap_or_default(),
        )
        .fact(
            l,
            w("起点", "Baseline"),
            html! {
                @match &view.baseline {
                    Some(figure) => (figure_link(l, figure, &figure.address).date(&figure.as_of)),
                    None => { (one.since) (l.t("，自零起", ", from zero")) },
                }
            },
        )
        .fact(
            l,
            w("截至日应为", "To be expected"),
            html! {
                @if let Some(expected) = &view.expected { (grouped(expected)) (unit) }
            },
        )
        .fact(
            l,
            w("按目前进度到期", "When due, at this pace"),
            html! {
                @if let Some(forecast) = &view.forecast { (grouped(forecast)) (unit) }
            },
        );
    let name = &view.indicator.label;
    let subtitle = unit_first(unit, &Text::new("虚线为目标", "the dashed line is the target"));
    let lines = course_lines(l, &answer.course, name, unit, Some(target.value));
    let body = html! {
        div.columns {
            div {
                (stats(&[Stat::new(l, Text::same(name), match &view.figure {
                    Some(figure) => figure_link(l, figure, &figure.address).date(&figure.as_of).render(),
                    None => html! { "—" },
                }).picture(bar(one).into_string())]))
                h2 { (l.t("状态的依据", "Why")) }
                ul.prose { @for reason in &one.assessment.reasons { li { (l.say(reason)) } } }
            }
            div {
                h2 { (l.t("党建措施", "Supporting measures")) }
                ul.measures { @for measure in &view.measures {
                    li { b { (measure.label) } br; span.muted { (measure.unit.label) } }
                } }
            }
        }
        (drawn(l, "course", Text::same(name), subtitle, &lines, source(l, &answer.figure)))
        h2 { (l.t("目标", "The target")) }
        (facts.in_two())
        h2 { (l.t("状态的规则", "The rule of states")) }
        (rule(l))
    };
    let page = Page::new(Section::Plan, target.label.clone())
        .state(badge(l, one.assessment.state))
        .style("chart.css")
        .style("figures.css")
        .action(Button::secondary(l, w("指标", "Indicator")).icon(Icon::Figures).to(ask.address("")));
    Ok(page.render(&tabs::frame(visitor, desk), body))
}

/// The rule in words: the same as in the crate `assess`.
fn rule(l: Language) -> Markup {
    html! {
        ul.prose {
            li { (l.t("已完成：数值达到目标。对不得超过的累计数和比率、均值，期限过后才能认定。",
                "Met: the figure meets the target. Of a sum that must stay below a limit, and of a rate or mean, this can be said only when the due day has passed.")) }
            li { (l.t("未完成：期限已过而当日数值未达到目标；累计数一旦超过上限即为未完成。",
                "Missed: the due day has passed and that day's figure does not meet the target; or a sum has passed its limit.")) }
            li { (l.t("按期推进：自起点按时间均匀推进，与今天应有的数值相差不超过全程的一成。",
                "On track: measured against an even course from the baseline, it falls short by no more than a tenth of the whole way.")) }
            li { (l.t("有风险：相差超过全程的一成；比率、均值目前不符合目标。",
                "At risk: it falls short by more than a tenth; or a rate or mean does not meet the target so far.")) }
            li { (l.t("起点：存量为期限上一年末的数值（期限在以后年度的，为所看日期上一年末）；累计数自当年一月一日从零起。",
                "Baseline: of a stock, the figure at the end of the year before the due day's (or before the day looked at, if the due day lies in a later year); a sum begins at zero on 1 January.")) }
        }
    }
}
