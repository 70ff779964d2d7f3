//! A flipped byte anywhere is found and named; nothing that is stored can make the program panic.

use std::fs;
use std::path::Path;

use ledger::{EntryNumber, Fault, FaultKind, Kind, Ledger, LedgerError, RecordId};
use rusqlite::types::Value as Cell;
use rusqlite::{Connection, params};

use super::common::{City, create, faults, next, small_book, verify};

/// A closed book whose tables can be altered by raw SQL, and verified.
struct Victim {
    _dir: tempfile::TempDir,
    raw: Connection,
    ledger: Ledger,
}

impl Victim {
    fn of(city: City) -> Victim {
        let home = city.home();
        drop(city.ledger);
        let raw = Connection::open(home.join("book.db")).unwrap();
        // A copy of the tables, to put them back from.
        raw.execute("attach ':memory:' as backup", []).unwrap();
        for table in ["segment", "request", "checkpoint"] {
            raw.execute(&format!("create table backup.{table} as select * from main.{table}"), []).unwrap();
        }
        Victim { _dir: city.dir, raw, ledger: Ledger::read(&home).unwrap() }
    }

    fn verify(&self) -> Vec<Fault> {
        verify(&self.ledger)
    }

    fn cell(&self, table: &str, column: &str, row: i64) -> Cell {
        let sql =
            format!("select {column} from main.{table} order by {} limit 1 offset {row}", key_of(table));
        self.raw.query_row(&sql, [], |row| row.get(0)).unwrap()
    }

    fn set(&self, table: &str, column: &str, row: i64, value: &Cell) {
        let key = key_of(table);
        let sql = format!(
            "update main.{table} set {column} = ?1
             where {key} = (select {key} from main.{table} order by {key} limit 1 offset {row})"
        );
        assert_eq!(self.raw.execute(&sql, params![value]).unwrap(), 1);
    }

    fn rows(&self, table: &str) -> i64 {
        self.raw.query_row(&format!("select count(*) from {table}"), [], |row| row.get(0)).unwrap()
    }

    /// Alters every byte of a column in every row, one at a time. `see` gets the row, the byte's index, the faults.
    fn flip_each(&self, table: &str, column: &str, mut see: impl FnMut(i64, usize, Vec<Fault>)) {
        for row in 0..self.rows(table) {
            let original = self.cell(table, column, row);
            let (bytes, text) = match &original {
                Cell::Blob(bytes) => (bytes.clone(), false),
                Cell::Text(text) => (text.clone().into_bytes(), true),
                Cell::Null => continue,
                other => panic!("{other:?}"),
            };
            for at in 0..bytes.len() {
                let mut altered = bytes.clone();
                // Bits in turn; in a text one that leaves ASCII what it is.
                altered[at] ^= if text { 1 } else { 1 << (at % 8) };
                let altered = match (text, String::from_utf8(altered.clone())) {
                    (true, Ok(text)) => Cell::Text(text),
                    (true, Err(_)) => continue,
                    (false, _) => Cell::Blob(altered),
                };
                self.set(table, column, row, &altered);
                see(row, at, self.verify());
                self.set(table, column, row, &original);
            }
        }
        assert_eq!(self.verify(), []);
    }

    /// Where each entry's bytes lie in its segment: (number, first byte, end).
    fn layout(&self, row: i64) -> Vec<(u64, usize, usize)> {
        let Cell::Integer(first) = self.cell("segment", "first", row) else { panic!() };
        let Cell::Blob(bytes) = self.cell("segment", "entries", row) else { panic!() };
        let (mut layout, mut at) = (Vec::new(), 0);
        while at < bytes.len() {
            let length = u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
            layout.push((first as u64 + layout.len() as u64, at + 4, at + 4 + length));
            at += 4 + length;
        }
        layout
    }
}

fn key_of(table: &str) -> &'static str {
    match table {
        "request" => "key",
        "checkpoint" => "size",
        _ => "first",
    }
}

