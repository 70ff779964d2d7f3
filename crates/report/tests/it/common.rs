//! A small city of indicators, and the way from a template to a document.

use std::sync::Arc;

use figure::{Figure, FigureId, Snapshot};
use jiff::civil::date;
use message::{Diagnostic, Language, Source, Text, render_concise};
use report::{Document, KnownIndicator, Meta, Request, Vocabulary};
use rust_decimal::Decimal;

pub const SNAPSHOT: Snapshot = Snapshot { known_at: 1_003_245, lake: None, pack: [0x9f, 0x3c, 0x21, 0xab] };

/// Key, label, unit, decimals, dimensions, flow, value in 2022, value in 2016.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    u8,
    &'static [&'static str],
    bool,
    Option<&'static str>,
    Option<&'static str>,
);

#[rustfmt::skip]
const INDICATORS: &[Row] = &[
    ("docks.operating", "码头数量", "个", 0, &["district", "bank"], false, Some("188"), Some("583")),
    ("docks.closed", "关停码头数量", "个", 0, &["district", "bank"], true, Some("12"), Some("40")),
    ("shoreline.length", "腾退岸线长度", "米", 3, &[], false, Some("47000.000"), Some("1200")),
    ("afforestation.area", "造林面积", "亩", 2, &[], false, Some("21400.00"), Some("0")),
    ("parks.area", "江滩公园面积", "平方米", 6, &[], false, Some("7400000.000000"), None),
    ("park_area.per_person", "人均公园绿地面积", "平方米/人", 1, &[], false, Some("15.03"), Some("9.98")),
    ("stations", "绿色驿站数量", "个", 0, &[], false, Some("423"), Some("0")),
    ("volunteers", "志愿者人数", "人", 0, &["unit"], true, Some("200000"), Some("0")),
    ("cadres", "参与干部人数", "名", 0, &[], true, Some("20314"), Some("0")),
    ("hightech", "高新技术企业数", "家", 0, &[], false, Some("10003"), Some("2177")),
    ("contracts.amount", "技术合同成交额", "元", 2, &[], true, Some("82963000000.00"), Some("0")),
    ("air.good_days", "空气质量优良天数", "天", 0, &[], true, Some("294"), Some("237")),
    ("nothing", "没有数据的指标", "%", 1, &[], false, None, None),
];

pub struct City;

impl Vocabulary for City {
    fn indicator(&self, key: &str) -> Option<KnownIndicator> {
        let (_, label, unit, decimals, dimensions, flow, ..) = INDICATORS.iter().find(|row| row.0 == key)?;
        Some(KnownIndicator {
            label: Text::new(*label, format!("label of {key}")),
            unit: (*unit).to_owned(),
            decimals: *decimals,
            dimensions: dimensions.iter().map(|dimension| (*dimension).to_owned()).collect(),
            flow: *flow,
        })
    }

    fn indicators(&self) -> Vec<String> {
        INDICATORS.iter().map(|row| row.0.to_owned()).collect()
    }

    fn dimension(&self, key: &str) -> Option<Text> {
        (key == "bank").then(|| Text::new("岸别", "Bank"))
    }

    fn value(&self, _indicator: &str, dimension: &str, value: &str) -> Option<Text> {
        match (dimension, value) {
            ("bank", "left") => Some(Text::new("左岸", "left bank")),
            ("bank", "right") => Some(Text::new("右岸", "right bank")),
            _ => None,
        }
    }
}

