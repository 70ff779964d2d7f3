//! The map's page: the picture beside everything that it shows, as text.

use maud::{Markup, Render, html};
use message::{Language, Text};
use serde_json::{Value, json};

use super::asked::Asked;
use super::latest::Station;
use super::list::Thing;
use super::panel::Panel;
use super::theme::Theme;
use super::view::{LayerView, MapView, StateView};
use crate::ui::{
    Badge, Button, Column, Facts, FigureLink, Icon, Row, Speak, Table, empty, grouped, map_attributes,
    map_words, w,
};

/// The body of the page; the public one has its own addresses and leads to no record.
pub fn page(l: Language, view: &MapView, asked: &Asked, public: bool) -> Markup {
    let [library, worker, css, base] = map_attributes().map(|(_, value)| value);
    let base = if public { base.replace("/tiles/", "/public/tiles/") } else { base };
    html! {
        div.map-page {
            div.map-main {
                div.map role="group" aria-label=(l.t("地图", "Map")) data-map="page"
                    data-config=(config(l, view, asked, public)) data-library=(library) data-worker=(worker)
                    data-css=(css) data-tiles=(base) data-words=(map_words(l)) {}
                (clock(l, view))
                @if !public { (measuring(l)) }
            }
            div.map-side {
                section.map-box #map-panel tabindex="-1" aria-live="polite" aria-label=(l.t("选中的记录", "The chosen record")) {
                    @if let Some(panel) = &view.panel { (told(l, panel)) }
                }
                (form(l, view, asked, public))
                div #map-theme { @if let Some(theme) = &view.theme { (theme_table(l, theme, public)) } }
            }
            div.map-lists #map-list { (lists(l, view, asked, public)) }
        }
    }
}

/// What the script needs to draw.
fn config(l: Language, view: &MapView, asked: &Asked, public: bool) -> Value {
    let root = if public { "/public/tiles" } else { "/tiles" };
    let at = asked.at.map(|at| format!("at={at}&")).unwrap_or_default();
    let reading = if asked.counted { "reading=counted&" } else { "" };
    let layers = view.layers.iter().filter(|layer| layer.shown).map(|layer| {
        let shown: Vec<&str> =
            layer.states.iter().filter(|state| state.shown).map(|state| state.key.as_str()).collect();
        let some = shown.len() < layer.states.len();
        let states = if some { format!("states={}&", shown.join(",")) } else { String::new() };
        let forms: serde_json::Map<String, Value> =
            layer.states.iter().map(|state| (state.key.clone(), json!(state.form))).collect();
        json!({
            "key": layer.key,
            "colour": layer.colour,
            "forms": forms,
            "counts": layer.counts,
            "waiting": layer.waiting,
            "states": if some { json!(shown) } else { Value::Null },
            "tiles": format!("{root}/{}/{{z}}/{{x}}/{{y}}.mvt?{at}{reading}{states}v={}", layer.key, layer.version),
            "ever": format!("{root}/{}/{{z}}/{{x}}/{{y}}.mvt?ever=1&{reading}v={}", layer.key, layer.version),
        })
    });
    let mut layers: Vec<Value> = layers.collect();
    layers.sort_by_key(|layer| layer["colour"].as_u64());
    let theme = view.theme.as_ref().map(|theme| {
        let steps = theme
            .districts
            .iter()
            .filter_map(|district| Some((district.record.to_string(), json!(district.step?))));
        steps.collect::<serde_json::Map<String, Value>>()
    });
    let stations = view.stations.as_ref().map(|stations| {
        let features: Vec<Value> = stations.iter().map(|station| point(l, station)).collect();
        json!({ "type": "FeatureCollection", "features": features })
    });
    let (west, south, east, north) = view.bounds;
    json!({
        "at": view.at,
        "days": view.days,
        "tells": !public,
        "layers": layers,
        "theme": theme,
        "stations": stations,
        "selected": view.panel.as_ref().and_then(|panel| panel.at).map(|(east, north)| [east, north]),
        "shape": view.panel.as_ref().and_then(|panel| panel.geometry.as_ref()).map(|shape| shape.to_geojson()),
        "bounds": [[west, south], [east, north]],
    })
}

fn point(l: Language, station: &Station) -> Value {
    let text = station.value.clone().unwrap_or_else(|| l.t("无数据", "no data").to_owned());
    json!({
        "type": "Feature",
        "properties": { "record": station.record, "text": text, "colour": station.colour },
        "geometry": { "type": "Point", "coordinates": [station.at.0, station.at.1] },
    })
}

