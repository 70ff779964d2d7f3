//! The page's markup.

use maud::{Markup, PreEscaped, Render, html};
use message::{Language, Text};
use standards::air::{Edition, Level};
use url::form_urlencoded;

use super::devices::Device;
use super::tables::{EditionRow, Editions, Month, Station as Complete};
use super::view::{MonitoringView, Part};
use crate::page::map::Station;
use crate::ui::{
    Badge, Column, Field, FilterBar, Icon, Label, Row, Speak, Table, Tabs, Tone, empty, grouped, w,
};

/// The body of the page.
pub fn page(l: Language, view: &MonitoringView) -> Markup {
    html! {
        (tabs(l, view))
        @if !view.measured {
            (empty(l, w("本市没有监测数据库", "This city keeps no measurements"),
                w("用 qingyuan lake found 建立监测数据库，再导入或接入监测数据", "Found one with `qingyuan lake found`, then import measurements or connect devices"), None))
        } @else {
            @match view.part {
                Part::Now => (now(l, &view.stations)),
                Part::Devices => (devices(l, &view.devices)),
                Part::Calendar | Part::Editions | Part::Completeness => {
                    @if view.year.is_some() {
                        (choices(l, view))
                        @match view.part {
                            Part::Calendar => (calendar(l, view)),
                            Part::Editions => (editions(l, view)),
                            _ => (completeness(l, view)),
                        }
                    } @else {
                        (empty(l, w("还没有空气小时值", "There are no hours of air yet"), w("导入或接入空气站的小时数据后显示", "Import or connect hourly data of air stations"), None))
                    }
                }
            }
        }
    }
}

fn name(part: Part) -> Label {
    match part {
        Part::Now => w("点位实况", "Stations now"),
        Part::Calendar => w("空气日历", "Calendar of air"),
        Part::Editions => w("各版标准对照", "Editions side by side"),
        Part::Completeness => w("数据完整性", "Completeness"),
        Part::Devices => w("设备状态", "Devices"),
    }
}

fn address(view: &MonitoringView, part: Part) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("part", part.key());
    if let Some(year) = view.year {
        query.append_pair("year", &year.to_string());
    }
    if !view.place.is_empty() {
        query.append_pair("place", &view.place);
    }
    format!("/monitoring?{}", query.finish())
}

fn tabs(l: Language, view: &MonitoringView) -> Markup {
    let all = Part::ALL.into_iter();
    all.fold(Tabs::new(l, w("监测", "Monitoring")), |tabs, part| {
        tabs.tab(l, name(part), address(view, part), part == view.part)
    })
    .render()
}

fn choices(l: Language, view: &MonitoringView) -> Markup {
    let years = view.years.iter().rev().map(|year| (year.to_string(), year.to_string())).collect();
    let bar = FilterBar::new("/monitoring").hidden("part", view.part.key()).field(
        Field::select(l, "year", w("年份", "Year"), years)
            .value(view.year.map(|year| year.to_string()).unwrap_or_default())
            .required()
            .inline(),
    );
    let bar = if view.part == Part::Completeness {
        bar
    } else {
        bar.field(
            Field::select(l, "place", w("城市或点位", "City or station"), view.places.clone())
                .value(&view.place)
                .required()
                .inline(),
        )
    };
    let bar = if view.part == Part::Calendar {
        let by_date = ("by-date".to_owned(), l.t("按数据日期", "By the date of the data").to_owned());
        let editions = Edition::ALL.into_iter().map(|edition| {
            let label = Text::new(edition.label_zh(), edition.label_en());
            (edition.key().to_owned(), l.say(&label).into_owned())
        });
        let options = std::iter::once(by_date).chain(editions).collect();
        let select = Field::select(l, "edition", w("标准", "Standard"), options);
        bar.field(select.value(&view.edition).required().inline())
    } else {
        bar
    };
    bar.render(l)
}

