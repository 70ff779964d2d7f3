//! The outcomes of decoding: a frame that is right, or a refusal with the true reason.

use std::fmt;

use crate::segment::{Segment, SegmentFault};

/// The longest data segment that the standard allows, in bytes (HJ 212-2017, 6.3.1).
pub const MOST_SEGMENT: usize = 1024;

/// The longest frame that the standard allows: `##`, four digits, the segment, four digits, CR LF.
pub const MOST_FRAME: usize = 2 + 4 + MOST_SEGMENT + 4 + 2;

/// How lenient the decoder is. The default is the standard's letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The longest segment taken, at most 9999 (the length has four digits). Longer ones are met in the field; the
    /// default is the standard's 1024.
    pub most_segment: usize,
    /// Whether a frame whose CRC is the Modbus CRC is taken. A few devices use it by mistake; it is a setting of that
    /// device, never a default.
    pub accept_modbus: bool,
    /// Whether a frame may end in LF alone, or at the end of the input without CR LF: listings of frames in text files.
    pub accept_bare_lines: bool,
    /// Whether lines that begin with `#` and a blank are comments, as in listings.
    pub skip_comments: bool,
}

impl Settings {
    /// What a text file needs whose lines are frames: bare line ends, comments, and any length that four digits say.
    pub const LISTING: Self =
        Self { most_segment: 9999, accept_modbus: false, accept_bare_lines: true, skip_comments: true };
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            most_segment: MOST_SEGMENT,
            accept_modbus: false,
            accept_bare_lines: false,
            skip_comments: false,
        }
    }
}

/// A frame whose length and CRC are right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The data segment, from the `Q` of `QN=` (or what comes first) to the last `&`.
    pub segment: &'a [u8],
    /// Where its `##` stands: bytes since the decoder began.
    pub offset: u64,
    /// The line its `##` stands in, from 1; lines end in LF.
    pub line: u64,
    /// The CRC as the frame carries it.
    pub crc: u16,
    /// Which of the two computations it agrees with.
    pub crc_kind: CrcKind,
    /// What stands after the CRC.
    pub tail: Tail,
}

impl<'a> Frame<'a> {
    /// The fields of the segment.
    pub fn read(&self) -> Result<Segment<'a>, SegmentFault> {
        Segment::read(self.segment)
    }
}

/// Which CRC a frame carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrcKind {
    /// The loop of HJ 212.
    Hj212,
    /// CRC-16/MODBUS, in either order of bytes; only with [`Settings::accept_modbus`].
    Modbus,
}

/// What ends a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// CR LF, as it should be.
    CrLf,
    /// LF alone; only with [`Settings::accept_bare_lines`].
    Lf,
    /// The end of the input; only with [`Settings::accept_bare_lines`].
    EndOfInput,
}

/// Bytes that are no right frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused<'a> {
    /// Why.
    pub reason: Reason,
    /// Where they begin: bytes since the decoder began.
    pub offset: u64,
    /// The line they begin in, from 1.
    pub line: u64,
    /// The bytes refused. Decoding goes on right after them.
    pub bytes: &'a [u8],
    /// The data segment, where its bounds are beyond doubt ([`Reason::Crc`], [`Reason::NoTail`], [`Reason::Encrypted`]):
    /// enough to see which device has to be looked at, or (with the hint of a Modbus CRC) to look up its setting.
    pub segment: Option<&'a [u8]>,
}

/// Why bytes are no right frame. Each has a stable [key](Reason::key) and words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Bytes outside any frame.
    Garbage,
    /// `##` is not followed by four decimal digits.
    NotANumberLength,
    /// The length field asks for more than [`Settings::most_segment`].
    LengthOverLimit {
        /// The length field.
        claimed: u16,
        /// The setting.
        limit: u16,
    },
    /// The length field disagrees with the bytes up to the frame's end.
    Length {
        /// The length field.
        claimed: u16,
        /// The bytes that stand between the length field and the CRC; absent where no CRC is found before the end.
        found: Option<u16>,
        /// Whether the CRC is right for the bytes that stand there: then the length field alone is wrong.
        crc_right: bool,
    },
    /// The frame stops before its length is reached: at the end of the input, of the line, or where another begins.
    Truncated {
        /// The length field; absent if even that is cut.
        claimed: Option<u16>,
        /// The bytes of the segment that are there.
        found: u16,
    },
    /// The length is right, the CRC is not.
    Crc {
        /// What the segment's CRC is.
        expected: u16,
        /// What the frame carries.
        found: u16,
        /// What the frame's CRC is instead.
        hint: CrcHint,
    },
    /// The length is right, but what follows are not four hexadecimal digits.
    NotAHexCrc {
        /// What the segment's CRC is.
        expected: u16,
    },
    /// Length and CRC are right, but CR LF does not follow.
    NoTail,
    /// The data area is SM4 ciphertext (HJ 212-2025). Its CRC is made over the plain text, so without the key neither
    /// the CRC can be checked nor the data be read.
    Encrypted,
    /// Length and CRC are right, but the segment is no UTF-8 text (decided by [`Segment::read`], not by the decoder).
    NotUtf8 {
        /// The first byte of the segment that is no text.
        at: u16,
    },
}

