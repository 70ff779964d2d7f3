//! What tests, the fuzzer and the benchmark are made of: frames with invented data, chance, damage, and the promises
//! that hold for any bytes.

use hj212::{
    Assembled, Assembler, Decoder, Frames, Limits, Moment, Refused, Segment, Settings, answer_to,
    execution_result, request_answer,
};

/// Frames of the fact sheet, all right, and of every kind: invented data, but the first four segments.
pub const RIGHT: &[&str] = &[
    "##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80\r\n",
    "##0125ST=22;CN=2011;PW=123456;MN=120112TJTGGN13;CP=&&DataTime=20150811151200;PM10-Rtd=89.59,PM10-Flag=N;TSP-Rtd=133.71,TSP-Flag=N&&C241\r\n",
    "##0124QN=20040516010101001;ST=32;CN=2051;PW=123456;MN=88888880000001;Flag=3;CP=&&BeginTime=20040506111000,EndTime=20040506151000&&6B80\r\n",
    "##0109ST=32;CN=2011;PW=123456;MN=NJGDKYYC202101q0001w0001;CP=&&DataTime=20210305003817000;ele01-Rtd=1;ele02-Rtd=0&&8c41\r\n",
    "##0278QN=20260301080000000;ST=22;CN=2061;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&DataTime=20260301070000;a34004-Avg=35,a34004-Flag=N;a34002-Avg=58,a34002-Flag=N;a21026-Avg=6,a21026-Flag=N;a21004-Avg=22,a21004-Flag=N;a21005-Avg=0.6,a21005-Flag=N;a05024-Avg=71,a05024-Flag=N&&C601\r\n",
    "##0287QN=20260301080000000;ST=21;CN=2061;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&DataTime=20260301040000;w01001-Avg=7.6,w01001-Flag=N;w01009-Avg=8.1,w01009-Flag=N;w01019-Avg=3.4,w01019-Flag=N;w21003-Avg=0.21,w21003-Flag=N;w21011-Avg=0.08,w21011-Flag=N;w21001-Avg=2.35,w21001-Flag=N&&AF01\r\n",
    "##0210QN=20260301080000000;ST=23;CN=2061;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&DataTime=20260301070000;Leq-Data=54.3,Leq-Flag=N;L10-Data=57.1,L10-Flag=N;L50-Data=52.0,L50-Flag=N;L90-Data=47.8,L90-Flag=N&&6900\r\n",
    "##0087QN=20260301080000000;ST=91;CN=9014;PW=100000;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&4A40\r\n",
    "##0094QN=20260301080010000;ST=91;CN=9011;PW=100000;MN=010000A8900016F000169DC0;Flag=4;CP=&&QnRtn=1&&B8C1\r\n",
    "##0095QN=20260301080010000;ST=91;CN=9012;PW=100000;MN=010000A8900016F000169DC0;Flag=4;CP=&&ExeRtn=1&&1B00\r\n",
    "##0151QN=20260301080000001;ST=22;CN=2051;PW=100000;MN=010000A8900016F000169DC0;Flag=7;PNUM=2;PNO=1;CP=&&DataTime=20260301075000;a34004-Avg=35,a34004-Flag=N&&9AC1\r\n",
    "##0151QN=20260301080000002;ST=22;CN=2051;PW=100000;MN=010000A8900016F000169DC0;Flag=7;PNUM=2;PNO=2;CP=&&DataTime=20260301075000;a34002-Avg=58,a34002-Flag=N&&59C0\r\n",
];

/// The CRC as the standard prints it, bit by bit.
pub fn crc_by_definition(segment: &[u8]) -> u16 {
    segment.iter().fold(0xFFFF, |register, byte| {
        (0..8).fold((register >> 8) ^ u16::from(*byte), |register, _| {
            if register & 1 == 1 { (register >> 1) ^ 0xA001 } else { register >> 1 }
        })
    })
}

