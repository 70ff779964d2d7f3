//! The rows that filters let through, in order, from any place on.
//!
//! A register is one large part and small later ones. The small ones' rows are few: they are sorted at once, and each
//! is looked up in the large part's kept order, which is then walked stretch by stretch, a bit a row.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::bits::Bits;
use crate::order::{Key, Order, Sorting};
use crate::part::Part;

/// A place in a list: what its row is sorted by, and its record.
pub(crate) type Place = (Option<Key>, u64);

/// The rows of a list in their order.
pub(crate) struct Walk<'a> {
    sorting: &'a Sorting<'a>,
    descending: bool,
    large: Side<'a>,
    /// Rows of later parts, in order.
    small: Vec<Small<'a>>,
}

struct Side<'a> {
    part: &'a Part,
    chosen: &'a Bits,
    order: Arc<Order>,
}

struct Small<'a> {
    at: Place,
    part: &'a Part,
    row: usize,
}

impl<'a> Walk<'a> {
    /// Prepares the rows `chosen` of each part. There is at least one part.
    pub(crate) fn new(
        sorting: &'a Sorting<'a>,
        descending: bool,
        first: (&'a Part, &'a Bits),
        rest: &[(&'a Part, &'a Bits)],
    ) -> Self {
        let (part, chosen) = first;
        let large = Side { part, chosen, order: sorting.order(part) };
        let mut walk = Self { sorting, descending, large, small: Vec::new() };
        for (part, chosen) in rest {
            let small = chosen.iter().map(|row| Small { at: place(sorting, part, row), part, row });
            walk.small.extend(small);
        }
        walk.small.sort_by(|a, b| compare(&a.at, &b.at, descending));
        walk
    }

    /// How many rows there are.
    pub(crate) fn total(&self) -> usize {
        self.large.chosen.count() + self.small.len()
    }

    /// How many rows come before a place, the row at the place itself counted or not.
    pub(crate) fn rank(&self, at: &Place, inclusive: bool) -> usize {
        let comes_before = |found: &Place| {
            let order = compare(found, at, self.descending);
            order == Ordering::Less || inclusive && order == Ordering::Equal
        };
        let end = self.large_partition(comes_before);
        let large = (0..end).filter(|index| self.large.chosen.get(self.large_row(*index))).count();
        let small =
            self.small.partition_point(|small| comes_before(&place(self.sorting, small.part, small.row)));
        large + small
    }

    /// The rows from the `skip`th on.
    pub(crate) fn from(&self, skip: usize) -> impl Iterator<Item = (&'a Part, usize)> + '_ {
        let mut index = 0;
        let mut small = self.small.iter();
        // The next row of a small part, and where it belongs in the large side's order: looked up when its turn comes.
        let mut next: Option<(&Small<'a>, usize)> = None;
        std::iter::from_fn(move || {
            loop {
                if next.is_none() {
                    next = small.next().map(|one| (one, self.large_before(&one.at)));
                }
                if let Some((one, before)) = next
                    && before <= index
                {
                    next = None;
                    return Some((one.part, one.row));
                }
                if index == self.large.part.len() {
                    return None;
                }
                let row = self.large_row(index);
                index += 1;
                if self.large.chosen.get(row) {
                    return Some((self.large.part, row));
                }
            }
        })
        .skip(skip)
    }

    /// Where a row is that was handed out.
    pub(crate) fn place(&self, part: &Part, row: usize) -> Place {
        place(self.sorting, part, row)
    }

    /// The row at an index of the large side, in the direction of the list. Rows without a key are last either way.
    fn large_row(&self, index: usize) -> usize {
        let Order { rows, filled, .. } = &*self.large.order;
        let at = match (self.descending, index < *filled) {
            (false, _) => index,
            (true, true) => filled - 1 - index,
            (true, false) => rows.len() - 1 - (index - filled),
        };
        rows[at] as usize
    }

    fn large_before(&self, at: &Place) -> usize {
        self.large_partition(|found| compare(found, at, self.descending) == Ordering::Less)
    }

    fn large_partition(&self, comes_before: impl Fn(&Place) -> bool) -> usize {
        let (mut low, mut high) = (0, self.large.part.len());
        while low < high {
            let middle = low.midpoint(high);
            if comes_before(&place(self.sorting, self.large.part, self.large_row(middle))) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

fn place(sorting: &Sorting<'_>, part: &Part, row: usize) -> Place {
    (sorting.key(part, row), part.head(row).record)
}

/// The order of a list: by key, then by record; descending is the same backwards, but what has no key stays last.
fn compare(a: &Place, b: &Place, descending: bool) -> Ordering {
    let turn = |order: Ordering| if descending { order.reverse() } else { order };
    match (&a.0, &b.0) {
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (None, None) => turn(a.1.cmp(&b.1)),
        (Some(left), Some(right)) => turn(left.cmp(right).then(a.1.cmp(&b.1))),
    }
}
