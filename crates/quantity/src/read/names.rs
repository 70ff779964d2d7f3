//! Numbers that are no quantities although a unit follows: ranks, ordinals, classes, names, slogans, stretches of time.

use rust_decimal::Decimal;

use super::Kind;
use super::line::{Line, ends_clause};
use super::number::{Form, Numeral};
use super::units::{Found, Sort};

/// What a number with (or without) a unit is instead of a quantity; none if it is one.
pub(super) fn instead(line: &Line, at: usize, number: &Numeral, unit: Option<&Found>) -> Option<Kind> {
    if let Some(kind) = ordinal(line, at, unit) {
        return Some(kind);
    }
    let unit = unit?;
    let chinese = !matches!(number.form, Form::Arabic);
    let name = in_quotes(line, at, unit.end, chinese)
        || joined(line, at, number)
        || (chinese && chinese_name(line, at, number, unit))
        || match unit.sort {
            Sort::Level => !counts_levels(line, at, number),
            Sort::Time => time_name(line, at, unit, chinese),
            Sort::Counter => counter_name(line, unit, chinese),
            Sort::Measure => measure_name(line, unit),
            Sort::Ratio => false,
        };
    name.then_some(Kind::Name)
}

/// 第2位, 第十四次, 前三名.
fn ordinal(line: &Line, at: usize, unit: Option<&Found>) -> Option<Kind> {
    let place = unit.is_none_or(|unit| matches!(unit.name.as_str(), "位" | "名"));
    match line.before(at) {
        '第' if place && ranked(line, at) => Some(Kind::Rank),
        '第' => Some(Kind::Name),
        '后' if place && unit.is_some() => Some(Kind::Rank),
        '前' if !matches!(
            line.before(at - 1),
            '目' | '当' | '此' | '之' | '以' | '年' | '日' | '月' | '会' | '底' | '提' | '超'
        ) =>
        {
            match unit.map(|unit| unit.sort) {
                Some(Sort::Counter) if place => Some(Kind::Rank),
                Some(Sort::Time) => Some(Kind::Name),
                _ if line.starts(unit.map_or(at, |unit| unit.end), "强") => Some(Kind::Rank),
                _ => None,
            }
        }
        // 几十, 数百, 上千: no number that could be read.
        '几' | '数' if unit.is_some() && !line.at(at).is_ascii_digit() => Some(Kind::Name),
        _ => None,
    }
}

/// Whether an order of several is spoken of shortly before, or 位, 名 shortly after.
fn ranked(line: &Line, at: usize) -> bool {
    let from = line.clause_start(at, 14);
    ["全国", "全省", "全市", "全球", "世界", "居", "列", "排", "首", "位", "名"]
        .iter()
        .any(|word| line.holds(from, at, word))
}

/// “三个一批”, “0.1微克”: a number at the start of a short quotation, a Chinese one anywhere in it.
fn in_quotes(line: &Line, at: usize, unit_end: usize, chinese: bool) -> bool {
    let reach = if chinese { 10 } else { 1 };
    let plain = |character: char| !ends_clause(character) && !matches!(character, '“' | '”');
    let opened = (1..=reach).take_while(|&back| back <= at).map(|back| line.at(at - back));
    let mut opened = opened.skip_while(|&character| plain(character));
    if opened.next() != Some('“') {
        return false;
    }
    let closed = (unit_end..unit_end + 12).map(|place| line.at(place)).find(|&character| !plain(character));
    closed == Some('”')
}

/// Parts of formulas, codes and ratios: 1+3, 4×4, PM2.5, 10:30.
fn joined(line: &Line, at: usize, number: &Numeral) -> bool {
    let (before, after) = (line.before(at), line.at(number.end));
    matches!(before, '+' | '×' | '*' | '·' | '#' | '/' | '[' | '每')
        && !(before == '/' && line.at(at - 1) == ' ')
        || matches!(after, '×' | '*' | '·' | '+' | ':')
}

fn chinese_name(line: &Line, at: usize, number: &Numeral, unit: &Found) -> bool {
    let one = number.value == Decimal::ONE && number.infix.is_none() && unit.sort != Sort::Ratio;
    let class = matches!(number.form, Form::Power | Form::Positional) && number.infix.is_none();
    // 二次, 二级, 二类 are ordinals: two of a kind are 两.
    let second = number.end - at == 1 && line.at(at) == '二' && unit.sort == Sort::Counter;
    // 成百, 上千, 数十: no number; but 完成三项 is one.
    let power = matches!(line.at(at), '十' | '百' | '千' | '万' | '亿');
    let part_of_word = power && matches!(line.before(at), '几' | '数' | '上' | '成');
    // 三个“+”: a slogan of one sign.
    let sign = line.at(unit.end) == '“' && line.at(unit.end + 2) == '”';
    let session =
        unit.name == "次" && ["会议", "全会", "全体"].iter().any(|word| line.starts(unit.end, word));
    let slogan = session
        || sign
        || line.starts(at, "八项规定")
        || SLOGANS.iter().any(|slogan| line.starts(unit.end, slogan));
    one || class || second || part_of_word || slogan
}

