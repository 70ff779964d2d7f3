//! The judgement: what do the bytes at the front of the stream come to?
//!
//! [`Cursor::step`] looks at what has arrived and decides, or asks for more. **A decision is never taken that more bytes
//! could change**; so it does not matter in which pieces they come. Where a frame is:
//!
//! ```text
//! ##  0101  QN=… … &&  1C80  CR LF          ## 0101 QN=…
//! │   │     │          └ end = 6 + length
//! │   │     └ 6        looked through for another head (a frame cut short) and for an earlier, right end (a wrong length)
//! │   └ four digits
//! └ found by search after anything that is no frame
//! ```
//!
//! The length is the authority: what stands at its end decides, `&&` or a line end inside the data do not. Only when
//! nothing fits there does [`misfit`] look for where the frame really ends, to say what is true of it.

use std::ops::Range;

use memchr::{memchr_iter, memchr2_iter};

use crate::crc::{crc16, crc16_modbus};
use crate::frame::{CrcHint, CrcKind, Frame, MOST_FRAME, Reason, Refused, Settings, Tail};
use crate::{Outcome, segment};

/// Head and length.
const HEAD: usize = 6;
/// CRC and CR LF.
const FOOT: usize = 6;
/// Garbage is reported in pieces of at most this many bytes.
const MOST_GARBAGE: usize = MOST_FRAME;
/// Blanks taken between the CRC and the end of a bare line.
const MOST_BLANKS: usize = 8;

/// Where in the stream we are.
#[derive(Clone, Debug)]
pub(crate) struct Cursor {
    settings: Settings,
    offset: u64,
    line: u64,
    at_line_start: bool,
    in_comment: bool,
    /// Bytes of the frame at the front that were looked through before: a frame that dribbles in is not searched anew
    /// for each byte.
    searched: usize,
}

/// What the bytes at the front come to.
pub(crate) enum Step<'a> {
    /// More are needed (or, at the end, nothing is left).
    More,
    /// Blanks and comments.
    Skip { used: usize },
    /// A frame or a refusal.
    Outcome { outcome: Outcome<'a>, used: usize },
}

/// The same before the cursor has moved over it.
enum Verdict {
    More,
    Skip { used: usize },
    Frame { segment: Range<usize>, crc: u16, kind: CrcKind, tail: Tail, used: usize },
    Refused { reason: Reason, segment: Option<Range<usize>>, used: usize },
}

impl Cursor {
    pub(crate) fn new(settings: Settings) -> Self {
        let settings = Settings { most_segment: settings.most_segment.min(9999), ..settings };
        Self { settings, offset: 0, line: 1, at_line_start: true, in_comment: false, searched: 0 }
    }

    /// The most bytes for which [`Step::More`] is ever the answer.
    pub(crate) fn most_kept(&self) -> usize {
        (HEAD + self.settings.most_segment + FOOT + MOST_BLANKS).max(MOST_GARBAGE)
    }

