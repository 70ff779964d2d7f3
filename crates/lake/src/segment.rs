//! The spool's files, as bytes.
//!
//! ```text
//! segment = "QYSPOOL1" number:u64 frame*
//! frame   = "QYfr" length:u32 crc32(payload):u32 payload        one fsync; whole or not there
//! payload = record+
//! record  = kind:u8 recorded:i64 rows:u32 row+                  what one call of `store` brought
//! row     = station item span:u8 time:i64 has_value:u8 [value:i64] flag source      words: length:u16 bytes
//! ```
//!
//! All numbers are little-endian. A frame that is not whole at the end of a segment is one whose fsync never returned:
//! nobody was told that it is stored. A frame that is not whole with a whole one after it cannot come from a crash, as a
//! frame is written only when the one before it is safe: that is damage, and is told.

use jiff::Timestamp;

use crate::measurement::{Kind, Measurement, Micro, Span};

/// The first bytes of a segment.
pub(crate) const HEADER: usize = 16;
const MAGIC: &[u8; 8] = b"QYSPOOL1";
const FRAME: &[u8; 4] = b"QYfr";
/// Before a frame's payload.
const FRAME_HEAD: usize = 12;

pub(crate) fn header(number: u64) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..8].copy_from_slice(MAGIC);
    header[8..].copy_from_slice(&number.to_le_bytes());
    header
}

/// A frame of records.
pub(crate) fn frame<'a>(records: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1024);
    bytes.extend_from_slice(FRAME);
    bytes.resize(FRAME_HEAD, 0);
    for record in records {
        bytes.extend_from_slice(record);
    }
    let length = (bytes.len() - FRAME_HEAD) as u32;
    let checksum = crc32fast::hash(&bytes[FRAME_HEAD..]);
    bytes[4..8].copy_from_slice(&length.to_le_bytes());
    bytes[8..12].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

/// The bytes of what one call stores. The rows have been checked: their words are short.
pub(crate) fn record(kind: Kind, recorded: i64, rows: &[Measurement]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(13 + rows.len() * 64);
    bytes.push(Kind::ALL.iter().position(|one| *one == kind).unwrap_or_default() as u8);
    bytes.extend_from_slice(&recorded.to_le_bytes());
    bytes.extend_from_slice(&(rows.len() as u32).to_le_bytes());
    for row in rows {
        row_bytes(&mut bytes, row);
    }
    bytes
}

/// The bytes of a row: two rows have the same bytes only if they are the same.
pub(crate) fn row_bytes(bytes: &mut Vec<u8>, row: &Measurement) {
    word(bytes, &row.station);
    word(bytes, &row.item);
    bytes.push(Span::ALL.iter().position(|one| *one == row.span).unwrap_or_default() as u8);
    bytes.extend_from_slice(&row.time.as_microsecond().to_le_bytes());
    bytes.push(u8::from(row.value.is_some()));
    if let Some(Micro(value)) = row.value {
        bytes.extend_from_slice(&value.to_le_bytes());
    }
    word(bytes, &row.flag);
    word(bytes, &row.source);
}

fn word(bytes: &mut Vec<u8>, word: &str) {
    bytes.extend_from_slice(&(word.len() as u16).to_le_bytes());
    bytes.extend_from_slice(word.as_bytes());
}

/// A row of a segment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SpooledRow<'a> {
    pub(crate) kind: Kind,
    pub(crate) recorded: i64,
    pub(crate) station: &'a str,
    pub(crate) item: &'a str,
    pub(crate) span: Span,
    pub(crate) time: i64,
    pub(crate) value: Option<Micro>,
    pub(crate) flag: &'a str,
    pub(crate) source: &'a str,
}

/// What reading a segment met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reading {
    /// The end of the last whole frame.
    pub(crate) end: usize,
    /// Places of damage: bytes that are no frame, with a whole frame after them; or a frame that says nothing.
    pub(crate) damage: Vec<usize>,
}

/// Reads a segment's rows in order. A segment whose header is not whole holds nothing: its first fsync never returned.
pub(crate) fn read<'a, E>(
    bytes: &'a [u8],
    number: u64,
    each: &mut dyn FnMut(SpooledRow<'a>) -> Result<(), E>,
) -> Result<Reading, E> {
    let mut reading = Reading::default();
    let mut at = 0;
    if bytes.get(..HEADER) == Some(&header(number)[..]) {
        at = HEADER;
        reading.end = HEADER;
    } else if next_frame(bytes, 0).is_some() {
        // Whole frames behind a header that is not ours: it was ours once.
        reading.damage.push(0);
    }
    while let Some((start, payload)) = next_frame(bytes, at) {
        if start > at && at > 0 {
            reading.damage.push(at);
        }
        let mut cursor = Cursor(payload);
        let mut rows = Vec::new();
        while !cursor.0.is_empty() {
            if record_rows(&mut cursor, &mut rows).is_none() {
                reading.damage.push(start);
                break;
            }
        }
        rows.into_iter().try_for_each(&mut *each)?;
        at = start + FRAME_HEAD + payload.len();
        reading.end = at;
    }
    Ok(reading)
}

/// The first whole frame that begins at `from` or later.
fn next_frame(bytes: &[u8], from: usize) -> Option<(usize, &[u8])> {
    let mut start = from;
    loop {
        if let Some(payload) = whole_frame(bytes.get(start..)?) {
            return Some((start, payload));
        }
        let rest = bytes.get(start + 1..)?;
        start += 1 + rest.windows(FRAME.len()).position(|four| four == FRAME)?;
    }
}