fn now(l: Language, stations: &[Station]) -> Markup {
    let kinds = [
        ("air", w("环境空气：实时 AQI", "Air: AQI of the hour")),
        ("water", w("地表水：最近一次的水质类别", "Surface water: class of the last sample")),
        ("noise", w("声环境：小时等效声级", "Noise: level of the hour")),
    ];
    html! {
        p.muted { (l.t("实时数据未经审核，不用于考核和发布。", "Values as they came, not reviewed; not for assessment or publication.")) " "
            a href="/map?latest=1&chosen=1" { (l.t("在地图上查看", "On the map")) } }
        @for (kind, title) in kinds {
            @let own: Vec<&Station> = stations.iter().filter(|station| station.kind == kind).collect();
            @if !own.is_empty() {
                h2 { (l.say(&title)) }
                (station_table(l, title, &own))
            }
        }
        @if stations.is_empty() {
            (empty(l, w("没有可显示的点位", "There are no stations to show"), w("点位在台账“监测点位”中登记", "Stations are entered in the register of monitoring points"), None))
        }
    }
}

fn station_table(l: Language, title: Label, stations: &[&Station]) -> Markup {
    let rows = stations.iter().map(|station| {
        Row::new(vec![
            html! { (station.name) },
            html! { (station.code) },
            html! {
                @match &station.value {
                    Some(value) => { (disc(&station.colour)) " " span.number { (value) } },
                    None => span.muted { (l.t("无数据", "no data")) },
                }
            },
            html! { @if let Some(level) = &station.level { (level) } @else { "—" } },
            html! { @if let Some(time) = &station.time { span.number { (time) } } @else { "—" } },
        ])
        .to(format!("/records/{}", station.record))
    });
    let columns = vec![
        Column::new(l, w("点位", "Station")),
        Column::new(l, w("编码", "Code")).least(),
        Column::new(l, w("最新值", "Latest")),
        Column::new(l, w("级别", "Level")),
        Column::new(l, w("时间", "Time")),
    ];
    html! { (Table::new(l, title, columns).cards().rows(rows)) }
}

/// A disc in an official colour, always beside the word.
fn disc(colour: &str) -> Markup {
    html! {
        svg.monitoring-disc viewBox="0 0 16 16" width="12" height="12" aria-hidden="true" {
            circle cx="8" cy="8" r="7" fill=(colour) stroke="#333d45" stroke-width="1" {}
        }
    }
}

