//! The demo pack's wordings, held against sentences as officials write them: each number belongs to one indicator.
//!
//! The reading here is the plainest there is: words in their order, the adjacent ones next to the number but for
//! a few words that may stand between, the wording with the most letters first. `check` does better; what is
//! ambiguous even here needs better wordings, not a cleverer reader.

use std::path::Path;

use pack::{Pack, ReadPattern};
use rust_decimal::Decimal;

fn jiangcheng() -> Pack {
    let files = pack::read_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/jiangcheng"));
    let (pack, faults) = pack::compile(files.expect("the pack is there"));
    let told = message::render_concise(&faults, message::Language::English);
    assert_eq!(told, "", "the pack is without faults and warnings");
    pack.expect("no fault")
}

/// What may stand between a number and the words before it.
const BETWEEN: &[&str] =
    &["近", "约", "超过", "超", "突破", "达到", "达", "共", "总计", "已", "为", "至", "有", "到", "逾"];

fn fits(pattern: &ReadPattern, before: &str, after: &str) -> bool {
    let mut before = before;
    if pattern.adjacent_before {
        let last = pattern.before.last().expect("adjacent to something");
        while !before.ends_with(last.as_str()) {
            let Some(word) = BETWEEN.iter().find(|word| before.ends_with(**word)) else { return false };
            before = &before[..before.len() - word.len()];
        }
    }
    let mut rest = before;
    for words in &pattern.before {
        let Some(at) = rest.find(words.as_str()) else { return false };
        rest = &rest[at + words.len()..];
    }
    if pattern.adjacent_after && !pattern.after.first().is_some_and(|first| after.starts_with(first.as_str()))
    {
        return false;
    }
    let mut rest = after;
    for words in &pattern.after {
        let Some(at) = rest.find(words.as_str()) else { return false };
        rest = &rest[at + words.len()..];
    }
    true
}

/// The indicators that read a number best: those whose wording has the most letters.
fn readers(pack: &Pack, before: &str, unit: &str, after: &str) -> Vec<String> {
    let mut best = (0, Vec::new());
    for indicator in &pack.indicators {
        for pattern in &indicator.patterns {
            let means = pattern.value_in(Decimal::ONE, unit, &indicator.unit).is_some();
            if !means || !fits(pattern, before, after) {
                continue;
            }
            let letters: usize =
                pattern.before.iter().chain(&pattern.after).map(|words| words.chars().count()).sum();
            if letters > best.0 {
                best = (letters, Vec::new());
            }
            if letters == best.0 && !best.1.contains(&indicator.key) {
                best.1.push(indicator.key.clone());
            }
        }
    }
    best.1
}

/// A sentence with its quantities as `[number|unit]`, and the indicator of each (`-` for none).
fn check(pack: &Pack, marked: &str, expected: &[&str]) {
    let mut pieces = marked.split(['[', ']']);
    let mut sentence = pieces.next().unwrap_or_default().to_owned();
    let mut places = Vec::new();
    while let (Some(quantity), Some(text)) = (pieces.next(), pieces.next()) {
        let (number, unit) = quantity.split_once('|').expect("[number|unit]");
        let start = sentence.len();
        sentence += number;
        sentence += unit;
        places.push((start, sentence.len(), unit.trim_start_matches(['余', '多'])));
        sentence += text;
    }
    let found: Vec<String> = places
        .iter()
        .map(|(start, end, unit)| {
            let readers = readers(pack, &sentence[..*start], unit, &sentence[*end..]);
            if readers.is_empty() { "-".to_owned() } else { readers.join(" or ") }
        })
        .collect();
    assert_eq!(found, expected, "{marked}");
}

