//! Each refusal gives the true reason; each right frame is taken.

use hj212::{Frames, Settings};
use insta::assert_snapshot;

use super::material::{RIGHT, framed, told};

const STRICT: Settings =
    Settings { most_segment: 1024, accept_modbus: false, accept_bare_lines: false, skip_comments: false };

fn lines(stream: &[u8], settings: Settings) -> String {
    let mut lines = String::new();
    for one in Frames::of(stream, settings).map(told) {
        let length = one.bytes.len();
        let line = match one.key {
            "ok" => format!("{} ok {length} {}\n", one.offset, one.words),
            key => format!("{} {key} {length}: {}\n", one.offset, one.words),
        };
        lines.push_str(&line);
    }
    lines
}

fn strict(stream: &str) -> String {
    lines(stream.as_bytes(), STRICT)
}

fn listing(stream: &str) -> String {
    lines(stream.as_bytes(), Settings::LISTING)
}

/// The frame 1C80 of the standard, with `from` replaced by `to`.
fn with(from: &str, to: &str) -> String {
    assert!(RIGHT[0].contains(from));
    RIGHT[0].replacen(from, to, 1)
}

/// A right frame after it shows that decoding goes on where it should.
fn then_right(stream: &str) -> String {
    strict(&format!("{stream}{}", RIGHT[7]))
}

