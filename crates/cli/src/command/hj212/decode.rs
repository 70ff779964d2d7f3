//! `qingyuan hj212 decode`: a line of JSON for each frame, and for whatever is none, with the true reason.

use std::collections::HashMap;
use std::io::{ErrorKind, Read, Write};
use std::path::PathBuf;

use clap::Args;
use hj212::{
    CrcKind, Decoder, Frame, MOST_SEGMENT, Outcome, Reason, Refused, Segment, SegmentFault, Settings, Tail,
};
use message::{Language, Text};
use serde_json::{Map, Value, json};

use crate::failure::Failure;
use crate::output::say;

/// The arguments.
#[derive(Args)]
pub struct Decode {
    /// 报文文件：串口或网络原始字节，或每行一帧的文本；- 为标准输入 | a file of frames: raw bytes, or a frame a line; - for standard input
    file: PathBuf,
    /// 严格按标准：须以回车换行结尾，数据段不超过 1024 字节，没有注释行 | by the letter: CR LF after each frame, at most 1024 bytes, no comment lines
    #[arg(long)]
    strict: bool,
    /// CRC 误用 Modbus 算法的设备也接受 | take frames whose CRC is Modbus's, as some devices send them
    #[arg(long)]
    modbus: bool,
}

/// How much is read at once; with the frame that may wait for its end, all that is kept.
const PIECE: usize = 1 << 18;

/// How much of refused bytes is shown.
const SHOWN: usize = 160;

impl Decode {
    /// Decodes to the end; the answer is "no" (1) if anything was refused.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let settings = if self.strict { Settings::default() } else { Settings::LISTING };
        let mut decoder = Decoder::new(Settings { accept_modbus: self.modbus, ..settings });
        let mut input = self.open()?;
        let mut told = Told { out: Vec::new(), language, taken: 0, refused: 0 };
        let mut piece = vec![0; PIECE];
        loop {
            match input.read(&mut piece) {
                Ok(0) => decoder.finish(),
                Ok(length) => decoder.feed(&piece[..length]),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.unreadable(&error)),
            }
            let ended = decoder.has_ended();
            while let Some(outcome) = decoder.next_outcome() {
                told.tell(outcome)?;
                if told.out.len() > PIECE && !told.write()? {
                    return Ok(());
                }
            }
            // What has come is told before more is waited for.
            if !told.write()? {
                return Ok(());
            }
            if ended {
                break;
            }
        }
        let (taken, refused) = (told.taken, told.refused);
        say(
            &message::text!(
                "解析 {taken} 帧，拒收 {refused} 处",
                "{taken} frames decoded, {refused} refused"
            ),
            language,
        );
        if refused > 0 { Err(Failure::Told(1)) } else { Ok(()) }
    }

    fn open(&self) -> Result<Box<dyn Read>, Failure> {
        if self.file.as_os_str() == "-" {
            return Ok(Box::new(std::io::stdin().lock()));
        }
        Ok(Box::new(std::fs::File::open(&self.file).map_err(|error| self.unreadable(&error))?))
    }

    fn unreadable(&self, error: &std::io::Error) -> Failure {
        let shown = self.file.display();
        Failure::Broken(message::text!("{shown} 无法读取（{error}）", "{shown} cannot be read ({error})"))
    }
}

/// What has been told, and what waits to be written.
struct Told {
    out: Vec<u8>,
    language: Language,
    taken: u64,
    refused: u64,
}

impl Told {
    fn tell(&mut self, outcome: Outcome<'_>) -> Result<(), Failure> {
        match outcome {
            Ok(frame) => match frame.read() {
                Ok(segment) => {
                    self.taken += 1;
                    self.frame(&frame, &segment)
                }
                Err(SegmentFault::NotUtf8 { at }) => self.refusal(&Refused {
                    reason: Reason::NotUtf8 { at: u16::try_from(at).unwrap_or(u16::MAX) },
                    offset: frame.offset,
                    line: frame.line,
                    bytes: frame.segment,
                    segment: Some(frame.segment),
                }),
            },
            Err(refused) => self.refusal(&refused),
        }
    }