#[test]
fn each_number_of_the_source_report_belongs_to_one_indicator() {
    let pack = jiangcheng();
    let check = |marked: &str, expected: &[&str]| check(&pack, marked, expected);
    check("持续举办[8|期]全市厅局级领导干部培训班", &["learning.leadership_classes"]);
    check(
        "策划“长江大保护”“四水共治”等专题,发动[2万|余名]机关党员干部积极参与,形成网上宣传声势",
        &["campaigns.staff"],
    );
    check(
        "实施“大河对话”“湿地小卫士”等实践活动,发动[20|万名]志愿者助力生态环境保护,守好大江大湖成为全市上下共识",
        &["volunteers.people"],
    );
    check(
        "全市完成[88|家]沿江化工企业关改搬转,腾退岸线[47|公里],“两江四岸”造林[2.14|万亩],建设[284|公里]的百里长江\
         生态廊道,建成总面积[740|万平方米]的全国最大江滩公园",
        &[
            "chemicals.completed",
            "shoreline.returned",
            "afforestation.area",
            "corridor.length",
            "riverside_parks.area",
        ],
    );
    check(
        "如市水务局通过打造《千里江堤“绿映红”》党建品牌,高标准推进百里长江生态廊道规划建设,仅2022年就完成重点示范\
         项目[6|个]、改造闸口[42|处],新增江滩[10|公里][138|公顷]、新增滨江碧道[12|公里]",
        &[
            "water.demonstrations",
            "water.gates_rebuilt",
            "riverside_parks.new_length",
            "riverside_parks.new_area",
            "blueways.new_length",
        ],
    );
    check(
        "市湖泊局打造《长江主轴党旗红》党建品牌,长江汉江沿线码头由原来的[580|余个]缩减为[188|个],[364|个]沿江堆沙场\
         全部取缔,严厉打击非法采砂活动,确保长江安澜",
        &["docks.operating", "docks.operating", "sand_yards.closed"],
    );
    check(
        "截至目前,建成各类公园[380|个]、“绿色驿站”[400|余个]、绿道[1210|公里],人均公园绿地面积达[15|平方米],大大提升了\
         城市颜值",
        &["parks.count", "green_stations.count", "greenways.length", "park_area.per_person"],
    );
    check(
        "市城管执法委通过创建《红橙先锋队》品牌,开展城管革命,全市空气质量优良天数近[300|天],PM10、PM2.5和NO2平均浓度\
         达到国家二级标准",
        &["air.good_days"],
    );
    check(
        "动员[86|家]市直单位、[2573|个]党支部结合处室职能普遍参与“新时代英雄城市先锋队”主题实践活动",
        &["pioneer.units", "pioneer.branches"],
    );
    check(
        "选派[320|名]科技特派员驻点高校、企业服务科技成果转化,登记技术合同[17745|项],合同成交额[829.63|亿元]",
        &["commissioners.posted", "contracts.count", "contracts.amount"],
    );
    check("2022年全年推动市高新技术企业总数突破[10000|家]", &["enterprises.high_tech"]);
    check(
        "全年新增国家级专精特新“小巨人”[158|家],实现工业企业“小进规”历史突破、专精特新“小巨人”增幅全国第一",
        &["enterprises.new_little_giants"],
    );
    check("推动[319|项]政务服务事项“跨市通办”", &["services.cross_city"]);
    check("支持“相互认”“自由转”“就地办”,推动城市圈[九|城]住房公积金打通使用", &["housing_fund.cities"]);
}

