//! Random books, random questions: the shelf answers what the plain rule does, also after it followed the book.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use ledger::{Kind, Value as Stored};
use proptest::prelude::*;
use shelf::{At, By, Filter, Page, Presence, Query, Reading, Row, Shelf, Sort, Test, Value};

use crate::model::{Book, Plain, fold, pack};

const DAY: Date = date(2026, 3, 1);

/// One thing that somebody does: which record, what, when, with which values.
#[derive(Clone, Debug)]
struct Deed {
    record: usize,
    kind: u8,
    days: i64,
    actor: u8,
    owner: Option<u8>,
    name: Option<u8>,
    bank: Option<u8>,
    berths: Option<i64>,
    length: Option<u32>,
    built: Option<u8>,
    lit: Option<bool>,
    neighbour: bool,
}

fn deed() -> impl Strategy<Value = Deed> {
    let sometimes = || proptest::option::weighted(0.4, 0_u8..6);
    (
        (any::<usize>(), 0_u8..12, -3_i64..4, 0_u8..3, sometimes(), sometimes()),
        (
            sometimes(),
            proptest::option::weighted(0.4, 0_i64..5),
            proptest::option::weighted(0.4, 0_u32..400),
            sometimes(),
        ),
        (proptest::option::weighted(0.3, any::<bool>()), any::<bool>()),
    )
        .prop_map(
            |((record, kind, days, actor, owner, name), (bank, berths, length, built), (lit, neighbour))| {
                Deed { record, kind, days, actor, owner, name, bank, berths, length, built, lit, neighbour }
            },
        )
}

const NAMES: [&str; 6] = ["望江2号", "望江10号", "汉阳门", "Alpha", "碼頭", "江岸"];

fn fields(deed: &Deed, records: &[u64]) -> BTreeMap<String, Stored> {
    let text = |text: &str| Stored::Text(text.to_owned());
    let mut fields = BTreeMap::new();
    let mut put =
        |key: &str, value: Option<Stored>| drop(value.map(|value| fields.insert(key.to_owned(), value)));
    put("name", deed.name.map(|name| if name == 5 { Stored::Null } else { text(NAMES[usize::from(name)]) }));
    put("bank", deed.bank.map(|bank| text(["left", "right", "gone"][usize::from(bank % 3)])));
    put("berths", deed.berths.map(Stored::Whole));
    put("length", deed.length.map(|length| text(&format!("{}.{:02}", length / 100, length % 100))));
    put("built", deed.built.map(|built| text(&format!("2020-01-{:02}", built + 1))));
    put("lit", deed.lit.map(Stored::Flag));
    put(
        "neighbour",
        deed.neighbour.then(|| records.first()).flatten().map(|record| Stored::Whole(*record as i64)),
    );
    fields
}

/// Does the deed, as far as the book lets it.
fn enter(book: &Book, records: &mut Vec<u64>, withdrawn: &mut Vec<u64>, deed: &Deed) {
    let effective = DAY.saturating_add(deed.days.days());
    let chosen = records.get(deed.record % records.len().max(1)).copied();
    let kind = match (deed.kind, chosen) {
        (0..=3, _) | (_, None) => Kind::Create,
        (4..=6, _) => Kind::Amend,
        (7, _) => Kind::Advance,
        (8, _) => Kind::Withdraw,
        (9, _) => Kind::Return,
        _ => Kind::Verify,
    };
    let record = if kind == Kind::Create { None } else { chosen };
    if record.is_some_and(|record| withdrawn.contains(&record))
        && !matches!(kind, Kind::Verify | Kind::Return)
    {
        return;
    }
    let mut draft = book.draft(kind, "docks", record, effective);
    match kind {
        Kind::Create => {
            draft.unit = Some(format!("U{}", deed.owner.unwrap_or(0)));
            draft.fields = fields(deed, records);
        }
        Kind::Amend => {
            draft.unit = deed.owner.map(|owner| format!("U{owner}"));
            draft.fields = fields(deed, records);
            if draft.fields.is_empty() && draft.unit.is_none() {
                return;
            }
        }
        Kind::Advance => draft.state = Some("closed".to_owned()),
        Kind::Withdraw => withdrawn.extend(record),
        Kind::Verify | Kind::Return => {}
    }
    let number = book.append(["ann", "bo", "cy"][usize::from(deed.actor)], vec![draft]);
    if kind == Kind::Create {
        records.push(number);
    }
}