#[test]
fn every_byte_of_every_entry() {
    let victim = Victim::of(small_book());
    let layouts: Vec<_> = (0..victim.rows("segment")).map(|row| victim.layout(row)).collect();
    victim.flip_each("segment", "entries", |row, at, faults| {
        // The four bytes before an entry are its length.
        let mut layout = layouts[row as usize].iter();
        let &(number, start, _) = layout.find(|(_, start, end)| (start - 4..*end).contains(&at)).unwrap();
        let first = &faults[0];
        assert_eq!(first.entry, Some(EntryNumber(number)), "{faults:?}");
        if at < start {
            assert_eq!(first.what, FaultKind::Segment, "{faults:?}");
        } else {
            assert_eq!(first.what, FaultKind::Entry, "{faults:?}");
            assert!(first.detail.contains("its stored hash is what was signed"), "{faults:?}");
        }
    });
}

#[test]
fn every_byte_of_every_stored_hash() {
    let victim = Victim::of(small_book());
    victim.flip_each("segment", "hashes", |row, at, faults| {
        let Cell::Integer(first) = victim.cell("segment", "first", row) else { panic!() };
        let number = EntryNumber(first as u64 + at as u64 / 32);
        assert_eq!((faults[0].what, faults[0].entry), (FaultKind::Hash, Some(number)), "{faults:?}");
        assert_eq!(faults.len(), 1, "{faults:?}");
    });
}

#[test]
fn every_byte_of_every_checkpoint() {
    let victim = Victim::of(small_book());
    let check = |_, _, faults: Vec<Fault>| {
        assert_eq!(faults[0].what, FaultKind::Checkpoint, "{faults:?}");
        assert!(faults.iter().all(|fault| fault.what == FaultKind::Checkpoint), "{faults:?}");
    };
    victim.flip_each("checkpoint", "note", check);
    victim.flip_each("checkpoint", "frontier", check);
}

#[test]
fn every_byte_of_what_only_repeats_the_entries() {
    let victim = Victim::of(small_book());
    let check = |what| move |_, _, faults: Vec<Fault>| assert_eq!(faults[0].what, what, "{faults:?}");
    victim.flip_each("segment", "links", |_, _, faults| {
        assert_eq!((faults.len(), faults[0].what), (1, FaultKind::Head), "{faults:?}");
        // Who reads such a book gets a record's versions or an error, never another record's.
        let ledger = Ledger::read(victim.ledger.home().dir()).unwrap();
        for record in (0..9).map(RecordId) {
            match ledger.history(record) {
                Ok(history) => assert!(history.iter().all(|entry| entry.record == record)),
                Err(error) => assert!(matches!(error, LedgerError::Damaged(_)), "{error}"),
            }
        }
    });
    victim.flip_each("segment", "register", check(FaultKind::Segment));
    for key in ["one", "two", "three"] {
        for at in 0..key.len() {
            let mut altered = key.as_bytes().to_vec();
            altered[at] ^= 1;
            let altered = String::from_utf8(altered).unwrap();
            let rename = |from: &str, to: &str| {
                victim.raw.execute("update request set key = ?2 where key = ?1", params![from, to]).unwrap();
            };
            rename(key, &altered);
            assert_eq!(victim.verify()[0].what, FaultKind::Request);
            rename(&altered, key);
        }
    }
}

#[test]
fn every_number() {
    let victim = Victim::of(small_book());
    for (table, column, what) in [
        ("segment", "first", FaultKind::Segment),
        ("segment", "count", FaultKind::Segment),
        ("request", "first", FaultKind::Request),
        ("request", "count", FaultKind::Request),
        ("checkpoint", "size", FaultKind::Checkpoint),
    ] {
        for row in 0..victim.rows(table) {
            for change in ["+ 1", "- 1", "+ 1000", "* -1 - 1", "+ 9223372036854770000"] {
                let change = format!(
                    "update {table} set {column} = {column} {change}
                     where {column} = (select {column} from {table} order by {column} limit 1 offset {row})"
                );
                victim.raw.execute_batch("begin").unwrap();
                // Some changes are refused by the table itself.
                if victim.raw.execute(&change, []).is_ok() {
                    victim.raw.execute_batch("commit").unwrap();
                    let faults = victim.verify();
                    let named =
                        faults.iter().any(|fault| fault.what == what || fault.what == FaultKind::Storage);
                    assert!(named, "{change}: {faults:?}");
                    victim.restore(table);
                } else {
                    victim.raw.execute_batch("rollback").unwrap();
                }
            }
        }
    }
    assert_eq!(victim.verify(), []);
}

