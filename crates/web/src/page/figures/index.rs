//! `/figures`: every indicator by theme, with its latest value and its course.

use std::sync::{Arc, Weak};

use axum::Json;
use axum::extract::Query;
use axum::response::IntoResponse;
use chart::{decoration, sparkline};
use figure::{Figure, Period};
use figures::Request;
use jiff::civil::Date;
use maud::{Markup, PreEscaped, Render, html};
use message::{Language, Text};
use pack::{Indicator, MeasureOver};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::ask::{Ask, AskQuery};
use super::desk::{COURSE, Desk, leave_gaps};
use super::draw::figure_link;
use super::tabs;
use super::view::{FigureView, direction_words};
use crate::app::{App, InForce};
use crate::fault::{Answer, Fault};
use crate::ui::{Column, Field, FilterBar, Page, Row, Section, Speak, Table, empty, w};
use crate::visitor::Visitor;

/// What may stand behind the question mark.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct IndexQuery {
    /// Words that the name, the key or a wording of the indicator must have.
    pub q: Option<String>,
}

/// All indicators.
#[derive(Serialize, ToSchema)]
pub struct IndexAnswer {
    /// The themes, in the order of the pack's files.
    pub themes: Vec<ThemeView>,
}

/// A theme: the indicators of one file of the pack.
#[derive(Serialize, ToSchema)]
pub struct ThemeView {
    /// The file's stem.
    pub key: String,
    /// What its indicators are about.
    pub label: String,
    /// The indicators.
    pub indicators: Vec<LatestView>,
}

/// An indicator with its latest value.
#[derive(Serialize, ToSchema)]
pub struct LatestView {
    /// The key.
    pub key: String,
    /// The name.
    pub label: String,
    /// The unit.
    pub unit: String,
    /// Which way is better, in words.
    pub direction: String,
    /// The figure of the latest period that has any rows.
    pub latest: Option<FigureView>,
    /// The values of the years, the first first; absent where there is none.
    pub course: Vec<Option<String>>,
}

/// The course of every indicator, in the order of the pack; computed at once.
pub struct Courses {
    /// One course for each indicator.
    pub courses: Vec<Vec<Option<Figure>>>,
}

impl Courses {
    /// The figure to show first: the latest that has rows, else the latest that has a value.
    pub fn latest(&self, place: usize) -> Option<&Figure> {
        let course = self.courses.get(place)?;
        let with = |wanted: fn(&Figure) -> bool| course.iter().rev().flatten().find(|figure| wanted(figure));
        with(|figure| figure.rows > 0 && figure.value.is_some())
            .or_else(|| with(|figure| figure.value.is_some()))
    }
}

/// The courses of all indicators. Those of an earlier snapshot are shown while newer ones are computed: a figure says
/// which snapshot it is of, and nobody waits for a hundred of them because an entry was made.
pub fn courses(app: &Arc<App>, now: &Arc<InForce>) -> Result<Arc<Courses>, Fault> {
    let desk = Desk::open(app, now)?;
    let year = desk.usual_period()?.first().year();
    let question = question(&desk, year);
    if let Some(found) = now.kept.find::<Courses>(&question) {
        return Ok(found);
    }
    let Some(earlier) = now.kept.find::<Arc<Courses>>(LATEST) else { return compute(&desk, year, &question) };
    if now.kept.begin(&question) {
        let (app, now) = (Arc::clone(app), Arc::clone(now));
        std::thread::spawn(move || {
            let computed = Desk::open(&app, &now).and_then(|desk| compute(&desk, year, &question));
            now.kept.end(&question);
            if let Err(fault) = computed {
                tracing::warn!(%fault, "the courses of figures could not be computed");
            }
        });
    }
    Ok(Arc::clone(&earlier))
}

const LATEST: &str = "courses";

fn question(desk: &Desk<'_>, year: i16) -> String {
    let snapshot = desk.snapshot;
    format!("courses {year} {} {}+{}", desk.today, snapshot.known_at, snapshot.lake.unwrap_or_default())
}

