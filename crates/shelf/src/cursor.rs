//! Cursors: the place of a row, as a word that addresses carry.
//!
//! A cursor holds what its row was sorted by and the row's record, not a row number: what is entered meanwhile before
//! or after it moves nothing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as WORD;

use crate::order::Key;
use crate::walk::Place;

/// Writes a place down.
pub(crate) fn write((key, record): &Place) -> String {
    let mut bytes = record.to_be_bytes().to_vec();
    match key {
        None => {}
        Some(Key::Number(number)) => {
            bytes.push(b'n');
            bytes.extend(number.to_be_bytes());
        }
        Some(Key::Text(text)) => {
            bytes.push(b't');
            bytes.extend(text);
        }
    }
    WORD.encode(bytes)
}

/// Reads a place; none if nobody wrote it here.
pub(crate) fn read(word: &str) -> Option<Place> {
    let bytes = WORD.decode(word).ok()?;
    let (record, key) = bytes.split_first_chunk::<8>()?;
    let key = match key.split_first() {
        None => None,
        Some((b'n', number)) => Some(Key::Number(i128::from_be_bytes(number.try_into().ok()?))),
        Some((b't', text)) => Some(Key::Text(text.to_vec())),
        Some(_) => return None,
    };
    Some((key, u64::from_be_bytes(*record)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{read, write};
    use crate::order::Key;

    proptest! {
        #[test]
        fn what_is_written_is_read(record: u64, number: Option<i128>, text in proptest::collection::vec(any::<u8>(), 0..40)) {
            for place in [(number.map(Key::Number), record), (Some(Key::Text(text)), record)] {
                prop_assert_eq!(read(&write(&place)), Some(place));
            }
        }

        #[test]
        fn no_word_panics(word in "\\PC{0,60}") {
            let _ = read(&word);
        }
    }
}