impl Victim {
    /// Puts a table back as it was first seen.
    fn restore(&self, table: &str) {
        self.raw
            .execute_batch(&format!(
                "delete from main.{table}; insert into main.{table} select * from backup.{table}"
            ))
            .unwrap();
    }
}

#[test]
fn whole_rows() {
    let check = |sql: &str, expected: &[&str]| {
        let victim = Victim::of(small_book());
        victim.raw.execute_batch(sql).unwrap();
        let found: Vec<String> =
            victim.verify().iter().map(|fault| format!("{:?}: {fault}", fault.what)).collect();
        let fits = found.len() == expected.len()
            && found.iter().zip(expected).all(|(found, expected)| found.contains(expected));
        assert!(fits, "{sql}: {found:#?}");
    };
    check("delete from segment where first = 2", &["Segment: the entries from 2 up to 2 are missing"]);
    check("delete from segment where first = 7", &["Segment: the entries from 7 up to 7 are missing"]);
    check("delete from segment", &["Segment: the entries from 0 up to 2 are missing"]);
    check(
        "delete from checkpoint where size = 8",
        &[
            "Segment: entry 7 is stored beyond the last checkpoint",
            "Request: 2 requests were entered, 3 are recorded",
        ],
    );
    check("delete from checkpoint", &["Storage: there is no checkpoint"]);
    // Links that are missing, too many, of another record, another length or another spelling of the same.
    for (first, links) in
        [(3, ""), (3, "060808"), (3, "0608080000"), (3, "06080a00"), (7, "0a"), (7, "09"), (7, "")]
    {
        let fault =
            format!("Head: the records that the entries from {first} are stored to continue are not theirs");
        check(&format!("update segment set links = x'{links}' where first = {first}"), &[&fault]);
    }
    for links in ["0000", "8000", "000000", "0001", "ff", "ffffffffffffffffffffff00"] {
        check(
            &format!("update segment set links = x'{links}' where first = 0"),
            &["Head: the records that the entries from 0 are"],
        );
    }
    check(
        "delete from request where key = 'two'",
        &["Request: the request `two` of entry 3 is not recorded", "Request: 3 requests were entered, 2"],
    );
    check("insert into request values ('none', 0, 1)", &["Request: 3 requests were entered, 4"]);
    check(
        "update segment set entries = x'', hashes = x'', links = x'' where first = 3",
        &["the segment of entries 3 to 6: its entries' lengths do not add up"],
    );
    check(
        "update segment set entries = zeroblob(70000) where first = 0",
        &["the segment of entries 0 to 1: its entries' lengths do not add up"],
    );
    check("drop index segment_by_register", &[]); // Slower, but as true as before.
    check("alter table segment drop column hashes", &["Storage: no such column: hashes"]);
}

/// Somebody who alters an entry also puts in the hash that fits it: the signed root tells, and its window is named.
#[test]
fn an_entry_altered_together_with_its_hash() {
    let victim = Victim::of(small_book());
    let Cell::Blob(mut bytes) = victim.cell("segment", "entries", 2) else { panic!() };
    let Cell::Blob(mut hashes) = victim.cell("segment", "hashes", 2) else { panic!() };
    let (number, start, end) = victim.layout(2)[3];
    assert_eq!(number, 6);
    let at = start + bytes[start..end].windows(4).position(|window| window == b"U012").unwrap();
    bytes[at + 3] = b'3';
    hashes[96..128].copy_from_slice(&tlog_tiles::record_hash(&bytes[start..end]).0);
    victim.set("segment", "entries", 2, &Cell::Blob(bytes));
    victim.set("segment", "hashes", 2, &Cell::Blob(hashes));
    let faults = victim.verify();
    assert_eq!(faults.len(), 1);
    assert_eq!((faults[0].what, faults[0].entry), (FaultKind::Entry, Some(EntryNumber(3))));
    assert_eq!(faults[0].detail, "one of the entries 3 to 6 is altered together with its stored hash");
}

/// A book written by somebody who has the key but not the rules is found out too.
#[test]
fn damage_in_two_places_is_named_twice() {
    let victim = Victim::of(small_book());
    for row in [0, 2] {
        let Cell::Blob(mut bytes) = victim.cell("segment", "entries", row) else { panic!() };
        bytes[10] ^= 1;
        victim.set("segment", "entries", row, &Cell::Blob(bytes));
    }
    let found: Vec<_> = victim.verify().iter().map(|fault| (fault.what, fault.entry)).collect();
    assert!(found.contains(&(FaultKind::Entry, Some(EntryNumber(0)))), "{found:?}");
    assert!(found.contains(&(FaultKind::Entry, Some(EntryNumber(3)))), "{found:?}");
}