fn compute(desk: &Desk<'_>, year: i16, question: &str) -> Result<Arc<Courses>, Fault> {
    let made = desk.now.kept.answer(question, || {
        let years = i16::try_from(COURSE).unwrap_or(8);
        let first = year - years + 1;
        let indicators = &desk.pack().indicators;
        let snapshot = desk.snapshot;
        let request = |indicator: &Indicator, year: i16| Request {
            as_of: Some(last_day(year, desk.today)),
            known_at: Some(snapshot.known_at),
            lake: snapshot.lake,
            ..Request::new(&indicator.key, Period::Year(year))
        };
        let requests: Vec<Request> = indicators
            .iter()
            .flat_map(|indicator| (first..=year).map(move |year| request(indicator, year)))
            .collect();
        let answers = desk.engine().evaluate_each(&requests);
        let figures: Vec<Option<Figure>> =
            answers.into_iter().map(|answer| answer.ok()?.into_iter().next()).collect();
        let courses = figures.chunks(COURSE).zip(indicators).map(|(course, indicator)| {
            let mut course = course.to_vec();
            leave_gaps(&mut course, indicator.measure == MeasureOver::Flow);
            course
        });
        Ok((Courses { courses: courses.collect() }, 1 + requests.len() / 50))
    })?;
    desk.now.kept.put(LATEST, Arc::clone(&made), 1);
    Ok(made)
}

/// The year's last day, or today while it goes on.
fn last_day(year: i16, today: Date) -> Date {
    let last = Period::Year(year).last();
    if Period::Year(year).first() <= today { last.min(today) } else { last }
}

/// Computes what the pages of all indicators say when nothing else is asked for, before anybody does: the first visitor
/// of the day waits as little as the second.
pub fn warm(served: &Weak<App>) -> Result<(), Fault> {
    let Some(app) = served.upgrade() else { return Ok(()) };
    let now = app.now();
    courses(&app, &now)?;
    drop(app);
    for indicator in &now.pack.indicators {
        let Some(app) = served.upgrade() else { break };
        let desk = Desk::open(&app, &now)?;
        let ask = Ask::read(&indicator.key, &AskQuery::default(), desk.usual_period()?)?;
        // A figure that cannot be told says why on its own page.
        let _ = desk.answer(&ask);
    }
    Ok(())
}

/// The page.
pub async fn page(visitor: Visitor, Query(query): Query<IndexQuery>) -> Answer {
    let app = Arc::clone(&visitor.app);
    let shared = Arc::clone(&app);
    let page = app.work(move |app| {
        let now = Arc::clone(&visitor.now);
        let courses = courses(&shared, &now)?;
        let desk = Desk::open(app, &now)?;
        draw(&visitor, &desk, &courses, &query)
    });
    Ok(page.await?.into_response())
}

/// The same as JSON.
#[utoipa::path(
    get, path = "/api/v1/figures", tag = "figures", operation_id = "figures", params(IndexQuery),
    responses((status = 200, body = IndexAnswer), (status = "4XX", body = crate::fault::Problem, content_type = "application/problem+json")),
)]
pub async fn api(visitor: Visitor, Query(query): Query<IndexQuery>) -> Answer {
    let app = Arc::clone(&visitor.app);
    let shared = Arc::clone(&app);
    let answer = app.work(move |app| {
        let now = Arc::clone(&visitor.now);
        let courses = courses(&shared, &now)?;
        let desk = Desk::open(app, &now)?;
        view(&desk, &courses, &query, visitor.language)
    });
    Ok(Json(answer.await?).into_response())
}