    /// Judges the front of `bytes`, of which all follow if the stream has `ended`.
    #[inline]
    pub(crate) fn step<'a>(&mut self, bytes: &'a [u8], ended: bool) -> Step<'a> {
        match self.judge(bytes, ended) {
            Verdict::More => Step::More,
            Verdict::Skip { used } => {
                self.advance(bytes, used);
                Step::Skip { used }
            }
            Verdict::Frame { segment, crc, kind, tail, used } => {
                let (offset, line) = (self.offset, self.line);
                self.advance(bytes, used);
                let segment = &bytes[segment];
                Step::Outcome {
                    outcome: Ok(Frame { segment, offset, line, crc, crc_kind: kind, tail }),
                    used,
                }
            }
            Verdict::Refused { reason, segment, used } => {
                let (offset, line) = (self.offset, self.line);
                self.advance(bytes, used);
                let segment = segment.map(|range| &bytes[range]);
                let refused = Refused { reason, offset, line, bytes: &bytes[..used], segment };
                Step::Outcome { outcome: Err(refused), used }
            }
        }
    }

    #[inline]
    fn advance(&mut self, bytes: &[u8], used: usize) {
        let used_bytes = &bytes[..used];
        self.offset += used as u64;
        self.line += memchr_iter(b'\n', used_bytes).count() as u64;
        if let Some(last) = used_bytes.last() {
            self.at_line_start = *last == b'\n';
        }
        self.searched = 0;
    }

    #[inline]
    fn judge(&mut self, bytes: &[u8], ended: bool) -> Verdict {
        if self.in_comment {
            return self.comment(bytes, ended);
        }
        match bytes {
            [] => Verdict::More,
            [b'#', b'#', rest @ ..] if rest.first() != Some(&b'#') => self.frame(bytes, ended),
            [b' ' | b'\t' | b'\r' | b'\n', ..] => blanks(bytes),
            [b'#'] if !ended => Verdict::More,
            [b'#', b' ' | b'\t' | b'\r' | b'\n', ..] if self.settings.skip_comments && self.at_line_start => {
                self.in_comment = true;
                Verdict::Skip { used: 1 }
            }
            _ => garbage(Reason::Garbage, bytes, 1, ended),
        }
    }

    /// From after the `#` of a comment to the end of its line, or to a head inside it: of two mistakes, to report a
    /// comment is the smaller.
    fn comment(&mut self, bytes: &[u8], ended: bool) -> Verdict {
        for at in memchr2_iter(b'\n', b'#', bytes) {
            if bytes[at] == b'\n' {
                self.in_comment = false;
                return Verdict::Skip { used: at + 1 };
            }
            match head_at(&bytes[at..], 0) {
                Like::No => {}
                Like::Yes => {
                    self.in_comment = false;
                    return Verdict::Skip { used: at };
                }
                Like::SoFar if ended => {}
                Like::SoFar if at == 0 => return Verdict::More,
                Like::SoFar => return Verdict::Skip { used: at },
            }
        }
        if bytes.is_empty() { Verdict::More } else { Verdict::Skip { used: bytes.len() } }
    }

    /// The bytes begin with `##`, and not with three of them.
    #[inline]
    fn frame(&mut self, bytes: &[u8], ended: bool) -> Verdict {
        let Some(digits) = bytes.get(2..HEAD) else { return cut_in_length(bytes, ended) };
        let mut claimed = 0;
        for digit in digits {
            if !digit.is_ascii_digit() {
                return garbage(Reason::NotANumberLength, bytes, 2, ended);
            }
            claimed = claimed * 10 + usize::from(digit - b'0');
        }
        if claimed > self.settings.most_segment {
            let limit = self.settings.most_segment as u16;
            let reason = Reason::LengthOverLimit { claimed: claimed as u16, limit };
            return garbage(reason, bytes, HEAD, ended);
        }
        let end = HEAD + claimed;
        // What the frame's own end may not hide: another head, another end.
        let inside = &bytes[..bytes.len().min(end + 4)];
        if let Some(verdict) = self.inside(bytes, inside, claimed, ended) {
            return verdict;
        }
        let Some(foot) = bytes.get(end..).filter(|foot| foot.len() >= 4) else {
            return if ended { self.misfit(bytes, claimed, ended) } else { Verdict::More };
        };
        let segment = &bytes[HEAD..end];
        let found = hexadecimal(&foot[..4]);
        let (tail, tail_length) = match self.tail(&foot[4..], ended) {
            Some(tail) => tail,
            None => return Verdict::More,
        };
        let used = end + 4 + tail_length;
        let (Some(found), Some(tail)) = (found, tail) else {
            return self.half_a_foot(bytes, claimed, found, ended);
        };
        let kind = match self.crc_kind(segment, found) {
            Ok(kind) => kind,
            Err(reason) => return Verdict::Refused { reason, segment: Some(HEAD..end), used },
        };
        if tail != Tail::CrLf && !self.settings.accept_bare_lines {
            return Verdict::Refused { reason: Reason::NoTail, segment: Some(HEAD..end), used };
        }
        Verdict::Frame { segment: HEAD..end, crc: found, kind, tail, used }
    }

    /// Looks for another head and for an earlier right end before the frame's own end.
    #[inline]
    fn inside(&mut self, bytes: &[u8], inside: &[u8], claimed: usize, ended: bool) -> Option<Verdict> {
        let from = self.searched.max(HEAD).min(inside.len());
        for at in memchr2_iter(b'\n', b'#', &inside[from..]) {
            let at = from + at;
            if inside[at] == b'\n' {
                let body = HEAD..without_line_end(bytes, at);
                let Some((found, crc)) = foot_of(bytes, &body) else { continue };
                // The CRC alone would be too weak a witness: it has 256 values only.
                let segment = &bytes[HEAD..HEAD + found];
                if found < claimed && segment.ends_with(b"&&") && self.is_right(segment, crc) {
                    let (claimed, found) = (claimed as u16, Some(found as u16));
                    let reason = Reason::Length { claimed, found, crc_right: true };
                    return Some(Verdict::Refused { reason, segment: None, used: at + 1 });
                }
                continue;
            }
            match head_at(&inside[at..], 3) {
                Like::No => {}
                Like::Yes => return Some(self.misfit(&bytes[..at], claimed, true)),
                Like::SoFar if ended || inside.len() == HEAD + claimed + 4 => {}
                Like::SoFar => {
                    self.searched = at;
                    return Some(Verdict::More);
                }
            }
        }
        self.searched = inside.len();
        None
    }

    /// What stands after the CRC: `None` if that cannot be told yet, `Some((None, _))` if it is no end of a frame.
    #[inline]
    fn tail(&self, after: &[u8], ended: bool) -> Option<(Option<Tail>, usize)> {
        match after {
            [b'\r', b'\n', ..] => return Some((Some(Tail::CrLf), 2)),
            [b'\n', ..] => return Some((Some(Tail::Lf), 1)),
            [] | [b'\r'] if !ended => return None,
            [] | [b'\r'] => return Some((Some(Tail::EndOfInput), after.len())),
            _ if !self.settings.accept_bare_lines => return Some((None, 0)),
            _ => {}
        }
        let blanks = after.iter().take(MOST_BLANKS).take_while(|byte| b" \t\r".contains(byte)).count();
        match after.get(blanks) {
            Some(b'\n') => Some((Some(Tail::Lf), blanks + 1)),
            None if !ended => None,
            None => Some((Some(Tail::EndOfInput), blanks)),
            Some(_) => Some((None, 0)),
        }
    }

    /// The CRC is not hexadecimal, or what follows it is no end of a frame.
    #[cold]
    fn half_a_foot(&self, bytes: &[u8], claimed: usize, found: Option<u16>, ended: bool) -> Verdict {
        let end = HEAD + claimed;
        let segment = &bytes[HEAD..end];
        match found {
            // The data area closes where the length says, and four digits follow: the length is right.
            Some(found) if segment.ends_with(b"&&") => {
                let reason = self.crc_kind(segment, found).err().unwrap_or(Reason::NoTail);
                match line_end(bytes, end + 4, self.most_kept(), ended) {
                    LineEnd::Later => Verdict::More,
                    LineEnd::At { used, .. } => Verdict::Refused { reason, segment: Some(HEAD..end), used },
                }
            }
            _ => self.misfit(bytes, claimed, ended),
        }
    }

    /// Nothing fits where the length says: looks for the frame's real end, and says what is true.
    #[cold]
    fn misfit(&self, bytes: &[u8], claimed: usize, ended: bool) -> Verdict {
        let (body, used) = match line_end(bytes, HEAD, self.most_kept(), ended) {
            LineEnd::Later => return Verdict::More,
            LineEnd::At { body, used } => (HEAD..body.max(HEAD), used),
        };
        let end = HEAD + claimed;
        let claimed_16 = claimed as u16;
        let length = |found: Option<usize>, crc_right| Reason::Length {
            claimed: claimed_16,
            found: found.map(|found| found as u16),
            crc_right,
        };
        let (reason, segment) = match foot_of(bytes, &body) {
            Some((found, crc)) if found == claimed => {
                let reason = self.crc_kind(&bytes[HEAD..end], crc).err().unwrap_or(Reason::NoTail);
                (reason, Some(HEAD..end))
            }
            Some((found, crc)) if self.is_right(&bytes[HEAD..HEAD + found], crc) => {
                (length(Some(found), true), None)
            }
            Some((found, _)) if bytes[HEAD..HEAD + found].ends_with(b"&") => {
                (length(Some(found), false), None)
            }
            _ if bad_digits(bytes, &body, used, end) => {
                (Reason::NotAHexCrc { expected: crc16(&bytes[HEAD..end]) }, Some(HEAD..end))
            }
            _ if body.end < end + 4 => {
                let found = body.len().min(claimed) as u16;
                (Reason::Truncated { claimed: Some(claimed_16), found }, None)
            }
            _ => (length(None, false), None),
        };
        Verdict::Refused { reason, segment, used }
    }

    /// Which CRC `found` is, or why it is none.
    #[inline]
    fn crc_kind(&self, segment: &[u8], found: u16) -> Result<CrcKind, Reason> {
        let expected = crc16(segment);
        if found == expected { Ok(CrcKind::Hj212) } else { self.wrong_crc(segment, expected, found) }
    }

    #[cold]
    fn wrong_crc(&self, segment: &[u8], expected: u16, found: u16) -> Result<CrcKind, Reason> {
        let modbus = crc16_modbus(segment);
        let hint = match found {
            _ if found == modbus => CrcHint::Modbus,
            _ if found == modbus.swap_bytes() => CrcHint::ModbusSwapped,
            _ if found == expected.swap_bytes() => CrcHint::Swapped,
            _ => CrcHint::None,
        };
        match hint {
            CrcHint::Modbus | CrcHint::ModbusSwapped if self.settings.accept_modbus => Ok(CrcKind::Modbus),
            CrcHint::None if segment::bytes_are_encrypted(segment) => Err(Reason::Encrypted),
            _ => Err(Reason::Crc { expected, found, hint }),
        }
    }

    fn is_right(&self, segment: &[u8], crc: u16) -> bool {
        self.crc_kind(segment, crc).is_ok()
    }
}