#[test]
fn other_texts_say_the_same_in_their_words() {
    let pack = jiangcheng();
    let check = |marked: &str, expected: &[&str]| check(&pack, marked, expected);
    check("建成碧道[12|公里],完成造林[2.14|万亩]", &["blueways.new_length", "afforestation.area"]);
    check("累计建成碧道[58|公里]", &["blueways.length"]);
    check("全年新增造林[1500|亩]", &["afforestation.area_in_period"]);
    check("腾退长江岸线[47000|米]", &["shoreline.returned"]);
    check(
        "优良天数[294|天],其中优[86|天]、良[208|天],优良率[80.5|%],PM2.5年均浓度[34|微克/立方米]",
        &["air.good_days", "air.excellent_days", "air.fair_days", "air.good_rate", "air.pm2_5_mean"],
    );
    check(
        "空气质量优良[294|天],细颗粒物(PM2.5)平均浓度为[0.034|毫克/立方米],PM10浓度[57|微克/立方米]",
        &["air.good_days", "air.pm2_5_mean", "air.pm10_mean"],
    );
    check("码头由[583|个]压减至[188|个]", &["docks.operating", "docks.operating"]);
    check("关停码头[12|个],登记码头[590|个]", &["docks.closed", "docks.all"]);
    check("取缔沿江堆沙场[364|个]", &["sand_yards.closed"]);
    check("注册志愿者[21|万名],志愿服务[60|万人次]", &["volunteers.signed_up", "volunteers.turnouts"]);
    check(
        "2022年全市环境空气质量优良天数[294|天](优[86|天],良[208|天],轻度污染[59|天],中度污染[11|天],重度污染[1|天])",
        &[
            "air.good_days",
            "air.excellent_days",
            "air.fair_days",
            "air.light_days",
            "air.moderate_days",
            "air.heavy_days",
        ],
    );
    check("现有党支部[2573|个]、党员[4.6|万名]", &["organisation.branches", "organisation.members"]);
    check("新建公园[12|个],绿道总里程[1210|公里]", &["parks.new", "greenways.length"]);
    check("推动[319|项]政务服务事项在城市圈[9|个]城市跨市通办", &["services.cross_city", "services.cities"]);
    check(
        "高新技术企业达到[10003|家],技术合同成交额达[829.63|亿元]",
        &["enterprises.high_tech", "contracts.amount"],
    );
}

#[test]
fn what_the_pack_does_not_count_is_read_as_nothing() {
    let pack = jiangcheng();
    let check = |marked: &str, expected: &[&str]| check(&pack, marked, expected);
    check("建成口袋公园[120|个],新建公路[284|公里],岸线整治[47|公里]", &["-", "-", "-"]);
    check("举办[8|期]青年干部培训班,发放补贴[829.63|亿元]", &["-", "-"]);
    check("新增绿道[1000|公里],植树造林[659|万亩],沿黄生态廊道[1194|公里]", &["-", "-", "-"]);
    check("取缔各类非法码头[1211|个],新增停车泊位[240|个],[36|个]湖泊水质好转", &["-", "-", "-"]);
    check("绿地面积[527|公顷]的江滩公园,国考断面优良率达到[88.8|%]", &["-", "-"]);
    check("志愿者[20|人次],公园绿地[15|公里],码头[3|公顷]", &["-", "-", "-"]);
}