/// The slider. Without a script it is not shown, and the date field of the form does the same.
fn clock(l: Language, view: &MapView) -> Markup {
    let last = view.days.len().saturating_sub(1);
    let now = view.days.iter().position(|day| *day >= view.at).unwrap_or(last);
    html! {
        div.map-clock data-clock role="group" aria-label=(l.t("时间", "Time")) {
            button.button type="button" data-play aria-pressed="false" { (l.t("播放", "Play")) }
            input type="range" min="0" max=(last) step="1" value=(now) aria-label=(l.t("日期", "Date"));
            output { (view.at) }
        }
    }
}

fn measuring(l: Language) -> Markup {
    html! {
        div.map-measure data-measure role="group" aria-label=(l.t("量算", "Measure")) {
            button.button type="button" value="line" aria-pressed="false" { (l.t("量长度", "Length")) }
            button.button type="button" value="polygon" aria-pressed="false" { (l.t("量面积", "Area")) }
            output role="status" {}
        }
    }
}

fn form(l: Language, view: &MapView, asked: &Asked, public: bool) -> Markup {
    let action = if public { "/public/map" } else { "/map" };
    let theme = view.theme.as_ref().map_or("", |theme| theme.indicator.as_str());
    html! {
        form.map-box #map-form method="get" action=(action) {
            input type="hidden" name="chosen" value="1";
            fieldset {
                legend { h2 { (l.t("图层", "Layers")) } }
                p.small-print { (l.t("最多同时显示六个", "At most six at once")) }
                div #map-layers {
                    (told_of_counting(l, view, asked, public))
                    @for layer in &view.layers { (layer_box(l, layer)) }
                    @if view.measured {
                        div.map-layer {
                            input #map-latest type="checkbox" name="latest" value="1" checked[asked.latest];
                            label for="map-latest" { (l.t("点位最新监测值", "Latest values of the stations")) }
                        }
                    }
                }
                @if !public {
                    div.map-layer {
                        input #map-reading type="checkbox" name="reading" value="counted" checked[asked.counted];
                        label for="map-reading" { (l.t("只看计入的内容", "Only what counts")) }
                    }
                }
            }
            div.field {
                label for="map-at" { (l.t("日期", "Day")) }
                div.input { input #map-at type="date" name="at" value=[asked.at]; }
            }
            @if !view.themes.is_empty() {
                div.field {
                    label for="map-theme-choice" { (l.t("按区着色的指标", "Indicator that colours the districts")) }
                    select #map-theme-choice name="theme" {
                        option value="" { (l.t("不着色", "None")) }
                        @for choice in &view.themes {
                            option value=(choice.key) selected[choice.key == theme] { (choice.label) }
                        }
                    }
                }
            }
            div.actions { (Button::secondary(l, w("显示", "Show"))) }
        }
    }
}

