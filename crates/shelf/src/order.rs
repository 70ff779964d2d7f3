//! The order of a part's rows by a column: sorted once, kept, and then only walked through.

use std::sync::{Arc, PoisonError};

use pack::{FieldKind, Register};
use rayon::prelude::*;

use crate::collate::collation;
use crate::column::{Column, Texts};
use crate::dictionary::NONE;
use crate::label::Labels;
use crate::part::{Part, Status};
use crate::query::By;

/// What a row is sorted by. Rows without it come last, whichever way the list is sorted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    Number(i128),
    Text(Vec<u8>),
}

/// A column of a register that can be sorted by, looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum OrderKey {
    Record,
    State,
    Owner,
    Recorded,
    Effective,
    Status,
    Author,
    Field(usize),
}

/// The rows of a part, sorted.
#[derive(Debug)]
pub(crate) struct Order {
    /// Rows that have something, by it and then by record; then the others, by record.
    pub(crate) rows: Vec<u32>,
    /// How many have something.
    pub(crate) filled: usize,
    /// What the labels were made of that it was sorted by.
    stamp: Vec<u64>,
}

/// How a list is sorted.
pub(crate) struct Sorting<'a> {
    register: &'a Register,
    key: OrderKey,
    labels: &'a Labels<'a>,
}

impl<'a> Sorting<'a> {
    /// Sorting by a column; none if the register has no such column. References sort by what they are called, in
    /// simplified characters whatever the reader's language, so that a page is the same for everybody.
    pub(crate) fn new(register: &'a Register, by: &By, labels: &'a Labels<'a>) -> Option<Self> {
        let key = match by {
            By::Record => OrderKey::Record,
            By::State => OrderKey::State,
            By::Owner => OrderKey::Owner,
            By::Recorded => OrderKey::Recorded,
            By::Effective => OrderKey::Effective,
            By::Status => OrderKey::Status,
            By::Author => OrderKey::Author,
            By::Field(key) => OrderKey::Field(register.fields.iter().position(|field| field.key == *key)?),
        };
        Some(Self { register, key, labels })
    }

    /// What a row is sorted by.
    pub(crate) fn key(&self, part: &Part, row: usize) -> Option<Key> {
        let number = |number: i128| Some(Key::Number(number));
        match self.key {
            OrderKey::Record => number(i128::from(part.head(row).record)),
            OrderKey::State => Some(self.state(part.state(row))),
            OrderKey::Owner => part.owner(row).map(text),
            OrderKey::Recorded => number(i128::from(part.head(row).recorded)),
            OrderKey::Effective => number(i128::from(part.rows[row].from)),
            OrderKey::Status => number(status(part.head(row).status)),
            OrderKey::Author => Some(text(part.authors.get(part.head(row).authors))),
            OrderKey::Field(at) => match &part.columns[at] {
                column @ Column::Texts(texts) => texts
                    .get(row)
                    .map(|_| ())
                    .and_then(|()| column.text(row).map(|text| self.field_text(at, text))),
                column @ Column::References { .. } => {
                    column.record(row).map(|record| self.reference(at, record))
                }
                column => column.number(row).map(Key::Number),
            },
        }
    }

    /// The part's rows in order, as kept or sorted now.
    pub(crate) fn order(&self, part: &Part) -> Arc<Order> {
        let stamp = match self.key {
            OrderKey::Field(at) if matches!(part.columns[at], Column::References { .. }) => {
                self.labels.stamp()
            }
            _ => Vec::new(),
        };
        // Two who ask at once may both sort: better than one waiting behind another's other column.
        let kept =
            |orders: &std::collections::BTreeMap<OrderKey, Arc<Order>>| orders.get(&self.key).map(Arc::clone);
        if let Some(order) = kept(&part.orders.lock().unwrap_or_else(PoisonError::into_inner))
            && order.stamp == stamp
        {
            return order;
        }
        let (rows, filled) = self.sorted(part);
        let order = Arc::new(Order { rows, filled, stamp });
        part.orders.lock().unwrap_or_else(PoisonError::into_inner).insert(self.key, Arc::clone(&order));
        order
    }