/// What the engine would answer: the value of the period's year, halved by bank.
pub fn answer(request: &Request) -> Vec<Figure> {
    let Some(row) = INDICATORS.iter().find(|row| row.0 == request.indicator) else { return Vec::new() };
    let text = if request.period.first().year() == 2022 { row.6 } else { row.7 };
    let value: Option<Decimal> = text.map(|text| text.parse().expect(text));
    let figure = |scope: Vec<(String, String)>, value: Option<Decimal>| Figure {
        id: FigureId {
            indicator: request.indicator.clone(),
            period: request.period,
            as_of: request.as_of.unwrap_or(request.period.last()),
            scope,
            snapshot: SNAPSHOT,
        },
        value,
        unit: row.2.to_owned(),
        decimals: row.3,
        rows: 188,
        pending: if row.0 == "stations" { 3 } else { 0 },
    };
    let scoped = |value: &str| {
        let mut scope = request.scope.clone();
        scope.push((request.by[0].clone(), value.to_owned()));
        scope
    };
    match request.by.as_slice() {
        [] => vec![figure(request.scope.clone(), value)],
        [by] if by == "bank" => {
            let left = value.map(|value| (value / Decimal::TWO).floor());
            let right = value.zip(left).map(|(value, left)| value - left);
            vec![figure(scoped("left"), left), figure(scoped("right"), right)]
        }
        _ => ["江岸区", "硚口区", "汉阳区", "武昌区", "青山区", "洪山区", "东西湖区", "蔡甸区"]
            .iter()
            .enumerate()
            .map(|(index, name)| figure(scoped(name), Some(Decimal::from(188 / (index + 1)))))
            .collect(),
    }
}

pub fn meta() -> Meta {
    Meta { synthetic: true, ..Meta::new(SNAPSHOT, "jiangcheng", [0x9f; 32]) }
}

pub fn front(body: &str) -> String {
    format!(
        "+++\ntitle = \"工作汇报\"\nissuer = \"江城市直机关工作委员会\"\nperiod = \"2022\"\ndate = 2023-01-10\n+++\n{body}"
    )
}

/// Compile, check, answer, render. All faults of the first stage that has any.
pub fn document_with(text: &str, meta: &Meta) -> Result<Document, Vec<Diagnostic>> {
    let source: Arc<Source> = Source::new("reports/work.md", text);
    let (template, faults) = report::compile(&source);
    assert_eq!(template.is_none(), !faults.is_empty(), "a template and faults: {faults:#?}");
    let Some(template) = template else { return Err(faults) };
    let faults = report::check(&template, &City);
    if !faults.is_empty() {
        return Err(faults);
    }
    let answers: Vec<Vec<Figure>> = template.requests().iter().map(answer).collect();
    let (document, faults) = report::render(&template, &answers, &City, meta);
    document.ok_or(faults)
}

pub fn document(text: &str) -> Document {
    document_with(text, &meta())
        .unwrap_or_else(|faults| panic!("{}", render_concise(&faults, Language::English)))
}

/// The body's faults, a line each, without the path.
pub fn faults(text: &str) -> String {
    match document_with(text, &meta()) {
        Ok(_) => String::new(),
        Err(faults) => {
            // Every message has to exist in both languages.
            assert!(
                faults
                    .iter()
                    .all(|fault| !fault.message.simplified.is_empty() && !fault.message.english.is_empty())
            );
            let drawn = message::render(&faults, Language::English, false);
            let hints = drawn
                .lines()
                .filter_map(|line| line.split_once("= hint: "))
                .map(|(_, hint)| format!("  hint: {hint}\n"));
            let hints: String = hints.collect();
            render_concise(&faults, Language::English).replace("reports/work.md:", "") + &hints
        }
    }
}

#[test]
fn the_date_is_the_templates() {
    let document = document(&front("文。\n"));
    assert_eq!(document.signature.date.as_deref(), Some("2023年1月10日"));
    let later =
        document_with(&front("文。\n"), &Meta { date: Some(date(2024, 12, 1)), ..meta() }).expect("sound");
    assert_eq!(later.signature.date.as_deref(), Some("2024年12月1日"));
}

/// The figures of a DOCX as they are read back: identity and what the text shows.
pub fn tags_of(docx: &[u8]) -> Vec<(String, String)> {
    let read = document::read("report.docx", docx).expect("it was just written");
    read.tags.iter().map(|tag| (tag.figure.clone(), read.text[tag.bytes.clone()].to_owned())).collect()
}