fn layer_box(l: Language, layer: &LayerView) -> Markup {
    let id = format!("map-layer-{}", layer.key);
    html! {
        div.map-layer {
            input id=(id) type="checkbox" name="layer" value=(layer.key) checked[layer.shown];
            label for=(id) { (layer.label) }
            @if layer.shown {
                ul.map-states {
                    @for state in &layer.states {
                        li {
                            label {
                                input type="checkbox" name="state" value={ (layer.key) ":" (state.key) } checked[state.shown];
                                (symbol(layer, state, false))
                                span { (state.label) " " span.number data-count={ (layer.key) ":" (state.key) } { (grouped(state.count)) } }
                                @if state.placeless > 0 {
                                    span data-placeless { (l.t("另有 ", "")) span.number { (grouped(state.placeless)) } (l.t(" 条没有位置", " without a place")) }
                                }
                                @if layer.verified {
                                    span.pending data-waiting={ (layer.key) ":" (state.key) } hidden[state.waiting == 0] { (more(l, state.waiting)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// So many wait for verification, in the words of a figure's door.
fn more(l: Language, waiting: usize) -> Markup {
    html! { (Icon::Clock) (l.t("另有 ", "")) span.number { (grouped(waiting)) } (l.t(" 条待核验", " more not yet verified")) }
}

/// What the numbers of the layers count, and how what does not count is drawn.
fn told_of_counting(l: Language, view: &MapView, asked: &Asked, public: bool) -> Markup {
    let shown = view.layers.iter().filter(|layer| layer.shown && layer.verified);
    let Some(colour) = shown.map(|layer| layer.colour).next() else { return html! {} };
    let class = format!("map-colour-{colour}");
    let mark = |waits: bool| {
        html! {
            svg class=(class) viewBox="0 0 18 18" width="14" height="14" aria-hidden="true"
                fill=(if waits { "none" } else { "currentColor" }) stroke="currentColor" stroke-width="2.5" stroke-dasharray=[waits.then_some("3.4 2.3")] {
                circle cx="9" cy="9" r="6" {}
            }
        }
    };
    html! {
        ul.map-legend.map-counting {
            li { (mark(false)) span { (l.t("已核验，计入指标：数目与指标同口径", "Verified: counts, here as in figures")) } }
            @if !public && !asked.counted {
                li { (mark(true)) span { (l.t("虚线：待核验，不计入", "Dashed: not yet verified, does not count")) } }
                li { span.number { "12" small { "+3" } } span { (l.t("相近各点合并：12 个计入，3 个待核验", "Near ones together: 12 count, 3 not yet verified")) } }
            }
        }
    }
}

/// The form of a state in the colour of its layer, as on the map: hollow and dashed where it waits for verification.
fn symbol(layer: &LayerView, state: &StateView, waits: bool) -> Markup {
    let class = format!("map-colour-{}", layer.colour);
    let fill = if state.form == 0 && !waits { "currentColor" } else { "none" };
    let dashes = waits.then_some("3.4 2.3");
    html! {
        svg class=(class) viewBox="0 0 18 18" width="14" height="14" aria-hidden="true" fill=(fill) stroke="currentColor" stroke-width="2.5" stroke-dasharray=[dashes] {
            @match state.form {
                0 | 1 => circle cx="9" cy="9" r="6" {},
                2 => path d="M9 2 L16 9 L9 16 L2 9 Z" {},
                3 => path d="M3 3 H15 V15 H3 Z" {},
                _ => path d="M9 2 L15.5 14 H2.5 Z" {},
            }
        }
    }
}

fn told(l: Language, panel: &Panel) -> Markup {
    let facts = Facts::new().fact(
        l,
        w("状态", "State"),
        html! {
            (Badge::state(l, Text::same(&panel.state))) " " (l.t("自 ", "since ")) span.number { (panel.since) }
            @if panel.pending { " " (Badge::pending(l)) }
        },
    );
    let facts = match (panel.pending, &panel.counts) {
        (false, _) => facts,
        (true, Some(state)) => {
            facts.fact(l, w("计入指标的状态", "Counts as"), html! { (Badge::state(l, Text::same(state))) })
        }
        (true, None) => facts.fact(l, w("计入指标", "Counts"), html! { (l.t("尚未计入", "Not yet")) }),
    };
    let facts = match &panel.owner {
        Some(owner) => facts.fact(l, w("责任单位", "Unit"), html! { (owner) }),
        None => facts,
    };
    let facts = panel
        .fields
        .iter()
        .fold(facts, |facts, (label, value)| facts.fact(l, Text::same(label), html! { (value) }));
    html! {
        p.muted { (panel.kind) }
        h2 { (panel.name) }
        (facts.render())
        @if panel.at.is_none() { p.muted { (l.t("没有录入位置", "No place has been entered")) } }
        p { a href={ "/records/" (panel.record) } { (l.t("打开记录", "Open the record")) } }
    }
}

fn theme_table(l: Language, theme: &Theme, public: bool) -> Markup {
    let unit = Text::same(&theme.unit);
    let rows = theme.districts.iter().map(|district| {
        let value = match (&district.value, &district.figure) {
            (Some(value), Some(id)) => {
                let address =
                    if public { format!("/public/figures/{}", theme.indicator) } else { format!("/f/{id}") };
                let link = FigureLink::new(l, value, &unit, address).without_unit();
                let link =
                    if district.pending > 0 { link.pending(district.pending.to_string()) } else { link };
                html! { (link) }
            }
            _ => html! { "—" },
        };
        let swatch = html! { @if let Some(step) = district.step { (square(step)) " " } (district.name) };
        Row::new(vec![swatch, value])
    });
    let title = Text::same(format!("{} {}", theme.label, theme.period));
    let columns =
        vec![Column::new(l, w("区", "District")), Column::number(l, w("数值", "Value")).unit(l, &unit)];
    html! {
        section.map-box {
            h2 { (theme.label) span.muted { " " (theme.period) } }
            ul.map-legend {
                @for (step, least, most) in &theme.steps {
                    li { (square(*step)) span { (grouped(least)) @if least != most { "–" (grouped(most)) } } }
                }
            }
            (Table::new(l, title, columns).rows(rows))
        }
    }
}

fn square(step: usize) -> Markup {
    let class = format!("map-scale-{step}");
    html! {
        svg class=(class) viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" {
            rect x="1" y="1" width="14" height="14" fill="currentColor" stroke="#6b7780" stroke-width="1" {}
        }
    }
}

fn lists(l: Language, view: &MapView, asked: &Asked, public: bool) -> Markup {
    let base = if public { "/public/map" } else { "/map" };
    html! {
        @for list in &view.lists {
            @let layer = view.layers.iter().find(|layer| layer.key == list.register);
            section.map-box {
                div.section-head {
                    h2 {
                        @if let Some(layer) = layer { (layer.label) } " " span.muted { (grouped(list.total)) }
                        @if list.waiting > 0 { " " span.pending { (more(l, list.waiting)) } }
                    }
                    @if !public { a href={ "/registers/" (list.register) } { (l.t("全部", "All")) } }
                }
                @if list.things.is_empty() && list.waiting_things.is_empty() {
                    (empty(l, w("这一天没有可显示的内容", "Nothing to show on this day"), w("换一个日期或图层", "Choose another day or layer"), None))
                } @else {
                    @let label = Text::same(layer.map_or("", |layer| layer.label.as_str()));
                    @let address = |record| (!public).then(|| asked.with_record(base, record));
                    @if !list.things.is_empty() { (things(l, &list.things, layer, &label, false, address)) }
                    @if !list.waiting_things.is_empty() {
                        h3 { (l.t("待核验，不计入", "Not yet verified, do not count")) }
                        @let Text { simplified, english, .. } = &label;
                        @let waiting = message::text!("{simplified}：待核验", "{english}: not yet verified");
                        (things(l, &list.waiting_things, layer, &waiting, true, address))
                    }
                }
            }
        }
        @if let Some(stations) = &view.stations { (station_list(l, stations, |record| (!public).then(|| asked.with_record(base, record)))) }
    }
}

fn things(
    l: Language,
    things: &[Thing],
    layer: Option<&LayerView>,
    label: &Text,
    waits: bool,
    address: impl Fn(u64) -> Option<String>,
) -> Markup {
    let rows = things.iter().map(|thing| {
        let state = layer.and_then(|layer| layer.states.iter().find(|state| state.key == thing.state));
        Row::new(vec![
            named(&thing.name, thing.record, address(thing.record)),
            html! { @if let (Some(layer), Some(state)) = (layer, state) { (symbol(layer, state, waits)) " " (state.label) } @else { (thing.state) } },
            html! { span.number { (thing.since) } },
        ])
    });
    let columns = vec![
        Column::new(l, w("名称", "Name")),
        Column::new(l, w("状态", "State")),
        Column::new(l, w("起始日期", "Since")),
    ];
    html! { (Table::new(l, label, columns).rows(rows)) }
}

/// A name that leads to the same map with the thing chosen.
fn named(name: &str, record: u64, address: Option<String>) -> Markup {
    html! {
        @match address {
            Some(address) => a href=(address) data-at-record=(record) { (name) },
            None => (name),
        }
    }
}

fn station_list(l: Language, stations: &[Station], address: impl Fn(u64) -> Option<String>) -> Markup {
    let rows = stations.iter().map(|station| {
        Row::new(vec![
            named(&station.name, station.record, address(station.record)),
            html! {
                @if let Some(value) = &station.value { (swatch(&station.colour)) " " (value) @if let Some(level) = &station.level { " " (level) } }
                @else { (l.t("无数据", "no data")) }
            },
            html! { @if let Some(time) = &station.time { span.number { (time) } } @else { "—" } },
        ])
    });
    let columns = vec![
        Column::new(l, w("点位", "Station")),
        Column::new(l, w("最新值", "Latest")),
        Column::new(l, w("时间", "Time")),
    ];
    html! {
        section.map-box {
            h2 { (l.t("点位最新监测值", "Latest values of the stations")) }
            p.small-print { (l.t("空气为实时 AQI，地表水为最近一次的水质类别，声环境为小时等效声级；未经审核", "Air: the hour's AQI; water: the class of the last sample; noise: the hour's level. Not reviewed.")) }
            (Table::new(l, w("点位最新监测值", "Latest values of the stations"), columns).rows(rows))
        }
    }
}

/// A disc in an official colour.
fn swatch(colour: &str) -> Markup {
    html! {
        svg.map-swatch viewBox="0 0 16 16" width="12" height="12" aria-hidden="true" {
            circle cx="8" cy="8" r="7" fill=(colour) stroke="#333d45" stroke-width="1" {}
        }
    }
}