    /// Writes what waits; whether anybody still reads.
    fn write(&mut self) -> Result<bool, Failure> {
        let mut stdout = std::io::stdout().lock();
        let written = stdout.write_all(&self.out).and_then(|()| stdout.flush());
        self.out.clear();
        match written {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Keys and their order are a contract. The password is not shown.
    fn frame(&mut self, frame: &Frame<'_>, segment: &Segment<'_>) -> Result<(), Failure> {
        let line = json!({
            "ok": true,
            "line": frame.line,
            "offset": frame.offset,
            "length": frame.segment.len(),
            "crc": format!("{:04X}", frame.crc),
            "version": segment.version().to_string(),
            "qn": segment.qn,
            "st": segment.st,
            "cn": segment.cn,
            "mn": segment.mn,
            "flag": segment.flag_text.map(|text| hj212::Flag::parse(text).map_or(json!(text), |flag| json!(flag.0))),
            "answer_wanted": segment.wants_answer(),
        });
        let Value::Object(mut line) = line else { return Ok(()) };
        if let Some((part, parts)) = segment.part() {
            line.insert("part".to_owned(), json!(part));
            line.insert("parts".to_owned(), json!(parts));
        }
        line.insert("data_time".to_owned(), json!(segment.value("DataTime")));
        let faults = self.time_faults(segment);
        if !faults.is_empty() {
            line.insert("time_faults".to_owned(), Value::Object(faults));
        }
        if segment.is_encrypted() {
            line.insert("encrypted".to_owned(), json!(true));
        } else {
            data_area(segment, &mut line);
        }
        let others: Map<String, Value> = segment
            .head()
            .filter(|(name, _)| !["QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO"].contains(name))
            .map(|(name, value)| (name.to_owned(), json!(value)))
            .collect();
        if !others.is_empty() {
            line.insert("others".to_owned(), Value::Object(others));
        }
        let notes = notes(frame, segment);
        if !notes.is_empty() {
            line.insert("notes".to_owned(), json!(notes));
        }
        self.put(&Value::Object(line))
    }

    /// Times that are none, each with what is wrong.
    fn time_faults(&self, segment: &Segment<'_>) -> Map<String, Value> {
        let times = [
            ("DataTime", segment.data_time()),
            ("BeginTime", segment.begin_time()),
            ("EndTime", segment.end_time()),
        ];
        let faults = times.into_iter().filter_map(|(name, time)| {
            let fault = time?.err()?;
            let detail = Text::new(fault.chinese(), fault.to_string());
            Some((
                name.to_owned(),
                json!({"reason": fault.key(), "detail": detail.in_language(self.language)}),
            ))
        });
        faults.collect()
    }

    /// Keys and their order are a contract, too.
    fn refusal(&mut self, refused: &Refused<'_>) -> Result<(), Failure> {
        self.refused += 1;
        let detail = Text::new(refused.reason.chinese(), refused.reason.to_string());
        let mut line = Map::new();
        let mut put = |key: &str, value: Value| {
            line.insert(key.to_owned(), value);
        };
        put("ok", json!(false));
        put("reason", json!(refused.reason.key()));
        put("detail", json!(detail.in_language(self.language)));
        put("line", json!(refused.line));
        put("offset", json!(refused.offset));
        put("bytes", json!(refused.bytes.len()));
        match refused.reason {
            Reason::Crc { expected, found, hint } => {
                put("expected", json!(format!("{expected:04X}")));
                put("found", json!(format!("{found:04X}")));
                if let Some(hint) = hint.key() {
                    put("hint", json!(hint));
                }
            }
            Reason::NotAHexCrc { expected } => put("expected", json!(format!("{expected:04X}"))),
            Reason::Length { claimed, found, crc_right } => {
                put("claimed", json!(claimed));
                put("found", json!(found));
                put("crc_right", json!(crc_right));
            }
            Reason::Truncated { claimed, found } => {
                put("claimed", json!(claimed));
                put("found", json!(found));
            }
            Reason::LengthOverLimit { claimed, limit } => {
                put("claimed", json!(claimed));
                put("limit", json!(limit));
            }
            Reason::Garbage
            | Reason::NotANumberLength
            | Reason::NoTail
            | Reason::Encrypted
            | Reason::NotUtf8 { .. } => {}
        }
        // Whose frame it is, where the segment's bounds are beyond doubt; its values are not believed.
        if let Some(Ok(segment)) = refused.segment.map(Segment::read) {
            put("mn", json!(segment.mn));
        }
        put("text", json!(shown(refused.bytes)));
        self.put(&Value::Object(line))
    }

    fn put(&mut self, line: &Value) -> Result<(), Failure> {
        serde_json::to_writer(&mut self.out, line).map_err(Failure::broken)?;
        self.out.push(b'\n');
        Ok(())
    }
}

/// `items`: code, then field, then the value as it was sent; `parameters`: names without a field. What comes twice with
/// another value is kept in `repeated`.
fn data_area(segment: &Segment<'_>, line: &mut Map<String, Value>) {
    let mut parameters = Map::new();
    let mut items: Vec<(&str, Map<String, Value>)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut repeated = Vec::new();
    for item in segment.items() {
        let (fields, name) = if item.field.is_empty() {
            (&mut parameters, item.code)
        } else {
            let place = *places.entry(item.code).or_insert_with(|| {
                items.push((item.code, Map::new()));
                items.len() - 1
            });
            (&mut items[place].1, item.field)
        };
        let value = json!(item.value);
        match fields.get(name) {
            Some(before) if *before == value => {}
            Some(_) => repeated.push(json!({"code": item.code, "field": item.field, "value": item.value})),
            None => {
                fields.insert(name.to_owned(), value);
            }
        }
    }
    if !parameters.is_empty() {
        line.insert("parameters".to_owned(), Value::Object(parameters));
    }
    let items = items.into_iter().map(|(code, fields)| (code.to_owned(), Value::Object(fields))).collect();
    line.insert("items".to_owned(), Value::Object(items));
    if !repeated.is_empty() {
        line.insert("repeated".to_owned(), Value::Array(repeated));
    }
}

/// What is not as the standard says, though the frame is taken.
fn notes(frame: &Frame<'_>, segment: &Segment<'_>) -> Vec<&'static str> {
    let notes = [
        (frame.segment.len() > MOST_SEGMENT, "longer_than_the_standard_allows"),
        (frame.crc_kind == CrcKind::Modbus, "modbus_crc"),
        (frame.tail != Tail::CrLf, "no_cr_lf"),
        (!segment.cp_closed, "data_area_not_closed"),
        (segment.flag_text.is_some_and(|text| hj212::Flag::parse(text).is_none()), "flag_is_no_number"),
        (segment.flag().is_split() && segment.pnum.is_none(), "split_without_part_numbers"),
        (matches!(segment.version(), hj212::Version::Unknown(_)), "unknown_version"),
    ];
    notes.into_iter().filter_map(|(is, note)| is.then_some(note)).collect()
}

/// The beginning of refused bytes as text.
fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(SHOWN)]).trim_end().to_owned();
    if bytes.len() > SHOWN { text + "…" } else { text }
}