fn view(
    desk: &Desk<'_>,
    courses: &Courses,
    query: &IndexQuery,
    language: Language,
) -> Result<IndexAnswer, Fault> {
    let say = |text: &Text| language.say(text).into_owned();
    let all = themes(desk)?;
    let themes = all.iter().filter_map(|theme| {
        let wanted = theme.places.iter().copied().filter(|&place| fits(desk, place, query));
        let indicators: Vec<LatestView> = wanted
            .map(|place| {
                let indicator = &desk.pack().indicators[place];
                LatestView {
                    key: indicator.key.clone(),
                    label: say(&indicator.label),
                    unit: say(&desk.pack().unit(&indicator.unit)),
                    direction: say(&direction_words(indicator.direction)),
                    latest: courses.latest(place).map(|figure| FigureView::of(desk, figure, language)),
                    course: courses.courses[place]
                        .iter()
                        .map(|figure| figure.as_ref().and_then(city::wording::shown))
                        .collect(),
                }
            })
            .collect();
        let label = say(&theme.label);
        (!indicators.is_empty()).then(|| ThemeView { key: theme.key.clone(), label, indicators })
    });
    Ok(IndexAnswer { themes: themes.collect() })
}

fn fits(desk: &Desk<'_>, place: usize, query: &IndexQuery) -> bool {
    let Some(words) = query.q.as_deref().map(str::trim).filter(|words| !words.is_empty()) else {
        return true;
    };
    let indicator = &desk.pack().indicators[place];
    // Whoever types traditional characters means the same word.
    let words: String = words.chars().map(message::simplified).collect::<String>().to_lowercase();
    let texts = [&indicator.key, &indicator.label.simplified, &indicator.label.english];
    texts.into_iter().chain(&indicator.reads).any(|text| text.to_lowercase().contains(&words))
}

/// The indicators of one file of the pack.
struct Theme {
    /// The file's stem.
    key: String,
    label: Text,
    /// Their places in the pack.
    places: Vec<usize>,
}

/// The themes, in the order of the pack's files.
fn themes(desk: &Desk<'_>) -> Result<Arc<Vec<Theme>>, Fault> {
    desk.now.kept.answer("themes", || {
        let mut themes: Vec<Theme> = Vec::new();
        for (place, indicator) in desk.pack().indicators.iter().enumerate() {
            let path = indicator.source.path.as_str();
            let stem = path.rsplit(['/', '\\']).next().unwrap_or(path).trim_end_matches(".toml");
            match themes.iter_mut().find(|theme| theme.key == stem) {
                Some(theme) => theme.places.push(place),
                None => {
                    themes.push(Theme { key: stem.to_owned(), label: Text::same(""), places: vec![place] })
                }
            }
        }
        for theme in &mut themes {
            theme.label = theme_label(desk, &theme.places);
        }
        Ok((themes, 1))
    })
}

/// What a theme is about: the registers that its indicators count, or the monitoring that they evaluate.
fn theme_label(desk: &Desk<'_>, places: &[usize]) -> Text {
    const MOST: usize = 4;
    let indicators = || places.iter().map(|&place| &desk.pack().indicators[place]);
    let mut counted: Vec<(&Text, usize)> = Vec::new();
    for indicator in indicators() {
        if desk.engine().is_measured(&indicator.key) {
            let tables = desk.engine().engine().tables_of(&indicator.key).unwrap_or_default();
            let named = |(prefix, _): &&(&str, _)| tables.iter().any(|table| table.starts_with(prefix));
            if let Some((_, (chinese, english))) = MONITORED.iter().find(named) {
                return Text::new(*chinese, *english);
            }
        }
        // The register that it counts stands first.
        let registers = desk.registers_of(&indicator.key);
        if let Some(register) = registers.first() {
            match counted.iter_mut().find(|(label, _)| **label == register.label) {
                Some((_, count)) => *count += 1,
                None => counted.push((&register.label, 1)),
            }
        }
    }
    // Those that most indicators count first; equals in the order of the file.
    counted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let more = counted.len() > MOST;
    counted.truncate(MOST);
    if counted.is_empty() {
        return indicators().next().map(|one| one.label.clone()).unwrap_or_else(|| Text::same(""));
    }
    let chinese: Vec<&str> = counted.iter().map(|(label, _)| label.simplified.as_str()).collect();
    let english: Vec<&str> = counted.iter().map(|(label, _)| label.english.as_str()).collect();
    let (more_chinese, more_english) = if more { ("等", " …") } else { ("", "") };
    Text::new(chinese.join("、") + more_chinese, english.join(", ") + more_english)
}