fn question() -> impl Strategy<Value = Query> {
    let field = |key: &str| By::Field(key.to_owned());
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let filters = prop::sample::select(vec![
        Filter { column: field("name"), test: Test::Empty },
        Filter { column: field("name"), test: Test::Filled },
        Filter { column: field("name"), test: Test::Contains("码头".to_owned()) },
        Filter { column: field("bank"), test: Test::OneOf(words(&["left"])) },
        Filter { column: field("bank"), test: Test::Contains("右".to_owned()) },
        Filter { column: field("berths"), test: Test::OneOf(words(&["1", "3"])) },
        Filter { column: field("berths"), test: Test::Range { from: Some("2".to_owned()), to: None } },
        Filter {
            column: field("length"),
            test: Test::Range { from: Some("0.5".to_owned()), to: Some("3.05".to_owned()) },
        },
        Filter {
            column: field("built"),
            test: Test::Range { from: None, to: Some("2020-01-03".to_owned()) },
        },
        Filter { column: field("lit"), test: Test::OneOf(words(&["true"])) },
        Filter { column: field("lit"), test: Test::Empty },
        Filter { column: By::State, test: Test::OneOf(words(&["closed"])) },
        Filter { column: By::Owner, test: Test::OneOf(words(&["U0", "U3"])) },
        Filter { column: By::Status, test: Test::OneOf(words(&["pending", "returned"])) },
        Filter { column: By::Author, test: Test::OneOf(words(&["ann"])) },
        Filter { column: By::Effective, test: Test::Range { from: Some("2026-03-01".to_owned()), to: None } },
    ]);
    let by = prop::sample::select(vec![
        By::Record,
        By::State,
        By::Owner,
        By::Effective,
        By::Status,
        field("name"),
        field("bank"),
        field("berths"),
        field("length"),
        field("built"),
        field("lit"),
        field("neighbour"),
    ]);
    (
        proptest::collection::vec(filters, 0..3),
        prop::sample::select(vec!["", "", "望江", "碼", "left 江", "运营"]),
        proptest::option::weighted(0.2, Just(vec!["U0".to_owned(), "U1".to_owned()])),
        prop::sample::select(vec![
            Presence::Present,
            Presence::Present,
            Presence::All,
            Presence::Withdrawn,
            Presence::Upcoming,
        ]),
        (by, any::<bool>(), any::<bool>(), -2_i64..3),
    )
        .prop_map(|(filters, search, owners, presence, (by, descending, counted, days))| Query {
            filters,
            search: search.to_owned(),
            owners,
            presence,
            reading: if counted { Reading::Counted } else { Reading::Entered },
            sort: Sort { by, descending },
            limit: 3,
            ..Query::new("docks", DAY.saturating_add(days.days()))
        })
}

/// What the plain rule answers: the records in their order.
fn expected(book: &Book, query: &Query) -> Vec<Plain> {
    let all = fold(&book.entries("docks"), query.day, query.reading == Reading::Counted);
    let names: BTreeMap<u64, String> = fold(&book.entries("docks"), query.day, false)
        .iter()
        .map(|plain| {
            (plain.record, text(plain, "name").map_or_else(|| format!("#{}", plain.record), str::to_owned))
        })
        .collect();
    let mut found: Vec<Plain> = all.into_iter().filter(|plain| passes(plain, query, &names)).collect();
    found.sort_by(|a, b| {
        let turn = |order: Ordering| if query.sort.descending { order.reverse() } else { order };
        match (key(a, &query.sort.by, &names), key(b, &query.sort.by, &names)) {
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (left, right) => turn(left.cmp(&right).then(a.record.cmp(&b.record))),
        }
    });
    found
}

fn text<'a>(plain: &'a Plain, field: &str) -> Option<&'a str> {
    match plain.fields.get(field) {
        Some(Stored::Text(text)) => Some(text),
        _ => None,
    }
}

/// A key that sorts: numbers as texts of a fixed width.
fn key(plain: &Plain, by: &By, names: &BTreeMap<u64, String>) -> Option<String> {
    let wide = |number: i64| format!("{:020}", number);
    // The order of the names of this test by pinyin, the figures in them by value.
    let named = |name: &str| {
        wide(
            ["#", "Alpha", "汉阳门", "江岸", "碼頭", "望江2号", "望江10号"]
                .iter()
                .position(|known| *known == name)
                .map_or(0, |at| at as i64),
        )
    };
    match by {
        By::Record => Some(wide(plain.record as i64)),
        By::State => Some(wide(i64::from(plain.state == "closed"))),
        By::Owner => plain.owner.clone(),
        By::Effective => Some(plain.effective.to_string()),
        By::Status => Some(wide(
            ["entered", "pending", "returned", "verified"]
                .iter()
                .position(|one| *one == plain.status)
                .expect("one") as i64,
        )),
        By::Field(field) => match (field.as_str(), plain.fields.get(field)?) {
            ("name", Stored::Text(name)) => Some(named(name)),
            ("bank", Stored::Text(bank)) => {
                Some(wide(["right", "left", "gone"].iter().position(|one| one == bank).expect("one") as i64))
            }
            ("length", Stored::Text(length)) => Some(format!("{length:>20}")),
            ("neighbour", Stored::Whole(record)) => {
                let name = &names[&(*record as u64)];
                Some(if name.starts_with('#') { format!("{}{:020}", wide(0), record) } else { named(name) })
            }
            (_, Stored::Text(text)) => Some(text.clone()),
            (_, Stored::Whole(number)) => Some(wide(*number)),
            (_, Stored::Flag(flag)) => Some(flag.to_string()),
            (_, Stored::Null) => None,
        },
        By::Recorded | By::Author => unreachable!("not asked"),
    }
}

