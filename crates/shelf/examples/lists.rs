//! How quick lists are: `lists CITY` over a city's book, and over a register of a million records that it writes itself.
//!
//! Prints medians of some forty runs. The second half does the same with Arrow's compute kernels, which is the other way
//! that columns in memory could have been asked.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::date;
use ledger::{Batch, Draft, Kind, Ledger, SystemClock, Value};
use pack::Pack;
use shelf::{At, By, Filter, Query, Shelf, Sort, Test};

type Failed = Box<dyn std::error::Error>;

fn main() -> Result<(), Failed> {
    let home = std::env::args().nth(1).ok_or("lists CITY")?;
    city(Path::new(&home))?;
    million()?;
    Ok(())
}

fn median(mut run: impl FnMut() -> Result<usize, Failed>) -> Result<(Duration, usize), Failed> {
    let mut times = Vec::new();
    let mut answer = 0;
    for _ in 0..41 {
        let start = Instant::now();
        answer = black_box(run()?);
        times.push(start.elapsed());
    }
    times.sort();
    Ok((times[20], answer))
}

fn once<T>(what: &str, run: impl FnOnce() -> Result<T, Failed>) -> Result<T, Failed> {
    let start = Instant::now();
    let answer = run()?;
    println!("{what:<72} {:>9.1} ms", start.elapsed().as_secs_f64() * 1000.0);
    Ok(answer)
}

fn tell(what: &str, run: impl FnMut() -> Result<usize, Failed>) -> Result<(), Failed> {
    let (time, answer) = median(run)?;
    println!("{what:<72} {:>9.2} ms  ({answer})", time.as_secs_f64() * 1000.0);
    Ok(())
}

fn city(home: &Path) -> Result<(), Failed> {
    let directory = std::fs::read_dir(home.join("packs"))?.next().ok_or("no pack")??.path();
    let pack = Arc::new(compiled(pack::read_dir(&directory)?)?);
    let book = Arc::new(Ledger::read(home)?);
    println!("{}: {} entries", home.display(), book.size()?);
    for (register, entries) in book.registers()? {
        if entries > 40_000 {
            let shelf = Shelf::new(Arc::clone(&pack), Arc::clone(&book));
            once(&format!("read {register}, {entries} entries"), || Ok(shelf.version(&register)?))?;
        }
    }
    let shelf = Shelf::new(pack, book);
    once("read all registers", || Ok(shelf.load_all()?))?;
    once("then sort all columns", || Ok(shelf.warm()?))?;
    println!("resident: {} MB", resident());
    questions(
        &shelf,
        "turnouts",
        &[
            ("the newest", None, vec![], ""),
            ("sorted by hours", Some("hours"), vec![], ""),
            ("hours 3 to 5, sorted by event", Some("event"), vec![range("hours", "3", "5")], ""),
            ("owner U020, sorted by hours", Some("hours"), vec![one("@owner", "U020")], ""),
            ("search 净滩, sorted by event", Some("event"), vec![], "净滩"),
        ],
    )
}

fn compiled(files: Vec<(String, String)>) -> Result<Pack, Failed> {
    let (pack, faults) = pack::compile(files);
    pack.ok_or_else(|| format!("{faults:?}").into())
}

fn one(column: &str, value: &str) -> Filter {
    Filter { column: By::parse(column), test: Test::OneOf(vec![value.to_owned()]) }
}

fn range(column: &str, from: &str, to: &str) -> Filter {
    Filter {
        column: By::parse(column),
        test: Test::Range { from: Some(from.to_owned()), to: Some(to.to_owned()) },
    }
}

type Asked<'a> = (&'a str, Option<&'a str>, Vec<Filter>, &'a str);

