//! Frames to send: strictly as the edition that is spoken says.

use thiserror::Error;

use crate::crc::crc16;
use crate::flag::{Flag, Version};
use crate::frame::MOST_SEGMENT;
use crate::moment::Moment;

/// The fields in front of the data area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head<'a> {
    /// The edition spoken.
    pub version: Version,
    /// Which exchange this is; 2005 may do without.
    pub qn: Option<Moment>,
    /// The kind of system, two characters.
    pub st: &'a str,
    /// The command, four digits.
    pub cn: &'a str,
    /// The password, six characters; 2005 may do without.
    pub pw: Option<&'a str>,
    /// The device; 2005 may do without.
    pub mn: Option<&'a str>,
    /// Whether an answer is wanted.
    pub answer: bool,
    /// The number of this part and of all parts, where the data are split.
    pub part: Option<(u16, u16)>,
}

/// Why a frame cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EncodeError {
    /// No known edition.
    #[error("version {0} of the protocol is not known")]
    Version(u8),
    /// A field is not as the edition says.
    #[error("`{field}` cannot be `{value}`")]
    Field {
        /// Its name.
        field: &'static str,
        /// What was asked for.
        value: String,
    },
    /// A field that the edition needs is absent.
    #[error("`{0}` is needed in this edition")]
    Missing(&'static str),
    /// The data area is longer than the edition allows.
    #[error("the data area has {found} bytes, {most} are allowed")]
    DataTooLong {
        /// Its bytes.
        found: usize,
        /// The most.
        most: usize,
    },
    /// The segment is longer than the standard allows.
    #[error("the data segment has {0} bytes, 1024 are allowed")]
    SegmentTooLong(usize),
}

/// The frame around a data segment: head, length, CRC and tail.
pub fn frame(segment: &str) -> Result<Vec<u8>, EncodeError> {
    if segment.len() > MOST_SEGMENT {
        return Err(EncodeError::SegmentTooLong(segment.len()));
    }
    Ok(around(segment))
}

/// A frame of these fields and this data area (without its `&&`).
pub fn encode(head: &Head<'_>, data: &str) -> Result<Vec<u8>, EncodeError> {
    check_head(head)?;
    check_data(head.version, data)?;
    frame(&segment(head, head.qn, head.part, data))
}

/// One frame if it fits, several otherwise: each with whole groups (what stands between two `;`), its own QN counted
/// up from the head's, and the DataTime repeated.
pub fn encode_split(
    head: &Head<'_>,
    data_time: &Moment,
    groups: &[&str],
) -> Result<Vec<Vec<u8>>, EncodeError> {
    let time = format!("DataTime={data_time}");
    let most = most_data(head.version)?;
    let mut areas = vec![time.clone()];
    for group in groups {
        let full =
            areas.last().is_some_and(|area| area.len() > time.len() && area.len() + 1 + group.len() > most);
        if full {
            areas.push(time.clone());
        }
        if let Some(area) = areas.last_mut() {
            area.push(';');
            area.push_str(group);
        }
    }
    if areas.len() == 1 {
        return Ok(vec![encode(&Head { part: None, ..*head }, &areas[0])?]);
    }
    let parts = u16::try_from(areas.len())
        .map_err(|_| EncodeError::Field { field: "PNUM", value: areas.len().to_string() })?;
    let mut qn = head.qn;
    let mut frames = Vec::with_capacity(areas.len());
    for (part, area) in (1..).zip(&areas) {
        frames.push(encode(&Head { qn, part: Some((part, parts)), ..*head }, area)?);
        qn = qn.map(Moment::next_millisecond);
    }
    Ok(frames)
}

/// The segment of an answer: its fields echo the device's, so they are taken as they are.
pub(crate) fn around(segment: &str) -> Vec<u8> {
    format!("##{:04}{segment}{:04X}\r\n", segment.len(), crc16(segment.as_bytes())).into_bytes()
}

fn segment(head: &Head<'_>, qn: Option<Moment>, part: Option<(u16, u16)>, data: &str) -> String {
    let mut text = String::with_capacity(128 + data.len());
    let mut put = |name: &str, value: &str| {
        text.push_str(name);
        text.push('=');
        text.push_str(value);
        text.push(';');
    };
    if let Some(qn) = qn {
        put("QN", &qn.with_millisecond(qn.millisecond().unwrap_or(0)).to_string());
    }
    put("ST", head.st);
    put("CN", head.cn);
    if let Some(pw) = head.pw {
        put("PW", pw);
    }
    if let Some(mn) = head.mn {
        put("MN", mn);
    }
    let flag = Flag::new(head.version, part.is_some(), head.answer);
    // Devices of 2005 know segments without a Flag, and some know no other.
    if flag != Flag(0) {
        put("Flag", &flag.0.to_string());
    }
    if let Some((part, parts)) = part {
        put("PNUM", &parts.to_string());
        put("PNO", &part.to_string());
    }
    text.push_str("CP=&&");
    text.push_str(data);
    text.push_str("&&");
    text
}

fn check_head(head: &Head<'_>) -> Result<(), EncodeError> {
    let field = |field, value: &str| Err(EncodeError::Field { field, value: value.to_owned() });
    let plain = |text: &str, length: std::ops::RangeInclusive<usize>| {
        length.contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic() && !b";,=&#".contains(&byte))
    };
    most_data(head.version)?;
    if !plain(head.st, 2..=2) {
        return field("ST", head.st);
    }
    if head.cn.len() != 4 || !head.cn.bytes().all(|byte| byte.is_ascii_digit()) {
        return field("CN", head.cn);
    }
    if head.version != Version::V2005 {
        head.qn.ok_or(EncodeError::Missing("QN"))?;
        head.pw.ok_or(EncodeError::Missing("PW"))?;
        head.mn.ok_or(EncodeError::Missing("MN"))?;
    }
    if let Some(pw) = head.pw.filter(|pw| !plain(pw, 6..=6)) {
        return field("PW", pw);
    }
    // The identity is the device's own: 24 characters in the text of 2017, 14 in that of 2005, others in the field.
    if let Some(mn) = head.mn.filter(|mn| !plain(mn, 1..=24)) {
        return field("MN", mn);
    }
    let most_parts = if head.version == Version::V2025 { 9 } else { 9999 };
    match head.part {
        Some((part, parts)) if part == 0 || part > parts || parts > most_parts => {
            field("PNO", &format!("{part} of {parts}"))
        }
        _ => Ok(()),
    }
}

fn check_data(version: Version, data: &str) -> Result<(), EncodeError> {
    let most = most_data(version)?;
    if data.len() > most {
        return Err(EncodeError::DataTooLong { found: data.len(), most });
    }
    if data.contains("&&") || data.chars().any(char::is_control) {
        return Err(EncodeError::Field { field: "CP", value: data.to_owned() });
    }
    Ok(())
}

fn most_data(version: Version) -> Result<usize, EncodeError> {
    match version {
        Version::V2005 => Ok(960),
        Version::V2017 | Version::V2025 => Ok(950),
        Version::Unknown(bits) => Err(EncodeError::Version(bits)),
    }
}
