//! Comparing words as people type them, and saying what was wanted.

use geodesy::{GeometryFault, Wanted};
use message::{Text, text};
use pack::{FieldKind, Shape};

/// Full-width ASCII (`Ａ１（`) and the ideographic space become their half-width forms.
pub(crate) fn half_width(letter: char) -> char {
    match letter {
        '\u{3000}' => ' ',
        '！'..='～' => char::from_u32(letter as u32 - 0xFEE0).unwrap_or(letter),
        other => other,
    }
}

/// The form in which words are compared: half-width, lower case, without blanks at the ends.
pub(crate) fn fold(text: &str) -> String {
    let half: String = text.chars().map(half_width).collect();
    half.trim().to_lowercase()
}

/// The form in which headings are compared: as [`fold`], without any blanks and without the marks of required columns.
pub(crate) fn fold_heading(text: &str) -> String {
    let folded: String = fold(text).chars().filter(|letter| !letter.is_whitespace()).collect();
    let folded = folded.trim_matches('*');
    ["(必填)", "(required)"]
        .iter()
        .fold(folded, |text, mark| text.strip_suffix(mark).unwrap_or(text))
        .trim_matches('*')
        .to_owned()
}

/// All forms in which a label may be written: three languages.
pub(crate) fn forms(label: &Text) -> [String; 3] {
    let traditional = label.in_language(message::Language::Traditional);
    [fold(&label.simplified), fold(&traditional), fold(&label.english)]
}

/// What people may write to clear a field.
pub(crate) fn is_clear(text: &str) -> bool {
    // Asked of every short text, so most must be answered without folding.
    text.trim_start().starts_with(['(', '（']) && matches!(fold(text).as_str(), "(清空)" | "(clear)")
}

/// At most ten labels, for “one of …”.
pub(crate) fn listed<'a>(labels: impl ExactSizeIterator<Item = &'a Text>) -> Text {
    let (count, mut chinese, mut english) = (labels.len(), Vec::new(), Vec::new());
    for label in labels.take(10) {
        chinese.push(label.simplified.as_str());
        english.push(label.english.as_str());
    }
    let (more_chinese, more_english) = if count > 10 { (" 等", ", …") } else { ("", "") };
    Text::new(chinese.join("、") + more_chinese, english.join(", ") + more_english)
}

/// What a field of this kind wants, for messages and for the help of templates.
pub(crate) fn wanted(kind: &FieldKind) -> Text {
    match kind {
        FieldKind::Text { max_chars } => {
            text!("应为不超过{max_chars}个字的文字", "wanted text of at most {max_chars} characters")
        }
        FieldKind::Whole { unit, min, max } => {
            let unit = unit.as_deref().map(|unit| format!("（{unit}）")).unwrap_or_default();
            text!("应为{min}至{max}之间的整数{unit}", "wanted a whole number from {min} to {max}")
        }
        FieldKind::Decimal { unit, decimals, min, max, .. } => text!(
            "应为{min}至{max}{unit}之间的数，最多{decimals}位小数",
            "wanted a number from {min} to {max} {unit} with at most {decimals} decimals"
        ),
        FieldKind::Date { min, max } => text!(
            "应为{min}至{max}之间的日期，如2022-05-04",
            "wanted a date from {min} to {max}, such as 2022-05-04"
        ),
        FieldKind::Choice { options } => {
            let options = listed(options.iter().map(|option| &option.label));
            Text::new(
                format!("应为以下之一：{}", options.simplified),
                format!("wanted one of: {}", options.english),
            )
        }
        FieldKind::YesNo => text!("应为“是”或“否”", "wanted yes or no"),
        FieldKind::Reference { register } => text!(
            "应为台账 `{register}` 中一条记录的名称或 #编号",
            "wanted the name or #number of a record in `{register}`"
        ),
        FieldKind::Unit { .. } => text!("应为单位代码或名称", "wanted a unit's code or name"),
        FieldKind::Person => text!("应为姓名和手机号码", "wanted a name and a telephone number"),
        FieldKind::Geometry { shape } => match shape {
            Shape::Point => {
                text!("应为点，如 POINT(114.3 30.5)", "wanted a point, such as POINT(114.3 30.5)")
            }
            Shape::Line => text!(
                "应为线，如 LINESTRING(114.3 30.5,114.4 30.5)",
                "wanted a line, such as LINESTRING(114.3 30.5,114.4 30.5)"
            ),
            Shape::Polygon => text!(
                "应为面，如 POLYGON((114.3 30.5,114.4 30.5,114.4 30.6,114.3 30.5))",
                "wanted a polygon, such as POLYGON((114.3 30.5,114.4 30.5,114.4 30.6,114.3 30.5))"
            ),
        },
    }
}