/// The tables that are evaluated from measurements, by how their names begin.
const MONITORED: &[(&str, (&str, &str))] = &[
    ("air_", ("空气质量", "Air")),
    ("water_", ("地表水", "Surface water")),
    ("noise_", ("声环境", "Noise")),
];

fn draw(visitor: &Visitor, desk: &Desk<'_>, courses: &Courses, query: &IndexQuery) -> Result<Markup, Fault> {
    let l = visitor.language;
    let words = query.q.clone().unwrap_or_default();
    let all = themes(desk)?;
    let themes: Vec<(&str, &Text, Vec<usize>)> = all
        .iter()
        .map(|theme| {
            let places = theme.places.iter().copied().filter(|&place| fits(desk, place, query));
            (theme.key.as_str(), &theme.label, places.collect::<Vec<_>>())
        })
        .filter(|(_, _, places)| !places.is_empty())
        .collect();
    let found: usize = themes.iter().map(|(_, _, places)| places.len()).sum();
    let body = html! {
        (FilterBar::new("/figures")
            .field(Field::search(l, "q", w("名称或说法", "Name or wording")).value(&words).inline())
            .render(l))
        @if themes.is_empty() {
            (empty(l, w("没有符合的指标", "No indicator fits"), w("换一个词再试，或清空关键字查看全部。", "Try another word, or leave it empty to see all."), None))
        } @else {
            nav.theme-list aria-label=(l.t("主题", "Themes")) {
                ul { @for (key, label, places) in &themes {
                    li { a href={ "#" (key) } { (l.say(*label)) } " " span.muted { (places.len()) } }
                } }
            }
            p.muted { (l.say(&message::text!("共 {found} 项指标", "{found} indicators"))) }
            @for (key, label, places) in &themes {
                h2 id=(key) { (l.say(*label)) }
                (table(desk, l, courses, label, places))
            }
        }
    };
    Ok(Page::new(Section::Figures, Section::Figures.label())
        .lead(w(
            "每个数都由记录算出，点开可见定义、依据与变化",
            "Every number is computed from records; open one to see its definition, rows and history",
        ))
        .style("chart.css")
        .style("figures.css")
        .render(&tabs::frame(visitor, desk), body))
}

fn table(desk: &Desk<'_>, l: Language, courses: &Courses, label: &Text, places: &[usize]) -> Markup {
    let columns = vec![
        Column::new(l, w("指标", "Indicator")),
        Column::number(l, w("最新数值", "Latest value")),
        Column::new(l, w("期间", "Period")),
        Column::new(l, w("走势", "Course")),
        Column::new(l, w("优劣", "Direction")).least(),
    ];
    let rows = places.iter().map(|&place| {
        let indicator = &desk.pack().indicators[place];
        let figure = courses.latest(place);
        let address = format!("/figures/{}", indicator.key);
        let values: Vec<_> =
            courses.courses[place].iter().map(|figure| figure.as_ref().and_then(|one| one.value)).collect();
        let known = values.iter().flatten().count();
        Row::new(vec![
            html! { (l.say(&indicator.label)) },
            html! {
                @if let Some(figure) = figure {
                    @let view = FigureView::of(desk, figure, l);
                    (figure_link(l, &view, &view.address).pending(view.pending.to_string()))
                } @else { span.muted { "—" } }
            },
            html! {
                @if let Some(figure) = figure {
                    @if indicator.measure == MeasureOver::Stock { (figure.id.as_of) } @else { (figure.id.period) }
                }
            },
            html! { @if known > 1 { (PreEscaped(decoration(&sparkline(&values), "chart-spark"))) } },
            html! { span.muted { (l.say(&direction_words(indicator.direction))) } },
        ])
        .to(address)
    });
    Table::new(l, label, columns).cards().rows(rows).render()
}
