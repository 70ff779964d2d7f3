//! HJ 212: what stations send over the wire, from bytes to named values and back.
//!
//! ```text
//! bytes ──Frames / Decoder──▶ Frame (length and CRC right) ──Segment::read──▶ Segment ──items()──▶ code, field, value
//!                        └──▶ Refused (the true reason)         │
//!                                                               ├──Assembler──▶ the parts of a split upload together
//! bytes ◀──frame── Head + data area ◀──answer_to, request───────┘
//! ```
//!
//! HJ/T 212-2005 and HJ 212-2017 are spoken; of HJ 212-2025 what is publicly known: its version bits, `RF=1`, and
//! that its SM4 ciphertext is recognised (never guessed at). The receiver is lenient where devices are known to err,
//! each leniency being a field of [`Settings`] or told in the outcome; the sender is strict.
//!
//! **What is absent:** input and output, clocks (the caller says what time it is), allocation on the way from bytes to
//! values, memory that grows with the input, panics, and any frame whose CRC is wrong.

pub mod codes;

mod answer;
mod assembler;
mod crc;
mod decoder;
mod delimiters;
mod encode;
mod flag;
mod frame;
mod moment;
mod request;
mod scan;
mod segment;

pub use answer::{answer_to, execution_result, request_answer};
pub use assembler::{Assembled, Assembler, Incomplete, Limits, PartKey};
pub use crc::{crc16, crc16_modbus};
pub use decoder::{Decoder, Frames};
pub use encode::{EncodeError, Head, encode, encode_split, frame};
pub use flag::{Flag, Version};
pub use frame::{CrcHint, CrcKind, Frame, MOST_FRAME, MOST_SEGMENT, Reason, Refused, Settings, Tail};
pub use moment::{Implausible, Moment, MomentFault};
pub use request::{Device, Request};
pub use segment::{Group, Groups, Item, Items, Segment, SegmentFault};

/// What the bytes turned out to be: a frame, or why not.
pub type Outcome<'a> = Result<Frame<'a>, Refused<'a>>;
