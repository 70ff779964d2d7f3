//! Books that an earlier version of the program made.

use ledger::{EntryNumber, Kind, Ledger, LedgerError, RecordId};
use rusqlite::Connection;

use super::common::{City, batch, clock, next, small_book, verify};

/// Gives the small book the tables of layout 1: kinds instead of links, and a table of current versions.
const TO_LAYOUT_1: &str = "
    create table old (
        first    integer primary key,
        register text    not null,
        count    integer not null,
        kinds    text    not null,
        hashes   blob    not null,
        entries  blob    not null
    ) strict;
    insert into old
        select first, register, count, case first when 0 then 'cc' when 2 then 'c' when 3 then 'advc' when 7 then 'w' else 'v' end,
               hashes, entries
        from segment;
    drop table segment;
    alter table old rename to segment;
    create index segment_by_register on segment (register, first, count);
    create table head (record integer primary key, version integer not null) strict;
    insert into head values (0, 4), (1, 5), (2, 8);
    pragma user_version = 1";

fn columns(raw: &Connection) -> Vec<String> {
    let sql =
        "select m.name || ' ' || c.name || ' ' || c.type from sqlite_master m, pragma_table_xinfo(m.name) c
               where m.type = 'table'
               union all
               select m.name || ' ' || c.name from sqlite_master m, pragma_index_info(m.name) c
               where m.type = 'index' and m.sql is not null
               order by 1";
    let mut statement = raw.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_book_of_layout_1_is_converted_when_it_is_opened_for_writing() {
    let city = small_book();
    city.append("four", vec![next(Kind::Verify, "parks", 2, 7)]);
    let City { dir, ledger } = city;
    let (home, before) = (dir.path().join("home"), ledger.checkpoint().unwrap());
    drop(ledger);
    let raw = Connection::open(home.join("book.db")).unwrap();
    let present = columns(&raw);
    raw.execute_batch(TO_LAYOUT_1).unwrap();
    assert!(matches!(Ledger::read(&home), Err(LedgerError::Layout { found: 1, known: 2 })));

    let converted = Ledger::open(&home, clock()).unwrap();
    assert_eq!(verify(&converted), []);
    assert_eq!(converted.checkpoint().unwrap(), before);
    assert_eq!(columns(&raw), present);
    let version = |record| converted.version(RecordId(record)).unwrap();
    assert_eq!([0, 1, 2, 6].map(version), [4, 5, 8, 6].map(|number| Some(EntryNumber(number))));
    converted.append(batch("more", vec![next(Kind::Amend, "docks", 0, 4)])).unwrap();
    let refused = converted.append(batch("ended", vec![next(Kind::Amend, "parks", 2, 8)])).unwrap_err();
    assert!(refused.to_string().contains("record 2 was withdrawn by entry 7"), "{refused}");
    assert_eq!(verify(&Ledger::read(&home).unwrap()), []);

    raw.execute_batch("pragma user_version = 3").unwrap();
    assert!(matches!(Ledger::read(&home), Err(LedgerError::Layout { found: 3, known: 2 })));
    drop(converted);
    assert!(matches!(Ledger::open(&home, clock()), Err(LedgerError::Layout { found: 3, known: 2 })));
}
