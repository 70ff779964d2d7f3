//! The text as the rules read it: sentences of quantities, with the words between them.

use std::ops::Range;

use quantity::read::{CalendarDate, Kind, Quantity};

use super::plain::plain;
use super::{Place, TableCells};

/// A text with its quantities, cut into sentences. Made once, in time linear in the text's length.
pub(super) struct Reading<'t> {
    pub(super) text: &'t str,
    pub(super) found: &'t [Quantity],
    /// The text simplified and in half width.
    plain: String,
    /// Where each quantity lies in `plain`.
    spans: Vec<Range<usize>>,
    /// The quantities that count, in order; sentences own ranges of it.
    counted: Vec<usize>,
    /// How many brackets are open before each counted quantity, within its sentence.
    depths: Vec<u8>,
    /// The dates, in order.
    dates: Vec<usize>,
    stretches: Vec<Stretch>,
}

struct Stretch {
    plain: Range<usize>,
    items: Range<usize>,
    dates: Range<usize>,
    paragraph: usize,
    in_table: bool,
}

/// One sentence: its quantities are numbered from 0.
#[derive(Clone, Copy)]
pub(super) struct Sentence<'r> {
    reading: &'r Reading<'r>,
    stretch: &'r Stretch,
}

impl<'t> Reading<'t> {
    pub(super) fn new(text: &'t str, found: &'t [Quantity], tables: &[TableCells]) -> Self {
        let mut borders: Vec<usize> = Vec::new();
        let mut cells: Vec<Range<usize>> = Vec::new();
        for cell in tables.iter().flat_map(|table| table.rows.iter().flatten()) {
            borders.extend([cell.start, cell.end]);
            cells.push(cell.clone());
        }
        borders.sort_unstable();
        cells.sort_unstable_by_key(|cell| cell.start);

        let mut reading = Self {
            text,
            found,
            plain: String::with_capacity(text.len()),
            spans: vec![0..0; found.len()],
            counted: Vec::new(),
            depths: Vec::new(),
            dates: Vec::new(),
            stretches: Vec::new(),
        };
        let mut cut = Cut { start: 0, first_item: 0, first_date: 0, depth: 0, paragraph: 0, start_byte: 0 };
        let (mut next, mut inside, mut border) = (0, None::<usize>, 0);
        for (byte, character) in text.char_indices() {
            while let Some(at) = borders.get(border).filter(|at| **at <= byte) {
                if *at == byte {
                    reading.end_sentence(&mut cut, byte, &cells);
                }
                border += 1;
            }
            if let Some(item) = inside.filter(|item| found[*item].bytes.end <= byte) {
                reading.spans[item].end = reading.plain.len();
                inside = None;
            }
            while inside.is_none() && found.get(next).is_some_and(|quantity| quantity.bytes.start <= byte) {
                // One that begins before another's end is passed over: its span stays empty.
                if found[next].bytes.start == byte && found[next].bytes.end > byte {
                    reading.spans[next].start = reading.plain.len();
                    inside = Some(next);
                    match found[next].kind {
                        Kind::Date(_) => reading.dates.push(next),
                        Kind::Rank | Kind::Name => {}
                        _ => {
                            reading.counted.push(next);
                            reading.depths.push(cut.depth);
                        }
                    }
                }
                next += 1;
            }
            let character = plain(character);
            reading.plain.push(character);
            if inside.is_none() {
                match character {
                    '(' => cut.depth = cut.depth.saturating_add(1),
                    ')' => cut.depth = cut.depth.saturating_sub(1),
                    '。' | '!' | '?' | '\t' => reading.end_sentence(&mut cut, byte, &cells),
                    '\n' | '\r' => {
                        reading.end_sentence(&mut cut, byte, &cells);
                        cut.paragraph += 1;
                    }
                    _ => {}
                }
            }
        }
        if let Some(item) = inside {
            reading.spans[item].end = reading.plain.len();
        }
        reading.end_sentence(&mut cut, text.len(), &cells);
        reading
    }

    fn end_sentence(&mut self, cut: &mut Cut, byte: usize, cells: &[Range<usize>]) {
        if self.plain.len() > cut.start {
            let cell = cells.partition_point(|cell| cell.end <= cut.start_byte);
            self.stretches.push(Stretch {
                plain: cut.start..self.plain.len(),
                items: cut.first_item..self.counted.len(),
                dates: cut.first_date..self.dates.len(),
                paragraph: cut.paragraph,
                in_table: cells.get(cell).is_some_and(|cell| cell.contains(&cut.start_byte)),
            });
        }
        *cut = Cut {
            start: self.plain.len(),
            first_item: self.counted.len(),
            first_date: self.dates.len(),
            depth: 0,
            paragraph: cut.paragraph,
            start_byte: byte,
        };
    }

    pub(super) fn sentences(&self) -> impl Iterator<Item = Sentence<'_>> {
        self.stretches.iter().map(|stretch| Sentence { reading: self, stretch })
    }
}

/// Where the sentence being read began.
struct Cut {
    start: usize,
    first_item: usize,
    first_date: usize,
    depth: u8,
    paragraph: usize,
    start_byte: usize,
}

impl<'r> Sentence<'r> {
    /// How many quantities it has.
    pub(super) fn len(&self) -> usize {
        self.stretch.items.len()
    }

    pub(super) fn paragraph(&self) -> usize {
        self.stretch.paragraph
    }

    pub(super) fn in_table(&self) -> bool {
        self.stretch.in_table
    }

