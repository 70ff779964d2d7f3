//! `check` and `quantities` as an office uses them: what is printed, what is written, which status is returned.
//!
//! The texts are written from the city's own figures, so that they say what they are meant to say of any city.

mod documents;
mod files;
mod source;

use super::city::{City, Printed};
use serde_json::Value;

pub use source::the_source_report_is_true;

/// A small demo city; small or full, its 2022 is the pack's.
fn small() -> City {
    let city = City::nowhere();
    city.ok(&["demo", &city.home(), "--scale", "small"]);
    city
}

/// A figure as the city prints it, without its unit.
fn value(city: &City, indicator: &str, period: &str) -> i64 {
    let figure = city.figure(&[indicator, "--period", period]);
    figure["value"].as_str().and_then(|value| value.parse().ok()).expect("a whole number")
}

/// Checks a text against the city's 2022.
fn checked(city: &City, text: &str, format: &str) -> Printed {
    city.file("text.txt", text.as_bytes());
    city.try_at_home(&["check", "text.txt", "--period", "2022", "--format", format])
}

fn json(printed: &Printed) -> Value {
    serde_json::from_str(&printed.out)
        .unwrap_or_else(|error| panic!("{error}: {}{}", printed.out, printed.err))
}

/// `380个 supported parks.count` for each claim.
fn claims(checked: &Value) -> Vec<String> {
    let of = |claim: &Value, key: &str| claim[key].as_str().unwrap_or("-").to_owned();
    let claims = checked["claims"].as_array().expect("claims").iter();
    claims
        .map(|claim| format!("{} {} {}", of(claim, "stated"), of(claim, "verdict"), of(claim, "indicator")))
        .collect()
}

/// What the claims of one sentence come to.
fn verdicts(city: &City, text: &str) -> (Vec<String>, i32) {
    let printed = checked(city, text, "json");
    (claims(&json(&printed)), printed.status)
}

#[test]
fn each_verdict_is_reached_and_the_status_says_whether_anything_is_wrong() {
    let city = small();
    let check = |text: &str, expected: &[String], status: i32| {
        assert_eq!(verdicts(&city, text), (expected.to_vec(), status), "{text}");
    };
    let parks = value(&city, "parks.count", "2022");
    let before = value(&city, "parks.count", "2021");
    let sections = value(&city, "learning.sessions", "2022");
    assert!(before < parks, "{before} parks, then {parks}");

    check(&format!("建成各类公园{parks}个。"), &[format!("{parks}个 supported parks.count")], 0);
    // Not one park more was ever there, so no earlier day makes it true.
    let more = parks + 77;
    check(&format!("建成各类公园{more}个。"), &[format!("{more}个 contradicted parks.count")], 1);
    check(&format!("建成各类公园{before}个。"), &[format!("{before}个 outdated parks.count")], 0);
    check("全市清洗路面5000公里。", &["5000公里 unsupported -".to_owned()], 0);
    check("增幅全国第一。", &["全国第一 unsupported -".to_owned()], 0);
    check("没有数字的一句话。", &[], 0);
    // Several statements in one sentence are judged each for itself, in the order of the text.
    check(
        &format!("组织学习{sections}场，建成各类公园{more}个，规模全国第一。"),
        &[
            format!("{sections}场 supported learning.sessions"),
            format!("{more}个 contradicted parks.count"),
            "全国第一 unsupported -".to_owned(),
        ],
        1,
    );
    // The same in traditional characters and full-width digits.
    let wide: String =
        parks.to_string().chars().filter_map(|digit| char::from_u32(digit as u32 + 0xFEE0)).collect();
    check(&format!("建成各類公園{wide}個。"), &[format!("{wide}個 supported parks.count")], 0);
}

#[test]
fn a_text_is_judged_against_itself_even_where_the_book_agrees() {
    let city = small();
    let good = value(&city, "air.good_days", "2022");
    let (excellent, fair) =
        (value(&city, "air.excellent_days", "2022"), value(&city, "air.fair_days", "2022"));
    let text = format!("空气质量优良天数{good}天，其中优{excellent}天、良{}天。", fair + 1);
    let printed = checked(&city, &text, "json");
    assert_eq!(printed.status, 1, "{}", printed.out);
    let found = json(&printed);
    let alarms = found["inconsistencies"].as_array().expect("inconsistencies");
    assert_eq!(alarms.len(), 1, "{}", printed.out);
    assert_eq!(alarms[0]["rule"], "parts-sum");

    // Without a city there is nothing to compare with but the text itself.
    let alone = city.run(&["check", "text.txt", "--format", "json"]);
    assert_eq!(alone.status, 1);
    let alone = json(&alone);
    assert_eq!(alone["claims"], Value::Array(Vec::new()));
    assert_eq!(alone["inconsistencies"], found["inconsistencies"]);
    city.file("right.txt", format!("空气质量优良天数{good}天，其中优{excellent}天、良{fair}天。").as_bytes());
    let right = city.run(&["check", "right.txt"]);
    assert_eq!(right.status, 0, "{}{}", right.out, right.err);
    insta::assert_snapshot!(right.out.trim(), @"quantities 3; inconsistencies 0 (no --home given, so not compared with a book)");
}