fn questions(shelf: &Shelf, register: &str, asked: &[Asked<'_>]) -> Result<(), Failed> {
    let plain = || Query { limit: 50, ..Query::new(register, date(2026, 11, 23)) };
    for (what, sort, filters, search) in asked {
        let sort = sort.map_or_else(|| plain().sort, |by| Sort { by: By::parse(by), descending: false });
        let query = Query { filters: filters.clone(), sort, search: (*search).to_owned(), ..plain() };
        tell(&format!("{register}: {what}"), || Ok(shelf.list(&query)?.total))?;
        let total = shelf.count(&query)?;
        let deep = Query { at: At::Row(total / 2), ..query.clone() };
        tell("    its middle page", || Ok(shelf.list(&deep)?.total))?;
    }
    tell("    facets by state and status", || {
        Ok(shelf.facets(&plain(), &[By::State, By::Status], 20)?.len())
    })?;
    let start = Instant::now();
    let mut rows = 0_usize;
    shelf.stream(&plain(), &mut |row| {
        black_box(&row);
        rows += 1;
        std::ops::ControlFlow::Continue(())
    })?;
    println!(
        "    streamed {rows} rows in {:.0} ms; resident {} MB",
        start.elapsed().as_secs_f64() * 1000.0,
        resident()
    );
    Ok(())
}

fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|number| number.parse::<u64>().ok()).unwrap_or_default() / 1024
}

const REGISTER: &str = r#"
label = { zh = "记录", en = "Records" }
[fields.name]
label = { zh = "名称", en = "Name" }
type = "text"
unique = true
[fields.kind]
label = { zh = "种类", en = "Kind" }
type = "choice"
options = [{ key = "a", label = { zh = "甲", en = "A" } }, { key = "b", label = { zh = "乙", en = "B" } }, { key = "c", label = { zh = "丙", en = "C" } }]
[fields.amount]
label = { zh = "金额", en = "Amount" }
type = "decimal"
unit = "元"
decimals = 2
range = ["0", "100000000"]
[fields.day]
label = { zh = "日期", en = "Day" }
type = "date"
range = [2000-01-01, 2035-12-31]
[states.open]
label = { zh = "开", en = "Open" }
initial = true
[states.shut]
label = { zh = "关", en = "Shut" }
[[transitions]]
from = "open"
to = "shut"
by = ["clerk"]
"#;

fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn drafts(numbers: std::ops::Range<u64>) -> Vec<Draft> {
    let draft = |number: u64| {
        let random = mixed(number);
        let street = ["望江", "汉阳", "武昌", "江岸", "青山", "洪山"][(random % 6) as usize];
        let fields = BTreeMap::from([
            ("name".to_owned(), Value::Text(format!("{street}{}号{number}", random % 9973))),
            ("kind".to_owned(), Value::Text(["a", "b", "c"][(random >> 8) as usize % 3].to_owned())),
            ("amount".to_owned(), Value::Text(format!("{}.{:02}", (random >> 16) % 1_000_000, random % 100))),
            (
                "day".to_owned(),
                Value::Text(format!("20{:02}-{:02}-{:02}", random % 27, random % 12 + 1, random % 28 + 1)),
            ),
        ]);
        Draft {
            kind: Kind::Create,
            register: "things".to_owned(),
            record: None,
            based_on: None,
            effective: date(2020, 1, 1),
            unit: Some(format!("U{:03}", random % 86)),
            state: None,
            fields,
            evidence: Vec::new(),
            note: None,
        }
    };
    numbers.map(draft).collect()
}

fn append(book: &Ledger, key: &str, drafts: Vec<Draft>) -> Result<u64, Failed> {
    let batch = Batch { key: key.to_owned(), actor: "clerk".to_owned(), drafts, expect_size: None };
    Ok(book.append(&batch)?.first.0)
}