/// Whether the frame has its end where the length says, but for the digits of the CRC: they are no digits, too few (and
/// the line ends, so they were not merely cut off), or too many.
fn bad_digits(bytes: &[u8], body: &Range<usize>, used: usize, end: usize) -> bool {
    let after = body.end.checked_sub(end);
    let closes = after.is_some() && bytes[..end].ends_with(b"&&");
    match after {
        Some(4) => true,
        Some(0..4) => closes && bytes[..used].ends_with(b"\n"),
        Some(5..=8) => closes,
        _ => false,
    }
}

/// The stream may end, or go on, inside the length.
#[cold]
fn cut_in_length(bytes: &[u8], ended: bool) -> Verdict {
    if bytes[2..].iter().any(|byte| !byte.is_ascii_digit()) {
        return garbage(Reason::NotANumberLength, bytes, 2, ended);
    }
    if !ended {
        return Verdict::More;
    }
    Verdict::Refused {
        reason: Reason::Truncated { claimed: None, found: 0 },
        segment: None,
        used: bytes.len(),
    }
}

fn blanks(bytes: &[u8]) -> Verdict {
    let used = bytes.iter().take_while(|byte| b" \t\r\n".contains(byte)).count();
    Verdict::Skip { used }
}

/// Bytes that are refused up to the next head, the line's end, or a bound.
#[cold]
fn garbage(reason: Reason, bytes: &[u8], from: usize, ended: bool) -> Verdict {
    match line_end(bytes, from, MOST_GARBAGE, ended) {
        LineEnd::Later => Verdict::More,
        LineEnd::At { used, .. } => Verdict::Refused { reason, segment: None, used },
    }
}