fn whole_frame(bytes: &[u8]) -> Option<&[u8]> {
    let head = bytes.get(..FRAME_HEAD)?;
    let number = |range: std::ops::Range<usize>| {
        head.get(range).and_then(|four| four.try_into().ok()).map(u32::from_le_bytes)
    };
    let payload = bytes[FRAME_HEAD..].get(..number(4..8)? as usize)?;
    let whole = &head[..4] == FRAME && !payload.is_empty() && crc32fast::hash(payload) == number(8..12)?;
    whole.then_some(payload)
}

struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|byte| byte[0])
    }

    fn long(&mut self) -> Option<i64> {
        self.take(8)?.try_into().ok().map(i64::from_le_bytes)
    }

    fn word(&mut self) -> Option<&'a str> {
        let length = u16::from_le_bytes(self.take(2)?.try_into().ok()?);
        std::str::from_utf8(self.take(usize::from(length))?).ok()
    }
}

fn record_rows<'a>(cursor: &mut Cursor<'a>, rows: &mut Vec<SpooledRow<'a>>) -> Option<()> {
    let kind = *Kind::ALL.get(usize::from(cursor.byte()?))?;
    let recorded = cursor.long()?;
    let count = u32::from_le_bytes(cursor.take(4)?.try_into().ok()?);
    for _ in 0..count {
        let station = cursor.word()?;
        let item = cursor.word()?;
        let span = *Span::ALL.get(usize::from(cursor.byte()?))?;
        let time = cursor.long()?;
        Timestamp::from_microsecond(time).ok()?;
        let value = match cursor.byte()? {
            0 => None,
            _ => Some(Micro(cursor.long()?)),
        };
        let (flag, source) = (cursor.word()?, cursor.word()?);
        rows.push(SpooledRow { kind, recorded, station, item, span, time, value, flag, source });
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(count: i64) -> Vec<Measurement> {
        (0..count)
            .map(|n| Measurement {
                station: format!("S{n}"),
                item: "pm2_5".into(),
                span: Span::Hour,
                time: Timestamp::from_second(n * 3600).unwrap(),
                value: (n % 3 != 0).then_some(Micro(n)),
                flag: "N".into(),
                source: "站".into(),
            })
            .collect()
    }

    fn segment(number: u64, sizes: &[i64]) -> (Vec<u8>, Vec<usize>) {
        let mut bytes = header(number).to_vec();
        let mut ends = vec![bytes.len()];
        for size in sizes {
            bytes.extend(frame([
                &record(Kind::Air, 7, &rows(*size))[..],
                &record(Kind::Water, 8, &rows(1))[..],
            ]));
            ends.push(bytes.len());
        }
        (bytes, ends)
    }

    fn count(bytes: &[u8], number: u64) -> (usize, Reading) {
        let mut rows = 0;
        let reading = read(bytes, number, &mut |_| {
            rows += 1;
            Ok::<(), ()>(())
        });
        (rows, reading.unwrap())
    }

    #[test]
    fn rows_come_back() {
        let (bytes, _) = segment(3, &[4]);
        let mut seen = Vec::new();
        read(&bytes, 3, &mut |row| {
            let time = Timestamp::from_microsecond(row.time).unwrap();
            assert_eq!(
                (row.kind, row.recorded),
                if seen.len() < 4 { (Kind::Air, 7) } else { (Kind::Water, 8) }
            );
            seen.push(Measurement {
                station: row.station.into(),
                item: row.item.into(),
                span: row.span,
                time,
                value: row.value,
                flag: row.flag.into(),
                source: row.source.into(),
            });
            Ok::<(), ()>(())
        })
        .unwrap();
        let mut expected = rows(4);
        expected.extend(rows(1));
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_torn_end_is_not_there_and_no_damage() {
        let (bytes, ends) = segment(3, &[4, 1, 9]);
        for cut in 0..bytes.len() {
            let whole = ends.iter().filter(|end| **end <= cut).count().saturating_sub(1);
            let (rows, reading) = count(&bytes[..cut], 3);
            assert_eq!(rows, [0, 5, 7][whole.min(2)], "{cut}");
            assert!(reading.damage.is_empty());
            // Zeros after the cut, as a file system may leave them.
            let mut zeros = bytes[..cut].to_vec();
            zeros.resize(bytes.len() + 100, 0);
            assert!(count(&zeros, 3).1.damage.is_empty(), "{cut}");
        }
    }

    #[test]
    fn a_changed_byte_is_told_and_costs_only_its_frame() {
        let (bytes, ends) = segment(3, &[4, 1, 9]);
        for place in 0..ends[2] {
            let mut changed = bytes.clone();
            changed[place] ^= 0x40;
            let (rows, reading) = count(&changed, 3);
            assert_eq!(reading.damage.len(), 1, "{place}");
            let lost = ends.iter().position(|end| place < *end).unwrap();
            assert_eq!(rows, [17, 12, 15][lost], "{place}");
        }
    }

    #[test]
    fn another_segments_bytes_are_told() {
        let (bytes, _) = segment(3, &[4]);
        assert_eq!(count(&bytes, 4).1.damage, [0]);
    }
}
