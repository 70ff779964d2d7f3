//! Books of layout 1 get layout 2 when they are opened for writing. Layout 1 had a letter for each entry's kind where
//! there are links now, and a table of current versions. What is signed, the entries, is only carried over.

use rusqlite::{Connection, TransactionBehavior, params};

use super::Result;
use super::session::segment;
use crate::links;
use crate::segment::Segment;

/// In one transaction: who is stopped in the middle of it still has a book of layout 1. A book of any other layout is
/// left as it is.
pub(super) fn from_layout_1(connection: &mut Connection) -> Result<()> {
    if connection.query_row("pragma user_version", [], |row| row.get::<_, i64>(0))? != 1 {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(
        "drop index segment_by_register;
         create table converted (
             first    integer primary key,
             register text    not null,
             count    integer not null,
             links    blob    not null,
             hashes   blob    not null,
             entries  blob    not null
         ) strict",
    )?;
    {
        let mut select = transaction.prepare(
            "select first, count, register, cast(ltrim(kinds, 'c') as blob), hashes, entries
             from segment order by first",
        )?;
        let mut insert = transaction.prepare(
            "insert into converted (first, register, count, links, hashes, entries)
             values (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let segment = segment(row)?;
            // Where no letter is left there are only creations, which have no links.
            let links = if segment.links.is_empty() { Vec::new() } else { links::of_entries(&segment) };
            let Segment { register, hashes, entries, .. } = segment;
            let (first, count): (i64, i64) = (row.get(0)?, row.get(1)?);
            insert.execute(params![first, register, count, links::encode(&links), hashes, entries])?;
        }
    }
    transaction.execute_batch(
        "drop table segment;
         drop table head;
         alter table converted rename to segment;
         create index segment_by_register on segment (register, first, count, links);
         pragma user_version = 2",
    )?;
    Ok(transaction.commit()?)
}
