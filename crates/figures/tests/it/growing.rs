//! The engine lives on while the book grows: every figure is that of a fresh engine, at every size.

use std::sync::Arc;

use figure::Period;
use figures::blocking::Engine;
use figures::{EntrySource, FigureError, Request};

use crate::book::{self, Book};

pub(crate) const REGISTER: &str = r#"
label = { zh = "公园", en = "Parks" }
[fields.name]
label = { zh = "名称", en = "Name" }
type = "text"
[fields.area]
label = { zh = "面积", en = "Area" }
type = "decimal"
unit = "平方米"
decimals = 2
range = ["0", "1000000"]
[fields.opened]
label = { zh = "开放日期", en = "Opened" }
type = "date"
range = [1950-01-01, 2030-12-31]
"#;

pub(crate) const INDICATORS: &str = r#"
["parks.area"]
label = { zh = "公园面积", en = "Area of parks" }
unit = "亩"
decimals = 2
measure = "stock"
dimensions = ["year"]
rows = "select record as key, area as amount, extract(year from opened) as year from parks"
sum = "sum"
amount_unit = "平方米"
"#;

pub(crate) fn pack() -> Arc<pack::Pack> {
    book::pack(&[
        ("registers/parks.toml".to_owned(), REGISTER.to_owned()),
        ("indicators/parks.toml".to_owned(), INDICATORS.to_owned()),
    ])
}

pub(crate) fn park(number: u64) -> String {
    format!(
        r#"create parks {}-03-01 {{"name":"{}号公园，名字长一些","area":"{}.{:02}","opened":"{}-03-01"}}"#,
        2000 + number % 20,
        number,
        number * 37 % 9973,
        number % 100,
        2000 + number % 20
    )
}

