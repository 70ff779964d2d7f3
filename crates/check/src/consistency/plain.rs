//! One script and one width for the words that the rules look for.

/// The character as the rules spell it: simplified, half width. One for one, so that places stay places.
pub(super) fn plain(character: char) -> char {
    match character {
        '\u{3000}' | '\u{a0}' | '\u{2009}' | '\u{202f}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        '〔' | '﹙' => '(',
        '〕' | '﹚' => ')',
        '∶' | '︰' => ':',
        '〜' | '∼' | '–' | '—' | '―' => '~',
        '\u{3400}'..='\u{9fff}' => message::simplified(character),
        _ => character,
    }
}