    fn sorted(&self, part: &Part) -> (Vec<u32>, usize) {
        let rows = 0..u32::try_from(part.len()).unwrap_or(u32::MAX);
        let by_code = |codes: Vec<u32>, keys: Vec<Key>| by_code(&codes, &keys);
        match self.key {
            OrderKey::Record => (rows.collect(), part.len()),
            OrderKey::State => {
                let keys = part.states.iter().map(|state| self.state(state)).collect();
                by_code(part.rows.iter().map(|row| row.state).collect(), keys)
            }
            OrderKey::Owner => by_code(
                part.rows.iter().map(|row| row.owner).collect(),
                part.owners.iter().map(text).collect(),
            ),
            OrderKey::Status => {
                let codes = part.of.iter().map(|head| part.heads[*head as usize].status as u32).collect();
                by_code(codes, Status::ALL.map(|one| Key::Number(status(one))).to_vec())
            }
            OrderKey::Author => {
                let codes = part.of.iter().map(|head| part.heads[*head as usize].authors).collect();
                by_code(codes, part.authors.iter().map(text).collect())
            }
            OrderKey::Recorded => by_number(rows, |row| Some(part.head(row).recorded)),
            OrderKey::Effective => by_number(rows, |row| Some(part.rows[row].from)),
            OrderKey::Field(at) => match &part.columns[at] {
                Column::Texts(Texts { codes, dictionary, .. }) => {
                    let texts: Vec<&str> = dictionary.iter().collect();
                    let keys: Vec<Key> = texts.par_iter().map(|text| self.field_text(at, text)).collect();
                    by_code(codes.clone(), keys)
                }
                Column::References { codes, records } => {
                    let keys = records.iter().map(|record| self.reference(at, *record)).collect();
                    by_code(codes.clone(), keys)
                }
                Column::Numbers { values, filled } => {
                    by_number(rows, |row| filled.get(row).then(|| values[row]))
                }
                Column::Decimals { values, filled } => {
                    by_number(rows, |row| filled.get(row).then(|| values[row]))
                }
            },
        }
    }

    /// States are sorted as the pack lists them; what it no longer lists comes after.
    fn state(&self, state: &str) -> Key {
        place(self.register.states.iter().map(|known| known.key.as_str()), state)
    }

    /// Options too.
    fn field_text(&self, field: usize, value: &str) -> Key {
        match &self.register.fields[field].kind {
            FieldKind::Choice { options } => place(options.iter().map(|option| option.key.as_str()), value),
            _ => text(value),
        }
    }

    fn reference(&self, field: usize, record: u64) -> Key {
        match &self.register.fields[field].kind {
            FieldKind::Reference { register } => text(&self.labels.sorted_label(register, record)),
            _ => Key::Number(i128::from(record)),
        }
    }
}

fn text(text: &str) -> Key {
    Key::Text(collation(text))
}

fn status(status: Status) -> i128 {
    status as i128
}

fn place<'a>(mut known: impl Iterator<Item = &'a str>, wanted: &str) -> Key {
    let place = known.position(|known| known == wanted);
    Key::Number(place.and_then(|place| i128::try_from(place).ok()).unwrap_or(i128::from(u32::MAX)))
}

/// Rows by the keys of their codes: the codes are sorted, the rows only dealt out.
fn by_code(codes: &[u32], keys: &[Key]) -> (Vec<u32>, usize) {
    // The beginnings of the keys are compared first: they lie side by side, the keys all over the memory.
    let mut order: Vec<(u128, u32)> = keys.iter().map(beginning).zip(0_u32..).collect();
    order
        .par_sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| keys[a.1 as usize].cmp(&keys[b.1 as usize])));
    let order: Vec<u32> = order.into_iter().map(|(_, code)| code).collect();
    // Equal keys share a rank, so that their rows stay in the order of the records.
    let mut ranks = vec![0_usize; keys.len()];
    let mut rank = 0;
    for (at, code) in order.iter().enumerate() {
        if at > 0 && keys[order[at - 1] as usize] != keys[*code as usize] {
            rank += 1;
        }
        ranks[*code as usize] = rank;
    }
    let empty = rank + 1;
    let rank_of =
        |code: u32| if code == NONE { empty } else { ranks.get(code as usize).copied().unwrap_or(empty) };
    let mut starts = vec![0_u32; empty + 2];
    for code in codes {
        starts[rank_of(*code) + 1] += 1;
    }
    for rank in 1..starts.len() {
        starts[rank] += starts[rank - 1];
    }
    let filled = starts[empty] as usize;
    let mut rows = vec![0_u32; codes.len()];
    for (row, code) in (0_u32..).zip(codes) {
        let start = &mut starts[rank_of(*code)];
        rows[*start as usize] = row;
        *start += 1;
    }
    (rows, filled)
}

/// Sixteen bytes that never compare otherwise than the keys do.
fn beginning(key: &Key) -> u128 {
    match key {
        Key::Number(number) => number.cast_unsigned() ^ 1 << 127,
        Key::Text(text) => {
            let mut bytes = [0; 16];
            bytes.iter_mut().zip(text).for_each(|(byte, of)| *byte = *of);
            u128::from_be_bytes(bytes)
        }
    }
}

fn by_number<T: Ord + Copy + Send>(
    rows: std::ops::Range<u32>,
    number: impl Fn(usize) -> Option<T>,
) -> (Vec<u32>, usize) {
    let mut filled: Vec<(T, u32)> = Vec::with_capacity(rows.len());
    let mut empty = Vec::new();
    for row in rows {
        match number(row as usize) {
            Some(number) => filled.push((number, row)),
            None => empty.push(row),
        }
    }
    filled.par_sort_unstable();
    let count = filled.len();
    (filled.into_iter().map(|(_, row)| row).chain(empty).collect(), count)
}