#[test]
fn all_vectors_are_taken() {
    for frame in RIGHT {
        let outcomes: Vec<_> = Frames::of(frame.as_bytes(), STRICT).collect();
        assert!(matches!(outcomes[..], [Ok(right)] if right.segment.len() == frame.len() - 12), "{frame}");
    }
    assert_snapshot!(strict(&RIGHT.concat()), @"
    0 ok 101 1C80 Hj212 CrLf
    113 ok 125 C241 Hj212 CrLf
    250 ok 124 6B80 Hj212 CrLf
    386 ok 109 8C41 Hj212 CrLf
    507 ok 278 C601 Hj212 CrLf
    797 ok 287 AF01 Hj212 CrLf
    1096 ok 210 6900 Hj212 CrLf
    1318 ok 87 4A40 Hj212 CrLf
    1417 ok 94 B8C1 Hj212 CrLf
    1523 ok 95 1B00 Hj212 CrLf
    1630 ok 151 9AC1 Hj212 CrLf
    1793 ok 151 59C0 Hj212 CrLf
    ");
}

#[test]
fn a_wrong_crc_says_what_it_should_be_and_what_it_may_have_been() {
    assert_snapshot!(then_right(&with("1C80", "1C08")), @"
    0 crc 113: the CRC should be 1C80, found 1C08
    113 ok 87 4A40 Hj212 CrLf
    ");
    assert_snapshot!(then_right(&with("1C80", "0759")), @"
    0 crc 113: the CRC should be 1C80, found 0759 (which is the CRC of Modbus)
    113 ok 87 4A40 Hj212 CrLf
    ");
    assert_snapshot!(then_right(&with("1C80", "5907")), @"
    0 crc 113: the CRC should be 1C80, found 5907 (which is the CRC of Modbus, low byte first)
    113 ok 87 4A40 Hj212 CrLf
    ");
    assert_snapshot!(then_right(&with("1C80", "801C")), @"
    0 crc 113: the CRC should be 1C80, found 801C (its two bytes are swapped)
    113 ok 87 4A40 Hj212 CrLf
    ");
    assert_snapshot!(then_right(&with("=30", "=31")), @"
    0 crc 113: the CRC should be 2080, found 1C80
    113 ok 87 4A40 Hj212 CrLf
    ");
    // Either case is taken.
    assert_snapshot!(then_right(&with("1C80", "1c80")), @"
    0 ok 101 1C80 Hj212 CrLf
    113 ok 87 4A40 Hj212 CrLf
    ");
    assert_snapshot!(then_right(&with("1C80", "1C8O")), @"
    0 not_a_hex_crc 113: the CRC is not four hexadecimal digits; it should be 1C80
    113 ok 87 4A40 Hj212 CrLf
    ");
    assert_snapshot!(then_right(&with("1C80", "1C8")), @"
    0 not_a_hex_crc 112: the CRC is not four hexadecimal digits; it should be 1C80
    112 ok 87 4A40 Hj212 CrLf
    ");
    assert_snapshot!(then_right(&with("1C80", "")), @"
    0 not_a_hex_crc 109: the CRC is not four hexadecimal digits; it should be 1C80
    109 ok 87 4A40 Hj212 CrLf
    ");
    assert_snapshot!(then_right(&with("1C80", "1C808")), @"
    0 no_tail 114: length and CRC are right, but CR LF does not follow
    114 ok 87 4A40 Hj212 CrLf
    ");
}

#[test]
fn modbus_is_taken_where_the_device_is_set_so() {
    let settings = Settings { accept_modbus: true, ..STRICT };
    assert_snapshot!(lines(with("1C80", "0759").as_bytes(), settings), @"0 ok 101 0759 Modbus CrLf");
    assert_snapshot!(lines(with("1C80", "5907").as_bytes(), settings), @"0 ok 101 5907 Modbus CrLf");
    assert_snapshot!(lines(with("1C80", "801C").as_bytes(), settings), @"0 crc 113: the CRC should be 1C80, found 801C (its two bytes are swapped)");
    assert_snapshot!(lines(RIGHT[0].as_bytes(), settings), @"0 ok 101 1C80 Hj212 CrLf");
}

#[test]
fn a_wrong_length_says_the_right_one() {
    for wrong in
        ["##0100", "##0099", "##0102", "##0103", "##0107", "##0000", "##0050", "##0150", "##0300", "##1024"]
    {
        let told = then_right(&with("##0101", wrong));
        assert!(told.starts_with("0 length 113: the length says "), "{wrong}: {told}");
        assert!(told.contains("but it is 101, for which the CRC is right\n113 ok 87"), "{wrong}: {told}");
    }
    assert_snapshot!(then_right(&with("##0101", "##0110").replace("=30", "=31")), @"
    0 length 113: the length says 110, but it is 101, and the CRC is wrong too
    113 ok 87 4A40 Hj212 CrLf
    ");
    assert_snapshot!(then_right(&with("##0101", "##0091").replace("=30", "=31")), @"
    0 length 113: the length says 91, but it is 101, and the CRC is wrong too
    113 ok 87 4A40 Hj212 CrLf
    ");
}

#[test]
fn what_is_no_length() {
    assert_snapshot!(then_right(&with("##0101", "##101")), @"
    0 not_a_number_length 112: `##` is not followed by a length of four decimal digits
    112 ok 87 4A40 Hj212 CrLf
    ");
    assert_snapshot!(then_right(&with("##0101", "## 101")), @"
    0 not_a_number_length 113: `##` is not followed by a length of four decimal digits
    113 ok 87 4A40 Hj212 CrLf
    ");
    assert_snapshot!(then_right(&with("##0101", "##0x65")), @"
    0 not_a_number_length 113: `##` is not followed by a length of four decimal digits
    113 ok 87 4A40 Hj212 CrLf
    ");
    assert_snapshot!(then_right(&with("##0101", "#0101")), @"
    0 garbage 112: bytes outside any frame
    112 ok 87 4A40 Hj212 CrLf
    ");
    assert_snapshot!(then_right(&with("##0101", "####0101")), @"
    0 garbage 2: bytes outside any frame
    2 ok 101 1C80 Hj212 CrLf
    115 ok 87 4A40 Hj212 CrLf
    ");
    assert_snapshot!(then_right(&with("##0101", "##1025")), @"
    0 length_over_limit 113: the length 1025 is over the limit of 1024
    113 ok 87 4A40 Hj212 CrLf
    ");
    assert_snapshot!(strict("##"), @"0 truncated 2: cut short inside the length");
    assert_snapshot!(strict("##01"), @"0 truncated 4: cut short inside the length");
    assert_snapshot!(strict("#"), @"0 garbage 1: bytes outside any frame");
    assert_snapshot!(strict(""), @"");
}

#[test]
fn a_missing_end() {
    assert_snapshot!(then_right(&with("\r\n", "")), @"
    0 no_tail 111: length and CRC are right, but CR LF does not follow
    111 ok 87 4A40 Hj212 CrLf
    ");
    assert_snapshot!(then_right(&with("\r\n", "\n")), @"
    0 no_tail 112: length and CRC are right, but CR LF does not follow
    112 ok 87 4A40 Hj212 CrLf
    ");
    assert_snapshot!(then_right(&with("\r\n", "\r")), @"
    0 no_tail 112: length and CRC are right, but CR LF does not follow
    112 ok 87 4A40 Hj212 CrLf
    ");
    assert_snapshot!(then_right(&with("\r\n", "noise\r\n")), @"
    0 no_tail 118: length and CRC are right, but CR LF does not follow
    118 ok 87 4A40 Hj212 CrLf
    ");
    assert_snapshot!(strict(&with("\r\n", "\r")), @"0 no_tail 112: length and CRC are right, but CR LF does not follow");
    assert_snapshot!(strict(&with("\r\n", "")), @"0 no_tail 111: length and CRC are right, but CR LF does not follow");
    assert_snapshot!(then_right(&with("1C80\r\n", "1C08")), @"
    0 crc 111: the CRC should be 1C80, found 1C08
    111 ok 87 4A40 Hj212 CrLf
    ");
}

#[test]
fn bare_lines_are_taken_from_listings() {
    let stripped = |index: usize| RIGHT[index].trim_end().to_owned();
    let text = format!(
        "# from a log\n{}\n\n# two\n{}  \r\n{}\n# {}\n{}",
        stripped(0),
        stripped(7),
        stripped(3),
        stripped(8),
        stripped(9)
    );
    assert_snapshot!(listing(&text), @"
    13 ok 101 1C80 Hj212 Lf
    132 ok 87 4A40 Hj212 Lf
    233 ok 109 8C41 Hj212 Lf
    355 ok 94 B8C1 Hj212 Lf
    460 ok 95 1B00 Hj212 EndOfInput
    ");
    assert_snapshot!(listing(&text.replace("&&", "&")), @"
    13 length 110: the length says 101, but it is 99, and the CRC is wrong too
    130 length 99: the length says 87, but it is 85, and the CRC is wrong too
    229 length 118: the length says 109, but it is 107, and the CRC is wrong too
    349 length 103: the length says 94, but it is 92, and the CRC is wrong too
    452 length 103: the length says 95, but it is 93, and the CRC is wrong too
    ");
    assert_snapshot!(listing("#\r\n#\n# no end"), @"");
    // In a stream, all of that is refused.
    assert_snapshot!(strict(&text), @"
    0 garbage 13: bytes outside any frame
    13 no_tail 112: length and CRC are right, but CR LF does not follow
    126 garbage 6: bytes outside any frame
    132 no_tail 101: length and CRC are right, but CR LF does not follow
    233 no_tail 120: length and CRC are right, but CR LF does not follow
    353 garbage 2: bytes outside any frame
    355 no_tail 105: length and CRC are right, but CR LF does not follow
    460 no_tail 105: length and CRC are right, but CR LF does not follow
    ");
}

#[test]
fn a_frame_cut_short_costs_only_itself() {
    for cut in [7, 20, 60, 99, 106, 108, 110] {
        let told = then_right(&RIGHT[0][..cut]);
        let ok = format!("\n{cut} ok 87 4A40 Hj212 CrLf\n");
        assert!(told.starts_with(&format!("0 truncated {cut}: ")) && told.ends_with(&ok), "{cut}: {told}");
        let told = strict(&RIGHT[0][..cut]);
        assert!(told.starts_with(&format!("0 truncated {cut}: ")), "{cut}: {told}");
    }
    assert_snapshot!(then_right(&RIGHT[0][..60]), @"
    0 truncated 60: cut short: the length says 101, only 54 are there
    60 ok 87 4A40 Hj212 CrLf
    ");
    assert_snapshot!(then_right(&RIGHT[0][..109]), @"
    0 truncated 109: cut short inside the CRC
    109 ok 87 4A40 Hj212 CrLf
    ");
    assert_snapshot!(strict(&RIGHT[0][..60]), @"0 truncated 60: cut short: the length says 101, only 54 are there");
    // Bytes lost on the way: the end is there.
    assert_snapshot!(then_right(&with("PW=100000;", "")), @"
    0 length 103: the length says 101, but it is 91, and the CRC is wrong too
    103 ok 87 4A40 Hj212 CrLf
    ");
    // As a line of a listing.
    assert_snapshot!(listing(&format!("{}\n{}", &RIGHT[0][..60], RIGHT[7])), @"
    0 truncated 61: cut short: the length says 101, only 54 are there
    61 ok 87 4A40 Hj212 CrLf
    ");
}

#[test]
fn garbage_before_between_and_after() {
    assert_snapshot!(strict(&format!("noise{}\0\u{1}#{}###{}  \r\n\r\nnoise\nmore", RIGHT[7], RIGHT[8], RIGHT[9])), @"
    0 garbage 5: bytes outside any frame
    5 ok 87 4A40 Hj212 CrLf
    104 garbage 3: bytes outside any frame
    107 ok 94 B8C1 Hj212 CrLf
    213 garbage 3: bytes outside any frame
    216 ok 95 1B00 Hj212 CrLf
    329 garbage 6: bytes outside any frame
    335 garbage 4: bytes outside any frame
    ");
    let mut binary = b"\xFF\xFE##\x80##01\xFF".to_vec();
    binary.extend_from_slice(RIGHT[7].as_bytes());
    assert_snapshot!(lines(&binary, STRICT), @"
    0 garbage 2: bytes outside any frame
    2 not_a_number_length 3: `##` is not followed by a length of four decimal digits
    5 not_a_number_length 5: `##` is not followed by a length of four decimal digits
    10 ok 87 4A40 Hj212 CrLf
    ");
    // Without end, it is told in bounded pieces.
    assert_snapshot!(strict(&format!("{}{}", "x".repeat(3000), RIGHT[7])), @"
    0 garbage 1036: bytes outside any frame
    1036 garbage 1036: bytes outside any frame
    2072 garbage 928: bytes outside any frame
    3000 ok 87 4A40 Hj212 CrLf
    ");
    assert_snapshot!(strict(&format!("{}{}", "#".repeat(3000), RIGHT[7])), @"
    0 garbage 1034: bytes outside any frame
    1034 garbage 1034: bytes outside any frame
    2068 garbage 932: bytes outside any frame
    3000 ok 87 4A40 Hj212 CrLf
    ");
}

#[test]
fn the_length_rules_over_what_stands_inside() {
    let segment = "QN=20260301080000000;ST=22;CN=3020;PW=100000;MN=1;Flag=5;CP=&&a-Info=1&&\r\n## 2 && 1C80\r\n##0000;b-Info=汉江&&";
    let frame = framed(segment.as_bytes());
    assert_snapshot!(lines(&frame, STRICT), @"0 ok 110 E981 Hj212 CrLf");
}

#[test]
fn the_longest() {
    let long = |length: usize| {
        let head = "ST=22;CN=2011;PW=100000;MN=1;CP=&&DataTime=20260301080000;a-Info=";
        framed(format!("{head}{}&&", "x".repeat(length - head.len() - 2)).as_bytes())
    };
    assert_snapshot!(lines(&long(1024), STRICT), @"0 ok 1024 1980 Hj212 CrLf");
    assert_snapshot!(lines(&long(1025), STRICT), @"0 length_over_limit 1036: the length 1025 is over the limit of 1024");
    assert_snapshot!(lines(&long(1025), Settings::LISTING), @"0 ok 1025 71C0 Hj212 CrLf");
    assert_snapshot!(lines(&long(9999), Settings::LISTING), @"0 ok 9999 8641 Hj212 CrLf");
    assert_snapshot!(lines(&framed(b""), STRICT), @"0 ok 0 FFFF Hj212 CrLf");
}

#[test]
fn ciphertext_is_told_from_damage() {
    let plain = "QN=20260301080000000;ST=22;CN=2011;PW=100000;MN=1;Flag=9;CP=&&DataTime=20260301080000&&";
    let cipher = "QN=20260301080000000;ST=22;CN=2011;PW=100000;MN=1;Flag=9;CP=&&{0xE4,0x3E,0x07,0x11}&&";
    let crc = super::material::crc_by_definition(plain.as_bytes());
    assert_snapshot!(strict(&format!("##{:04}{cipher}{crc:04X}\r\n", cipher.len())), @"0 encrypted 97: the data area is SM4 ciphertext: without its key it is neither checked nor read");
}