#[test]
fn every_byte_of_an_evidence_file_and_its_absence() {
    let city = small_book();
    let entry = city.ledger.entry(EntryNumber(4)).unwrap().unwrap();
    let path = city.ledger.evidence_path(&entry.evidence[0]).unwrap().unwrap();
    let bytes = fs::read(&path).unwrap();
    for at in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[at] ^= 1 << (at % 8);
        fs::write(&path, altered).unwrap();
        let faults = verify(&city.ledger);
        assert_eq!(
            (faults.len(), faults[0].what, faults[0].entry),
            (1, FaultKind::Evidence, Some(EntryNumber(4)))
        );
        assert!(faults[0].detail.ends_with("of entry 4 is altered"));
    }
    fs::remove_file(&path).unwrap();
    assert!(verify(&city.ledger)[0].detail.ends_with("of entry 4 is missing"));
}

/// A flipped bit anywhere in the file: a fault, a clean error, or (in the unused parts of pages) nothing at all; and
/// if nothing, then the book reads as before.
#[test]
fn any_byte_of_the_database_file() {
    let city = City::found();
    for turn in 0..30_u64 {
        city.append(&turn.to_string(), (0..turn * 3 + 1).map(|n| create("docks", &n.to_string())).collect());
    }
    city.append("amend", (0..20).map(|record| next(Kind::Amend, "docks", record, record)).collect());
    let home = city.home();
    drop(city.ledger);
    let dump = |home: &Path| {
        let mut all = Vec::new();
        let ledger = Ledger::read(home).unwrap();
        ledger
            .for_each(None, 0..u64::MAX, &mut |_, bytes| {
                all.push(bytes.to_vec());
                Ok(())
            })
            .unwrap();
        let records = (0..all.len() as u64).map(RecordId);
        (all, records.map(|record| ledger.version(record).unwrap()).collect::<Vec<_>>())
    };
    let (good, before) = (fs::read(home.join("book.db")).unwrap(), dump(&home));
    let step = if std::env::var_os("QINGYUAN_LONG").is_some() { 41 } else { 997 };
    let (mut named, mut unused) = (0, 0);
    for at in (0..good.len()).step_by(step) {
        let mut bad = good.clone();
        bad[at] ^= 1 << (at % 8);
        fs::write(home.join("book.db"), &bad).unwrap();
        if faults(&home).is_empty() {
            assert_eq!(dump(&home), before, "byte {at}");
            unused += 1;
        } else {
            named += 1;
        }
        for left in ["book.db-wal", "book.db-shm"] {
            let _ = fs::remove_file(home.join(left));
        }
    }
    assert!(named > unused, "{named} {unused}");
    // Cut off, or no database at all.
    for length in [0, 10, 100, 4096, 5000, good.len() - 4096] {
        fs::write(home.join("book.db"), &good[..length]).unwrap();
        assert!(!faults(&home).is_empty(), "cut to {length}");
    }
}

#[test]
fn a_wrong_or_broken_key_is_named() {
    let other = City::found();
    let check = |file: &str, contents: &[u8], expected: &str| {
        let found = small_book().after(|home| fs::write(home.join("keys").join(file), contents).unwrap());
        assert!(found.iter().any(|found| found.contains(expected)), "{found:?}");
    };
    let of_other = |file: &str| fs::read(other.home().join("keys").join(file)).unwrap();
    check("book.pub", &of_other("book.pub"), "book.key` does not hold this book's key");
    check("book.key", &of_other("book.key"), "book.key` does not hold this book's key");
    check("book.pub", b"", "book.pub` does not hold this book's key");
    check("book.pub", &[0xff; 10], "book.pub");
    check("person.key", b"short", "person.key` does not hold");
    let found = small_book().after(|home| {
        fs::remove_file(home.join("keys/book.key")).unwrap();
        fs::write(home.join("keys/book.pub"), of_other("book.pub")).unwrap();
    });
    assert!(found[0].contains("Checkpoint: the checkpoint at 0 entries is altered"), "{found:?}");
}