    /// The sentence in plain characters.
    pub(super) fn plain(&self) -> &'r str {
        self.slice(self.stretch.plain.clone())
    }

    fn slice(&self, range: Range<usize>) -> &'r str {
        self.reading.plain.get(range).unwrap_or_default()
    }

    /// The number of an item in the list of all found.
    pub(super) fn index(&self, item: usize) -> usize {
        self.reading.counted[self.stretch.items.start + item]
    }

    pub(super) fn quantity(&self, item: usize) -> &'r Quantity {
        &self.reading.found[self.index(item)]
    }

    pub(super) fn place(&self, item: usize) -> Place {
        let index = self.index(item);
        Place { bytes: self.reading.found[index].bytes.clone(), quantity: Some(index) }
    }

    pub(super) fn places(&self, items: &[usize]) -> Vec<Place> {
        items.iter().map(|item| self.place(*item)).collect()
    }

    /// As the text writes it.
    pub(super) fn surface(&self, item: usize) -> &'r str {
        let reading = self.reading;
        reading.text.get(reading.found[self.index(item)].bytes.clone()).unwrap_or_default()
    }

    pub(super) fn depth(&self, item: usize) -> u8 {
        self.reading.depths[self.stretch.items.start + item]
    }

    fn span(&self, item: usize) -> &'r Range<usize> {
        &self.reading.spans[self.index(item)]
    }

    /// The words between the item before, or the sentence's beginning, and the item.
    pub(super) fn before(&self, item: usize) -> &'r str {
        let from = if item == 0 { self.stretch.plain.start } else { self.span(item - 1).end };
        self.slice(from..self.span(item).start)
    }

    /// The words between the item and the next, or the sentence's end.
    pub(super) fn after(&self, item: usize) -> &'r str {
        if item + 1 < self.len() {
            self.before(item + 1)
        } else {
            self.slice(self.span(item).end..self.stretch.plain.end)
        }
    }

    /// Everything between two items, quantities included.
    pub(super) fn between(&self, first: usize, last: usize) -> &'r str {
        self.slice(self.span(first).end..self.span(last).start)
    }

    /// What the item is said of: the words right before it, back to the last punctuation.
    pub(super) fn label(&self, item: usize) -> &'r str {
        let before = self.before(item).trim_end();
        let start = before
            .rfind([',', ';', ':', '、', '(', ')', '“', '”', '。'])
            .map_or(0, |at| at + before[at..].chars().next().map_or(0, char::len_utf8));
        before[start..].trim()
    }

    /// The clause before the item, back to the last punctuation that is not 、.
    pub(super) fn clause(&self, item: usize) -> &'r str {
        let before = self.before(item).trim_end();
        let start = before.rfind([',', ';', ':', '(', ')', '。']).map_or(0, |at| at + 1);
        before.get(start..).unwrap_or(before).trim()
    }

    /// The date that governs an item: the last before it in its paragraph. `None` without one.
    pub(super) fn date(&self, item: usize) -> Option<(usize, CalendarDate)> {
        let reading = self.reading;
        let index = self.index(item);
        let at = reading.dates.partition_point(|date| *date < index);
        let date = *reading.dates.get(at.checked_sub(1)?)?;
        let start = reading.paragraph_start(self.stretch);
        match reading.found[date].kind {
            Kind::Date(calendar) if reading.spans[date].start >= start => Some((date, calendar)),
            _ => None,
        }
    }

    /// The dates of the sentence between two places of it: all those after the item `from` (or from the start) and
    /// before the item `to`.
    pub(super) fn dates_before(&self, item: usize) -> impl Iterator<Item = CalendarDate> + use<'r> {
        let from = if item == 0 { 0 } else { self.index(item - 1) };
        let to = self.index(item);
        let reading = self.reading;
        reading.dates[self.stretch.dates.clone()]
            .iter()
            .filter(move |date| **date >= from && **date < to)
            .filter_map(move |date| match reading.found[*date].kind {
                Kind::Date(calendar) => Some(calendar),
                _ => None,
            })
    }

    /// The year that governs an item: the last year said before it in its paragraph, or in the text before.
    pub(super) fn year(&self, item: usize) -> Option<i16> {
        let reading = self.reading;
        let index = self.index(item);
        let at = reading.dates.partition_point(|date| *date < index);
        // A text says its year often enough; to look further back would cost time without bound.
        reading.dates[at.saturating_sub(50)..at].iter().rev().find_map(|date| {
            match reading.found[*date].kind {
                Kind::Date(calendar) => calendar.year,
                _ => None,
            }
        })
    }

    /// What of a lead belongs to the sentence itself.
    pub(super) fn own(&self, lead: &'r str) -> &'r str {
        let most = self.stretch.plain.len();
        let start = lead
            .rfind(['。', '!', '?', '\t', '\n'])
            .map_or(0, |at| at + lead[at..].chars().next().map_or(0, char::len_utf8));
        let own = &lead[start..];
        if own.len() <= most { own } else { lead }
    }

    /// The text from the paragraph's beginning to the item, at most so many bytes.
    pub(super) fn lead(&self, item: usize, most: usize) -> &'r str {
        let end = self.span(item).start;
        let mut start = self.reading.paragraph_start(self.stretch).max(end.saturating_sub(most));
        while !self.reading.plain.is_char_boundary(start) {
            start += 1;
        }
        self.slice(start.min(end)..end)
    }
}

impl Reading<'_> {
    /// Where the paragraph of a sentence begins.
    fn paragraph_start(&self, stretch: &Stretch) -> usize {
        let first = self.stretches.partition_point(|other| other.paragraph < stretch.paragraph);
        self.stretches.get(first).map_or(0, |first| first.plain.start)
    }
}
