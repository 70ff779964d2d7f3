//! The reader against annotated passages, and against anything.

use std::collections::BTreeMap;

use proptest::prelude::*;
use quantity::read::{plain, read, read_all};
use serde_json::Value;

type Told = BTreeMap<(u64, u64), [String; 3]>;

/// The share of places where span, value, unit and comparator are all right, as F1; and every error.
fn score(passages: &str) -> (f64, Vec<String>) {
    let (mut right, mut found_count, mut wanted_count) = (0_u32, 0_u32, 0_u32);
    let mut errors = Vec::new();
    for line in passages.lines().filter(|line| !line.trim().is_empty()) {
        let passage: Value = serde_json::from_str(line).expect("a JSON object a line");
        let text = passage["text"].as_str().expect("a text");
        let number = |value: &Value| value.as_u64().expect("a place");
        let word = |value: &Value| value.as_str().expect("a word").to_owned();
        let doubtful: Vec<(u64, u64)> = passage["doubtful"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|pair| (number(&pair[0]), number(&pair[1])))
            .collect();
        let wanted: Told = passage["quantities"]
            .as_array()
            .expect("quantities")
            .iter()
            .map(|one| {
                let told = [word(&one["value"]), word(&one["unit"]), word(&one["comparator"])];
                ((number(&one["start"]), number(&one["end"])), told)
            })
            .collect();
        let found: Told = read(text)
            .iter()
            .map(|one| {
                let told = [one.number.to_string(), one.unit.clone(), one.comparator().key().to_owned()];
                ((one.chars.start as u64, one.chars.end as u64), told)
            })
            .filter(|((start, end), _)| !doubtful.iter().any(|(from, to)| start < to && from < end))
            .collect();
        wanted_count += u32::try_from(wanted.len()).expect("few");
        found_count += u32::try_from(found.len()).expect("few");
        for (place, told) in &wanted {
            match found.get(place) {
                Some(one) if one == told => right += 1,
                other => errors.push(format!("{}: {place:?} {told:?}, not {other:?}", passage["id"])),
            }
        }
        let surplus = found.iter().filter(|(place, _)| !wanted.contains_key(place));
        errors.extend(surplus.map(|(place, told)| format!("{}: {place:?} {told:?} is none", passage["id"])));
    }
    (2.0 * f64::from(right) / f64::from(found_count + wanted_count), errors)
}

#[test]
fn annotated_passages_are_read_as_people_read_them() {
    for passages in [include_str!("passages.jsonl"), include_str!("passages-unseen.jsonl")] {
        let (f1, errors) = score(passages);
        assert!(f1 >= 0.99, "F1 {f1:.4}\n{}", errors.join("\n"));
    }
}

/// The passages that the project was given, where they are.
#[test]
fn the_given_passages_are_read_as_people_read_them() {
    let shared = std::env::var("QINGYUAN_SHARED").unwrap_or_else(|_| "../../../shared".to_owned());
    let path = std::path::Path::new(&shared).join("data/quantities/dev.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: {} is not here", path.display());
        return;
    };
    let (f1, errors) = score(&text);
    assert!(f1 >= 0.97, "F1 {f1:.4}\n{}", errors.join("\n"));
}

proptest! {
    #[test]
    fn any_text_is_read_in_order_and_in_bounds(text in "([0-9一二三十百千万亿两零点余多.,/%～—至年月日个家公里元近约超以上左右第“”《》、，。 \n]|\\PC){0,60}") {
        let characters = text.chars().count();
        let mut at = (0, 0);
        for one in read_all(&text) {
            prop_assert!(at.0 <= one.chars.start && one.chars.start < one.chars.end && one.chars.end <= characters);
            prop_assert!(at.1 <= one.bytes.start);
            let surface = one.surface(&text);
            prop_assert_eq!(surface.chars().count(), one.chars.len());
            prop_assert_eq!(text[..one.bytes.start].chars().count(), one.chars.start);
            at = (one.chars.end, one.bytes.end);
        }
    }

    /// A reader that saw only a line must find what one that sees the whole text finds.
    #[test]
    fn lines_are_read_by_themselves(first in "[0-9万亿个家近约，。公里年]{0,20}", second in "[0-9万亿个家近约，。公里年]{0,20}") {
        let both = read_all(&format!("{first}\n{second}"));
        let count = read_all(&first).len() + read_all(&second).len();
        prop_assert_eq!(both.len(), count);
    }

    /// Traditional characters change neither places nor values.
    #[test]
    fn both_scripts_are_read_alike(number in 2_u32..100_000, unit in prop::sample::select(vec!["萬畝", "個", "億元", "餘個", "處", "項", "公頃"])) {
        let traditional = format!("新增{number}{unit}");
        let simplified: String = plain(&traditional).into_iter().collect();
        let shown = |text: &str| read(text).iter().map(|one| format!("{:?} {} {} {:?}", one.chars, one.number, one.unit, one.word)).collect::<Vec<_>>();
        prop_assert_eq!(shown(&traditional), shown(&simplified));
    }
}
