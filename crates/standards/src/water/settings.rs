//! What the sources leave open, each with its default.

use super::{Item, ItemSet};

/// The doubtful points of the water rules.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Whether values are rounded before they are compared with limits. Default: rounded.
    ///
    /// 环办监测函〔2020〕82号 decides it and was seen only through one implementation. Published classes of
    /// single readings of automatic stations are those of the values as given (shown by
    /// `qingyuan water class` on the stations' own data), so readings are judged [`Comparison::AsGiven`].
    pub comparison: Comparison,
    /// Decimals before classification, by item. Default: the table of one implementation of 〔2020〕82号.
    pub decimals: [u32; Item::COUNT],
    /// How dissolved oxygen reaches class Ⅰ. Default: 7.5 mg/L.
    ///
    /// Table 1 says “饱和率90 %（或7.5）”; bulletins use the number, saturation needs temperature and height.
    pub oxygen_class_one: OxygenClassOne,
    /// What a value below the detection limit counts as. Default: half the limit (〔2020〕82号).
    pub below_detection: BelowDetection,
    /// How pH is averaged. Default: by the mean of H⁺ (〔2020〕82号; older programs average pH itself).
    pub ph_mean: PhMean,
    /// Months with data that a quarter needs. Default: 2 (环办〔2011〕22号).
    pub quarter_months: u32,
    /// Months with data that a year needs. Default: 8 (no source at hand).
    pub year_months: u32,
    /// From so many sections on a river is judged by proportions. Default: 5 (环办〔2011〕22号).
    pub proportion_from: u32,
    /// So many main pollution items are named. Default: 3 (环办〔2011〕22号).
    pub main_items: u32,
    /// Items that are named before others when they exceed: “氰化物或铅、铬等重金属” (环办〔2011〕22号). Default:
    /// cyanide and copper, zinc, selenium, arsenic, mercury, cadmium, chromium (VI), lead; which metals
    /// “等” holds is not said.
    pub named_first: ItemSet,
    /// |ΔG − ΔD| up to which a change is none, and up to which it is some, in tenths of a percentage
    /// point. Default: 100 and 200, i.e. 10 and 20 points (no source at hand: have the city confirm them).
    pub change_points: (i64, i64),
    /// The critical values W_p of Spearman's coefficient: number of years, thousandths; ascending. Default:
    /// 0.05 one-sided, from the usual table (no source at hand). Between two entries the smaller number of
    /// years counts, which is the stricter.
    pub critical: Vec<(u32, i64)>,
    /// The factor of ln CODMn in TLI. Default: 2.661 (five sources; one blog has 2.66).
    pub permanganate_factor: f64,
    /// Whether the city index asks for all 21 items. Default: yes; the document has a chapter on missing
    /// data that was not obtained. If not, the index is the sum of the items there are, and tells their number.
    pub index_needs_all: bool,
}

/// Rounded or as given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Rounded to [`Settings::decimals`], half to even; where that would give 0, one significant digit stays.
    Rounded,
    /// With every digit there is.
    AsGiven,
}

/// How dissolved oxygen reaches class Ⅰ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OxygenClassOne {
    /// By 7.5 mg/L.
    Fixed,
    /// By 90 % of saturation at the sample's temperature, or by 7.5 mg/L.
    SaturationOrFixed,
}

/// What a value below the detection limit counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BelowDetection {
    /// Half the limit.
    Half,
    /// The limit.
    Whole,
    /// Nothing.
    Zero,
}

/// How pH is averaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhMean {
    /// −lg of the mean of 10^−pH.
    Hydrogen,
    /// The mean of pH.
    Arithmetic,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            comparison: Comparison::Rounded,
            decimals: Item::ALL.map(Item::decimals),
            oxygen_class_one: OxygenClassOne::Fixed,
            below_detection: BelowDetection::Half,
            ph_mean: PhMean::Hydrogen,
            quarter_months: 2,
            year_months: 8,
            proportion_from: 5,
            main_items: 3,
            named_first: ItemSet::of(&[
                Item::Cyanide,
                Item::Copper,
                Item::Zinc,
                Item::Selenium,
                Item::Arsenic,
                Item::Mercury,
                Item::Cadmium,
                Item::ChromiumVi,
                Item::Lead,
            ]),
            change_points: (100, 200),
            critical: vec![
                (5, 900),
                (6, 829),
                (7, 714),
                (8, 643),
                (9, 600),
                (10, 564),
                (12, 506),
                (14, 456),
                (16, 425),
                (18, 399),
                (20, 377),
                (22, 359),
                (24, 343),
                (26, 329),
                (28, 317),
                (30, 306),
            ],
            permanganate_factor: 2.661,
            index_needs_all: true,
        }
    }
}

impl Settings {
    /// The defaults for single readings of automatic stations: values are compared as given.
    pub fn readings() -> Self {
        Self { comparison: Comparison::AsGiven, ..Self::default() }
    }
}
