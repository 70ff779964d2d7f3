//! The folding rule against the plainest program that follows it: day by day, record by record.

use std::collections::BTreeMap;
use std::sync::Arc;

use figure::Period;
use figures::blocking::Engine;
use figures::{EntrySource, Request};
use jiff::civil::{Date, date};
use ledger::{Entry, EntryNumber, Kind, RecordId, Value};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::book::{self, Book};

const REGISTER: &str = r#"
label = { zh = "码头", en = "Docks" }
[fields.berths]
label = { zh = "泊位数", en = "Berths" }
type = "whole"
range = [0, 1000]
[states.operating]
label = { zh = "运营中", en = "Operating" }
initial = true
[states.closed]
label = { zh = "已关闭", en = "Closed" }
"#;

const INDICATORS: &str = r#"
["a.berths"]
label = { zh = "泊位数", en = "Berths" }
unit = "个"
measure = "stock"
dimensions = ["bank", "unit"]
rows = "select record as key, coalesce(berths, 0) as amount, state as bank, owner as unit from a"
sum = "sum"
["b.berths"]
label = { zh = "泊位数二", en = "Berths too" }
unit = "个"
measure = "stock"
dimensions = ["bank", "unit"]
rows = "select record as key, coalesce(berths, 0) as amount, state as bank, owner as unit from b"
sum = "sum"
"#;

/// What is done: kind, which record (of those there are), days after the first, berths, owner.
type Deed = (u8, usize, i8, Option<i64>, bool);

fn draft(deed: &Deed, records: &mut Vec<(u64, String)>, number: u64) -> Entry {
    let (kind, which, day, berths, owner) = deed;
    let kind = if records.is_empty() { Kind::Create } else { Kind::ALL[usize::from(*kind) % 6] };
    let (record, register) = match kind {
        Kind::Create => {
            let register = if which % 2 == 0 { "a" } else { "b" };
            records.push((number, register.to_owned()));
            (number, register.to_owned())
        }
        _ => records[which % records.len()].clone(),
    };
    let changes = matches!(kind, Kind::Create | Kind::Amend);
    Entry {
        number: EntryNumber(0),
        kind,
        register,
        record: RecordId(record),
        based_on: (kind != Kind::Create).then_some(EntryNumber(0)),
        effective: on(*day),
        recorded: jiff::Timestamp::UNIX_EPOCH,
        actor: "clerk".to_owned(),
        unit: (changes && *owner).then(|| format!("U{}", which % 3)),
        state: (kind == Kind::Advance).then(|| if *owner { "closed" } else { "operating" }.to_owned()),
        fields: match changes {
            true => BTreeMap::from([("berths".to_owned(), berths.map_or(Value::Null, Value::Whole))]),
            false => BTreeMap::new(),
        },
        evidence: Vec::new(),
        note: None,
        batch: None,
    }
}

fn on(day: i8) -> Date {
    date(2022, 1, 1).saturating_add(jiff::Span::new().days(i64::from(day)))
}

/// (state, owner) → (rows, berths) of a register on a day, by the rule and nothing else.
fn plain(
    entries: &[(u64, Entry)],
    register: &str,
    verified: bool,
    day: Date,
) -> BTreeMap<(String, String), (u64, i64)> {
    let mut groups = BTreeMap::new();
    let of_register: Vec<_> = entries.iter().filter(|(_, entry)| entry.register == register).collect();
    let mut records: Vec<_> = of_register.iter().map(|(_, entry)| entry.record).collect();
    records.sort_unstable();
    records.dedup();
    for record in records {
        let mut own: Vec<_> = of_register.iter().filter(|(_, entry)| entry.record == record).collect();
        let covered =
            own.iter().filter(|(_, entry)| entry.kind == Kind::Verify).map(|(number, _)| *number).max();
        own.retain(|(number, _)| !verified || covered.is_some_and(|covered| *number < covered));
        own.retain(|(_, entry)| entry.effective <= day);
        own.sort_by_key(|(number, entry)| (entry.effective, *number));
        let (mut there, mut gone, mut berths, mut owner, mut state) = (false, false, 0, String::new(), "");
        for (_, entry) in own {
            match entry.kind {
                Kind::Create => (there, state) = (true, "operating"),
                Kind::Advance => state = entry.state.as_deref().expect("it has one"),
                Kind::Withdraw => gone = true,
                Kind::Amend | Kind::Verify | Kind::Return => {}
            }
            if let Some(unit) = &entry.unit {
                owner.clone_from(unit);
            }
            match entry.fields.get("berths") {
                Some(Value::Whole(whole)) => berths = *whole,
                Some(_) => berths = 0,
                None => {}
            }
        }
        if there && !gone {
            let group: &mut (u64, i64) = groups.entry((state.to_owned(), owner)).or_default();
            group.0 += 1;
            group.1 += berths;
        }
    }
    groups
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn folding_follows_the_rule(
        deeds in prop::collection::vec((0_u8..6, 0_usize..12, 0_i8..20, prop::option::of(0_i64..50), any::<bool>()), 1..60),
        known in 0.0..=1.0,
        day in 0_i8..22,
    ) {
        let pack = book::pack(&[
            ("registers/a.toml".to_owned(), REGISTER.to_owned()),
            ("registers/b.toml".to_owned(), format!("verification = true\n{REGISTER}")),
            ("indicators/all.toml".to_owned(), INDICATORS.to_owned()),
        ]);
        let book = Book::new();
        let grown = Engine::open(Arc::clone(&pack), book.clone(), None).expect("it opens");
        let request = |indicator: &str, known_at: u64| Request {
            as_of: Some(on(day)),
            known_at: Some(known_at),
            by: vec!["bank".to_owned(), "unit".to_owned()],
            ..Request::new(indicator, Period::Year(2022))
        };
        let mut records = Vec::new();
        let mut entries = Vec::new();
        for (number, deed) in (0_u64..).zip(&deeds) {
            let entry = draft(deed, &mut records, number);
            book.append(entry.clone());
            entries.push((number, entry));
            if number % 3 == 0 {
                grown.evaluate(&[request("a.berths", number + 1), request("b.berths", number + 1)]).expect("it is fine");
            }
        }
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share")]
        let known_at = (book.size().expect("memory") as f64 * known) as u64;
        entries.truncate(usize::try_from(known_at).expect("small"));
        let fresh = Engine::open(pack, book, None).expect("it opens");
        for (indicator, register, verified) in [("a.berths", "a", false), ("b.berths", "b", true)] {
            let figures = fresh.evaluate(&[request(indicator, known_at)]).expect("it is fine");
            prop_assert_eq!(&grown.evaluate(&[request(indicator, known_at)]).expect("it is fine"), &figures);
            let found: BTreeMap<(String, String), (u64, i64)> = figures
                .concat()
                .into_iter()
                .filter(|figure| figure.rows > 0)
                .map(|figure| {
                    let value = |at: usize| figure.id.scope[at].1.clone();
                    let sum = figure.value.unwrap_or_default();
                    prop_assert_eq!(sum.fract(), Decimal::ZERO);
                    Ok(((value(0), value(1)), (figure.rows, i64::try_from(sum).expect("small"))))
                })
                .collect::<Result<_, TestCaseError>>()?;
            prop_assert_eq!(found, plain(&entries, register, verified, on(day)));
            // Were everything verified, what is pending would be counted.
            let whole = fresh.evaluate(&[Request { by: Vec::new(), ..request(indicator, known_at) }]).expect("it is fine");
            if !verified {
                prop_assert_eq!(whole[0][0].pending, 0);
            }
        }
    }
}
