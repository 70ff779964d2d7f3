//! What every theme works with: the land, the organisation, the evidence, and the story it adds to.

use jiff::civil::{Date, date};

use crate::Scale;
use crate::geography::{Land, Spot};
use crate::organisation::Organisation;
use crate::random::Random;
use crate::story::{Evidence, Handle, Story};

/// The day on which the book begins; what is older is entered as of this day.
pub(crate) const BEGINNING: Date = date(2016, 1, 1);

/// The city in the making.
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) scale: Scale,
    pub(crate) land: Land,
    pub(crate) organisation: Organisation,
    pub(crate) story: Story,
    pub(crate) files: Vec<File>,
    /// The districts' records, in the order of [`Land::districts`].
    pub(crate) districts: Vec<Handle>,
    /// The lakes: their names and middles.
    pub(crate) lakes: Vec<(&'static str, Spot)>,
    /// How many points are measured at.
    pub(crate) stations: u64,
}

/// An evidence file.
pub(crate) struct File {
    pub(crate) title: &'static str,
    pub(crate) year: i16,
}

impl World {
    /// The random stream of a theme.
    pub(crate) fn random(&self, theme: &str) -> Random {
        Random::new(self.seed, theme)
    }

    /// The file of this title and year: one file bears out many records, as a notice with a list does.
    pub(crate) fn file(&mut self, title: &'static str, day: Date) -> Evidence {
        let year = day.year();
        let known = self.files.iter().position(|file| file.title == title && file.year == year);
        let index = known.unwrap_or_else(|| {
            self.files.push(File { title, year });
            self.files.len() - 1
        });
        Evidence(index as u16)
    }
}

impl File {
    /// Text for the odd, a small drawing for the even, both saying that they are synthetic.
    pub(crate) fn bytes(&self, index: usize) -> Vec<u8> {
        let Self { title, year } = self;
        if index.is_multiple_of(2) {
            format!(
                "{title}（{year}年）\n\n合成数据，仅供演示。本文件由演示城市生成，不涉及任何真实单位和个人。\n\
                 Synthetic, for demonstration only. Generated with the demo city; no real unit or person is meant.\n"
            )
            .into_bytes()
        } else {
            format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"420\" height=\"160\" viewBox=\"0 0 420 160\">\n\
                 <rect x=\"1\" y=\"1\" width=\"418\" height=\"158\" fill=\"none\" stroke=\"#234\"/>\n\
                 <text x=\"20\" y=\"60\" font-size=\"20\">{title}（{year}年）</text>\n\
                 <text x=\"20\" y=\"110\" font-size=\"14\">合成数据，仅供演示 · synthetic, for demonstration only</text>\n</svg>\n"
            )
            .into_bytes()
        }
    }
}

/// Days that the book can hold: not before it begins.
pub(crate) fn since(day: Date) -> Date {
    day.max(BEGINNING)
}

/// Whole numbers near each other that add up to `total`: neighbours give and take up to a quarter.
pub(crate) fn near_equal(random: &mut Random, total: i64, count: usize) -> Vec<i64> {
    let mut parts = random.parts(total, count, 0);
    for index in 1..parts.len() {
        let shift = random.between(-parts[index] / 8, parts[index] / 8);
        parts[index] -= shift;
        parts[index - 1] += shift;
    }
    parts
}
