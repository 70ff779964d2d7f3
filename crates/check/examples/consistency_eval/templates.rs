//! Sentences in the manner of official texts whose numbers hang together, with right and wrong numbers.

use check::consistency::Rule;

use crate::made::Wrong::{Exactly, Roughly};
use crate::made::{Made, Printed, made, ratio};
use crate::random::Random;

/// A kind of sentence.
pub(crate) struct Template {
    pub(crate) rule: Rule,
    pub(crate) make: fn(&mut Random) -> Made,
}

const THINGS: &[(&str, &str)] = &[
    ("公园", "个"),
    ("排污口", "个"),
    ("黑臭水体", "条"),
    ("化工企业", "家"),
    ("志愿服务队", "支"),
    ("整改任务", "项"),
];
const AREAS: &[&str] = &["汉阳区", "武昌区", "青山区", "洪山区", "蔡甸区", "江夏区", "黄陂区"];

fn thing(random: &mut Random) -> (&'static str, &'static str) {
    THINGS[random.below(THINGS.len())]
}

pub(crate) const ALL: &[Template] = &[
    Template {
        rule: Rule::PartsSum,
        make: |random| {
            let (a, b, c) = (random.between(60, 120), random.between(150, 210), random.between(20, 30));
            let pattern = random.pick(&[
                "2022年，全市环境空气质量优良天数{}天（优{}天，良{}天，轻度污染{}天）。",
                "2022年空气质量达标天数{}天，其中优{}天、良{}天，轻度污染{}天。",
                "全年优良天数达{}天（其中优{}天、良{}天），轻度污染{}天。",
            ]);
            made(pattern, &[(a + b, 0), (a, 0), (b, 0), (c, 0)], &[Exactly(0), Exactly(1), Exactly(2)])
        },
    },
    Template {
        rule: Rule::PartsSum,
        make: |random| {
            let (a, b, c) = (random.between(11, 60), random.between(11, 60), random.between(11, 60));
            let (name, unit) = thing(random);
            let pattern = random.pick(&[
                "全市@共{}#，已完成{}#，正在实施{}#，未开工{}#。",
                "列入计划的{}#@已完成整治{}#，在建{}#，尚未启动{}#。",
                "全市{}#@中，已完成{}#，正在推进{}#，其余{}#将于明年启动。",
            ]);
            let pattern = pattern.replace('@', name).replace('#', unit);
            made(
                &pattern,
                &[(a + b + c, 0), (a, 0), (b, 0), (c, 0)],
                &[Exactly(0), Exactly(1), Exactly(2), Exactly(3)],
            )
        },
    },
    Template {
        rule: Rule::PartsSum,
        make: |random| {
            let (name, unit) = thing(random);
            let start = random.below(AREAS.len() - 2);
            let (a, b, c) = (random.between(5, 40), random.between(5, 40), random.between(5, 40));
            let pattern = random.pick(&[
                "全年共建成@{}#（0{}#、1{}#、2{}#）。",
                "完成@治理{}#，分别为0{}#、1{}#、2{}#。",
                "新建@{}#，其中0{}#，1{}#，其余{}#分布在2。",
            ]);
            let pattern = pattern
                .replace('@', name)
                .replace('#', unit)
                .replace('0', AREAS[start])
                .replace('1', AREAS[start + 1])
                .replace('2', AREAS[start + 2]);
            made(
                &pattern,
                &[(a + b + c, 0), (a, 0), (b, 0), (c, 0)],
                &[Exactly(0), Exactly(1), Exactly(2), Exactly(3)],
            )
        },
    },
    Template {
        rule: Rule::PartsSum,
        make: |random| {
            let (name, unit) = thing(random);
            let (a, b, c) = (random.between(5, 80), random.between(5, 80), random.between(5, 80));
            let pattern = random.pick(&[
                "新建@{}#、改造{}#、提升{}#，共计{}#。",
                "市级@{}#，区级@{}#，街道级@{}#，合计{}#。",
            ]);
            let pattern = pattern.replace('@', name).replace('#', unit);
            made(&pattern, &[(a, 0), (b, 0), (c, 0), (a + b + c, 0)], &[Exactly(0), Exactly(3)])
        },
    },
    Template {
        rule: Rule::PartsSum,
        make: |random| {
            let (a, b) = (random.between(1000, 9000), random.between(1000, 9000));
            let pattern = random.pick(&[
                "全市完成投资{}亿元（水利{}亿元，交通{}亿元）。",
                "造林总面积{}万亩，其中人工造林{}万亩，其余{}万亩为封山育林。",
            ]);
            made(pattern, &[(a + b, 2), (a, 2), (b, 2)], &[Roughly(0), Roughly(1), Roughly(2)])
        },
    },
    Template {
        rule: Rule::Share,
        make: |random| {
            let whole = random.between(40, 900);
            let part = random.between(whole / 4, whole - 3);
            let (name, unit) = thing(random);
            let pattern = random.pick(&[
                "全市共有@{}#，其中达标{}#，占{}%。",
                "排查@{}#，其中已完成整治{}#，占总数的{}%。",
                "全市{}#@中，已完成整治{}#，整治率{}%。",
            ]);
            let pattern = pattern.replace('@', name).replace('#', unit);
            made(
                &pattern,
                &[(whole, 0), (part, 0), (ratio(part * 100, whole, 1), 1)],
                &[Roughly(0), Roughly(1), Roughly(2)],
            )
        },
    },
    Template {
        rule: Rule::Share,
        make: |random| {
            let days = random.between(200, 360);
            let pattern = random.pick(&[
                "2022年空气质量优良天数{}天，优良率为{}%。",
                "2021年全市环境空气质量优良天数为{}天，优良天数比例{}%，空气质量稳中向好。",
                "2022年，全市达标天数{}天，空气质量优良率达{}%。",
            ]);
            made(pattern, &[(days, 0), (ratio(days * 100, 365, 1), 1)], &[Roughly(0), Roughly(1)])
        },
    },
    Template {
        rule: Rule::Share,
        make: |random| {
            let parts: Vec<i64> = (0..4).map(|_| random.between(20, 160)).collect();
            let whole: i64 = parts.iter().sum();
            let pattern = "首要污染物中，臭氧{}天，占{}%；细颗粒物{}天，占{}%；二氧化氮{}天，占{}%；可吸入颗粒物{}天，占{}%。";
            let numbers: Vec<Printed> =
                parts.iter().flat_map(|part| [(*part, 0), (ratio(*part * 100, whole, 1), 1)]).collect();
            made(pattern, &numbers, &[Roughly(0), Roughly(1), Roughly(4), Roughly(5)])
        },
    },
    Template {
        rule: Rule::Share,
        make: |random| {
            let (a, b) = (random.between(300, 500), random.between(200, 300));
            let pattern = random.pick(&[
                "水质为Ⅰ～Ⅲ类的断面占{}%，Ⅳ类占{}%，Ⅴ类占{}%，劣Ⅴ类占{}%。",
                "优良天数比例为{}%，轻度污染天数比例为{}%，中度污染天数比例为{}%，重度及以上污染天数比例为{}%。",
            ]);
            let c = random.between(20, 90);
            made(
                pattern,
                &[(a, 1), (b, 1), (c, 1), (1000 - a - b - c, 1)],
                &[Roughly(0), Roughly(1), Roughly(3)],
            )
        },
    },
    Template {
        rule: Rule::Rate,
        make: |random| {
            let (old, change) = (random.between(100, 900), random.between(50, 90));
            let new = old - old * change / 100;
            let pattern = random.pick(&[
                "长江干线船舶由{}艘减少到{}艘，下降{}%。",
                "码头数量从{}个缩减至{}个，降幅达{}%。",
                "入河排污口由整治前的{}个减少为{}个，减少{}%。",
            ]);
            made(
                pattern,
                &[(old, 0), (new, 0), (ratio((old - new) * 100, old, 1), 1)],
                &[Roughly(0), Roughly(1), Roughly(2)],
            )
        },
    },
    Template {
        rule: Rule::Rate,
        make: |random| {
            let old = random.between(1000, 9000);
            let new = old + random.between(old / 10, old / 2);
            let pattern = random.pick(&[
                "全年接待游客{}万人次，比上年的{}万人次增长{}%。",
                "完成投资{}亿元，较2021年的{}亿元增长{}%。",
            ]);
            made(
                pattern,
                &[(new, 1), (old, 1), (ratio((new - old) * 100, old, 1), 1)],
                &[Roughly(0), Roughly(1), Roughly(2)],
            )
        },
    },
    Template {
        rule: Rule::Rate,
        make: |random| {
            let old = random.between(100, 900);
            let change = random.between(old / 5, old / 2);
            let rate = ratio(change * 100, old, 1);
            let pattern = random.pick(&[
                "技术合同成交额{}亿元，比上年增加{}亿元，增长{}%。",
                "新能源汽车保有量达到{}万辆，较上年增加{}万辆，增长{}%。",
            ]);
            made(pattern, &[(old + change, 0), (change, 0), (rate, 1)], &[Roughly(0), Roughly(1), Roughly(2)])
        },
    },
    Template {
        rule: Rule::FromTo,
        make: |random| {
            let old = random.between(20, 200);
            let new = old + random.between(11, 99);
            let (name, unit) = thing(random);
            let pattern = random.pick(&[
                "@由{}#增加到{}#，增加{}#。",
                "@从2016年的{}#提升至2022年的{}#，净增{}#。",
                "@数量由原来的{}#扩大到{}#，增加了{}#。",
            ]);
            let pattern = pattern.replace('@', name).replace('#', unit);
            made(&pattern, &[(old, 0), (new, 0), (new - old, 0)], &[Exactly(0), Exactly(1), Exactly(2)])
        },
    },
    Template {
        rule: Rule::FromTo,
        make: |random| {
            let old = random.between(300, 700);
            let new = old + random.between(20, 200);
            let pattern = random.pick(&[
                "城镇化率由{}%提高到{}%，提高{}个百分点。",
                "绿化覆盖率从{}%提升到{}%，提升了{}个百分点。",
            ]);
            made(pattern, &[(old, 1), (new, 1), (new - old, 1)], &[Roughly(0), Roughly(1), Roughly(2)])
        },
    },
    Template {
        rule: Rule::FromTo,
        make: |random| {
            let old = random.between(250, 300);
            let new = old + random.between(2, 30);
            let pattern = random.pick(&[
                "2022年空气质量优良天数{}天，比2021年的{}天增加{}天。",
                "2022年优良天数{}天，较上年的{}天增加{}天。",
            ]);
            made(pattern, &[(new, 0), (old, 0), (new - old, 0)], &[Exactly(0), Exactly(1), Exactly(2)])
        },
    },
    Template {
        rule: Rule::FromTo,
        make: |random| {
            let old = random.between(250, 300);
            let new = old + random.between(2, 30);
            let pattern = random.pick(&[
                "2021年优良天数{}天，2022年优良天数{}天，比2021年增加{}天。",
                "2021年，全市优良天数为{}天。2022年，全市优良天数为{}天，比上年增加{}天。",
            ]);
            made(pattern, &[(old, 0), (new, 0), (new - old, 0)], &[Exactly(0), Exactly(1), Exactly(2)])
        },
    },
    Template {
        rule: Rule::FromTo,
        make: |random| {
            let old = random.between(50, 90);
            let new = random.between(5, 40);
            let (name, unit) = thing(random);
            let made = |verb: &str| format!("{name}由{old}{unit}{verb}{new}{unit}。");
            let wrong = vec![made("增加到"), made("提高到"), made("扩大至")];
            Made { right: made(random.pick(&["减少到", "缩减为", "下降至"])), wrong, tables: false }
        },
    },
    Template {
        rule: Rule::Conversion,
        make: |random| {
            let hectares = random.between(1000, 9000);
            let pattern = random.pick(&["完成造林{}公顷（{}亩）。", "新增江滩绿地{}公顷（约合{}亩）。"]);
            made(pattern, &[(hectares, 1), (ratio(hectares * 15, 10, 0), 0)], &[Roughly(0), Roughly(1)])
        },
    },
    Template {
        rule: Rule::Conversion,
        make: |random| {
            let mu = random.between(150, 9000);
            let pattern = random.pick(&["修复湿地{}万亩（{}万公顷）。", "治理面积{}万亩，折合{}万公顷。"]);
            made(pattern, &[(mu, 1), (ratio(mu, 15, 1), 2)], &[Roughly(0), Roughly(1)])
        },
    },
    Template {
        rule: Rule::Conversion,
        make: |random| {
            let kilometres = random.between(11, 990);
            made(
                "岸线长{}公里（{}米）。",
                &[(kilometres, 1), (kilometres * 100, 0)],
                &[Exactly(0), Roughly(1)],
            )
        },
    },
    Template {
        rule: Rule::Repeated,
        make: |random| {
            let length = random.between(100, 999);
            let pattern = random.pick(&[
                "全市绿道总长度{}公里。沿江绿化面貌焕然一新，全市绿道总长度{}公里。",
                "2022年，全市污水处理能力达到{}万吨，水质稳定达标。2022年全市污水处理能力为{}万吨。",
            ]);
            made(pattern, &[(length, 1), (length, 1)], &[Exactly(0), Exactly(1)])
        },
    },
    Template {
        rule: Rule::TableSum,
        make: |random| {
            let rows: Vec<(i64, i64)> =
                (0..3).map(|_| (random.between(10, 90), random.between(100, 900))).collect();
            let pattern = "区\t公园数量（个）\t公园面积（公顷）\n汉阳区\t{}\t{}\n武昌区\t{}\t{}\n青山区\t{}\t{}\n合计\t{}\t{}\n";
            let mut numbers: Vec<Printed> =
                rows.iter().flat_map(|(count, area)| [(*count, 0), (*area, 1)]).collect();
            numbers.push((rows.iter().map(|row| row.0).sum(), 0));
            numbers.push((rows.iter().map(|row| row.1).sum(), 1));
            made(pattern, &numbers, &[Exactly(0), Exactly(6), Roughly(7), Exactly(2)])
        },
    },
    Template {
        rule: Rule::TableText,
        make: |random| {
            let cells: Vec<i64> = (0..2).map(|_| random.between(10, 90)).collect();
            let areas: Vec<i64> = (0..2).map(|_| random.between(100, 900)).collect();
            let pattern = "汉阳区公园数量为{}个，武昌区的公园面积{}公顷。\n区\t公园数量（个）\t公园面积（公顷）\n汉阳区\t{}\t{}\n武昌区\t{}\t{}\n";
            let numbers =
                [(cells[0], 0), (areas[1], 1), (cells[0], 0), (areas[0], 1), (cells[1], 0), (areas[1], 1)];
            made(pattern, &numbers, &[Exactly(0), Roughly(1), Exactly(2), Roughly(5)])
        },
    },
    Template {
        rule: Rule::Days,
        make: |random| {
            let good = random.between(200, 300);
            let light = 365 - good - random.between(20, 40);
            let rest = 365 - good - light;
            let right = format!("2022年优良{good}天，轻度污染{light}天，中度污染{rest}天。");
            let over = random.between(1, 30);
            let wrong = vec![
                format!("2022年优良{}天，轻度污染{light}天，中度污染{rest}天。", good + over),
                format!("2022年优良{good}天，轻度污染{}天，中度污染{rest}天。", light + over),
                format!("2022年全市优良天数{}天。", 365 + over),
                format!("2023年2月，全市优良天数{}天。", 28 + over % 10 + 1),
                "2022年2月30日，全市召开生态环境保护大会。".to_owned(),
            ];
            Made { right, wrong, tables: false }
        },
    },
];