fn passes(plain: &Plain, query: &Query, names: &BTreeMap<u64, String>) -> bool {
    let presence = match query.presence {
        Presence::Present => plain.presence == "present",
        Presence::All => plain.presence != "upcoming",
        Presence::Withdrawn => plain.presence == "withdrawn",
        Presence::Upcoming => plain.presence == "upcoming",
    };
    let owned = query
        .owners
        .as_ref()
        .is_none_or(|owners| plain.owner.as_ref().is_some_and(|owner| owners.contains(owner)));
    presence
        && owned
        && query.filters.iter().all(|filter| holds(plain, filter))
        && searched(plain, &query.search, names)
}

fn holds(plain: &Plain, filter: &Filter) -> bool {
    let value = match &filter.column {
        By::State => Some(plain.state.clone()),
        By::Owner => plain.owner.clone(),
        By::Status => Some(plain.status.to_owned()),
        By::Effective => Some(plain.effective.to_string()),
        By::Author => match &filter.test {
            Test::OneOf(wanted) => return plain.authors.iter().any(|author| wanted.contains(author)),
            _ => unreachable!("not asked"),
        },
        By::Field(field) => plain.fields.get(field).map(|value| match value {
            Stored::Text(text) => text.clone(),
            Stored::Whole(number) => number.to_string(),
            Stored::Flag(flag) => flag.to_string(),
            Stored::Null => unreachable!("removed"),
        }),
        By::Record | By::Recorded => unreachable!("not asked"),
    };
    match (&filter.test, value) {
        (Test::Empty, value) => value.is_none(),
        (_, None) => false,
        (Test::Filled, Some(_)) => true,
        (Test::OneOf(wanted), Some(value)) => wanted.contains(&value),
        (Test::Contains(word), Some(value)) if *filter.column.to_string() == *"bank" => {
            *word == "右" && value == "right"
        }
        (Test::Contains(word), Some(value)) => value.replace("碼頭", "码头").contains(word),
        (Test::Range { from, to }, Some(value)) => {
            let number = |text: &str| {
                text.parse::<f64>().unwrap_or_else(|_| text.replace('-', "").parse().expect("a day"))
            };
            from.as_ref().is_none_or(|from| number(from) <= number(&value))
                && to.as_ref().is_none_or(|to| number(&value) <= number(to))
        }
    }
}

fn searched(plain: &Plain, search: &str, names: &BTreeMap<u64, String>) -> bool {
    let mut texts = vec![plain.state.clone(), plain.owner.clone().unwrap_or_default()];
    texts.push(if plain.state == "closed" { "已关停 closed" } else { "运营中 operating" }.to_owned());
    texts.extend(text(plain, "name").map(|name| name.replace("碼頭", "码头")));
    texts.extend(text(plain, "bank").map(|bank| match bank {
        "left" => "left 左岸".to_owned(),
        "right" => "right 右岸".to_owned(),
        other => other.to_owned(),
    }));
    if let Some(Stored::Whole(record)) = plain.fields.get("neighbour") {
        texts.push(names[&(*record as u64)].replace("碼頭", "码头"));
    }
    search.replace('碼', "码").split_whitespace().all(|word| texts.iter().any(|text| text.contains(word)))
}

fn check_page(page: &Page, expected: &[Plain], first: usize) -> Result<(), TestCaseError> {
    prop_assert_eq!(page.total, expected.len());
    prop_assert_eq!(page.first, first);
    let wanted = &expected[first.min(expected.len())..(first + 3).min(expected.len())];
    prop_assert_eq!(
        page.rows.iter().map(|row| row.record.0).collect::<Vec<_>>(),
        wanted.iter().map(|plain| plain.record).collect::<Vec<_>>()
    );
    for (row, plain) in page.rows.iter().zip(wanted) {
        check_row(row, plain, &page.columns)?;
    }
    Ok(())
}

