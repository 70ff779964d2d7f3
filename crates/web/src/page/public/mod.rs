//! `/public`: what the pack opens to everyone, without signing in.
//!
//! The pack's `[public]` names the indicators, the registers with their open fields and the layers of the map; what it
//! does not name is not there. Only verified records are shown: this is the city's word.

mod download;
mod figure;
mod view;

use axum::extract::Path;
use axum::response::IntoResponse;
use axum::{Json, http::header};
use maud::{Markup, html};
use message::Text;
use utoipa_axum::routes;

use crate::fault::{Answer, Fault, Problem};
use crate::routes::{Need, Routes};
use crate::ui::{Button, Column, FigureLink, Page, Row, Section, Speak, Table, empty, w};
use crate::visitor::Visitor;
use view::{OpenFigure, OpenRegister, PublicView};

/// `/public` and its data.
pub fn routes() -> Routes {
    Routes::new()
        .get("/public", Need::Open, page)
        .get("/public/figures/{indicator}", Need::Open, figure::page)
        .get("/public/data/{file}", Need::Open, data)
        .api(Need::Open, routes!(api_public))
}

async fn page(visitor: Visitor) -> Answer {
    let view = load(&visitor).await?;
    Ok(visitor.page(
        Page::new(Section::None, w("公开数据", "Open data"))
            .lead(w(
                "本市对外公开的指标、地图和数据，均由台账逐条计算，可下载、可复核",
                "The city's open figures, map and data: computed record by record, to download and to check",
            ))
            .style("chart.css"),
        body(&visitor, &view),
    ))
}

/// Open data: the indicators that the city publishes, with their values, and the registers that can be downloaded.
#[utoipa::path(
    get,
    path = "/api/v1/public",
    tag = "public",
    security(()),
    responses(
        (status = 200, description = "What is open to everyone", body = PublicView),
        (status = 503, description = "Too much to do just now", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn api_public(visitor: Visitor) -> Result<Json<PublicView>, Fault> {
    Ok(Json(load(&visitor).await?))
}

async fn load(visitor: &Visitor) -> Result<PublicView, Fault> {
    let (now, language) = (visitor.now.clone(), visitor.language);
    visitor.app.work(move |app| PublicView::load(app, &now, language)).await
}

/// A register's open fields as CSV, or as GeoJSON where it has a shape.
async fn data(visitor: Visitor, Path(file): Path<String>) -> Answer {
    let (key, format) = file.rsplit_once('.').ok_or(Fault::NotFound)?;
    let open = visitor.now.pack.public.register(key).ok_or(Fault::NotFound)?.clone();
    let kind = match format {
        "csv" => "text/csv; charset=utf-8",
        "geojson" => "application/geo+json",
        _ => return Err(Fault::NotFound),
    };
    let geojson = format == "geojson";
    if geojson && !open.fields.iter().any(|field| field == "geometry") {
        return Err(Fault::NotFound);
    }
    let (now, language) = (visitor.now.clone(), visitor.language);
    let bytes = visitor
        .app
        .heavy_work(move |_| {
            if geojson { download::geojson(&now, &open) } else { download::csv(&now, &open, language) }
        })
        .await?;
    let name = format!("attachment; filename=\"{key}.{format}\"");
    Ok(([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)], bytes)
        .into_response())
}

fn body(visitor: &Visitor, view: &PublicView) -> Markup {
    let l = visitor.language;
    if view.figures.is_empty() && view.registers.is_empty() {
        return empty(
            l,
            w("本市尚未公开数据", "This city has not opened any data yet"),
            w(
                "城市包的 [public] 列出对外公开的指标和台账",
                "The pack's [public] names the indicators and registers that are open",
            ),
            None,
        );
    }
    html! {
        @if !view.figures.is_empty() { section { h2 { (l.t("主要指标", "Key figures")) } (figures(visitor, &view.figures)) } }
        @if !visitor.now.pack.public.layers.is_empty() {
            section {
                h2 { (l.t("地图", "Map")) }
                p { (Button::secondary(l, w("打开公开地图", "Open the public map")).to("/public/map")) }
            }
        }
        @if !view.registers.is_empty() { section { h2 { (l.t("数据下载", "Downloads")) } (registers(visitor, &view.registers)) } }
    }
}

fn figures(visitor: &Visitor, figures: &[OpenFigure]) -> Markup {
    let l = visitor.language;
    let rows = figures.iter().map(|one| {
        Row::new(vec![
            html! { (one.label) },
            html! { @if let Some(shown) = &one.value { (FigureLink::new(l, shown, Text::same(&one.unit), format!("/public/figures/{}", one.indicator))) } @else { "—" } },
            html! { (one.period) },
        ])
    });
    let columns = vec![
        Column::new(l, w("指标", "Indicator")),
        Column::number(l, w("数值", "Value")),
        Column::new(l, w("期间", "Period")),
    ];
    html! { (Table::new(l, w("主要指标", "Key figures"), columns).rows(rows)) }
}

fn registers(visitor: &Visitor, registers: &[OpenRegister]) -> Markup {
    let l = visitor.language;
    let rows = registers.iter().map(|one| {
        Row::new(vec![
            html! { (one.label) },
            html! { (crate::ui::grouped(one.records)) },
            html! {
                span.actions { @for (name, address) in &one.files { a href=(address) download { (name) } } }
            },
        ])
    });
    let columns = vec![
        Column::new(l, w("台账", "Register")),
        Column::number(l, w("记录数", "Records")),
        Column::new(l, w("下载", "Download")),
    ];
    html! { (Table::new(l, w("数据下载", "Downloads"), columns).rows(rows)) }
}