#[test]
fn a_growing_book_is_followed_entry_by_entry() {
    let pack = pack();
    let book = Book::new();
    let grown = Engine::open(Arc::clone(&pack), book.clone(), None).expect("it opens");
    let request = Request { by: vec!["year".to_owned()], ..Request::new("parks.area", Period::Year(2025)) };
    for number in 0..1500 {
        book.appends(&park(number));
    }
    grown.evaluate(std::slice::from_ref(&request)).expect("it is fine");
    for step in 0..60_u64 {
        let size = book.size().expect("memory");
        match step % 4 {
            0 => book.appends(&park(size)),
            1 => book.appends(&format!(r#"amend parks {} 2021-01-01 {{"area":"{step}.5"}}"#, step * 7)),
            2 => book.appends(&format!("withdraw parks {} 2022-01-01", step * 11)),
            _ => (0..step).for_each(|more| {
                book.appends(&format!(r#"amend parks {} 2023-01-01 {{"area":"7"}}"#, step + more * 3))
            }),
        }
        let fresh = Engine::open(Arc::clone(&pack), book.clone(), None).expect("it opens");
        let both = [request.clone(), Request { known_at: Some(size), ..request.clone() }];
        assert_eq!(grown.evaluate(&both), fresh.evaluate(&both), "step {step}");
    }
}

/// What was added up before is taken again where nothing was entered that it reads: the figure is that of an engine that
/// remembers nothing, and its identity that of the longer book.
#[test]
fn what_other_registers_enter_changes_no_figure_but_its_identity() {
    let docks = REGISTER.replace("公园", "码头").replace("Parks", "Docks");
    let of_docks = INDICATORS.replace("parks", "docks");
    let pack = book::pack(&[
        ("registers/parks.toml".to_owned(), REGISTER.to_owned()),
        ("registers/docks.toml".to_owned(), docks),
        ("indicators/parks.toml".to_owned(), INDICATORS.to_owned()),
        ("indicators/docks.toml".to_owned(), of_docks),
    ]);
    let book = Book::new();
    let grown = Engine::open(Arc::clone(&pack), book.clone(), None).expect("it opens");
    for step in 0..40_u64 {
        let size = book.size().expect("memory");
        let register = if step % 3 == 0 { "parks" } else { "docks" };
        book.appends(&park(size).replace("create parks", &format!("create {register}")));
        let requests: Vec<Request> = ["parks.area", "docks.area"]
            .into_iter()
            .flat_map(|indicator| {
                let whole = Request::new(indicator, Period::Year(2025));
                let by_year = Request { by: vec!["year".to_owned()], ..whole.clone() };
                let before = Request { known_at: Some(size), ..by_year.clone() };
                [whole, by_year, before]
            })
            .collect();
        let fresh = Engine::open(Arc::clone(&pack), book.clone(), None).expect("it opens");
        let (known, computed) = (grown.evaluate(&requests), fresh.evaluate(&requests));
        assert_eq!(known, computed, "step {step}");
        assert_eq!(known.expect("figures")[0][0].id.snapshot.known_at, size + 1);
        let loaded = grown.phases().versions;
        grown.evaluate(&requests).expect("figures");
        assert_eq!(grown.phases().versions, loaded, "asked again, nothing is read again");
    }
}

#[test]
fn what_is_not_known_yet_cannot_be_asked() {
    let book = Book::new();
    book.appends(&park(0));
    let engine = Engine::open(pack(), book, None).expect("it opens");
    let request = Request { known_at: Some(2), ..Request::new("parks.area", Period::Year(2025)) };
    assert_eq!(engine.evaluate(&[request]), Err(FigureError::BeyondBook { known_at: 2, size: 1 }));
}

#[test]
fn figures_are_the_same_whatever_is_asked_beside_them() {
    let book = Book::new();
    (0..500).for_each(|number| book.appends(&park(number)));
    let engine = Engine::open(pack(), book, None).expect("it opens");
    let whole = Request::new("parks.area", Period::Year(2025));
    let by_year = Request { by: vec!["year".to_owned()], ..whole.clone() };
    let one_year = Request { scope: vec![("year".to_owned(), "2003".to_owned())], ..whole.clone() };
    let together = engine.evaluate(&[whole.clone(), by_year.clone(), one_year.clone()]).expect("it is fine");
    let apart =
        [whole, by_year, one_year].map(|request| engine.evaluate(&[request]).expect("it is fine").concat());
    assert_eq!(together, apart);
    let year =
        together[1].iter().find(|figure| figure.id.scope[0].1 == "2003").expect("there are parks of 2003");
    assert_eq!(*year, together[2][0]);
}

/// Where rows are but the different values of a column, they are counted another way; a trace lists them.
#[test]
fn different_values_are_counted_as_grouping_would_list_them() {
    let count = |sql: &str, expected: Result<u64, &str>| {
        let indicator = format!(
            "[\"a.b\"]\nlabel = {{ zh = \"甲\", en = \"A\" }}\nunit = \"个\"\nmeasure = \"stock\"\nrows = \"{sql}\"\nsum = \"count\"\n"
        );
        let pack = book::pack(&[
            ("registers/parks.toml".to_owned(), REGISTER.to_owned()),
            ("indicators/a.toml".to_owned(), indicator),
        ]);
        let book = Book::new();
        (0..50).for_each(|number| book.appends(&park(number % 30)));
        book.appends(r#"create parks 2020-01-01 {"area":"1","opened":"2020-01-01"}"#);
        book.appends("withdraw parks 29 2021-01-01");
        book.appends(r#"amend parks 28 2021-01-01 {"name":"0号公园，名字长一些"}"#);
        let engine = Engine::open(pack, book, None).expect("it opens");
        let answer = engine.evaluate(&[Request::new("a.b", Period::Year(2025))]);
        match (answer, expected) {
            (Ok(figures), Ok(expected)) => {
                let figure = &figures[0][0];
                assert_eq!((figure.rows, figure.value), (expected, Some(expected.into())), "{sql}");
                assert!(engine.trace(&figure.id).expect(sql).is_proven(), "{sql}");
            }
            (Err(error), Err(expected)) => {
                assert!(format!("{error:?}").starts_with(expected), "{sql}: {error:?}")
            }
            (answer, expected) => panic!("{sql}: {answer:?} instead of {expected:?}"),
        }
    };
    // 30 names; that of 29 was withdrawn, that of 28 became that of 0.
    count("select name as key, 1 as amount from parks where name is not null group by name", Ok(28));
    count("select name as key from parks where record < 5 group by name", Ok(5));
    count(
        "select p.name as key from parks p join parks q on p.record = q.record where q.name is not null group by p.name",
        Ok(28),
    );
    count("select max(area) as amount, name as key from parks where name is not null group by name", Ok(28));
    count("select record % 7 as key from parks group by record % 7", Ok(7));
    count("select char_length(name) as key from parks where name is not null group by 1", Ok(2));
    count("select opened as key from parks group by opened", Ok(21));
    count("select concat(name, '!') as key from parks group by concat(name, '!')", Ok(29));
    count("select name as key from parks where false group by name", Ok(0));
    count("select 'x' as key from parks group by 'x'", Ok(1));
    // Not merely different values.
    count("select name as key from parks where name is not null group by name having count(*) > 1", Ok(20));
    count("select name as key from parks where name is not null group by name, area", Err("DuplicateKey"));
    count("select name as key from parks where name is not null group by name order by name limit 3", Ok(3));
    count("select distinct name as key from parks where name is not null", Ok(28));
    count("select coalesce(name, '') as key from parks where record < 3 group by rollup(name)", Ok(4));
    count("select name as key from parks group by name", Err("NullKey"));
}
