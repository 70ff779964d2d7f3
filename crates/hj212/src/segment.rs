//! The data segment as a view: named fields of the head, the data area as groups and items. Nothing is copied.

use std::fmt;

use thiserror::Error;

use crate::delimiters::Delimiters;
use crate::flag::{Flag, Version};
use crate::moment::{Moment, MomentFault};

/// The fields of a data segment. All borrow from the frame.
///
/// Reading is lenient: any order, blanks around names and values, missing fields, unknown names (kept in
/// [`head`](Self::head)). The first of two fields of the same name counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Segment<'a> {
    /// `QN`: which exchange this is; `YYYYMMDDhhmmsszzz`, though devices send other things.
    pub qn: Option<&'a str>,
    /// `ST`: the kind of system; 22 is ambient air, 91 is an answer.
    pub st: Option<&'a str>,
    /// `CN`: the command.
    pub cn: Option<&'a str>,
    /// `PW`: the password.
    pub pw: Option<&'a str>,
    /// `MN`: the device.
    pub mn: Option<&'a str>,
    /// `Flag` as written; [`Segment::flag`] reads it.
    pub flag_text: Option<&'a str>,
    /// `PNUM` as written; [`Segment::part`] reads it.
    pub pnum: Option<&'a str>,
    /// `PNO` as written; [`Segment::part`] reads it.
    pub pno: Option<&'a str>,
    /// `CP`: the data area, without its `&&`.
    pub cp: Option<&'a str>,
    /// Whether the data area stands between `&&` and `&&` as it should.
    pub cp_closed: bool,
    text: &'a str,
    /// Where `CP=` begins, or the end.
    head_end: usize,
}

/// Why a segment cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SegmentFault {
    /// It is no text.
    #[error("from byte {at} on, the segment is no UTF-8 text")]
    NotUtf8 {
        /// The first byte that is no text.
        at: usize,
    },
}

