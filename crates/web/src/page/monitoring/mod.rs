//! `/monitoring`: what the stations measure.
//!
//! ```text
//! stations (shelf) ─┐
//!                   ├─▶ latest hour, state of devices
//! lake ─────────────┤
//!                   └─▶ a year's hours ─evaluation─▶ calendar · the year by every edition · completeness
//! ```
//!
//! The page judges by the same rules as the figures (`standards::air`), for any station and by any edition, and is no
//! figure: whoever reports a number takes it from an indicator, which is pinned.
//!
//! A year of hours is evaluated once for each state of lake and register, and kept.

mod devices;
mod draw;
mod tables;
mod view;
mod year;

use access::Action;
use axum::Json;
use axum::http::Uri;
use axum::response::IntoResponse;
use evaluation::Judge;
use standards::air::Edition;
use url::form_urlencoded;

use crate::fault::{Answer, Fault};
use crate::routes::{Need, Routes};
use crate::ui::{Page, Section, w};
use crate::visitor::Visitor;

pub use year::Years;

use view::MonitoringView;

/// `/monitoring` and its data.
pub fn routes() -> Routes {
    Routes::new()
        .get("/monitoring", Need::May(Action::View), page)
        .api(Need::May(Action::View), utoipa_axum::routes!(as_data))
}

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Which part of the page.
    pub part: Option<String>,
    /// The year; the last that has data unless said otherwise.
    pub year: Option<String>,
    /// A city's name or a station's code.
    pub place: Option<String>,
    /// The edition that judges: its key, or `by-date`.
    pub edition: Option<String>,
}

impl Asked {
    /// Reads an address; what is unknown in it is passed over.
    fn of(uri: &Uri) -> Self {
        let mut asked = Self::default();
        for (key, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
            let place = match &*key {
                "part" => &mut asked.part,
                "year" => &mut asked.year,
                "place" => &mut asked.place,
                "edition" => &mut asked.edition,
                _ => continue,
            };
            *place = Some(value.into_owned());
        }
        asked
    }

    /// Whether a program asks for what there can be; a person is shown what comes nearest.
    fn check(&self) -> Result<(), Fault> {
        let given = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
        let is_part = |value: &str| view::Part::ALL.iter().any(|part| part.key() == value);
        let is_year = |value: &str| value.parse().is_ok_and(|year: i16| (1900..=9998).contains(&year));
        let is_edition = |value: &str| value == Judge::ByDate.key() || Edition::parse(value).is_some();
        let wrong = [("part", given(&self.part).filter(|value| !is_part(value)))]
            .into_iter()
            .chain([("year", given(&self.year).filter(|value| !is_year(value)))])
            .chain([("edition", given(&self.edition).filter(|value| !is_edition(value)))])
            .find_map(|(name, value)| Some((name, value?)));
        wrong.map_or(Ok(()), |(name, value)| Err(Fault::parameter(name, &value)))
    }
}

async fn page(visitor: Visitor, uri: Uri) -> Answer {
    let asked = Asked::of(&uri);
    let (asker, question) = (visitor.clone(), asked.clone());
    let view = visitor.app.heavy_work(move |app| MonitoringView::load(app, &asker, &question)).await?;
    let head = Page::new(Section::Monitoring, w("监测", "Monitoring"))
        .lead(w(
            "点位实况、空气质量日历、各版标准对照、数据完整性和设备状态",
            "Stations now, the calendar of air quality, editions side by side, completeness and devices",
        ))
        .wide()
        .style("monitoring.css");
    Ok(visitor.page(head, draw::page(visitor.language, &view)))
}

/// Stations with their latest values, and a year of air quality.
#[utoipa::path(
    get,
    path = "/api/v1/monitoring",
    tag = "monitoring",
    params(
        ("part" = Option<view::Part>, Query, description = "`now`, `calendar`, `editions`, `completeness` or `devices`"),
        ("year" = Option<i16>, Query, minimum = 1900, maximum = 9998, description = "The year; the last that has hours unless given"),
        ("place" = Option<String>, Query, description = "A city's name or a station's code"),
        ("edition" = Option<String>, Query, description = "`2012`, another edition's key, or `by-date`")
    ),
    responses((status = 200, body = MonitoringView))
)]
async fn as_data(visitor: Visitor, uri: Uri) -> Answer {
    let asked = Asked::of(&uri);
    asked.check()?;
    let asker = visitor.clone();
    let view = visitor.app.heavy_work(move |app| MonitoringView::load(app, &asker, &asked)).await?;
    Ok(Json(view).into_response())
}
