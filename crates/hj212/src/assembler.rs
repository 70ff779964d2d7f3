//! The parts of a split upload, brought together.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::segment::Segment;

/// What the parts of one upload have in common. (Not the QN: each part has its own.)
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartKey {
    /// `MN`.
    pub mn: String,
    /// `ST`.
    pub st: String,
    /// `CN`.
    pub cn: String,
    /// `DataTime`.
    pub data_time: String,
    /// `PNUM`.
    pub parts: u16,
}

/// How long and how much is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long after its first part a set is waited for. The standard's answer times are 10 s and three tries.
    pub timeout: Duration,
    /// The most sets at once; the oldest goes first.
    pub most_sets: usize,
    /// The most bytes of segments at once; the oldest set goes first.
    pub most_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(120), most_sets: 1024, most_bytes: 16 << 20 }
    }
}

/// What became of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assembled {
    /// It is no part of anything: it stands for itself.
    Whole,
    /// A part; others are missing.
    Waiting {
        /// Parts that are there.
        have: u16,
        /// Parts in all.
        of: u16,
    },
    /// A part that was there already, word for word but for its QN: nothing changes.
    Repeat,
    /// The last missing part: all segments in the order of their numbers.
    Complete(Vec<String>),
}

/// A set that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incomplete {
    /// Whose and when.
    pub key: PartKey,
    /// The parts that came, in the order of their numbers.
    pub parts: Vec<(u16, String)>,
}

/// Brings the parts of split uploads together. Repeats change nothing; memory is bounded by [`Limits`].
///
/// Time is the caller's: any duration that only grows, e.g. since the program began.
#[derive(Clone, Debug)]
pub struct Assembler {
    limits: Limits,
    sets: BTreeMap<PartKey, Set>,
    /// Sets in the order in which they began.
    order: VecDeque<PartKey>,
    bytes: usize,
    given_up: VecDeque<Incomplete>,
}

#[derive(Clone, Debug)]
struct Set {
    began: Duration,
    parts: BTreeMap<u16, String>,
    /// Complete sets are remembered until their time is over, so that a part sent again is known as such.
    delivered: bool,
}

impl Assembler {
    /// With nothing in it.
    pub fn new(limits: Limits) -> Self {
        Self { limits, sets: BTreeMap::new(), order: VecDeque::new(), bytes: 0, given_up: VecDeque::new() }
    }

    /// Takes a segment.
    pub fn push(&mut self, segment: &Segment<'_>, now: Duration) -> Assembled {
        let Some((part, parts)) = segment.part() else { return Assembled::Whole };
        self.forget(now);
        let key = PartKey {
            mn: segment.mn.unwrap_or_default().to_owned(),
            st: segment.st.unwrap_or_default().to_owned(),
            cn: segment.cn.unwrap_or_default().to_owned(),
            data_time: segment.value("DataTime").unwrap_or_default().to_owned(),
            parts,
        };
        let known = self.sets.get(&key).map(|set| (set.delivered, set.parts.get(&part)));
        match known {
            Some((_, Some(text))) if same_part(text, segment) => return Assembled::Repeat,
            // Parts of a delivered set with other values: the device sends a corrected upload.
            Some((true, _)) => self.remove(&key),
            _ => {}
        }
        if !self.sets.contains_key(&key) {
            self.order.push_back(key.clone());
        }
        let set = self.sets.entry(key.clone()).or_insert(Set {
            began: now,
            parts: BTreeMap::new(),
            delivered: false,
        });
        self.bytes += segment.text().len();
        if let Some(replaced) = set.parts.insert(part, segment.text().to_owned()) {
            self.bytes -= replaced.len();
        }
        let have = u16::try_from(set.parts.len()).unwrap_or(u16::MAX);
        let outcome = if have == parts {
            set.delivered = true;
            Assembled::Complete(set.parts.values().cloned().collect())
        } else {
            Assembled::Waiting { have, of: parts }
        };
        while self.sets.len() > self.limits.most_sets || self.bytes > self.limits.most_bytes {
            let Some(oldest) = self.order.front().cloned() else { break };
            self.give_up(&oldest);
        }
        outcome
    }

    /// The sets that were given up since the last call: those whose time is over, and those that had to make room.
    pub fn expire(&mut self, now: Duration) -> Vec<Incomplete> {
        self.forget(now);
        self.given_up.drain(..).collect()
    }

    /// How many bytes of segments are kept.
    pub fn kept(&self) -> usize {
        self.bytes
    }

    fn forget(&mut self, now: Duration) {
        while let Some(oldest) = self.order.front() {
            let over =
                self.sets.get(oldest).is_none_or(|set| now.saturating_sub(set.began) >= self.limits.timeout);
            if !over {
                break;
            }
            let oldest = oldest.clone();
            self.give_up(&oldest);
        }
    }

    fn give_up(&mut self, key: &PartKey) {
        let set = self.sets.get(key).filter(|set| !set.delivered);
        if let Some(set) = set {
            let parts = set.parts.iter().map(|(part, text)| (*part, text.clone())).collect();
            // A caller who never asks shall not fill the memory: the latest reports are kept, not their texts' bytes
            // beyond the limit.
            self.given_up.push_back(Incomplete { key: key.clone(), parts });
        }
        self.remove(key);
        let waiting = |given_up: &VecDeque<Incomplete>| -> usize {
            given_up.iter().flat_map(|one| &one.parts).map(|(_, text)| text.len()).sum()
        };
        while self.given_up.len() > self.limits.most_sets || waiting(&self.given_up) > self.limits.most_bytes
        {
            self.given_up.pop_front();
        }
    }

    fn remove(&mut self, key: &PartKey) {
        if let Some(set) = self.sets.remove(key) {
            self.bytes -= set.parts.values().map(String::len).sum::<usize>();
        }
        self.order.retain(|one| one != key);
    }
}

/// Whether a part says the same again: a device that sends once more may give it a new QN.
fn same_part(text: &str, segment: &Segment<'_>) -> bool {
    let before = Segment::of(text);
    before.cp == segment.cp && before.pw == segment.pw
}
