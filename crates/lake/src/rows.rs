//! Rows as columns, with words kept once: what is sorted, merged and written.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Decimal128Array, DictionaryArray, Int32Array, Int64Array, StringArray,
    TimestampMicrosecondArray,
};
use arrow::buffer::NullBuffer;

use crate::error::{LakeError, RowFault};
use crate::measurement::Measurement;

/// Stands for "no value" in [`Columns::value`]; no value is so small.
pub(crate) const NO_VALUE: i64 = i64::MIN;

const MAX_NAME: usize = 100;
const MAX_FLAG: usize = 100;
const MAX_SOURCE: usize = 300;

/// Checks rows before anything is done with them.
pub(crate) fn check_rows(rows: &[Measurement]) -> Result<(), LakeError> {
    for (index, row) in rows.iter().enumerate() {
        check_row(row).map_err(|fault| LakeError::Row { index, fault })?;
    }
    Ok(())
}

fn check_row(row: &Measurement) -> Result<(), RowFault> {
    let plain = |word: &str, max: usize| word.len() <= max && !word.chars().any(char::is_control);
    for (column, word) in [("station", &row.station), ("item", &row.item)] {
        if word.is_empty() || !plain(word, MAX_NAME) {
            return Err(RowFault::Name { column, max: MAX_NAME });
        }
    }
    for (column, word, max) in [("flag", &row.flag, MAX_FLAG), ("source", &row.source, MAX_SOURCE)] {
        if !plain(word, max) {
            return Err(RowFault::Words { column, max });
        }
    }
    match row.value {
        Some(value) if !value.fits() => return Err(RowFault::Value(value.to_string())),
        _ => {}
    }
    // Years of four digits, also in China's time.
    const FIRST: i64 = -62_135_596_800;
    const END: i64 = 253_370_764_800;
    if (FIRST..END).contains(&row.time.as_second()) { Ok(()) } else { Err(RowFault::Time) }
}

/// Words, each kept once. A word's number depends on when it was first seen, so nothing is ever ordered by it.
#[derive(Default)]
pub(crate) struct Words {
    ids: HashMap<Arc<str>, u32>,
    words: Vec<Arc<str>>,
    array: Option<Arc<StringArray>>,
}

impl Words {
    pub(crate) fn id(&mut self, word: &str) -> u32 {
        if let Some(id) = self.ids.get(word) {
            return *id;
        }
        let id = self.words.len() as u32;
        let word: Arc<str> = word.into();
        self.words.push(Arc::clone(&word));
        self.ids.insert(word, id);
        self.array = None;
        id
    }

    pub(crate) fn word(&self, id: u32) -> &str {
        &self.words[id as usize]
    }

    /// The place of each word in the order of the words.
    pub(crate) fn ranks(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.words.len() as u32).collect();
        order.sort_unstable_by_key(|id| &self.words[*id as usize]);
        let mut ranks = vec![0; order.len()];
        for (rank, id) in order.into_iter().enumerate() {
            ranks[id as usize] = rank as u32;
        }
        ranks
    }

    fn array(&mut self) -> Arc<StringArray> {
        let words = &self.words;
        let array = self.array.get_or_insert_with(|| Arc::new(StringArray::from_iter_values(words)));
        Arc::clone(array)
    }
}

/// Rows of one kind and span as columns.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    pub(crate) station: Vec<u32>,
    pub(crate) item: Vec<u32>,
    pub(crate) time: Vec<i64>,
    pub(crate) value: Vec<i64>,
    pub(crate) flag: Vec<u32>,
    pub(crate) source: Vec<u32>,
    pub(crate) batch: Vec<i64>,
    pub(crate) revision: Vec<i64>,
    pub(crate) recorded: Vec<i64>,
}

impl Columns {
    pub(crate) fn len(&self) -> usize {
        self.time.len()
    }

    pub(crate) fn extend(&mut self, from: &Columns, range: Range<usize>) {
        self.station.extend_from_slice(&from.station[range.clone()]);
        self.item.extend_from_slice(&from.item[range.clone()]);
        self.time.extend_from_slice(&from.time[range.clone()]);
        self.value.extend_from_slice(&from.value[range.clone()]);
        self.flag.extend_from_slice(&from.flag[range.clone()]);
        self.source.extend_from_slice(&from.source[range.clone()]);
        self.batch.extend_from_slice(&from.batch[range.clone()]);
        self.revision.extend_from_slice(&from.revision[range.clone()]);
        self.recorded.extend_from_slice(&from.recorded[range]);
    }

    pub(crate) fn push(&mut self, from: &Columns, index: usize) {
        self.station.push(from.station[index]);
        self.item.push(from.item[index]);
        self.time.push(from.time[index]);
        self.value.push(from.value[index]);
        self.flag.push(from.flag[index]);
        self.source.push(from.source[index]);
        self.batch.push(from.batch[index]);
        self.revision.push(from.revision[index]);
        self.recorded.push(from.recorded[index]);
    }

    pub(crate) fn clear(&mut self) {
        self.station.clear();
        self.item.clear();
        self.time.clear();
        self.value.clear();
        self.flag.clear();
        self.source.clear();
        self.batch.clear();
        self.revision.clear();
        self.recorded.clear();
    }

    /// Arrow arrays of a range: station, item, time, value, flag, source, batch, revision, recorded.
    pub(crate) fn arrays(&self, words: &mut Words, range: Range<usize>) -> Result<Vec<ArrayRef>, LakeError> {
        let dictionary = words.array();
        let word = |ids: &[u32]| -> Result<ArrayRef, LakeError> {
            let keys = Int32Array::from_iter_values(ids.iter().map(|id| *id as i32));
            let array = DictionaryArray::try_new(keys, Arc::clone(&dictionary) as ArrayRef);
            Ok(Arc::new(array.map_err(LakeError::table)?))
        };
        let instant = |micros: &[i64]| -> ArrayRef {
            Arc::new(TimestampMicrosecondArray::from(micros.to_vec()).with_timezone("UTC"))
        };
        let values = &self.value[range.clone()];
        let present = values
            .contains(&NO_VALUE)
            .then(|| NullBuffer::from_iter(values.iter().map(|value| *value != NO_VALUE)));
        let numbers: Vec<i128> =
            values.iter().map(|value| if *value == NO_VALUE { 0 } else { i128::from(*value) }).collect();
        let value = Decimal128Array::try_new(numbers.into(), present)
            .and_then(|array| array.with_precision_and_scale(18, 6))
            .map_err(LakeError::table)?;
        Ok(vec![
            word(&self.station[range.clone()])?,
            word(&self.item[range.clone()])?,
            instant(&self.time[range.clone()]),
            Arc::new(value),
            word(&self.flag[range.clone()])?,
            word(&self.source[range.clone()])?,
            Arc::new(Int64Array::from(self.batch[range.clone()].to_vec())),
            Arc::new(Int64Array::from(self.revision[range.clone()].to_vec())),
            instant(&self.recorded[range]),
        ])
    }
}