/// A right frame around any segment of up to 9999 bytes.
pub fn framed(segment: &[u8]) -> Vec<u8> {
    let mut frame = format!("##{:04}", segment.len()).into_bytes();
    frame.extend_from_slice(segment);
    frame.extend_from_slice(format!("{:04X}\r\n", crc_by_definition(segment)).as_bytes());
    frame
}

/// Chance that can be repeated (SplitMix64).
#[derive(Clone, Debug)]
pub struct Chance(pub u64);

impl Chance {
    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// A number below `bound`; 0 if that is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        if bound == 0 { 0 } else { (self.bits() % bound as u64) as usize }
    }

    /// Whether one of `odds` happens.
    pub fn one_in(&mut self, odds: usize) -> bool {
        self.below(odds) == 0
    }

    fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

/// What damage is made of.
const PIECES: &[&[u8]] = &[
    b"##",
    b"#",
    b"&&",
    b"&",
    b"\r\n",
    b"\n",
    b"\r",
    b";",
    b",",
    b"=",
    b"-",
    b" ",
    b"CP=&&",
    b"CP=",
    b"QN=",
    b"ST=",
    b"CN=",
    b"MN=",
    b"Flag=5;",
    b"Flag=255;",
    b"PNUM=2;",
    b"PNO=1;",
    b"PNUM=9999;PNO=9999;",
    b"DataTime=",
    b"20260301080000",
    b"20240229240000",
    b"19700101000000",
    b"20261301000000",
    b"BeginTime=",
    b"{0xE4,0x3E}",
    b"RF=1;",
    b"0000",
    b"9999",
    b"1024",
    b"1025",
    "汉江".as_bytes(),
    b"\xE6",
    b"\xFF\xFE",
    b"\0",
    b"# a comment\n",
    b"##0101QN=",
    b"##0000FFFF\r\n",
    b"-Rtd=1.5,",
    b"-Flag=N;",
    b"1C80",
    b"CN=9014;",
    b"CN=1013;",
    b"CN=2051;",
];

/// Damages bytes in up to a few places.
pub fn damage(bytes: &mut Vec<u8>, chance: &mut Chance) {
    for _ in 0..1 + chance.below(4) {
        let at = chance.below(bytes.len() + 1);
        let until = (at + 1 + chance.below(12)).min(bytes.len());
        match chance.below(8) {
            0 if at < bytes.len() => bytes[at] ^= 1 << chance.below(8),
            1 if at < bytes.len() => bytes[at] = chance.bits() as u8,
            2 => drop(bytes.drain(at..until)),
            3 => {
                let again = bytes[at.min(until)..until].to_vec();
                let to = chance.below(bytes.len() + 1);
                bytes.splice(to..to, again);
            }
            4 => bytes.truncate(at),
            5 if at + 1 < bytes.len() => bytes.swap(at, at + 1),
            6 if at < bytes.len() => bytes[at] = b'0' + chance.below(10) as u8,
            _ => drop(bytes.splice(at..at, chance.pick(PIECES).iter().copied())),
        }
    }
}

/// A frame that is right, damaged in the bytes, or damaged inside with length and CRC made right again.
pub fn some_frame(chance: &mut Chance) -> Vec<u8> {
    let right = chance.pick(RIGHT).as_bytes();
    match chance.below(4) {
        0 => right.to_vec(),
        1 => {
            let mut segment = right[6..right.len() - 6].to_vec();
            damage(&mut segment, chance);
            segment.truncate(9999);
            framed(&segment)
        }
        _ => {
            let mut frame = right.to_vec();
            damage(&mut frame, chance);
            frame
        }
    }
}

/// Frames with garbage, comments and damage between them.
pub fn some_stream(chance: &mut Chance) -> Vec<u8> {
    let mut stream = Vec::new();
    for _ in 0..1 + chance.below(5) {
        match chance.below(6) {
            0 => (0..chance.below(40)).for_each(|_| stream.push(chance.bits() as u8)),
            1 => stream.extend_from_slice(chance.pick(PIECES)),
            _ => {}
        }
        let mut frame = some_frame(chance);
        if chance.one_in(4) {
            // A line of a listing: LF alone, or nothing.
            frame.truncate(frame.len().saturating_sub(2));
            frame.extend_from_slice(if chance.one_in(4) { b"" } else { b"\n" });
        }
        stream.append(&mut frame);
    }
    if chance.one_in(8) {
        damage(&mut stream, chance);
    }
    stream
}