/// What follows 三个, 两项 … in the names of well-known policies.
const SLOGANS: &[&str] = &[
    "一",
    "意识",
    "自信",
    "维护",
    "确立",
    "务必",
    "全面",
    "代表",
    "结合",
    "毫不动摇",
    "区分",
    "最严",
    "善作善成",
    "基本原则",
    "基本点",
    "百年",
    "打造",
    "先行",
    "一体",
];

/// 市、区两级, 省市县三级: levels are counted only behind their list.
fn counts_levels(line: &Line, at: usize, number: &Numeral) -> bool {
    number.form == Form::Chinese
        && matches!(line.before(at), '省' | '市' | '区' | '县' | '乡' | '镇' | '村' | '街')
}

/// 十年来, 近五年, 三年行动计划, 15分钟生活圈, 8小时平均.
fn time_name(line: &Line, at: usize, unit: &Found, chinese: bool) -> bool {
    let next = |word: &str| line.starts(unit.end, word);
    if LASTING.iter().any(|word| line.ends(at, word)) && !next("行动") && !next("计划") {
        return false;
    }
    if NAMES_BEHIND.iter().any(|word| next(word)) {
        return true;
    }
    let circle =
        (unit.end..unit.end + 8).take_while(|&place| !ends_clause(line.at(place)) && line.at(place) != '、');
    if circle.clone().any(|place| line.at(place) == '圈') && unit.name != "年" {
        return true;
    }
    if line.ends(at, "最大") || line.ends(at, "滑动") {
        return true;
    }
    if matches!(unit.name.as_str(), "年" | "个月" | "天" | "周" | "个年头" | "个季度") {
        let since = ["来", "以来", "间", "之间", "前", "内", "之内", "里", "期间", "中"]
            .iter()
            .any(|word| next(word));
        let span = ["过去", "未来", "今后", "最近", "往后", "前", "后", "这", "上", "头", "再过", "每"];
        let late = ["滞后", "落后", "延后", "推后", "目前", "提前"].iter().any(|word| line.ends(at, word));
        let span = span.iter().any(|word| line.ends(at, word)) && !late;
        // 近五年 is a stretch of time, 近300天 a count of days.
        let span = span || (line.before(at) == '近' && unit.name != "天");
        // 断流30年后 says how long; 5年后 at the start of a clause says when.
        let after = next("后") && (ends_clause(line.before(at)) || line.before(at) == '、');
        if since || span || after {
            return true;
        }
    }
    // 五年增长64.1%, 三年行动: a Chinese number of years is a name unless a word before it measures.
    chinese
        && matches!(unit.name.as_str(), "年" | "天")
        && !shortened(line, at, unit)
        && (unit.name == "年" || matches!(line.before(at), '头' | '这' | '前' | '后'))
}

/// 由六年缩短至: a length that changes.
fn shortened(line: &Line, at: usize, unit: &Found) -> bool {
    let verb =
        ["缩短", "延长", "压缩", "提高", "增加", "减少"].iter().any(|word| line.starts(unit.end, word));
    verb && matches!(line.before(at), '由' | '从')
}

/// Words before a length of time.
const LASTING: &[&str] = &[
    "连续",
    "持续",
    "提前",
    "历时",
    "为期",
    "长达",
    "累计",
    "满",
    "超过",
    "不少于",
    "任期",
    "延长",
    "缩短",
    "至少",
    "坚持",
    "耗时",
    "经过",
    "历经",
    "用了",
];

/// What makes a name of a measured time or amount before it.
const NAMES_BEHIND: &[&str] = &[
    "行动",
    "攻坚",
    "计划",
    "规划",
    "方案",
    "工程",
    "战役",
    "滑动",
    "平均",
    "均值",
    "值班",
    "值守",
    "在线",
    "不间断",
    "热线",
    "直达",
    "快线",
    "浓度",
    "代",
    "制",
    "期贷款",
    "龄",
    "版",
    "周年",
    "级",
    "时代",
];

fn counter_name(line: &Line, unit: &Found, chinese: bool) -> bool {
    // 1类、2类和4a类功能区.
    let listed = matches!(line.at(unit.end), '、' | '和' | '及') && line.at(unit.end + 1).is_ascii_digit();
    if unit.name == "类" && listed && !chinese {
        return true;
    }
    let class = unit.name == "类"
        && ["水", "区", "标", "功", "地", "声", "海"].iter().any(|word| line.starts(unit.end, word));
    class || line.starts(unit.end, "一体")
}

/// 0.1微克攻坚行动, 千亿元级.
fn measure_name(line: &Line, unit: &Found) -> bool {
    ["行动", "攻坚", "级", "俱乐部"].iter().any(|word| line.starts(unit.end, word))
}