/// The figures' words in the pack's own report, as it prints them.
#[test]
fn the_packs_own_report_is_read_back() {
    let pack = jiangcheng();
    let check = |marked: &str, expected: &[&str]| check(&pack, marked, expected);
    check("先后举办[8|期]领导干部培训班", &["learning.leadership_classes"]);
    check(
        "2022年共组织学习[500|场]、到课[3|万人次],市直单位学习覆盖率为[100|%]",
        &["learning.sessions", "learning.attendances", "learning.unit_coverage"],
    );
    check(
        "累计发动志愿者[20|万名],仅2022年就到场服务超[60|万人次],服务时长超[100|万小时]",
        &["volunteers.people", "volunteers.turnouts", "volunteers.hours"],
    );
    check("参与网上宣传的机关党员干部有[2万|余名]", &["campaigns.staff"]);
    check(
        "沿江化工企业关改搬转完成[88|家];腾退岸线[47|公里];建成[284|公里]的百里长江生态廊道;江滩公园总面积达到[740|万平方米]",
        &["chemicals.completed", "shoreline.returned", "corridor.length", "riverside_parks.area"],
    );
    check("各单位申报、评审、发布、复评党建品牌,以业务指标检验成效,已发布[11|个]", &["brands.published"]);
    check("“党旗下的泵管家”所在系统运行泵站[92|座]", &["water.pump_stations"]);
    check(
        "长江汉江沿线码头由2016年末的[580|余个]减少到2022年末的[188|个],码头压减率为[67.8|%];登记在册的沿江堆沙场[364|个]均已取缔,\
         取缔率为[100|%]",
        &[
            "docks.operating",
            "docks.operating",
            "docks.share_closed",
            "sand_yards.closed",
            "sand_yards.share_closed",
        ],
    );
    check(
        "全市各类公园有[380|个],“绿色驿站”有[400|余个],绿道长[1210|公里],人均公园绿地面积为[15|平方米]",
        &["parks.count", "green_stations.count", "greenways.length", "park_area.per_person"],
    );
    check(
        "2022年全市空气质量优良天数近[300|天],其中优[86|天],良[208|天],优良率为[80.5|%];PM10年均浓度为[57|微克/立方米],\
         PM2.5年均浓度为[34|微克/立方米],NO2年均浓度为[36|微克/立方米]",
        &[
            "air.good_days",
            "air.excellent_days",
            "air.fair_days",
            "air.good_rate",
            "air.pm10_mean",
            "air.pm2_5_mean",
            "air.no2_mean",
        ],
    );
    check(
        "全市围绕六个目标组建先锋队,参与的市直单位有[86|家]、党支部有[2573|个],支部覆盖率为[100|%]",
        &["pioneer.units", "pioneer.branches", "pioneer.branch_coverage"],
    );
    check(
        "全年新增国家级专精特新“小巨人”[158|家],累计[300|家]",
        &["enterprises.new_little_giants", "enterprises.little_giants"],
    );
    check("累计签约招商项目[150|个],开工率为[60|%]", &["investment.signed", "investment.building_share"]);
    check(
        "市经信局在“光芯屏端网”产业链上组建党建联盟[5|个],成员企业有[120|家]",
        &["alliances.count", "alliances.members"],
    );
    check("推动[319|项]政务服务事项在城市圈[9|城]“跨市通办”", &["services.cross_city", "services.cities"]);
    check(
        "住房公积金在[9|城]打通使用,2022年办结同城化业务[2000|笔]",
        &["housing_fund.cities", "housing_fund.matters"],
    );
    check("仲裁机构共建协作平台,2022年移送协作案件[40|件]", &["arbitration.referrals"]);
    check(
        "“五零工作法”等便民举措[5|项],2022年便捷通关[600|船次],为船舶节省时间[900|小时]",
        &["port.measures", "port.clearances", "port.hours_saved"],
    );
}

/// Claims without a number that a sentence makes, by their words in their order.
#[test]
fn statements_are_read() {
    let pack = jiangcheng();
    let check = |sentence: &str, expected: &[&str]| {
        let mut found: Vec<String> = Vec::new();
        for indicator in &pack.indicators {
            for statement in &indicator.statements {
                let mut rest = sentence;
                let is_said = statement.words.iter().all(|words| {
                    rest.find(words.as_str()).map(|at| rest = &rest[at + words.len()..]).is_some()
                });
                if is_said {
                    found.push(format!("{} {:?} {}", indicator.key, statement.bound, statement.limit));
                }
            }
        }
        assert_eq!(found, expected, "{sentence}");
    };
    check("364个沿江堆沙场全部取缔", &["sand_yards.share_closed AtLeast 100"]);
    let classes =
        ["air.no2_attained AtLeast 1", "air.pm10_attained AtLeast 1", "air.pm2_5_attained AtLeast 1"];
    check("PM10、PM2.5和NO2平均浓度达到国家二级标准", &classes);
    check("PM10、PM2.5和NO2平均浓度均达到国家二级标准,其中PM10年均浓度为57微克/立方米", &classes);
    check("PM2.5年均浓度达到国家环境空气质量二级标准", &["air.pm2_5_attained AtLeast 1"]);
    check("PM2.5年均浓度未达到国家二级标准", &[]);
    check("臭氧浓度达到国家二级标准", &[]);
}
