//! Rows of a batch on their way into files: taken in any order, cut into partitions, sorted.

use std::collections::BTreeMap;

use crate::error::LakeError;
use crate::file::{FileWriter, NewFile, Part};
use crate::measurement::Micro;
use crate::month::Month;
use crate::rows::{Columns, NO_VALUE, Words};
use crate::segment::SpooledRow;

/// Rows of one batch that were not written yet.
pub(crate) struct Pending {
    batch: i64,
    /// How often rows of this batch were written already. It comes first in a row's revision, so that of two rows about
    /// the same thing the later one is the later revision, whenever they were written.
    round: i64,
    words: Words,
    parts: BTreeMap<Part, Columns>,
    rows: usize,
}

impl Pending {
    pub(crate) fn new(batch: u64) -> Pending {
        Pending { batch: batch as i64, round: 0, words: Words::default(), parts: BTreeMap::new(), rows: 0 }
    }

    /// How many rows are waiting.
    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    pub(crate) fn push(&mut self, row: &SpooledRow<'_>) {
        let part = Part { kind: row.kind, span: row.span, month: Month::of(row.time) };
        let words = &mut self.words;
        let columns = self.parts.entry(part).or_default();
        columns.station.push(words.id(row.station));
        columns.item.push(words.id(row.item));
        columns.time.push(row.time);
        columns.value.push(row.value.map_or(NO_VALUE, |Micro(value)| value));
        columns.flag.push(words.id(row.flag));
        columns.source.push(words.id(row.source));
        columns.batch.push(self.batch);
        columns.revision.push(0);
        columns.recorded.push(row.recorded);
        self.rows += 1;
    }

    /// Sorts what waits, and hands it over as files.
    pub(crate) fn write(
        &mut self,
        file_rows: usize,
        each: &mut dyn FnMut(NewFile) -> Result<(), LakeError>,
    ) -> Result<(), LakeError> {
        let ranks = self.words.ranks();
        for (part, rows) in std::mem::take(&mut self.parts) {
            let sorted = sort(&rows, &ranks, self.round << 32);
            drop(rows);
            let mut writer = FileWriter::new(part, file_rows);
            for file in writer.write(&mut self.words, &sorted)? {
                each(file)?;
            }
            if let Some(file) = writer.finish(&self.words)? {
                each(file)?;
            }
        }
        self.rows = 0;
        self.round += 1;
        // Words that were used once must not fill the memory of an import without end.
        self.words = Words::default();
        Ok(())
    }
}

/// By station, item and time; rows about the same thing stay in their order and get revisions.
fn sort(rows: &Columns, ranks: &[u32], first_revision: i64) -> Columns {
    let rank = |id: u32| u64::from(ranks[id as usize]);
    let mut order: Vec<(u64, i64, u32)> = (0..rows.len())
        .map(|index| {
            (rank(rows.station[index]) << 32 | rank(rows.item[index]), rows.time[index], index as u32)
        })
        .collect();
    order.sort_unstable();
    let mut sorted = Columns::default();
    let mut revision = first_revision;
    for (place, (key, time, index)) in order.iter().enumerate() {
        let same = place > 0 && (order[place - 1].0, order[place - 1].1) == (*key, *time);
        revision = if same { revision + 1 } else { first_revision };
        sorted.push(rows, *index as usize);
        sorted.revision[place] = revision;
    }
    sorted
}