/// Settings of every kind.
pub fn some_settings(chance: &mut Chance) -> Settings {
    let bits = chance.bits();
    let most_segment = [1024, 1024, 9999, 120][chance.below(4)];
    Settings {
        most_segment,
        accept_modbus: bits & 6 == 0,
        accept_bare_lines: bits & 8 == 0,
        skip_comments: bits & 16 == 0,
    }
}

/// An outcome that outlives the bytes.
#[derive(Debug, PartialEq, Eq)]
pub struct Told {
    /// `ok` or the reason's key.
    pub key: &'static str,
    /// The reason or the CRC, in words.
    pub words: String,
    pub offset: u64,
    pub line: u64,
    /// The segment, or the bytes refused.
    pub bytes: Vec<u8>,
}

/// Makes it outlive the bytes.
pub fn told(outcome: hj212::Outcome<'_>) -> Told {
    match outcome {
        Ok(frame) => Told {
            key: "ok",
            words: format!("{:04X} {:?} {:?}", frame.crc, frame.crc_kind, frame.tail),
            offset: frame.offset,
            line: frame.line,
            bytes: frame.segment.to_vec(),
        },
        Err(Refused { reason, offset, line, bytes, segment: _ }) => {
            Told { key: reason.key(), words: reason.to_string(), offset, line, bytes: bytes.to_vec() }
        }
    }
}

/// All outcomes of a stream that arrives in pieces of these sizes (the last is used again and again).
pub fn in_pieces(stream: &[u8], settings: Settings, sizes: &mut dyn FnMut() -> usize) -> Vec<Told> {
    let mut decoder = Decoder::new(settings);
    let mut all = Vec::new();
    let mut rest = stream;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(sizes().clamp(1, rest.len()));
        rest = after;
        decoder.feed(piece);
        while let Some(outcome) = decoder.next_outcome() {
            all.push(told(outcome));
        }
        assert!(decoder.pending() <= decoder.most_kept(), "{} bytes kept", decoder.pending());
    }
    decoder.finish();
    while let Some(outcome) = decoder.next_outcome() {
        all.push(told(outcome));
    }
    assert_eq!(decoder.pending(), 0, "bytes that nothing was said of");
    all
}

/// The promises that hold for any bytes. Answers how many frames were taken and how many pieces were refused.
pub fn keep_promises(stream: &[u8], settings: Settings, chance: &mut Chance) -> (u64, u64) {
    let whole: Vec<Told> = Frames::of(stream, settings).map(told).collect();
    // Wherever the stream is cut, the outcomes are the same.
    let most = [1, 3, 40, 400][chance.below(4)];
    let pieces = in_pieces(stream, settings, &mut || 1 + chance.below(most));
    assert_eq!(pieces, whole, "{:?}", String::from_utf8_lossy(stream));
    // Outcomes stand in order, and between them are blanks and comments only.
    let mut until = 0;
    let mut counts = (0, 0);
    for one in &whole {
        let offset = one.offset as usize;
        assert!(offset >= until, "{one:?}");
        between(&stream[until..offset], settings);
        assert_eq!(one.line, 1 + stream[..offset].iter().filter(|byte| **byte == b'\n').count() as u64);
        if one.key == "ok" {
            counts.0 += 1;
            until = the_frame_is_right(one, stream, settings);
            keep_promises_of_segment(&one.bytes, chance);
        } else {
            counts.1 += 1;
            assert!(!one.bytes.is_empty(), "an empty refusal");
            assert!(stream[offset..].starts_with(&one.bytes));
            until = offset + one.bytes.len();
        }
    }
    between(&stream[until..], settings);
    counts
}