impl<'a> Segment<'a> {
    /// Reads a data segment.
    pub fn read(bytes: &'a [u8]) -> Result<Self, SegmentFault> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Self::of(text)),
            Err(error) => Err(SegmentFault::NotUtf8 { at: error.valid_up_to() }),
        }
    }

    /// Reads a data segment that is known to be text.
    pub fn of(text: &'a str) -> Self {
        let mut segment = Self {
            qn: None,
            st: None,
            cn: None,
            pw: None,
            mn: None,
            flag_text: None,
            pnum: None,
            pno: None,
            cp: None,
            cp_closed: false,
            text,
            head_end: text.len(),
        };
        let bytes = text.as_bytes();
        let mut delimiters = Delimiters::of(bytes);
        let (mut from, mut equals) = (0, None);
        while from < bytes.len() {
            let end = match delimiters.next(bytes) {
                Some(at) if bytes[at] == b'=' => {
                    if equals.is_none() && trim(&text[from..at]) == "CP" {
                        segment.head_end = from;
                        (segment.cp, segment.cp_closed) = data_area(&text[at + 1..]);
                        break;
                    }
                    equals.get_or_insert(at);
                    continue;
                }
                // The head has no lists: a `,` is part of a value.
                Some(at) if bytes[at] == b',' => continue,
                Some(at) => at,
                None => bytes.len(),
            };
            if let Some(equals) = equals.take() {
                segment.take(trim(&text[from..equals]), trim(&text[equals + 1..end]));
            }
            from = end + 1;
        }
        segment
    }

    fn take(&mut self, name: &str, value: &'a str) {
        let place = match name {
            "QN" => &mut self.qn,
            "ST" => &mut self.st,
            "CN" => &mut self.cn,
            "PW" => &mut self.pw,
            "MN" => &mut self.mn,
            "Flag" => &mut self.flag_text,
            "PNUM" => &mut self.pnum,
            "PNO" => &mut self.pno,
            _ => return,
        };
        place.get_or_insert(value);
    }

    /// The whole segment as it came.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The Flag; 0 (edition 2005, no answer wanted) where it is absent or no number up to 255.
    pub fn flag(&self) -> Flag {
        self.flag_text.and_then(Flag::parse).unwrap_or_default()
    }

    /// The edition that the Flag names.
    pub fn version(&self) -> Version {
        self.flag().version()
    }

    /// Whether the sender waits for an answer.
    pub fn wants_answer(&self) -> bool {
        self.flag().wants_answer()
    }

    /// The number of this part and of all parts, where PNO and PNUM say that this is one of several:
    /// 1 ≤ number ≤ parts, parts ≥ 2. (Bit D of the Flag alone is not believed: devices set it without PNUM.)
    pub fn part(&self) -> Option<(u16, u16)> {
        let number = |text: Option<&str>| text.filter(|text| text.len() <= 4)?.parse::<u16>().ok();
        let (part, parts) = (number(self.pno)?, number(self.pnum)?);
        (parts >= 2 && (1..=parts).contains(&part)).then_some((part, parts))
    }

    /// The fields before the data area in their order, known and unknown; without `=`, the value is absent.
    pub fn head(&self) -> impl Iterator<Item = (&'a str, Option<&'a str>)> + use<'a> {
        self.text[..self.head_end].split(';').map(trim).filter(|field| !field.is_empty()).map(|field| {
            let (name, value) = split_at_byte(field, b'=');
            (trim(name), value.map(trim))
        })
    }

    /// The data area by groups: what stands between `;`.
    pub fn groups(&self) -> Groups<'a> {
        Groups { rest: self.cp.filter(|cp| !cp.is_empty()) }
    }

    /// All items of the data area, each with the number of its group.
    pub fn items(&self) -> Items<'a> {
        Items::of(self.cp.unwrap_or_default())
    }

    /// The value of the first item of this whole name, e.g. `DataTime`, `QnRtn`, `a34004-Rtd`.
    pub fn value(&self, name: &str) -> Option<&'a str> {
        self.items().find(|item| item.is(name)).and_then(|item| item.value)
    }

    /// `DataTime`: for minutes, hours and days the start of the interval, for real-time data the moment itself.
    pub fn data_time(&self) -> Option<Result<Moment, MomentFault>> {
        self.value("DataTime").map(Moment::parse)
    }

    /// `BeginTime`.
    pub fn begin_time(&self) -> Option<Result<Moment, MomentFault>> {
        self.value("BeginTime").map(Moment::parse)
    }

    /// `EndTime`.
    pub fn end_time(&self) -> Option<Result<Moment, MomentFault>> {
        self.value("EndTime").map(Moment::parse)
    }

    /// The QN that an answer (9011 to 9014) answers: in front as in 2017, or inside the data area as in 2005.
    pub fn answered_qn(&self) -> Option<&'a str> {
        self.value("QN").or(self.qn)
    }

    /// Whether the frame is sent again (`RF=1` in the data area, edition 2025).
    pub fn is_resent(&self) -> bool {
        self.value("RF") == Some("1")
    }

    /// Whether the data area looks like SM4 ciphertext as the edition of 2025 prints it (`{0xE4,0x3E,…}`).
    pub fn is_encrypted(&self) -> bool {
        self.cp.is_some_and(|cp| trim(cp).starts_with("{0x"))
    }
}

impl fmt::Debug for Segment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.head()).entries(self.groups()).finish()
    }
}

/// What stands between two `;` of the data area: the values of one item.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Group<'a> {
    text: &'a str,
}

impl<'a> Group<'a> {
    /// Its values, in their order.
    pub fn items(&self) -> Items<'a> {
        Items::of(self.text)
    }
}

impl fmt::Debug for Group<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

/// The groups of a data area.
#[derive(Clone, Debug)]
pub struct Groups<'a> {
    rest: Option<&'a str>,
}

impl<'a> Iterator for Groups<'a> {
    type Item = Group<'a>;