fn check_row(row: &Row, plain: &Plain, columns: &[String]) -> Result<(), TestCaseError> {
    prop_assert_eq!(row.version.0, plain.version);
    prop_assert_eq!(&row.state, &plain.state);
    prop_assert_eq!(&row.owner, &plain.owner);
    prop_assert_eq!(row.effective, plain.effective);
    prop_assert_eq!(row.status.key(), plain.status);
    prop_assert_eq!(&row.authors, &plain.authors);
    let values: BTreeMap<String, Stored> = columns
        .iter()
        .cloned()
        .zip(&row.values)
        .filter_map(|(key, value)| {
            let stored = match value {
                Value::Empty => return None,
                Value::Text(text) | Value::Choice(text) => Stored::Text(text.clone()),
                Value::Whole(number) => Stored::Whole(*number),
                Value::Decimal(decimal) => Stored::Text(decimal.to_string()),
                Value::Date(date) => Stored::Text(date.to_string()),
                Value::YesNo(flag) => Stored::Flag(*flag),
                Value::Reference { record, .. } => Stored::Whole(record.0 as i64),
                Value::Unit { .. } | Value::Person(_) | Value::Geometry(_) => return None,
            };
            Some((key, stored))
        })
        .collect();
    prop_assert_eq!(&values, &plain.fields);
    Ok(())
}

fn check(shelf: &Shelf, book: &Book, query: &Query) -> Result<(), TestCaseError> {
    let expected = expected(book, query);
    let page = |at: At| shelf.list(&Query { at, ..query.clone() }).expect("it is answered");
    let mut streamed = Vec::new();
    shelf
        .stream(query, &mut |row| {
            streamed.push(row.record.0);
            std::ops::ControlFlow::Continue(())
        })
        .expect("it is answered");
    prop_assert_eq!(&streamed, &expected.iter().map(|plain| plain.record).collect::<Vec<_>>(), "{:?}", query);
    prop_assert_eq!(shelf.count(query).expect("it is counted"), expected.len());
    // Forward by cursor to the end, and by row numbers; then back.
    let (mut at, mut first) = (At::Row(0), 0);
    let mut last = loop {
        let next = page(at);
        check_page(&next, &expected, first)?;
        check_page(&page(At::Row(first)), &expected, first)?;
        first += 3;
        match next.next.clone() {
            Some(word) => at = At::After(word),
            None => break next,
        }
    };
    while let Some(word) = last.previous.clone() {
        let first = last.first;
        last = page(At::Before(word));
        let from = first.saturating_sub(3);
        prop_assert_eq!(last.first, from);
        prop_assert_eq!(
            last.rows.iter().map(|row| row.record.0).collect::<Vec<_>>(),
            expected[from..first].iter().map(|plain| plain.record).collect::<Vec<_>>()
        );
    }
    // Facets count what the question without that column's filters has.
    for facet in
        shelf.facets(query, &[By::State, By::Field("bank".to_owned()), By::Status], 10).expect("counted")
    {
        let open = Query {
            filters: query.filters.iter().filter(|one| one.column != facet.column).cloned().collect(),
            ..query.clone()
        };
        for value in &facet.values {
            let mut one = open.clone();
            one.filters
                .push(Filter { column: facet.column.clone(), test: Test::OneOf(vec![value.key.clone()]) });
            prop_assert_eq!(
                value.count,
                self::expected(book, &one).len(),
                "{:?} {}",
                facet.column,
                &value.key
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn lists_are_what_the_rule_says(
        early in proptest::collection::vec(deed(), 0..30),
        late in proptest::collection::vec(deed(), 0..20),
        questions in proptest::collection::vec(question(), 6),
    ) {
        let book = Book::new();
        let (mut records, mut withdrawn) = (Vec::new(), Vec::new());
        let shelf = Shelf::new(pack(), book.ledger.clone());
        early.iter().for_each(|deed| enter(&book, &mut records, &mut withdrawn, deed));
        for query in &questions {
            check(&shelf, &book, query)?;
        }
        for (at, deed) in late.iter().enumerate() {
            enter(&book, &mut records, &mut withdrawn, deed);
            check(&shelf, &book, &questions[at % questions.len()])?;
        }
        // A shelf that reads the book now says the same as the one that followed.
        let fresh = Shelf::new(pack(), book.ledger.clone());
        for query in &questions {
            check(&fresh, &book, query)?;
            check(&shelf, &book, query)?;
        }
    }
}