/// What a wrong CRC turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrcHint {
    /// Nothing known.
    None,
    /// CRC-16/MODBUS, high byte first.
    Modbus,
    /// CRC-16/MODBUS, low byte first as on a Modbus line.
    ModbusSwapped,
    /// The right CRC with its two bytes swapped.
    Swapped,
}

impl Reason {
    /// The stable name of the reason.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Garbage => "garbage",
            Self::NotANumberLength => "not_a_number_length",
            Self::LengthOverLimit { .. } => "length_over_limit",
            Self::Length { .. } => "length",
            Self::Truncated { .. } => "truncated",
            Self::Crc { .. } => "crc",
            Self::NotAHexCrc { .. } => "not_a_hex_crc",
            Self::NoTail => "no_tail",
            Self::Encrypted => "encrypted",
            Self::NotUtf8 { .. } => "not_utf8",
        }
    }

    /// The reason in Chinese; [`Display`](fmt::Display) says it in English.
    pub fn chinese(&self) -> String {
        match self {
            Self::Garbage => "不属于任何报文的字节".to_owned(),
            Self::NotANumberLength => "## 之后不是四位十进制长度".to_owned(),
            Self::LengthOverLimit { claimed, limit } => format!("长度 {claimed} 超过上限 {limit}"),
            Self::Length { claimed, found: Some(found), crc_right: true } => {
                format!("长度写的是 {claimed}，实为 {found}，CRC 与实有数据段相符")
            }
            Self::Length { claimed, found: Some(found), crc_right: false } => {
                format!("长度写的是 {claimed}，实为 {found}，CRC 也不符")
            }
            Self::Length { claimed, found: None, .. } => {
                format!("长度写的是 {claimed}，此处没有 CRC 和回车换行")
            }
            Self::Truncated { claimed: Some(claimed), found } if claimed == found => {
                "报文不完整：CRC 未写完".to_owned()
            }
            Self::Truncated { claimed: Some(claimed), found } => {
                format!("报文不完整：长度写的是 {claimed}，只有 {found}")
            }
            Self::Truncated { claimed: None, .. } => "报文不完整：长度未写完".to_owned(),
            Self::Crc { expected, found, hint } => {
                let hint = match hint {
                    CrcHint::None => "",
                    CrcHint::Modbus => "（所写的是 Modbus 的 CRC）",
                    CrcHint::ModbusSwapped => "（所写的是 Modbus 的 CRC，低字节在前）",
                    CrcHint::Swapped => "（高低字节颠倒）",
                };
                format!("CRC 应为 {expected:04X}，写的是 {found:04X}{hint}")
            }
            Self::NotAHexCrc { expected } => format!("CRC 不是四位十六进制数，应为 {expected:04X}"),
            Self::NoTail => "长度和 CRC 均正确，但其后没有回车换行".to_owned(),
            Self::Encrypted => "数据区为 SM4 密文，没有密钥，无法校验和解读".to_owned(),
            Self::NotUtf8 { at } => format!("数据段第 {at} 字节起不是 UTF-8 文字"),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Garbage => f.write_str("bytes outside any frame"),
            Self::NotANumberLength => f.write_str("`##` is not followed by a length of four decimal digits"),
            Self::LengthOverLimit { claimed, limit } => {
                write!(f, "the length {claimed} is over the limit of {limit}")
            }
            Self::Length { claimed, found: Some(found), crc_right: true } => {
                write!(f, "the length says {claimed}, but it is {found}, for which the CRC is right")
            }
            Self::Length { claimed, found: Some(found), crc_right: false } => {
                write!(f, "the length says {claimed}, but it is {found}, and the CRC is wrong too")
            }
            Self::Length { claimed, found: None, .. } => {
                write!(f, "the length says {claimed}, but no CRC and CR LF stand there")
            }
            Self::Truncated { claimed: Some(claimed), found } if claimed == found => {
                f.write_str("cut short inside the CRC")
            }
            Self::Truncated { claimed: Some(claimed), found } => {
                write!(f, "cut short: the length says {claimed}, only {found} are there")
            }
            Self::Truncated { claimed: None, .. } => f.write_str("cut short inside the length"),
            Self::Crc { expected, found, hint } => {
                write!(f, "the CRC should be {expected:04X}, found {found:04X}")?;
                f.write_str(match hint {
                    CrcHint::None => "",
                    CrcHint::Modbus => " (which is the CRC of Modbus)",
                    CrcHint::ModbusSwapped => " (which is the CRC of Modbus, low byte first)",
                    CrcHint::Swapped => " (its two bytes are swapped)",
                })
            }
            Self::NotAHexCrc { expected } => {
                write!(f, "the CRC is not four hexadecimal digits; it should be {expected:04X}")
            }
            Self::NoTail => f.write_str("length and CRC are right, but CR LF does not follow"),
            Self::Encrypted => {
                f.write_str("the data area is SM4 ciphertext: without its key it is neither checked nor read")
            }
            Self::NotUtf8 { at } => write!(f, "from byte {at} on, the segment is no UTF-8 text"),
        }
    }
}

impl std::error::Error for Reason {}

impl CrcHint {
    /// The stable name of the hint; `None` if there is none.
    pub fn key(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Modbus => Some("modbus"),
            Self::ModbusSwapped => Some("modbus_swapped"),
            Self::Swapped => Some("swapped"),
        }
    }
}
