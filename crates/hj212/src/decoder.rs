//! Frames out of bytes: of a whole buffer without copying, or of a stream in pieces of any size.

use crate::Outcome;
use crate::frame::Settings;
use crate::scan::{Cursor, Step};

/// The frames of a whole buffer, borrowed from it.
///
/// ```
/// let bytes = b"##0087QN=20260301080000000;ST=91;CN=9014;PW=100000;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&4A40\r\n";
/// let frame = hj212::Frames::of(bytes, hj212::Settings::default()).next().unwrap().unwrap();
/// assert_eq!(frame.read().unwrap().cn, Some("9014"));
/// ```
#[derive(Clone, Debug)]
pub struct Frames<'a> {
    bytes: &'a [u8],
    cursor: Cursor,
}

impl<'a> Frames<'a> {
    /// The frames of these bytes, which are all there are.
    pub fn of(bytes: &'a [u8], settings: Settings) -> Self {
        Self { bytes, cursor: Cursor::new(settings) }
    }
}

impl<'a> Iterator for Frames<'a> {
    type Item = Outcome<'a>;

    fn next(&mut self) -> Option<Outcome<'a>> {
        loop {
            let step = self.cursor.step(self.bytes, true);
            match step {
                Step::More => return None,
                Step::Skip { used } => self.bytes = self.bytes.get(used..).unwrap_or_default(),
                Step::Outcome { outcome, used } => {
                    self.bytes = self.bytes.get(used..).unwrap_or_default();
                    return Some(outcome);
                }
            }
        }
    }
}

/// Decodes a stream that arrives in pieces. The outcomes do not depend on where it is cut.
///
/// It keeps what a frame may still need, at most [`Decoder::most_kept`] bytes, provided that the caller takes the
/// outcomes after each [`feed`](Self::feed) until there is none.
///
/// ```
/// let mut decoder = hj212::Decoder::new(hj212::Settings::default());
/// for piece in [&b"noise##0087QN=20260301080000000;ST=91;CN=9014;PW=100000;"[..],
///               b"MN=010000A8900016F000169DC0;Flag=4;CP=&&&&4A40\r\n##00"] {
///     decoder.feed(piece);
///     while let Some(outcome) = decoder.next_outcome() {
///         match outcome {
///             Ok(frame) => println!("{}", frame.segment.len()),
///             Err(refused) => println!("{}: {}", refused.offset, refused.reason),
///         }
///     }
/// }
/// decoder.finish();
/// assert_eq!(decoder.next_outcome().unwrap().unwrap_err().reason.key(), "truncated");
/// ```
#[derive(Clone, Debug)]
pub struct Decoder {
    buffer: Vec<u8>,
    /// Where the bytes begin that have not been judged.
    from: usize,
    ended: bool,
    cursor: Cursor,
}

impl Decoder {
    /// A decoder at the beginning of a stream.
    pub fn new(settings: Settings) -> Self {
        Self { buffer: Vec::new(), from: 0, ended: false, cursor: Cursor::new(settings) }
    }

    /// Takes the next bytes of the stream.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.from);
        self.from = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// Says that no more bytes will come: what is left is judged as it stands.
    pub fn finish(&mut self) {
        self.ended = true;
    }

    /// Whether [`finish`](Self::finish) was called.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// The next frame or refusal that can be told from the bytes so far.
    pub fn next_outcome(&mut self) -> Option<Outcome<'_>> {
        loop {
            let step = self.cursor.step(&self.buffer[self.from..], self.ended);
            match step {
                Step::More => return None,
                Step::Skip { used } => self.from += used,
                Step::Outcome { outcome, used } => {
                    self.from += used;
                    return Some(outcome);
                }
            }
        }
    }

    /// How many bytes wait for more.
    pub fn pending(&self) -> usize {
        self.buffer.len() - self.from
    }

    /// The most bytes that can wait for more.
    pub fn most_kept(&self) -> usize {
        self.cursor.most_kept()
    }
}