fn million() -> Result<(), Failed> {
    let home = tempfile::tempdir()?;
    let book = Arc::new(Ledger::found(&home.path().join("city"), "example/million", Arc::new(SystemClock))?);
    for batch in 0..10 {
        append(&book, &format!("{batch}"), drafts(batch * 100_000..(batch + 1) * 100_000))?;
    }
    let text = |text: &str| text.to_owned();
    let pack = Arc::new(compiled(vec![
        (
            text("pack.toml"),
            text(
                "name = \"million\"\nlabel = { zh = \"百万\", en = \"Million\" }\n[roles.clerk]\nlabel = { zh = \"经办人\", en = \"Clerk\" }\n",
            ),
        ),
        (text("organisation.toml"), text("[levels.city]\nlabel = { zh = \"市\", en = \"City\" }\n")),
        (text("registers/things.toml"), text(REGISTER)),
    ])?);
    println!("a register of {} records", book.size()?);
    let shelf = Shelf::new(pack, Arc::clone(&book));
    once("read it", || Ok(shelf.load_all()?))?;
    let by = |by: &str| Query {
        sort: Sort { by: By::parse(by), descending: false },
        ..Query::new("things", date(2026, 11, 23))
    };
    for column in ["amount", "day", "name", "kind", "@owner"] {
        once(&format!("first page sorted by {column}, never asked before"), || {
            Ok(shelf.list(&by(column))?.total)
        })?;
    }
    let filtered = || vec![one("kind", "b"), range("amount", "1000", "500000")];
    let asked: Vec<Asked<'_>> = vec![
        ("the newest", None, vec![], ""),
        ("kind b, amount 1000 to 500000, sorted by amount", Some("amount"), filtered(), ""),
        ("kind b, amount 1000 to 500000, sorted by name", Some("name"), filtered(), ""),
        ("days of 2020, sorted by owner", Some("@owner"), vec![range("day", "2020-01-01", "2020-12-31")], ""),
        ("search 武昌, sorted by day", Some("day"), vec![], "武昌"),
        ("search 武昌12 甲, sorted by name", Some("name"), vec![], "武昌12 甲"),
    ];
    questions(&shelf, "things", &asked)?;
    let mut next = 0;
    tell("one entry, and the list that shows it", || {
        next += 1;
        append(&book, &format!("one {next}"), drafts(1_000_000 + next..1_000_001 + next))?;
        Ok(shelf.list(&by("name"))?.total)
    })?;
    tell("    the entry alone", || {
        next += 1;
        Ok(append(&book, &format!("one {next}"), drafts(1_000_000 + next..1_000_001 + next))? as usize)
    })?;
    once("10,000 entries in one batch", || append(&book, "many", drafts(2_000_000..2_010_000)))?;
    once("    followed", || Ok(shelf.follow()?))?;
    questions(&shelf, "things", &asked[1..3])?;
    arrows()
}

/// The same with Arrow: a mask by two comparisons, the rows taken, sorted with a limit.
fn arrows() -> Result<(), Failed> {
    use arrow::array::{Array, Decimal128Array, Scalar, StringArray};
    use arrow::compute::kernels::cmp;
    use arrow::compute::{SortOptions, and, filter, sort_to_indices};
    let all = drafts(0..1_000_000);
    let text = |key: &str| {
        all.iter()
            .map(|draft| match &draft.fields[key] {
                Value::Text(text) => Some(text.clone()),
                _ => None,
            })
            .collect::<StringArray>()
    };
    let (names, kinds) = (text("name"), text("kind"));
    let amounts = text("amount")
        .iter()
        .map(|text| text.and_then(|text| text.replace('.', "").parse::<i128>().ok()))
        .collect::<Decimal128Array>();
    let bound = |number: i128| Scalar::new(Decimal128Array::from(vec![number]));
    for (what, by_name) in [("amount", false), ("name", true)] {
        tell(&format!("Arrow: kind b, amount 1000 to 500000, sorted by {what}"), || {
            let kind = cmp::eq(&kinds, &StringArray::new_scalar("b"))?;
            let mask = and(
                &and(&kind, &cmp::gt_eq(&amounts, &bound(100_000))?)?,
                &cmp::lt_eq(&amounts, &bound(50_000_000))?,
            )?;
            let column: &dyn Array = if by_name { &names } else { &amounts };
            let taken = filter(column, &mask)?;
            let order = sort_to_indices(&taken, Some(SortOptions::default()), Some(50))?;
            black_box(order.len());
            Ok(taken.len())
        })?;
        tell("    its middle page", || {
            let kind = cmp::eq(&kinds, &StringArray::new_scalar("b"))?;
            let mask = and(
                &and(&kind, &cmp::gt_eq(&amounts, &bound(100_000))?)?,
                &cmp::lt_eq(&amounts, &bound(50_000_000))?,
            )?;
            let column: &dyn Array = if by_name { &names } else { &amounts };
            let taken = filter(column, &mask)?;
            let order = sort_to_indices(&taken, Some(SortOptions::default()), Some(taken.len() / 2 + 50))?;
            black_box(order.len());
            Ok(taken.len())
        })?;
    }
    Ok(())
}