fn between(bytes: &[u8], settings: Settings) {
    let mut rest = bytes.trim_ascii();
    while settings.skip_comments && rest.starts_with(b"#") {
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        rest = rest[end..].trim_ascii();
    }
    assert!(rest.is_empty(), "nothing was said of {:?}", String::from_utf8_lossy(bytes));
}

/// Its length, its CRC, its end: read from the stream itself. Answers where the frame ends.
fn the_frame_is_right(one: &Told, stream: &[u8], settings: Settings) -> usize {
    let frame = &stream[one.offset as usize..];
    let length = one.bytes.len();
    assert!(length <= settings.most_segment);
    assert!(frame.starts_with(format!("##{length:04}").as_bytes()));
    let foot = &frame[6 + length..];
    let written = u16::from_str_radix(std::str::from_utf8(&foot[..4]).expect("ASCII"), 16).expect("a number");
    if one.words.contains("Modbus") {
        assert!(settings.accept_modbus);
        let modbus = hj212::crc16_modbus(&one.bytes);
        assert!(written == modbus || written == modbus.swap_bytes(), "a wrong CRC was taken: {one:?}");
    } else {
        assert_eq!(written, crc_by_definition(&one.bytes), "a wrong CRC was taken: {one:?}");
    }
    let after = &foot[4..];
    if !settings.accept_bare_lines {
        assert!(after.starts_with(b"\r\n"));
    }
    let blanks = after.iter().take_while(|byte| b" \t\r".contains(byte)).count();
    let line_end = usize::from(after.get(blanks) == Some(&b'\n'));
    assert!(line_end == 1 || blanks == after.len());
    one.offset as usize + 6 + length + 4 + blanks + line_end
}

fn keep_promises_of_segment(bytes: &[u8], chance: &mut Chance) {
    let Ok(segment) = Segment::read(bytes) else {
        assert!(std::str::from_utf8(bytes).is_err());
        return;
    };
    let flat: Vec<_> = segment.items().map(|item| (item.code, item.field, item.value)).collect();
    let grouped: Vec<_> = segment
        .groups()
        .flat_map(|group| group.items().map(|item| (item.code, item.field, item.value)).collect::<Vec<_>>())
        .collect();
    assert_eq!(flat, grouped, "{}", segment.text());
    assert!(segment.items().is_sorted_by_key(|item| item.group));
    for (_, _, value) in flat {
        if let Some(Ok(moment)) = value.map(Moment::parse) {
            assert_eq!(Some(moment.to_string().as_str()), value);
        }
    }
    let _ = (segment.head().count(), segment.flag(), segment.part(), segment.answered_qn());
    let _ = (
        segment.data_time(),
        segment.begin_time(),
        segment.end_time(),
        segment.is_resent(),
        segment.is_encrypted(),
    );
    for (answer, names) in [
        (answer_to(&segment), &["9013", "9014"][..]),
        (request_answer(&segment, 1), &["9011"][..]),
        (execution_result(&segment, 100), &["9012"][..]),
    ] {
        let Some(answer) = answer else { continue };
        let outcomes: Vec<_> = Frames::of(&answer, Settings::default()).collect();
        let [Ok(frame)] = outcomes[..] else { panic!("{}", String::from_utf8_lossy(&answer)) };
        let answer = frame.read().expect("text");
        assert!(answer.cn.is_some_and(|cn| names.contains(&cn)), "{answer:?}");
        assert_eq!(answer_to(&answer), None, "an answer is not answered");
    }
    let limits = Limits { most_sets: 3, most_bytes: 900, ..Limits::default() };
    let mut assembler = Assembler::new(limits);
    for second in 0..3 {
        let now = std::time::Duration::from_secs(60 * second);
        let outcome = assembler.push(&segment, now);
        assert!(assembler.kept() <= limits.most_bytes);
        assert_eq!(outcome == Assembled::Whole, segment.part().is_none());
        if chance.one_in(3) {
            assert!(assembler.expire(now).len() <= limits.most_sets);
        }
    }
}
