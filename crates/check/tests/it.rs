//! Texts against a book of a few figures.

use std::collections::BTreeMap;

use check::{Ask, Book, Indicator, Lexicon, ScopeWord, Statement, Tagged, Text, judge};
use figure::{Figure, FigureId, Period, Snapshot};
use jiff::civil::Date;
use message::Text as Label;
use quantity::{Bound, ReadPattern};

/// `indicator/2022` → value; `indicator/2022@entries` for what an earlier snapshot knew.
struct Facts(BTreeMap<String, &'static str>);

const NOW: u64 = 900;
const BEFORE: u64 = 500;

impl Book for Facts {
    fn figures(&mut self, asks: &[Ask]) -> Vec<Option<Figure>> {
        asks.iter().map(|ask| self.figure(ask)).collect()
    }

    fn earlier(&self) -> Vec<u64> {
        vec![BEFORE]
    }
}

impl Facts {
    fn figure(&self, ask: &Ask) -> Option<Figure> {
        let scope: String = ask.scope.iter().map(|(key, value)| format!("/{key}={value}")).collect();
        let key = format!("{}/{}{scope}", ask.indicator, ask.period);
        let then = ask.known_at.filter(|&size| size != NOW).map(|size| format!("{key}@{size}"));
        let value = then.and_then(|key| self.0.get(&key)).or_else(|| self.0.get(&key));
        let value = value.map(|value| value.parse().expect("a decimal"));
        let unit = lexicon().indicators.into_iter().find(|one| one.key == ask.indicator)?.unit;
        Some(Figure {
            id: FigureId {
                indicator: ask.indicator.clone(),
                period: ask.period,
                as_of: ask.as_of.unwrap_or(ask.period.last()),
                scope: ask.scope.clone(),
                snapshot: Snapshot { known_at: ask.known_at.unwrap_or(NOW), lake: None, pack: [0; 4] },
            },
            rows: u64::from(value.is_some()),
            decimals: value
                .map_or(0, |value: rust_decimal::Decimal| u8::try_from(value.scale()).expect("few")),
            value,
            unit,
            pending: 0,
        })
    }
}

fn lexicon() -> Lexicon {
    let indicator = |key: &str, label: &str, unit: &str, flow: bool, reads: &[&str]| Indicator {
        key: key.to_owned(),
        label: Label::same(label),
        unit: unit.to_owned(),
        flow,
        dimensions: if key == "parks" { vec!["district".to_owned()] } else { Vec::new() },
        wordings: reads.iter().map(|one| ReadPattern::of(one, unit)).collect(),
        statements: Vec::new(),
    };
    let mut yards = indicator("yards.share", "取缔率", "%", false, &["堆沙场取缔率{n}%"]);
    let words = vec!["堆沙场".to_owned(), "全部取缔".to_owned()];
    yards.statements.push(Statement {
        words,
        bound: Bound::AtLeast,
        limit: rust_decimal::Decimal::ONE_HUNDRED,
    });
    let mut pm = indicator("pm2_5", "PM2.5", "微克/立方米", true, &["PM2.5浓度{n}微克/立方米"]);
    let words = vec!["PM2.5".to_owned(), "达到国家".to_owned(), "二级标准".to_owned()];
    pm.statements.push(Statement { words, bound: Bound::AtMost, limit: 35.into() });
    let scope = |word: &str, value: &str| ScopeWord {
        word: word.to_owned(),
        dimension: "district".to_owned(),
        value: value.to_owned(),
        strict: true,
    };
    Lexicon {
        indicators: vec![
            indicator("docks", "码头数量", "个", false, &["码头{n}个", "码头…{n}个"]),
            indicator("parks", "公园", "个", false, &["公园{n}个", "{n}个公园"]),
            indicator("stations", "绿色驿站", "个", false, &["“绿色驿站”{n}个"]),
            indicator("greenways", "绿道", "公里", false, &["绿道{n}公里"]),
            indicator("forest", "造林", "亩", true, &["造林{n}亩"]),
            indicator("good_days", "优良天数", "天", true, &["优良天数{n}天"]),
            indicator("firms", "高新技术企业", "家", false, &["高新技术企业{n}家"]),
            indicator("contracts", "成交额", "元", true, &["合同成交额{n}元"]),
            indicator("new_length", "江滩", "公里", true, &["新增江滩{n}公里"]),
            indicator("new_area", "江滩", "公顷", true, &["新增江滩…{n}公顷"]),
            indicator("classes", "培训班", "期", true, &["培训班{n}期", "培训{n}期"]),
            indicator("lessons", "培训", "期", true, &["培训{n}期"]),
            indicator("per_head", "人均", "平方米/人", false, &["人均公园绿地面积{n}平方米"]),
            yards,
            pm,
        ],
        names: vec!["江城".to_owned()],
        scopes: vec![scope("汉阳区", "hanyang"), scope("武昌区", "wuchang")],
    }
}

fn facts() -> Facts {
    Facts(BTreeMap::from(
        [
            ("docks/2016", "583"),
            ("docks/2021", "211"),
            ("docks/2022", "188"),
            ("docks/2022@500", "191"),
            ("parks/2022", "380"),
            ("parks/2022/district=hanyang", "41"),
            ("stations/2022", "423"),
            ("greenways/2022", "1210.4"),
            ("forest/2022", "21400"),
            ("good_days/2022", "294"),
            ("good_days/2021", "290"),
            ("firms/2022", "10003"),
            ("contracts/2022", "82963000000.00"),
            ("contracts/2021", "80000000000.00"),
            ("new_length/2022", "10"),
            ("new_area/2022", "138"),
            ("classes/2022", "8"),
            ("lessons/2022", "9"),
            ("per_head/2022", "14.98"),
            ("yards.share/2022", "100"),
            ("pm2_5/2021", "37"),
            ("pm2_5/2022", "34"),
        ]
        .map(|(key, value)| (key.to_owned(), value)),
    ))
}

/// `stated indicator verdict`, one a line.
fn check(text: &str, expected: &str) {
    check_tagged(text, &[], expected);
}

fn check_tagged(text: &str, tags: &[Tagged], expected: &str) {
    let found = quantity::read::read_all(text);
    let text = Text { text, tags };
    let judged = judge(&text, &found, &lexicon(), Period::Year(2022), None::<Date>, &mut facts());
    let shown: Vec<String> = judged
        .iter()
        .map(|one| {
            let indicator = one.indicator.clone().unwrap_or_else(|| one.candidates.join("|"));
            format!("{} {} {}", one.stated, indicator, one.verdict.key()).replace("  ", " - ")
        })
        .collect();
    assert_eq!(shown.join("\n"), expected, "{}", text.text);
}

#[test]
fn precision_and_words_decide() {
    check("优良天数近300天。", "近300天 good_days supported");
    check("优良天数超290天。", "超290天 good_days supported");
    check("优良天数近290天。", "近290天 good_days contradicted");
    check("优良天数近400天。", "近400天 good_days contradicted");
    check("造林2.14万亩。", "2.14万亩 forest supported");
    check("造林2.1万亩。", "2.1万亩 forest supported");
    check("造林2.15万亩。", "2.15万亩 forest contradicted");
    check("造林1427公顷。", "1427公顷 forest supported");
    check("高新技术企业总数突破10000家。", "突破10000家 firms supported");
    check("高新技术企业达10010家。", "10010家 firms contradicted");
    check("合同成交额829.63亿元。", "829.63亿元 contracts supported");
    check("合同成交额82.963亿元。", "82.963亿元 contracts contradicted");
    check("建成绿道1210公里。", "1210公里 greenways supported");
    check("人均公园绿地面积达15平方米。", "15平方米 per_head supported");
    check("“绿色驿站”400余个。", "400余个 stations supported");
    check("“绿色驿站”430余个。", "430余个 stations contradicted");
}

#[test]
fn subjects_are_carried_and_shared() {
    check("碼頭由原來的580餘個縮減爲188個。", "580餘個 docks supported\n188個 docks supported");
    check("码头由原来的590余个缩减为188个。", "590余个 docks contradicted\n188个 docks supported");
    check("码头整治成效显著，减少到188个。", "188个 docks supported");
    check("新增江灘10公里138公頃。", "10公里 new_length supported\n138公頃 new_area supported");
    check(
        "建成公园380个、“绿色驿站”400余个、绿道1210公里。",
        "380个 parks supported\n400余个 stations supported\n1210公里 greenways supported",
    );
    check(
        "优良天数294天（优86天、良208天），同比增加4天。",
        "294天 good_days supported\n86天 - unsupported\n208天 - unsupported\n4天 good_days supported",
    );
    check("码头由2016年的580余个减少到188个。", "580余个 docks supported\n188个 docks supported");
    check("码头由2021年的580余个减少到188个。", "580余个 docks contradicted\n188个 docks supported");
    check("汉阳区公园41个、全市公园380个。", "41个 parks supported\n380个 parks supported");
    check("优良天数294天，比上年增加4天。", "294天 good_days supported\n4天 good_days supported");
    check("优良天数294天，比2021年增加5天。", "294天 good_days supported\n5天 good_days contradicted");
    check("合同成交额829.63亿元，同比增长3.7%。", "829.63亿元 contracts supported\n3.7% contracts supported");
    check(
        "合同成交额829.63亿元，同比下降3.7%。",
        "829.63亿元 contracts supported\n3.7% contracts contradicted",
    );
    check("合同成交额829.63亿元，增长9.9%。", "829.63亿元 contracts supported\n9.9% contracts unsupported");
}

#[test]
fn former_truth_is_told() {
    check("码头211个。", "211个 docks outdated");
    check("码头191个。", "191个 docks outdated");
    check("2021年，码头211个。", "211个 docks supported");
}

#[test]
fn nothing_is_guessed() {
    check("培训9期。", "9期 classes|lessons ambiguous");
    check("培训班8期。", "8期 classes supported");
    check("新建学校12所。", "12所 - unsupported");
    check("公园投资5亿元。", "5亿元 - unsupported");
    check("绿道增幅全国第一，规模全省最大。", "全国第一 - unsupported\n全省最大 - unsupported");
    check("汉阳区公园41个，武昌区绿道12公里。", "41个 parks supported\n12公里 - unsupported");
    check("2012—2021年，公园380个。", "380个 - unsupported");
    check(
        "三、下一步计划\n建成公园500个。\n四、现状\n建成公园500个。",
        "500个 parks unsupported\n500个 parks contradicted",
    );
    check("市水务局公园26个。", "26个 parks unsupported");
    check("其中公园41个。", "41个 parks unsupported");
    check("东林区公园41个。", "41个 - unsupported");
    check("上半年，优良天数150天。", "150天 - unsupported");
    check("公园、绿道分别为380个、12公里。", "380个 - unsupported\n12公里 - unsupported");
    check("计划到2022年底，建成公园500个。", "500个 - unsupported");
    check("堆沙场未全部取缔。", "");
    check(
        "码头由2016年的583个减少到2022年的188个，减少395个。",
        "583个 docks supported\n188个 docks supported\n395个 - unsupported",
    );
    check("武汉绿道总长突破2000公里。", "突破2000公里 - unsupported");
    check("湖北省黄石市优良天数300天，我市优良天数294天。", "300天 - unsupported\n294天 good_days supported");
    check("计划建设绿道1500公里，新增绿道12公里。", "1500公里 - unsupported\n12公里 - unsupported");
}

#[test]
fn a_wrong_measure_is_a_contradiction_and_a_measure_word_is_not() {
    check("绿道1210公顷。", "1210公顷 greenways contradicted");
    check("绿道1210米。", "1210米 greenways contradicted");
    check("公园380处。", "380处 parks supported");
}

#[test]
fn statements_are_judged_by_their_limit() {
    check("364个沿江堆沙场全部取缔。", "364个 - unsupported\n堆沙场全部取缔 yards.share supported");
    check("PM10、PM2.5平均浓度达到国家二级标准。", "PM2.5平均浓度达到国家二级标准 pm2_5 supported");
    check("PM2.5浓度未达到国家二级标准。", "");
    // Of the year that its own sentence names, with or without a number beside it.
    check(
        "2021年，PM2.5浓度达到国家二级标准。2022年PM2.5浓度达到国家二级标准。",
        "PM2.5浓度达到国家二级标准 pm2_5 contradicted\nPM2.5浓度达到国家二级标准 pm2_5 supported",
    );
}

#[test]
fn a_tagged_figure_that_was_edited_is_found() {
    let tag = |text: &str, surface: &str, figure: &str| {
        let start = text.find(surface).expect("it stands there");
        vec![Tagged { bytes: start..start + surface.len(), figure: figure.to_owned() }]
    };
    let text = "全市有园子381个。";
    check_tagged(text, &tag(text, "381个", "parks/2022/900.00000000"), "381个 parks contradicted");
    let text = "全市有园子380个。";
    check_tagged(text, &tag(text, "380个", "parks/2022/900.00000000"), "380个 parks supported");
    let text = "园子\t380";
    check_tagged(text, &tag(text, "380", "parks/2022/900.00000000"), "380 parks supported");
    let text = "园子\t381";
    check_tagged(text, &tag(text, "381", "parks/2022/900.00000000"), "381 parks contradicted");
    let text = "全市有园子许多。";
    check_tagged(text, &tag(text, "许多", "parks/2022/900.00000000"), "许多 parks contradicted");
    // True of the book as it was then, not as it is now.
    let text = "现有岸上设施191个。";
    check_tagged(text, &tag(text, "191个", "docks/2022/500.00000000"), "191个 docks outdated");
}
