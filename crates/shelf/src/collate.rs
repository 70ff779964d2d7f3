//! The order of texts: by pinyin for the common characters, numbers by their value.
//!
//! GB 18030 keeps the order of GB 2312, whose 3,755 common characters are sorted by pinyin (rarer ones follow, by
//! radical); so comparing texts by their GB 18030 bytes sorts Chinese names as people expect without any table of
//! ours. Traditional characters lie elsewhere in it and are sorted as their simplified forms are. Runs of digits compare
//! as numbers: 2号 comes before 10号.

use encoding_rs::GB18030;
use message::simplified;

/// Bytes that compare as the texts should.
pub(crate) fn collation(text: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(text.len() + 4);
    let mut rest = text;
    while !rest.is_empty() {
        let words = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let (before, from_digit) = rest.split_at(words);
        let before: String = before.chars().map(|c| simplified(c.to_ascii_lowercase())).collect();
        key.extend_from_slice(&GB18030.encode(&before).0);
        let digits = from_digit.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = from_digit.split_at(digits);
        if digits > 0 {
            let number = number.trim_start_matches('0');
            // A longer number is greater. Numbers of more than 200 digits compare by their first 200.
            key.push(b'0');
            key.push(u8::try_from(number.len()).unwrap_or(200).min(200));
            key.extend(number.bytes().take(200));
        }
        rest = after;
    }
    key
}

#[cfg(test)]
mod tests {
    use super::collation;

    #[test]
    fn texts_are_in_order() {
        let mut names =
            vec!["武昌", "望江10号", "碼頭", "江岸", "汉阳", "望江2号", "Zeta", "alpha", "望江", "9", "10"];
        names.sort_by_key(|name| collation(name));
        assert_eq!(
            names,
            ["9", "10", "alpha", "Zeta", "汉阳", "江岸", "碼頭", "望江", "望江2号", "望江10号", "武昌"]
        );
    }
}
