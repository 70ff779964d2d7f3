//! The six basic items, sets of them, averaging times and grades (GB 3095, table 1).

/// One of the six basic items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item {
    /// Sulphur dioxide, µg/m³.
    So2,
    /// Nitrogen dioxide, µg/m³.
    No2,
    /// Particles up to 10 µm, µg/m³.
    Pm10,
    /// Carbon monoxide, mg/m³.
    Co,
    /// Ozone, µg/m³.
    O3,
    /// Particles up to 2.5 µm, µg/m³.
    Pm2_5,
}

impl Item {
    /// How many items there are.
    pub const COUNT: usize = 6;

    /// All items, in the order of the columns everywhere in Qingyuan.
    pub const ALL: [Self; Self::COUNT] = [Self::So2, Self::No2, Self::Pm10, Self::Co, Self::O3, Self::Pm2_5];

    /// The item's place in [`Item::ALL`] and in every array by item.
    #[inline]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The key of columns and files: `so2 no2 pm10 co o3 pm2_5`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::So2 => "so2",
            Self::No2 => "no2",
            Self::Pm10 => "pm10",
            Self::Co => "co",
            Self::O3 => "o3",
            Self::Pm2_5 => "pm2_5",
        }
    }

    /// Reads a key; also `pm25` and `pm2.5`, in either case.
    pub fn parse(key: &str) -> Option<Self> {
        if key.eq_ignore_ascii_case("pm25") || key.eq_ignore_ascii_case("pm2.5") {
            return Some(Self::Pm2_5);
        }
        Self::ALL.into_iter().find(|item| key.eq_ignore_ascii_case(item.key()))
    }

    /// The formula as reports print it: `PM2.5`.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::So2 => "SO2",
            Self::No2 => "NO2",
            Self::Pm10 => "PM10",
            Self::Co => "CO",
            Self::O3 => "O3",
            Self::Pm2_5 => "PM2.5",
        }
    }

    /// The Chinese name.
    pub const fn label_zh(self) -> &'static str {
        match self {
            Self::So2 => "二氧化硫",
            Self::No2 => "二氧化氮",
            Self::Pm10 => "颗粒物（PM10）",
            Self::Co => "一氧化碳",
            Self::O3 => "臭氧",
            Self::Pm2_5 => "细颗粒物（PM2.5）",
        }
    }

    /// The English name.
    pub const fn label_en(self) -> &'static str {
        match self {
            Self::So2 => "sulphur dioxide",
            Self::No2 => "nitrogen dioxide",
            Self::Pm10 => "particles (PM10)",
            Self::Co => "carbon monoxide",
            Self::O3 => "ozone",
            Self::Pm2_5 => "fine particles (PM2.5)",
        }
    }

    /// The unit of the item's concentrations.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Co => "mg/m³",
            _ => "µg/m³",
        }
    }

    /// Decimals of a concentration before it becomes a sub-index: 1 for CO, else 0 (HJ 633—2026, 4.2.2; the
    /// text of 2012 gives no rule, and practice is the same).
    #[inline]
    pub const fn decimals(self) -> u32 {
        match self {
            Self::Co => 1,
            _ => 0,
        }
    }
}

/// A set of items.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Items(u8);

impl Items {
    /// No item.
    pub const NONE: Self = Self(0);
    /// All six.
    pub const ALL: Self = Self(0b11_1111);

    /// The set as bits, bit [`Item::index`] for each item.
    #[inline]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// The set of these bits.
    #[inline]
    pub const fn of_bits(bits: u8) -> Self {
        Self(bits & Self::ALL.0)
    }

    /// The set and one more item.
    #[must_use]
    #[inline]
    pub const fn with(self, item: Item) -> Self {
        Self(self.0 | 1 << item.index())
    }

    /// The set, and the item if `condition`.
    #[must_use]
    #[inline]
    pub const fn with_if(self, item: Item, condition: bool) -> Self {
        Self(self.0 | (condition as u8) << item.index())
    }

    /// Whether the item is in the set.
    #[inline]
    pub const fn contains(self, item: Item) -> bool {
        self.0 & 1 << item.index() != 0
    }

    /// Whether nothing is in the set.
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many items are in the set.
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// The items, in the order of [`Item::ALL`].
    #[inline]
    pub fn iter(self) -> impl Iterator<Item = Item> {
        Item::ALL.into_iter().filter(move |item| self.contains(*item))
    }
}

impl FromIterator<Item> for Items {
    fn from_iter<I: IntoIterator<Item = Item>>(items: I) -> Self {
        items.into_iter().fold(Self::NONE, Self::with)
    }
}

/// `PM10,PM2.5`: the symbols in the order of the columns, divided by commas; nothing for an empty set.
impl std::fmt::Display for Items {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (place, item) in self.iter().enumerate() {
            if place > 0 {
                f.write_str(",")?;
            }
            f.write_str(item.symbol())?;
        }
        Ok(())
    }
}

impl std::fmt::Debug for Items {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{{{self}}}")
    }
}

/// What a limit averages over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Averaging {
    /// One hour.
    Hour,
    /// The daily maximum of 8-hour means; ozone only.
    EightHours,
    /// A natural day.
    Day,
    /// A calendar year.
    Year,
}

/// The grade of a limit: I for nature reserves and their like, II for where people live and work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Grade {
    /// 一级.
    I,
    /// 二级.
    II,
}

impl Grade {
    /// The Chinese name.
    pub const fn label_zh(self) -> &'static str {
        match self {
            Self::I => "一级",
            Self::II => "二级",
        }
    }

    /// The key: `I` or `II`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::I => "I",
            Self::II => "II",
        }
    }
}
