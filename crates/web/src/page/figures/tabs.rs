//! What the pages of one indicator share: heading, tabs, and the form that asks another question.

use figure::Period;
use jiff::civil::Date;
use maud::{Markup, html};
use message::{Language, Text};

use super::ask::Ask;
use super::desk::Desk;
use super::view::IndicatorView;
use crate::fault::Fault;
use crate::ui::{Field, FilterBar, Frame, Page, Section, Speak, Tabs, w};
use crate::visitor::Visitor;

/// Which of an indicator's pages.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// Its value and course.
    Value,
    /// Its rows.
    Rows,
    /// Differences.
    Changes,
}

impl Tab {
    fn below(self) -> &'static str {
        match self {
            Self::Value => "",
            Self::Rows => "/rows",
            Self::Changes => "/changes",
        }
    }
}

/// The page with its heading.
pub fn page(ask: &Ask, label: &Text, tab: Tab) -> Page {
    let (chinese, english) = (&label.simplified, &label.english);
    let title = match tab {
        Tab::Value => label.clone(),
        Tab::Rows => message::text!("{chinese}：数据行", "{english}: rows"),
        Tab::Changes => message::text!("{chinese}：差异", "{english}: differences"),
    };
    let page =
        Page::new(Section::Figures, title).style("chart.css").style("figures.css").script("figures.js");
    if tab == Tab::Value { page } else { page.crumb(label.clone(), ask.address("")) }
}

/// The visitor's frame, with the snapshot at its foot.
pub fn frame(visitor: &Visitor, desk: &Desk<'_>) -> Frame {
    Frame { snapshot: Some(desk.pinned()), ..visitor.frame() }
}

/// The tabs of an indicator.
pub fn tabs(l: Language, ask: &Ask, current: Tab) -> Tabs {
    let tab = |tab: Tab| (ask.address(tab.below()), tab == current);
    let (value, rows, changes) = (tab(Tab::Value), tab(Tab::Rows), tab(Tab::Changes));
    Tabs::new(l, w("指标的各个方面", "What is told of the indicator"))
        .tab(l, w("数值", "Value"), value.0, value.1)
        .tab(l, w("数据行", "Rows"), rows.0, rows.1)
        .tab(l, w("差异", "Differences"), changes.0, changes.1)
}

/// The form that asks for another period, day, breakdown or edition.
pub fn filter(
    desk: &Desk<'_>,
    l: Language,
    ask: &Ask,
    view: &IndicatorView,
    tab: Tab,
) -> Result<Markup, Fault> {
    let latest = desk.usual_period()?.first().year().max(ask.period.first().year());
    let mut periods: Vec<(String, String)> =
        (0..10_i16).map(|back| ((latest - back).to_string(), (latest - back).to_string())).collect();
    let own = ask.period.to_string();
    if !periods.iter().any(|(key, _)| *key == own) {
        periods.insert(0, (own.clone(), own.clone()));
    }
    let day = ask.day(desk.today);
    let mut bar = FilterBar::new(format!("/figures/{}{}", ask.indicator, tab.below()))
        .field(Field::select(l, "period", w("期间", "Period"), periods).value(own).required().inline())
        .field(Field::date(l, "as_of", w("截至", "As of")).value(day.to_string()).inline());
    if tab == Tab::Value && !view.dimensions.is_empty() {
        let mut options = vec![(String::new(), l.t("不分组", "Not broken down").to_owned())];
        options.extend(view.dimensions.iter().map(|one| (one.key.clone(), one.label.clone())));
        let field = Field::select(l, "by", w("分组", "Break down by"), options);
        bar = bar.field(field.value(ask.by.clone().unwrap_or_default()).inline());
    }
    if view.measured {
        let mut options = vec![(String::new(), l.t("随数据日期", "By the date of the data").to_owned())];
        let words = desk.words();
        options.extend(standards::air::Edition::ALL.iter().map(|edition| {
            let key = edition.key().to_owned();
            let label = words.value_label(&ask.indicator, figures::EDITION, &key, l);
            (key, label)
        }));
        let field = Field::select(l, "edition", w("标准版本", "Edition of the standard"), options);
        bar = bar.field(field.value(ask.edition.clone().unwrap_or_default()).inline());
    }
    let known = ask.known_at.map(|known| known.to_string()).unwrap_or_default();
    bar = bar
        .more(
            Field::whole(l, "known_at", w("已知入账", "Entries known"))
                .value(known)
                .help(
                    l,
                    w(
                        "只计前若干条入账；空着为全部",
                        "Count only what the first so many entries tell; all if empty",
                    ),
                )
                .inline(),
        )
        .more(
            Field::text(l, "scope", w("范围", "Scope"))
                .value(ask.scope_words().unwrap_or_default())
                .help(l, w("维度=值，以分号分隔", "dimension=value, divided by semicolons"))
                .inline(),
        )
        .opened(ask.known_at.is_some() || !ask.scope.is_empty());
    let words = desk.words();
    for (dimension, value) in &ask.scope {
        let held = words.value_label(&ask.indicator, dimension, value, l);
        let label = desk.dimension(dimension, l);
        let without = Ask {
            scope: ask.scope.iter().filter(|(key, _)| key != dimension).cloned().collect(),
            ..ask.clone()
        };
        bar =
            bar.active(l, message::text!("{label}：{held}", "{label}: {held}"), without.address(tab.below()));
    }
    if let Some(known) = ask.known_at {
        let without = Ask { known_at: None, lake: None, ..ask.clone() };
        let words = message::text!("前 {known} 条入账", "first {known} entries");
        bar = bar.active(l, words, without.address(tab.below()));
    }
    Ok(bar.render(l))
}

/// The ends of years as links, and for those with scripts a slider over the months between them.
pub fn days(l: Language, ask: &Ask, desk: &Desk<'_>, tab: Tab) -> Markup {
    let day = ask.day(desk.today);
    let last = ask.period.last().year();
    let first = last.saturating_sub(7);
    html! {
        nav.as-of aria-label=(l.t("截至日期", "As of")) {
            ul {
                @for year in first..=last {
                    @let to = Ask { period: Period::Year(year), as_of: None, ..ask.clone() };
                    li { a href=(to.address(tab.below())) aria-current=[(year == day.year()).then_some("true")] { (year) } }
                }
            }
            div data-as-of=(Ask { as_of: None, ..ask.clone() }.address(tab.below())) data-first=(first) {
                label for="as-of-month" { (l.t("截至", "As of")) }
                input #as-of-month type="range" min="0" max="95" step="1" value=(months(first, day));
                output for="as-of-month" { (day) }
            }
        }
    }
}

fn months(first: i16, day: Date) -> i32 {
    ((i32::from(day.year()) - i32::from(first)) * 12 + i32::from(day.month()) - 1).clamp(0, 95)
}