/// A fault of a geometry, to be shown wherever one is typed, drawn or uploaded.
pub fn geometry_fault(fault: &GeometryFault) -> Text {
    let english = fault.to_string();
    let chinese = match fault {
        GeometryFault::Syntax { at, wanted } => {
            format!("图形文字（WKT）的第{}个字符处应为{}", at + 1, wanted_in_geometry(*wanted))
        }
        GeometryFault::TooPrecise { at } => format!("第{}个字符处的坐标超过7位小数", at + 1),
        GeometryFault::GeoJson { wanted } => {
            format!("不是 GeoJSON 图形：应为{}", wanted_in_geometry(*wanted))
        }
        GeometryFault::Unsupported { what } => format!("不支持 `{what}`：只接受经纬度的点、线、面"),
        GeometryFault::Empty => "图形是空的".to_owned(),
        GeometryFault::TooManyPoints { limit } => format!("超过{limit}个点"),
        GeometryFault::OutOfRange { place } => format!("{place} 不是经度和纬度；请检查经纬度是否写反"),
        GeometryFault::LineTooShort => "线至少要有2个点".to_owned(),
        GeometryFault::RingTooShort => "环至少要有4个点，且首尾相同".to_owned(),
        GeometryFault::RingOpen { start, end } => format!("始于 {start} 的环止于 {end}，没有闭合"),
        GeometryFault::ZeroLength { at } => format!("{at} 处的线没有长度"),
        GeometryFault::ZeroArea { at } => format!("{at} 处的环没有面积"),
        GeometryFault::SelfIntersection { at } => format!("图形边界在 {at} 处自相交"),
        GeometryFault::Misplaced { at } => format!("{at} 处的环与同一图形的另一环内外关系不对"),
        GeometryFault::Antimeridian { at } => format!("{at} 处的边跨越180度经线；请在该处拆分图形"),
        GeometryFault::TooComplex => "图形边界过于复杂，无法检查；请简化".to_owned(),
    };
    let english = match fault {
        GeometryFault::OutOfRange { .. } => format!("{english}; were longitude and latitude exchanged?"),
        _ => english,
    };
    Text::new(chinese, english)
}

fn wanted_in_geometry(wanted: Wanted) -> &'static str {
    match wanted {
        Wanted::Kind => " POINT、LINESTRING 或 POLYGON",
        Wanted::End => "结尾，不应再有内容",
        Wanted::Opening => "左括号“(”",
        Wanted::Closing => "右括号“)”",
        Wanted::NextOrClosing => "逗号“,”或右括号“)”",
        Wanted::Degrees => "以度为单位的数",
        Wanted::NoExponent => "不带指数的数",
        Wanted::TypedObject => "带 `type` 的对象",
        Wanted::ShallowJson => "JSON，且嵌套不超过128层",
        Wanted::Coordinates => "坐标的列表",
        Wanted::Position => "位置：[经度, 纬度]",
    }
}

#[cfg(test)]
mod tests {
    use geodesy::Geometry;
    use message::Language;

    use super::{fold, fold_heading, geometry_fault};

    #[test]
    fn faults_of_geometries_are_told_in_the_reader_s_language() {
        let check = |wkt: &str, simplified: &str, traditional: &str, english: &str| {
            let fault = Geometry::parse_wkt_rounded(wkt).and_then(|shape| shape.validate()).expect_err(wkt);
            let text = geometry_fault(&fault);
            let said = |language| text.in_language(language).into_owned();
            assert_eq!(said(Language::Simplified), simplified);
            assert_eq!(said(Language::Traditional), traditional);
            assert_eq!(said(Language::English), english);
        };
        check(
            "POINT(114.3)",
            "图形文字（WKT）的第12个字符处应为以度为单位的数",
            "圖形文字（WKT）的第12個字符處應為以度為單位的數",
            "wanted a number of degrees at character 12",
        );
        check(
            "LINESTRING(114.3 30.6)",
            "线至少要有2个点",
            "線至少要有2個點",
            "a line needs at least 2 places",
        );
        check(
            "POLYGON((0 0, 1 1, 1 0, 0 1, 0 0))",
            "图形边界在 0.5000000 0.5000000 处自相交",
            "圖形邊界在 0.5000000 0.5000000 處自相交",
            "the outline crosses itself at 0.5000000 0.5000000",
        );
        check(
            "POINT(30.6 114.3)",
            "30.6000000 114.3000000 不是经度和纬度；请检查经纬度是否写反",
            "30.6000000 114.3000000 不是經度和緯度；請檢查經緯度是否寫反",
            "30.6000000 114.3000000 is not a longitude and a latitude; were longitude and latitude exchanged?",
        );
    }

    #[test]
    fn words_are_compared_in_one_form() {
        assert_eq!(fold("　Ｌｅｎｇｔｈ（米） "), "length(米)");
        assert_eq!(fold_heading("* 长 度 （米）（必填）"), "长度(米)");
        assert_eq!(fold_heading("Name*"), "name");
    }
}