#[test]
fn the_table_tells_what_is_wrong_first() {
    let city = small();
    let (parks, before) = (value(&city, "parks.count", "2022"), value(&city, "parks.count", "2021"));
    let leaders = value(&city, "learning.leadership_classes", "2022");
    let text = format!(
        "持续举办{leaders}期全市厅局级领导干部培训班。\n建成各类公园{before}个。\n新增公园{parks}个，增幅全国第一。\n空气质量优良天数294天，其中优86天、良209天。\n"
    );
    let printed = checked(&city, &text, "table");
    assert_eq!(printed.status, 1);
    insta::assert_snapshot!(printed.out, @"
    ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
     verdict        stated      book   indicator                     period   reason
    ════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════
     contradicted   380个        8个   parks.new                     2022     the book has 8个, which is not what is written
     contradicted   209天      208天   air.fair_days                 2022     the book has 208天, which is not what is written
     outdated       374个      380个   parks.count                   2022     374个 in 2022-02, 380个 at the time spoken of
     unsupported    全国第一                                                  ranks and superlatives need other cities' data; one city's book cannot prove them
     supported      8期          8期   learning.leadership_classes   2022     the book has 8期
     supported      294天      294天   air.good_days                 2022     the book has 294天
     supported      86天        86天   air.excellent_days            2022     the book has 86天
    ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    ────────────────────────────────────────────────────────────────────────────────────────────────
     inconsistent   expected   found   explanation
    ════════════════════════════════════════════════════════════════════════════════════════════════
     parts-sum         295天   294天   days of excellent and good air: 86天 + 209天 = 295天 ≠ 294天
    ────────────────────────────────────────────────────────────────────────────────────────────────

    checked for 2022: quantities 6; supported 3, unsupported 1, outdated 1, contradicted 2; inconsistencies 1
    ");
    city.file("text.txt", text.as_bytes());
    let chinese = city.try_at_home(&["check", "text.txt", "--period", "2022", "--lang", "zh-Hant"]);
    let last = chinese.out.lines().last().and_then(|line| line.split_once("，")).map_or("", |(_, rest)| rest);
    insta::assert_snapshot!(last, @"共 6 個數量：屬實 3，無據 1，已過時 1，不符 2；文內不一致 1 處");
}

/// The names of an object's members.
fn keys(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

fn sorted<const N: usize>(mut keys: [&str; N]) -> [&str; N] {
    keys.sort_unstable();
    keys
}

fn keys_are<const N: usize>(value: &Value, expected: [&str; N]) {
    let mut found = keys(value);
    found.sort_unstable();
    assert_eq!(found, sorted(expected));
}

#[test]
fn the_json_keeps_its_contract() {
    let city = small();
    let text = "🏞空气质量优良天数294天，其中优86天、良209天，全国第一。\n";
    let printed = checked(&city, text, "json");
    assert_eq!(printed.out.lines().count(), 1, "one document, on one line");
    let all = json(&printed);
    keys_are(&all, ["quantities", "claims", "inconsistencies"]);
    let quantity_keys = ["start", "end", "surface", "value", "unit", "comparator", "kind"];
    let claim_keys =
        ["start", "end", "indicator", "period", "verdict", "stated", "computed", "figure", "reason"];
    let characters: Vec<char> = text.chars().collect();
    let at = |one: &Value| -> String {
        let place = |key: &str| one[key].as_u64().expect("a place") as usize;
        characters[place("start")..place("end")].iter().collect()
    };
    for quantity in all["quantities"].as_array().expect("quantities") {
        keys_are(quantity, quantity_keys);
        assert_eq!(quantity["surface"], at(quantity), "places are in characters");
        assert!(quantity["value"].is_string(), "values are exact, so no JSON numbers: {quantity}");
    }
    let claims = all["claims"].as_array().expect("claims");
    assert_eq!(claims.len(), 4);
    for claim in claims {
        keys_are(claim, claim_keys);
        assert_eq!(claim["stated"], at(claim));
        let known = ["supported", "contradicted", "outdated", "ambiguous", "unsupported"];
        assert!(known.iter().any(|verdict| claim["verdict"] == *verdict), "{claim}");
    }
    // A figure that a claim names can be traced.
    let figure = claims[0]["figure"].as_str().expect("the figure");
    assert!(city.at_home(&["trace", figure, "--rows", "0"]).contains("equal"));
    for alarm in all["inconsistencies"].as_array().expect("inconsistencies") {
        keys_are(alarm, ["rule", "places", "expected", "found", "explanation"]);
        for place in alarm["places"].as_array().expect("places") {
            keys_are(place, ["start", "end"]);
        }
    }

    let listed = city.run(&["quantities", "text.txt", "--format", "json"]);
    assert_eq!(listed.status, 0, "{}", listed.err);
    assert_eq!(json(&listed), all["quantities"], "both list the same quantities");
    let all = city.run(&["quantities", "text.txt", "--format", "json", "--all"]);
    assert!(json(&all).as_array().map(Vec::len) > json(&listed).as_array().map(Vec::len), "{}", all.out);
}