fn level_colour(level: Level) -> String {
    let (red, green, blue) = level.rgb();
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// The picture as it may stand in a page whose policy allows no style attribute.
fn picture(l: Language, svg: &str) -> Markup {
    // On a phone it scrolls sideways, so the keyboard must reach it.
    html! { div.monitoring-picture tabindex="0" role="region" aria-label=(l.t("图", "Picture")) { (PreEscaped(svg.replace(" style=\"font-variant-numeric:tabular-nums\"", ""))) } }
}

fn calendar(l: Language, view: &MonitoringView) -> Markup {
    let levels = Level::ALL;
    let mut columns = vec![Column::new(l, w("月份", "Month"))];
    columns
        .extend(levels.map(|level| Column::number(l, Text::new(level.category_zh(), level.category_en()))));
    columns.push(Column::number(l, w("优良", "Good or fair")));
    columns.push(Column::number(l, w("有效", "Valid")));
    columns.push(Column::number(l, w("无AQI", "Without AQI")));
    let cells = |levels: &[u32], good: u32, valid: u32, without: u32| -> Vec<Markup> {
        levels.iter().copied().chain([good, valid, without]).map(|count| html! { (count) }).collect()
    };
    let row = |month: &Month| {
        let mut all = vec![html! { (month.month) }];
        all.extend(cells(&month.levels, month.good, month.valid, month.without));
        Row::new(all)
    };
    let sum = |of: &dyn Fn(&Month) -> u32| view.months.iter().map(of).sum::<u32>();
    let mut total = vec![html! { (l.t("全年", "Year")) }];
    let by_level: Vec<u32> =
        (0..levels.len()).map(|level| sum(&|month| month.levels.get(level).copied().unwrap_or(0))).collect();
    total.extend(cells(
        &by_level,
        sum(&|month| month.good),
        sum(&|month| month.valid),
        sum(&|month| month.without),
    ));
    let title = w("各月天数", "Days by month");
    html! {
        @if let Some(svg) = &view.calendar { (picture(l, svg)) }
        h2 { (l.say(&title)) }
        (Table::new(l, title, columns).rows(view.months.iter().map(row)).total(Row::new(total)))
        details.monitoring-days {
            summary { (l.t("逐日列表", "Day by day")) }
            (day_table(l, &view.months))
        }
    }
}

fn day_table(l: Language, months: &[Month]) -> Markup {
    let rows = months.iter().flat_map(|month| &month.days).map(|(day, aqi, level, primary)| {
        let level = level.and_then(|number| Level::ALL.into_iter().find(|level| level.number() == number));
        Row::new(vec![
            html! { (day) },
            html! { @if let Some(aqi) = aqi { (aqi) } @else { "—" } },
            html! { @if let Some(level) = level { (disc(&level_colour(level))) " " (l.say(&Text::new(level.category_zh(), level.category_en()))) } @else { "—" } },
            html! { @if primary.is_empty() { "—" } @else { (primary) } },
        ])
    });
    let columns = vec![
        Column::new(l, w("日期", "Day")),
        Column::number(l, w("AQI", "AQI")),
        Column::new(l, w("级别", "Level")),
        Column::new(l, w("首要污染物", "Primary pollutant")),
    ];
    html! { (Table::new(l, w("逐日列表", "Day by day"), columns).rows(rows)) }
}

fn editions(l: Language, view: &MonitoringView) -> Markup {
    let Some(Editions { picture: svg, rows }) = &view.editions else {
        return empty(
            l,
            w("这一年没有有效日", "This year has no valid day"),
            w("换一个年份或点位", "Choose another year or station"),
            None,
        );
    };
    let row = |row: &EditionRow| {
        Row::new(vec![
            html! { (l.say(&Text::new(&row.zh, &row.en))) },
            html! { (row.good) },
            html! { (row.valid) },
            html! { @if let Some(share) = &row.share { (share) } @else { "—" } },
            html! { @if let Some(composite) = &row.composite { (composite) } @else { "—" } },
            html! {
                @match row.attains {
                    Some(true) => (Badge::new(l, Tone::Good, Icon::Tick, w("达标", "attained"))),
                    Some(false) => { (Badge::new(l, Tone::Bad, Icon::Cross, w("未达标", "not attained"))) " " (row.failing) },
                    None => (Badge::new(l, Tone::Neutral, Icon::Dash, w("数据不足，不评价", "too few data"))),
                }
            },
        ])
    };
    let columns = vec![
        Column::new(l, w("标准", "Standard")),
        Column::number(l, w("优良天数", "Good or fair days")),
        Column::number(l, w("有效天数", "Valid days")),
        Column::number(l, w("优良比例", "Share")).unit(l, Text::same("%")),
        Column::number(l, w("综合指数", "Composite index")),
        Column::new(l, w("年评价", "Year")),
    ];
    let title = w("各版标准的评价结果", "The year by each edition");
    html! {
        (picture(l, svg))
        h2 { (l.say(&title)) }
        (Table::new(l, title, columns).cards().rows(rows.iter().map(row)))
    }
}

fn completeness(l: Language, view: &MonitoringView) -> Markup {
    let mut columns = vec![Column::new(l, w("点位", "Station"))];
    columns.extend((1..=12).map(|month| Column::number(l, message::text!("{month}月", "{month}"))));
    columns.push(Column::number(l, w("有效日", "Valid days")));
    columns.push(Column::new(l, w("年评价", "Year")));
    let row = |station: &Complete| {
        let mut cells = vec![html! { (station.name) }];
        cells.extend(station.months.iter().map(|share| match share {
            Some(share) => share_cell(*share),
            None => html! { span.muted { "—" } },
        }));
        cells.push(html! { (station.valid_days) span.muted { "/" (station.days) } });
        cells.push(year_cell(l, station));
        Row::new(cells).to(format!("/records/{}", station.record))
    };
    let title = w("各月小时值的完整率（%）", "Share of hourly values by month (%)");
    html! {
        p.muted { (l.t("六项污染物应有小时值中实有的比例；低于 90% 的标出。有效日是否够作年评价，按 GB 3095 表 4 逐项判断。",
            "Hourly values of the six items that are there, of those there should be; below 90 % is marked. Whether there are enough valid days to judge the year is decided item by item (GB 3095, table 4).")) }
        h2 { (l.say(&title)) }
        (Table::new(l, title, columns).wide().rows(view.completeness.iter().map(row)))
    }
}

/// Whether the year can be judged, and if not, for want of what.
fn year_cell(l: Language, station: &Complete) -> Markup {
    let Some(lacking) = &station.lacking else {
        return Badge::new(l, Tone::Good, Icon::Tick, w("可作年评价", "can be judged")).render();
    };
    let (item, have, need) = (&lacking.item, lacking.have, lacking.need);
    let why = match lacking.month {
        Some(month) => message::text!(
            "{item} {month}月{have}天，应有{need}天",
            "{item}: {have} of {need} days in month {month}"
        ),
        None => message::text!("{item} 全年{have}天，应有{need}天", "{item}: {have} of {need} days"),
    };
    html! {
        (Badge::new(l, Tone::Warn, Icon::Clock, w("有效日不足", "too few days")))
        " " span.muted { (l.say(&why)) }
    }
}

fn share_cell(tenths: u32) -> Markup {
    let text = format!("{}.{}", tenths / 10, tenths % 10);
    html! { @if tenths < 900 { span.monitoring-gap { (text) } } @else { (text) } }
}

fn devices(l: Language, devices: &[Device]) -> Markup {
    let badge = |device: &Device| match device.state.as_str() {
        "online" => Badge::new(l, Tone::Good, Icon::Tick, w("正常", "online")),
        "late" => Badge::new(l, Tone::Warn, Icon::Clock, w("迟报", "late")),
        "by-hand" => Badge::new(l, Tone::Neutral, Icon::Edit, w("手工监测", "by hand")),
        "never" => Badge::new(l, Tone::Bad, Icon::Dash, w("无数据", "never heard of")),
        _ => Badge::new(l, Tone::Bad, Icon::Offline, w("中断", "silent")),
    };
    let rows = devices.iter().map(|device| {
        Row::new(vec![
            html! { (device.name) },
            html! { (device.code) },
            html! { (badge(device)) },
            html! { @if let Some(time) = &device.measured { span.number { (time) } } @else { "—" } },
            html! { @if let Some(time) = &device.received { span.number { (time) } } @else { "—" } },
            html! { @if let Some(hours) = device.silent_hours { (ago(l, hours)) } @else { "—" } },
            html! { @if let Some(identity) = &device.device { code { (identity) } } @else { "—" } },
        ])
        .to(format!("/records/{}", device.record))
    });
    let columns = vec![
        Column::new(l, w("点位", "Station")),
        Column::new(l, w("编码", "Code")),
        Column::new(l, w("状态", "State")),
        Column::new(l, w("最近数据的时间", "Last measured")),
        Column::new(l, w("收到时间", "Received")).least(),
        Column::new(l, w("距今", "Ago")),
        Column::new(l, w("设备标识", "Device")).least(),
    ];
    html! {
        p.muted { (l.t("小时值应在 2 小时内到达；24 小时没有数据记为中断。", "An hour's value should be here within 2 hours; a station without data for 24 hours is silent.")) }
        (Table::new(l, w("设备状态", "Devices"), columns).cards().rows(rows))
    }
}

fn ago(l: Language, hours: i64) -> String {
    let text = if hours < 48 {
        message::text!("{hours}小时", "{hours} h")
    } else {
        let days = grouped(hours / 24);
        message::text!("{days}天", "{days} days")
    };
    l.say(&text).into_owned()
}
