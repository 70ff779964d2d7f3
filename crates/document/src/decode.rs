//! Bytes to characters: UTF-8, GB18030, and UTF-16 where a mark says so.

use std::borrow::Cow;

use encoding_rs::{DecoderResult, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use crate::DocumentError;

/// So many characters in a row that are UTF-8 do not occur in GB18030 by chance.
const RUN: usize = 6;

/// The text of the bytes, without a byte order mark.
///
/// What is valid UTF-8 is UTF-8: no Chinese text in GB18030 is, by chance. The other way round it is not so: most UTF-8
/// decodes as GB18030 without an error, into nonsense. So a text that is not UTF-8 throughout and still has a passage
/// that can be nothing else is refused as mixed.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, DocumentError> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => std::str::from_utf8(rest).map(Cow::Borrowed).map_err(|error| {
            DocumentError::NotAsMarked { encoding: "UTF-8", offset: error.valid_up_to() + 3 }
        }),
        [0xFF, 0xFE, rest @ ..] => marked(rest, UTF_16LE),
        [0xFE, 0xFF, rest @ ..] => marked(rest, UTF_16BE),
        _ => unmarked(bytes),
    }
    .and_then(no_zero)
}

fn marked(bytes: &[u8], encoding: &'static Encoding) -> Result<Cow<'static, str>, DocumentError> {
    strict(bytes, encoding)
        .map(Cow::Owned)
        .map_err(|offset| DocumentError::NotAsMarked { encoding: "UTF-16", offset: offset + 2 })
}

fn unmarked(bytes: &[u8]) -> Result<Cow<'_, str>, DocumentError> {
    let utf8 = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(Cow::Borrowed(text)),
        Err(error) => error.valid_up_to(),
    };
    if let Some(zero) = bytes.iter().position(|byte| *byte == 0) {
        return Err(DocumentError::NotText(zero));
    }
    match (strict(bytes, GB18030), passage_of_utf8(bytes)) {
        (Ok(text), None) => Ok(Cow::Owned(text)),
        (Ok(_), Some(gb18030)) => Err(DocumentError::Encoding { utf8, gb18030 }),
        (Err(fault), passage) => Err(DocumentError::Encoding {
            utf8,
            gb18030: passage.map_or(fault, |passage| passage.min(fault)),
        }),
    }
}

/// The text, or the place of the first fault.
fn strict(bytes: &[u8], encoding: &'static Encoding) -> Result<String, usize> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(0);
    let mut text = String::with_capacity(room);
    match decoder.decode_to_string_without_replacement(bytes, &mut text, true) {
        (DecoderResult::InputEmpty, _) => {
            text.shrink_to_fit();
            Ok(text)
        }
        (DecoderResult::Malformed(length, after), read) => {
            Err(read.saturating_sub(usize::from(length) + usize::from(after)))
        }
        (DecoderResult::OutputFull, read) => Err(read),
    }
}

/// Where [`RUN`] Chinese characters in UTF-8 stand in a row; digits and spaces may stand between them.
fn passage_of_utf8(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    let (mut run, mut begin) = (0, 0);
    while at < bytes.len() {
        match bytes[at..] {
            [0xE3..=0xE9 | 0xEF, 0x80..=0xBF, 0x80..=0xBF, ..] => {
                if run == 0 {
                    begin = at;
                }
                run += 1;
                if run == RUN {
                    return Some(begin);
                }
                at += 3;
            }
            [0x20..=0x3F, ..] => at += 1,
            _ => {
                run = 0;
                at += 1;
            }
        }
    }
    None
}

fn no_zero(text: Cow<'_, str>) -> Result<Cow<'_, str>, DocumentError> {
    match text.bytes().position(|byte| byte == 0) {
        Some(zero) => Err(DocumentError::NotText(zero)),
        None => Ok(text),
    }
}

/// The encoding that a page names in its head, if it is one that is not read.
pub(crate) fn foreign_label(bytes: &[u8]) -> Option<String> {
    if std::str::from_utf8(bytes).is_ok() || matches!(bytes, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) {
        return None;
    }
    let head: Vec<u8> = bytes.iter().take(2048).map(u8::to_ascii_lowercase).collect();
    let at = head.windows(8).position(|window| window == b"charset=")? + 8;
    let label: Vec<u8> = head[at..]
        .iter()
        .copied()
        .skip_while(|byte| matches!(byte, b'"' | b'\''))
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        .take(40)
        .collect();
    let encoding = Encoding::for_label(&label)?;
    let read = [UTF_8, GB18030, encoding_rs::GBK, UTF_16LE, UTF_16BE, encoding_rs::WINDOWS_1252];
    (!read.contains(&encoding)).then(|| encoding.name().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: &str) {
        let read = match decode(bytes) {
            Ok(text) => text.into_owned(),
            Err(error) => error.to_string(),
        };
        assert_eq!(read, expected);
    }

    fn gb(text: &str) -> Vec<u8> {
        GB18030.encode(text).0.into_owned()
    }

    #[test]
    fn encodings() {
        check("码头188个".as_bytes(), "码头188个");
        check("\u{feff}码头".as_bytes(), "码头");
        check(&gb("码头由原来的580余个缩减为188个。"), "码头由原来的580余个缩减为188个。");
        check(&gb("碼頭與𠀀\u{e000}"), "碼頭與𠀀\u{e000}");
        check(b"\xff\xfe\x01x4\x00", "码4");
        check(b"\xfe\xff\x78\x01\x00\x34", "码4");
    }

    #[test]
    fn faults_name_the_byte() {
        check(b"\xef\xbb\xbfab\xff", "the text says that it is UTF-8; from byte 5 it is not");
        check(b"\xff\xfea\x00\x00\xdc", "the text says that it is UTF-16; from byte 4 it is not");
        check(b"\xff\xfea\x00b", "the text says that it is UTF-16; from byte 4 it is not");
        check(
            b"ab\xffcd",
            "the text is UTF-8 up to byte 2 and GB18030 up to byte 2: it is neither, or both are mixed",
        );
        check(b"a\0\xff", "byte 1 is zero: this is no text");
        check(b"a\0", "byte 1 is zero: this is no text");
    }

    #[test]
    fn a_mix_is_refused() {
        let mut bytes = gb("码头由原来的五百余个，");
        let good = bytes.len();
        bytes.extend("缩减为一百八十八个。".as_bytes());
        check(
            &bytes,
            &format!(
                "the text is UTF-8 up to byte 0 and GB18030 up to byte {good}: it is neither, or both are mixed"
            ),
        );
        let mut bytes = "码头由原来的五百余个，".as_bytes().to_vec();
        let good = bytes.len();
        bytes.extend(gb("缩减为一百八十八个。"));
        check(
            &bytes,
            &format!(
                "the text is UTF-8 up to byte {good} and GB18030 up to byte 0: it is neither, or both are mixed"
            ),
        );
    }

    #[test]
    fn labels() {
        assert_eq!(foreign_label(b"<meta charset=\"big5\">\xa4\xa4"), Some("Big5".to_owned()));
        assert_eq!(foreign_label(b"<meta charset=gb2312>\xd6\xd0"), None);
        assert_eq!(foreign_label(b"<meta charset=big5>abc"), None);
    }
}