    fn next(&mut self) -> Option<Group<'a>> {
        loop {
            let (text, rest) = split_at_byte(self.rest?, b';');
            self.rest = rest;
            let text = trim(text);
            if !text.is_empty() {
                return Some(Group { text });
            }
        }
    }
}

/// One value of the data area: `a34004-Rtd=35` has the code `a34004`, the field `Rtd` and the value `35`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item<'a> {
    /// What is measured, or the whole name where it has no `-`: `DataTime`, `QnRtn`.
    pub code: &'a str,
    /// What the value says about it: `Rtd`, `Avg`, `Flag`, …; empty where the name has no `-`.
    pub field: &'a str,
    /// The value; absent where there is no `=`.
    pub value: Option<&'a str>,
    /// The number of its group, from 0: items of one group belong together.
    pub group: u32,
}

impl Item<'_> {
    /// Whether this is its whole name, `-` included.
    pub fn is(&self, name: &str) -> bool {
        if self.field.is_empty() {
            return self.code == name;
        }
        let parts = name.strip_prefix(self.code).and_then(|rest| rest.strip_prefix('-'));
        parts == Some(self.field)
    }
}

/// The items of a data area or of one group. Empty places (`;;`, a closing `;`) are passed over.
#[derive(Clone, Debug)]
pub struct Items<'a> {
    text: &'a str,
    delimiters: Delimiters,
    /// Where the next item begins.
    from: usize,
    group: u32,
}

impl<'a> Items<'a> {
    #[inline]
    fn of(text: &'a str) -> Self {
        Self { text, delimiters: Delimiters::of(text.as_bytes()), from: 0, group: 0 }
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Item<'a>;

    #[inline]
    fn next(&mut self) -> Option<Item<'a>> {
        let bytes = self.text.as_bytes();
        while self.from < bytes.len() {
            let (from, group) = (self.from, self.group);
            let mut equals = None;
            let end = loop {
                match self.delimiters.next(bytes) {
                    Some(at) if bytes[at] == b'=' => _ = equals.get_or_insert(at),
                    Some(at) => {
                        self.group += u32::from(bytes[at] == b';');
                        break at;
                    }
                    None => break bytes.len(),
                }
            };
            self.from = end + 1;
            let name = trim(&self.text[from..equals.unwrap_or(end)]);
            let value = equals.map(|equals| trim(&self.text[equals + 1..end]));
            if name.is_empty() && value.is_none() {
                continue;
            }
            let (code, field) = code_and_field(name);
            return Some(Item { code, field, value, group });
        }
        None
    }
}

/// The name divided at its last `-`.
#[inline]
fn code_and_field(name: &str) -> (&str, &str) {
    match name.bytes().rposition(|byte| byte == b'-') {
        Some(at) => (&name[..at], &name[at + 1..]),
        None => (name, ""),
    }
}

/// Whether the data area of a segment looks like ciphertext, before anything else is known of the segment.
pub(crate) fn bytes_are_encrypted(segment: &[u8]) -> bool {
    Segment::read(segment).is_ok_and(|segment| segment.is_encrypted())
}

/// The data area without its `&&`, and whether both were there.
fn data_area(text: &str) -> (Option<&str>, bool) {
    let text = trim(text);
    let Some(opened) = text.strip_prefix("&&") else { return (Some(text), false) };
    match opened.strip_suffix("&&") {
        Some(data) => (Some(trim(data)), true),
        None => (Some(trim(opened.rfind("&&").map_or(opened, |at| &opened[..at]))), false),
    }
}

fn split_at_byte(text: &str, byte: u8) -> (&str, Option<&str>) {
    match memchr::memchr(byte, text.as_bytes()) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

/// Without blanks, tabs and line ends at its ends: the standard's own examples carry stray ones.
#[inline]
fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if *first > b' ' && *last > b' ' => text,
        [only] if *only > b' ' => text,
        _ => text.trim_ascii(),
    }
}
