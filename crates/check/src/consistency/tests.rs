//! Rules on sentences in the manner of official texts: ✓ a relation that holds, ✗ an alarm; nothing where the words
//! do not say how the numbers hang together.

mod clean;

use insta::assert_snapshot;
use proptest::prelude::*;
use quantity::read::read_all;

use super::{TableCells, consistency, relations};

/// The relations of a text, bounds that hold left out.
fn seen(text: &str) -> String {
    with_tables(text, &[])
}

fn with_tables(text: &str, tables: &[TableCells]) -> String {
    let found = read_all(text);
    relations(text, &found, tables)
        .iter()
        .filter(|relation| relation.equality || !relation.holds)
        .map(|relation| {
            let mark = if relation.holds { '✓' } else { '✗' };
            format!("{mark} {} {}", relation.rule.key(), relation.explanation.simplified)
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// Lines with tabs as the rows of one table.
fn table(text: &str) -> String {
    let mut table = TableCells::default();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if line.contains('\t') {
            let mut from = start;
            let mut row = Vec::new();
            for cell in line.trim_end_matches('\n').split('\t') {
                row.push(from..from + cell.len());
                from += cell.len() + 1;
            }
            table.rows.push(row);
        }
        start += line.len();
    }
    with_tables(text, &[table])
}

#[test]
fn parts_and_their_total() {
    assert_snapshot!(seen("全年优良天数294天（优86天，良208天，轻度污染59天）。"), @r"
        ✓ parts-sum 各部分之和：86天 + 208天 = 294天 = 294天
        ✓ parts-sum 优良天数为优与良之和：86天 + 208天 = 294天 = 294天
    ");
    assert_snapshot!(seen("全年优良天数295天（优86天，良208天，轻度污染59天）。"), @r"
        ✗ parts-sum 各部分之和：86天 + 208天 = 294天 ≠ 295天
        ✗ parts-sum 优良天数为优与良之和：86天 + 208天 = 294天 ≠ 295天
    ");
    assert_snapshot!(seen("全年優良天數295天（優86天，良208天，輕度污染59天）。"), @r"
        ✗ parts-sum 各部分之和：86天 + 208天 = 294天 ≠ 295天
        ✗ parts-sum 优良天数为优与良之和：86天 + 208天 = 294天 ≠ 295天
    ");
    assert_snapshot!(seen("全市72项工程已完成12项，开工在建30项，未开工30项。"), @"✓ parts-sum 各部分之和：12项 + 30项 + 30项 = 72项 = 72项");
    assert_snapshot!(seen("全市72项工程已完成13项，开工在建30项，未开工30项。"), @"✗ parts-sum 各部分之和：13项 + 30项 + 30项 = 73项 ≠ 72项");
    assert_snapshot!(seen("新建公园20个，其中汉阳区8个、武昌区7个。"), @"");
    assert_snapshot!(seen("新建公园20个，其中汉阳区8个、武昌区7个，其余6个在青山区。"), @"✗ parts-sum 各部分之和：8个 + 7个 + 6个 = 21个 ≠ 20个");
    assert_snapshot!(seen("新建公园20个，其中汉阳区23个。"), @"✗ parts-sum 部分不应超过总数：23个 > 20个");
    assert_snapshot!(seen("新建公园20个，其中汉阳区15个、武昌区7个。"), @"✗ parts-sum 各部分之和不应超过总数：15个 + 7个 = 22个 > 20个");
    assert_snapshot!(seen("全年新建公园21个（汉阳区8个、武昌区和青山区各6个）。"), @"✗ parts-sum 各部分之和：8个 + 6个 × 2 = 20个 ≠ 21个");
    assert_snapshot!(seen("市級公園5個，區級公園6個，合計12個。"), @"✗ parts-sum 各部分之和：5個 + 6個 = 11個 ≠ 12個");
    assert_snapshot!(seen("全市116个湖泊中，水质达Ⅱ类的有6个；水质为Ⅲ类的有30个；水质为Ⅳ类的有51个；水质为Ⅴ类的有28个。"), @"✗ parts-sum 各部分之和：6个 + 30个 + 51个 + 28个 = 115个 ≠ 116个");
    assert_snapshot!(seen("完成投资100.5亿元（水利60.2亿元，交通40.4亿元）。"), @"✓ parts-sum 各部分之和：60.2亿元 + 40.4亿元 = 100.6亿元 ≈ 100.5亿元");
    assert_snapshot!(seen("完成投资100.5亿元（水利60.2亿元，交通40.6亿元）。"), @"✗ parts-sum 各部分之和：60.2亿元 + 40.6亿元 = 100.8亿元 ≠ 100.5亿元");
}

#[test]
fn a_doubtful_list_demands_nothing() {
    assert_snapshot!(seen("共有干部120人，其中党员80人、女干部45人、35岁以下干部60人。"), @"");
    assert_snapshot!(seen("新建公园20个，其中汉阳区8个、武昌区7个等。"), @"");
    assert_snapshot!(seen("今年以来完成关改搬转71家，其中22家为清单所列企业，迄今累计完成332家。"), @"");
    assert_snapshot!(seen("建成公园12个、绿道30条，其余5个公园正在建设。"), @"");
    assert_snapshot!(seen("汽车保有量由2552万辆增至3230万辆，其中新能源汽车由45万辆增至356万辆。"), @"");
}

#[test]
fn shares() {
    assert_snapshot!(seen("排查排污口126个，其中已完成整治108个，占85.7%。"), @"✓ share 占比：108个 ÷ 126个 = 85.714% ≈ 85.7%");
    assert_snapshot!(seen("排查排污口126个，其中已完成整治108个，占87.5%。"), @"✗ share 占比：108个 ÷ 126个 = 85.714% ≠ 87.5%");
    assert_snapshot!(seen("整治河道253公里，占计划任务365公里的69%。"), @"✓ share 占比：253公里 ÷ 365公里 = 69.32% ≈ 69%");
    assert_snapshot!(seen("整治河道253公里，占计划任务365公里的96%。"), @"✗ share 占比：253公里 ÷ 365公里 = 69.32% ≠ 96%");
    assert_snapshot!(seen("全市193条黑臭水体中，已完成整治176条，整治率91.2%。"), @"✓ share 占比：176条 ÷ 193条 = 91.192% ≈ 91.2%");
    assert_snapshot!(seen("全市193条黑臭水体中，已完成整治176条，整治率92.1%。"), @"✗ share 占比：176条 ÷ 193条 = 91.192% ≠ 92.1%");
    assert_snapshot!(seen("2022年优良天数294天，优良率80.5%。"), @"✓ share 优良率：294天 ÷ 365天 = 80.548% ≈ 80.5%");
    assert_snapshot!(seen("2022年优良天数294天，优良率85.0%。"), @"✗ share 优良率：294天 ÷ 365天 = 80.548% ≠ 85.0%");
    assert_snapshot!(seen("2020年优良天数309天，优良率84.4%。"), @"✓ share 优良率：309天 ÷ 366天 = 84.426% ≈ 84.4%");
    assert_snapshot!(seen("首要污染物有152天为臭氧，占53.7%；70天为细颗粒物，占24.7%；31天为二氧化氮，占11.0%；30天为可吸入颗粒物，占16.0%。"), @"✗ share 占比：同列各项的总体为283天，30天 ÷ 283天 = 10.601% ≠ 16.0%");
    assert_snapshot!(seen("Ⅰ～Ⅲ类水质断面占85.2%，Ⅳ类占10.1%，Ⅴ类占3.0%，劣Ⅴ类占1.7%。"), @"✓ share 各项占比之和：85.2% + 10.1% + 3.0% + 1.7% = 100% = 100%");
    assert_snapshot!(seen("Ⅰ～Ⅲ类水质断面占85.2%，Ⅳ类占11.0%，Ⅴ类占3.0%，劣Ⅴ类占1.7%。"), @"✗ share 各项占比之和：85.2% + 11.0% + 3.0% + 1.7% = 100.9% ≠ 100%");
    assert_snapshot!(seen("优良天数比例为92.4%，轻度污染天数比例为6.9%，中度污染天数比例为0.6%，重度及以上污染天数比例0.3%。"), @"✓ share 各项占比之和：92.4% + 6.9% + 0.6% + 0.3% = 100.2% ≈ 100%");
    assert_snapshot!(seen("煤炭占56.0%，石油占18.5%，其余占24.5%。"), @"✗ share 各项占比之和：56.0% + 18.5% + 24.5% = 99% ≠ 100%");
}

#[test]
fn another_denominator_is_no_contradiction() {
    assert_snapshot!(seen("全市公园380个，其中口袋公园120个，占新建公园的60%。"), @"");
    assert_snapshot!(seen("完成整治253公里，占第四轮计划任务的69%。"), @"");
    assert_snapshot!(seen("规上企业30家，占比20%；高新技术企业50家，占比30%；上市企业6家，占比4%；外资企业9家，占比7%。"), @"");
    assert_snapshot!(seen("Ⅰ～Ⅲ类水质断面占85.2%，劣Ⅴ类占1.0%。"), @"");
}

#[test]
fn changes() {
    assert_snapshot!(seen("船舶由153艘减少到36艘，下降76.5%。"), @"✓ rate 变化率：（36艘 − 153艘）÷ 153艘 = -76.471% ≈ -76.5%");
    assert_snapshot!(seen("船舶由153艘减少到36艘，下降67.5%。"), @"✗ rate 变化率：（36艘 − 153艘）÷ 153艘 = -76.471% ≠ -67.5%");
    assert_snapshot!(seen("审批事项由39个增加到91个，增加52个。"), @"✓ from-to 两数之差：91个 − 39个 = 52个 = 52个");
    assert_snapshot!(seen("审批事项由39个增加到91个，增加42个，增长133.3%。"), @r"
        ✗ from-to 两数之差：91个 − 39个 = 52个 ≠ 42个
        ✓ rate 变化率：（91个 − 39个）÷ 39个 = 133.333% ≈ 133.3%
    ");
    assert_snapshot!(seen("审批事项由39个减少到91个。"), @"✗ from-to 文字说减少，数字却是：91个 ≥ 39个");
    assert_snapshot!(seen("碼頭由580個縮減爲188個，減少392個。"), @"✓ from-to 两数之差：188個 − 580個 = -392個 = -392個");
    assert_snapshot!(seen("码头由原来的580余个缩减为188个。"), @"");
    assert_snapshot!(seen("城镇化率从72.1%提高到76.3%，提高4.1个百分点。"), @"✓ from-to 两数之差：76.3% − 72.1% = 4.2个百分点 ≈ 4.1个百分点");
    assert_snapshot!(seen("城镇化率从72.1%提高到76.3%，提高4.3个百分点。"), @"✓ from-to 两数之差：76.3% − 72.1% = 4.2个百分点 ≈ 4.3个百分点");
    assert_snapshot!(seen("2022年优良天数294天，比2021年的288天增加7天。"), @"✗ from-to 两数之差：294天 − 288天 = 6天 ≠ 7天");
    assert_snapshot!(seen("2021年优良天数288天，2022年优良天数294天，比2021年增加6天。"), @"✓ from-to 两数之差：294天 − 288天 = 6天 = 6天");
    assert_snapshot!(seen("2021年，优良天数288天。2022年，优良天数294天，比上年增加9天。"), @"✗ from-to 两数之差：294天 − 288天 = 6天 ≠ 9天");
    assert_snapshot!(seen("完成投资100亿元，比上年的80亿元增长25%。"), @"✓ rate 变化率：（100亿元 − 80亿元）÷ 80亿元 = 25% = 25%");
    assert_snapshot!(seen("完成投资100亿元，增长52%（上年80亿元）。"), @"✗ rate 变化率：（100亿元 − 80亿元）÷ 80亿元 = 25% ≠ 52%");
    assert_snapshot!(seen("成交额120亿元，比上年增加20亿元，增长20%。"), @"✓ rate 变化率：20亿元 ÷（120亿元 − 20亿元）= 20% = 20%");
    assert_snapshot!(seen("成交额120亿元，比上年增加20亿元，增长25%。"), @"✗ rate 变化率：20亿元 ÷（120亿元 − 20亿元）= 20% ≠ 25%");
    assert_snapshot!(seen("全年计划建设绿道100公里，实际完成134公里，比原计划多建43公里。"), @"✗ from-to 两数之差：134公里 − 100公里 = 34公里 ≠ 43公里");
}

#[test]
fn a_change_of_something_else_demands_nothing() {
    assert_snapshot!(seen("地区生产总值由8000亿元增加到10000亿元，增长6.1%。"), @"");
    assert_snapshot!(seen("居民收入由3万元增加到4万元，年均增长7.5%。"), @"");
    assert_snapshot!(seen("增速由下降5.5%转为增长3%。"), @"");
    assert_snapshot!(seen("综合排名由第39位提升到第21位，办理时间由20天提升至5天。"), @"");
    assert_snapshot!(seen("巡查频次由每周5次增加到每天2次。"), @"");
    assert_snapshot!(seen("船舶由153艘减少到36艘，货运量下降12%。"), @"");
}

#[test]
fn more_ways_to_tell_a_change() {
    assert_snapshot!(seen("去年完成投资80亿元，今年完成投资100亿元，增长20%。"), @"✗ rate 变化率：（100亿元 − 80亿元）÷ 80亿元 = 25% ≠ 20%");
    assert_snapshot!(seen("优良天数294天，较2021年（288天）增加8天。"), @"✗ from-to 两数之差：294天 − 288天 = 6天 ≠ 8天");
    assert_snapshot!(seen("减少117艘，由153艘减少到46艘。"), @"✗ from-to 两数之差：46艘 − 153艘 = -107艘 ≠ -117艘");
    assert_snapshot!(seen("高新技术企业由20家增加到60家，增长2倍。"), @"✓ rate 增长倍数：（60家 − 20家）÷ 20家 = 2倍 = 2倍");
    assert_snapshot!(seen("高新技术企业由20家增加到60家，增长5倍。"), @"✗ rate 增长倍数：（60家 − 20家）÷ 20家 = 2倍 ≠ 5倍");
}

#[test]
fn conversions() {
    assert_snapshot!(seen("治理面积21.4万亩（1.43万公顷）。"), @"✓ conversion 单位换算：21.4万亩 = 1.4267万公顷 ≈ 1.43万公顷");
    assert_snapshot!(seen("治理面积21.4万亩（1.34万公顷）。"), @"✗ conversion 单位换算：21.4万亩 = 1.4267万公顷 ≠ 1.34万公顷");
    assert_snapshot!(seen("新增江滩138公顷（2070亩），岸线1.5公里（3里）。"), @r"
        ✓ conversion 单位换算：138公顷 = 2070亩 = 2070亩
        ✓ conversion 单位换算：1.5公里 = 3里 = 3里
    ");
    assert_snapshot!(seen("新增江灘138公頃（約合2700畝）。"), @"✗ conversion 单位换算：138公頃 = 2070畝 ≠ 2700畝");
    assert_snapshot!(seen("新增江滩138公顷（绿地900亩），长10公里（宽300米）。"), @"");
}

#[test]
fn the_same_said_twice() {
    assert_snapshot!(seen("全市城市绿道总长度1210公里，群众满意。\n展望未来，全市城市绿道总长度1201公里。"), @"✗ repeated “全市城市绿道总长度”前后两次所写：1210公里 ≠ 1201公里");
    assert_snapshot!(seen("全市城市绿道总长度1210公里。\n全市城市绿道总长度1210公里。"), @"✓ repeated “全市城市绿道总长度”前后两次所写：1210公里 = 1210公里");
    assert_snapshot!(seen("2021年，全市城市绿道总长度1100公里。2022年，全市城市绿道总长度1210公里。"), @"");
    assert_snapshot!(seen("汉阳区公园绿地面积300公顷。武昌区公园绿地面积320公顷。"), @"");
}

#[test]
fn days() {
    assert_snapshot!(seen("2022年优良294天，轻度污染59天，中度污染15天。"), @"✗ days 这一时期至多365天：294天 + 59天 + 15天 = 368天 > 365天");
    assert_snapshot!(seen("2022年全市优良天数367天。"), @"✗ days 这一时期至多365天：367天 > 365天");
    assert_snapshot!(seen("2023年2月，全市优良天数29天。"), @"✗ days 这一时期至多28天：29天 > 28天");
    assert_snapshot!(seen("全省17个城市优良天数累计5200天，连续安全生产2000天。"), @"");
}

#[test]
fn tables() {
    let right = "区\t公园（个）\t面积（公顷）\n汉阳区\t12\t30.5\n武昌区\t20\t41.0\n合计\t32\t71.5\n";
    assert_snapshot!(table(right), @r"
        ✓ table-sum 合计行：12 + 20 = 32 = 32
        ✓ table-sum 合计行：30.5 + 41.0 = 71.5 = 71.5
    ");
    assert_snapshot!(table(&right.replace("32", "23")), @r"
        ✗ table-sum 合计行：12 + 20 = 32 ≠ 23
        ✓ table-sum 合计行：30.5 + 41.0 = 71.5 = 71.5
    ");
    assert_snapshot!(table(&format!("武昌区公园20个。\n{right}")), @r"
        ✓ table-text 表中“武昌区”的“公园”为20：20个 = 20个
        ✓ table-sum 合计行：12 + 20 = 32 = 32
        ✓ table-sum 合计行：30.5 + 41.0 = 71.5 = 71.5
    ");
    assert_snapshot!(table(&format!("武昌区公园有21个，武昌区的面积达41公顷。\n{right}")), @r"
        ✗ table-text 表中“武昌区”的“公园”为20：20个 ≠ 21个
        ✓ table-text 表中“武昌区”的“面积”为41.0：41公顷 = 41公顷
        ✓ table-sum 合计行：12 + 20 = 32 = 32
        ✓ table-sum 合计行：30.5 + 41.0 = 71.5 = 71.5
    ");
    let wide = "区\t合计\t市级\t区级\n汉阳区\t12\t5\t7\n武昌区\t20\t11\t9\n青山区\t9\t4\t6\n";
    assert_snapshot!(table(wide), @r"
        ✓ table-sum 合计列：5 + 7 = 12 = 12
        ✓ table-sum 合计列：11 + 9 = 20 = 20
        ✗ table-sum 合计列：4 + 6 = 10 ≠ 9
    ");
    let rates = "区\t达标率\n汉阳区\t95.0%\n武昌区\t97.0%\n合计\t96.1%\n";
    assert_snapshot!(table(rates), @"");
}

#[test]
fn a_finding_shows_its_places() {
    let text = "全年优良天数295天（优86天，良208天）。";
    let found = read_all(text);
    let findings = consistency(text, &found, &[]);
    assert_eq!(findings.len(), 1);
    let surfaces: Vec<&str> = findings[0].places.iter().map(|place| &text[place.bytes.clone()]).collect();
    assert_eq!(surfaces, ["295天", "86天", "208天"]);
    assert_eq!((findings[0].expected.as_str(), findings[0].found.as_str()), ("294天", "295天"));
}

proptest! {
    /// Any mixture of the words of the rules, and any cells: no panic.
    #[test]
    fn nothing_panics(
        pieces in proptest::collection::vec(0..PIECES.len(), 0..40),
        any in ".{0,20}",
        cells in proptest::collection::vec(proptest::collection::vec((0_usize..400, 0_usize..40), 0..4), 0..5),
    ) {
        let mut text: String = pieces.iter().map(|at| PIECES[*at]).collect();
        text.push_str(&any);
        let rows = cells.iter().map(|row| row.iter().map(|(start, length)| *start..start + length).collect()).collect();
        let found = read_all(&text);
        let _ = relations(&text, &found, &[TableCells { rows }]);
    }
}

const PIECES: &[&str] = &[
    "优",
    "良",
    "优良天数",
    "86天",
    "208天",
    "294天",
    "（",
    "）",
    "，",
    "。",
    "、",
    "；",
    "其中",
    "占",
    "53.7%",
    "由",
    "减少到",
    "增加",
    "12个",
    "30个",
    "各",
    "共计",
    "其余",
    "未完成",
    "99999999999999999999999999999个",
    "0.0000000000000000000001亿元",
    "5个百分点",
    "2倍",
    "2022年",
    "2月30日",
    "比2021年的",
    "中，",
    "分别为",
    "\n",
    "\t",
    "合计",
    "公园（个）",
    "21.4万亩",
    "1.43万公顷",
    "0天",
    "0%",
    "-5%",
    "三分之一",
    "10～15个",
    "万亿元",
];