/// Where a piece of bytes ends.
enum LineEnd {
    /// That cannot be told yet.
    Later,
    /// Its own bytes end at `body`; with the line end, `used` are over.
    At { body: usize, used: usize },
}

/// The piece ends with its line, before the next `##`, at `most` bytes or with the stream, whichever comes first.
fn line_end(bytes: &[u8], from: usize, most: usize, ended: bool) -> LineEnd {
    let seen = &bytes[..bytes.len().min(most)];
    for at in memchr2_iter(b'\n', b'#', seen.get(from..).unwrap_or_default()) {
        let at = from + at;
        match seen[at..] {
            [b'\n', ..] => return LineEnd::At { body: without_line_end(bytes, at), used: at + 1 },
            // Of three or more, the last two are the head.
            [b'#', b'#', b'#', ..] => {}
            [b'#', b'#', _, ..] => return LineEnd::At { body: without_line_end(bytes, at), used: at },
            _ => {}
        }
    }
    if seen.len() == most {
        // A head must not be cut in two.
        let hashes = seen[from.min(most)..].iter().rev().take(2).take_while(|byte| **byte == b'#').count();
        return LineEnd::At { body: most - hashes, used: (most - hashes).max(1) };
    }
    if !ended {
        return LineEnd::Later;
    }
    LineEnd::At { body: without_line_end(bytes, seen.len()), used: seen.len() }
}

fn without_line_end(bytes: &[u8], end: usize) -> usize {
    let blanks = bytes[..end].iter().rev().take_while(|byte| b" \t\r\n".contains(byte)).count();
    end - blanks
}

/// The length of the segment and the CRC, if the body ends in four hexadecimal digits.
fn foot_of(bytes: &[u8], body: &Range<usize>) -> Option<(usize, u16)> {
    let found = body.end.checked_sub(body.start + 4)?;
    Some((found, hexadecimal(&bytes[body.end - 4..body.end])?))
}

/// Whether bytes look like something.
enum Like {
    Yes,
    No,
    SoFar,
}

/// Whether the bytes begin with `##`, four digits, and `name` more bytes: two letters and `=`.
fn head_at(bytes: &[u8], name: usize) -> Like {
    for at in 0..HEAD + name {
        let Some(byte) = bytes.get(at) else { return Like::SoFar };
        let fits = match at {
            0 | 1 => *byte == b'#',
            2..6 => byte.is_ascii_digit(),
            6 | 7 => byte.is_ascii_uppercase(),
            _ => *byte == b'=',
        };
        if !fits {
            return Like::No;
        }
    }
    Like::Yes
}

/// Four hexadecimal digits of either case, high byte first.
#[inline]
fn hexadecimal(digits: &[u8]) -> Option<u16> {
    digits.iter().try_fold(0u16, |sum, digit| {
        let value = (*digit as char).to_digit(16)?;
        Some(sum << 4 | value as u16)
    })
}
