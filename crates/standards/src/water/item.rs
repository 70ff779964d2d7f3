//! The items: the 24 of GB 3838—2002 table 1 and the ones that are measured beside them.

/// What is measured. The order is that of table 1; the last four are not in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[expect(missing_docs, reason = "the names say it; `zh` and `unit` say the rest")]
pub enum Item {
    WaterTemperature,
    Ph,
    DissolvedOxygen,
    PermanganateIndex,
    Cod,
    Bod5,
    AmmoniaNitrogen,
    TotalPhosphorus,
    TotalNitrogen,
    Copper,
    Zinc,
    Fluoride,
    Selenium,
    Arsenic,
    Mercury,
    Cadmium,
    ChromiumVi,
    Lead,
    Cyanide,
    VolatilePhenols,
    Petroleum,
    AnionicSurfactants,
    Sulphide,
    FaecalColiforms,
    Conductivity,
    Turbidity,
    ChlorophyllA,
    Transparency,
}

/// key, Chinese, English, unit, decimals before classification (see [`super::Settings::decimals`]).
///
/// Units: GB 3838—2002 table 1; chlorophyll-a in mg/L, as the national network publishes it.
const FACTS: [(&str, &str, &str, &str, u32); Item::COUNT] = [
    ("water_temperature", "水温", "water temperature", "℃", 1),
    ("ph", "pH", "pH", "", 0),
    ("dissolved_oxygen", "溶解氧", "dissolved oxygen", "mg/L", 1),
    ("permanganate_index", "高锰酸盐指数", "permanganate index", "mg/L", 1),
    ("cod", "化学需氧量", "chemical oxygen demand", "mg/L", 1),
    ("bod5", "五日生化需氧量", "biochemical oxygen demand", "mg/L", 1),
    ("ammonia_nitrogen", "氨氮", "ammonia nitrogen", "mg/L", 2),
    ("total_phosphorus", "总磷", "total phosphorus", "mg/L", 3),
    ("total_nitrogen", "总氮", "total nitrogen", "mg/L", 2),
    ("copper", "铜", "copper", "mg/L", 3),
    ("zinc", "锌", "zinc", "mg/L", 3),
    ("fluoride", "氟化物", "fluoride", "mg/L", 3),
    ("selenium", "硒", "selenium", "mg/L", 4),
    ("arsenic", "砷", "arsenic", "mg/L", 4),
    ("mercury", "汞", "mercury", "mg/L", 5),
    ("cadmium", "镉", "cadmium", "mg/L", 5),
    ("chromium_vi", "六价铬", "chromium (VI)", "mg/L", 3),
    ("lead", "铅", "lead", "mg/L", 3),
    ("cyanide", "氰化物", "cyanide", "mg/L", 3),
    ("volatile_phenols", "挥发酚", "volatile phenols", "mg/L", 4),
    ("petroleum", "石油类", "petroleum", "mg/L", 2),
    ("anionic_surfactants", "阴离子表面活性剂", "anionic surfactants", "mg/L", 2),
    ("sulphide", "硫化物", "sulphide", "mg/L", 3),
    ("faecal_coliforms", "粪大肠菌群", "faecal coliforms", "个/L", 0),
    ("conductivity", "电导率", "conductivity", "μS/cm", 1),
    ("turbidity", "浊度", "turbidity", "NTU", 1),
    ("chlorophyll_a", "叶绿素a", "chlorophyll-a", "mg/L", 4),
    ("transparency", "透明度", "transparency", "m", 2),
];

impl Item {
    /// So many items are known.
    pub const COUNT: usize = 28;

    /// All of them, in order.
    pub const ALL: [Self; Self::COUNT] = [
        Self::WaterTemperature,
        Self::Ph,
        Self::DissolvedOxygen,
        Self::PermanganateIndex,
        Self::Cod,
        Self::Bod5,
        Self::AmmoniaNitrogen,
        Self::TotalPhosphorus,
        Self::TotalNitrogen,
        Self::Copper,
        Self::Zinc,
        Self::Fluoride,
        Self::Selenium,
        Self::Arsenic,
        Self::Mercury,
        Self::Cadmium,
        Self::ChromiumVi,
        Self::Lead,
        Self::Cyanide,
        Self::VolatilePhenols,
        Self::Petroleum,
        Self::AnionicSurfactants,
        Self::Sulphide,
        Self::FaecalColiforms,
        Self::Conductivity,
        Self::Turbidity,
        Self::ChlorophyllA,
        Self::Transparency,
    ];

    /// The key by which files, tables and registers call it.
    pub const fn key(self) -> &'static str {
        FACTS[self as usize].0
    }

    /// Its Chinese name.
    pub const fn zh(self) -> &'static str {
        FACTS[self as usize].1
    }

    /// Its English name.
    pub const fn en(self) -> &'static str {
        FACTS[self as usize].2
    }

    /// Its unit; empty for pH.
    pub const fn unit(self) -> &'static str {
        FACTS[self as usize].3
    }

    /// The default decimals before classification.
    pub const fn decimals(self) -> u32 {
        FACTS[self as usize].4
    }

    /// The item of a key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.key() == key)
    }

    /// Whether it is one of the 21 that decide a section's class: table 1 without water temperature, total
    /// nitrogen and faecal coliforms (环办〔2011〕22号; a copy of the text that counts total nitrogen in would
    /// make them 22).
    pub const fn participates(self) -> bool {
        (self as usize) < Self::Conductivity as usize
            && !matches!(self, Self::WaterTemperature | Self::TotalNitrogen | Self::FaecalColiforms)
    }

    /// Whether a value can be one: nothing is negative but a temperature, and pH ends at 14.
    pub const fn plausible(self, value: super::Micro) -> bool {
        match self {
            Self::WaterTemperature => value >= -10 * super::ONE && value <= 60 * super::ONE,
            Self::Ph => value >= 0 && value <= 14 * super::ONE,
            // More than any of them can be, and small enough that sums of billions of values fit.
            _ => value >= 0 && value <= 1_000_000_000 * super::ONE,
        }
    }
}

/// A set of items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ItemSet(u32);

impl ItemSet {
    /// None.
    pub const EMPTY: Self = Self(0);

    /// These.
    pub const fn of(items: &[Item]) -> Self {
        let mut bits = 0;
        let mut index = 0;
        while index < items.len() {
            bits |= 1 << items[index] as u32;
            index += 1;
        }
        Self(bits)
    }

    /// With one more.
    #[must_use]
    pub const fn with(self, item: Item) -> Self {
        Self(self.0 | 1 << item as u32)
    }

    /// Whether it is in.
    pub const fn has(self, item: Item) -> bool {
        self.0 & 1 << item as u32 != 0
    }

    /// How many.
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// In the order of table 1.
    pub fn iter(self) -> impl Iterator<Item = Item> {
        Item::ALL.into_iter().filter(move |&item| self.has(item))
    }
}

#[cfg(test)]
mod tests {
    use super::Item;

    #[test]
    fn twenty_one_participate_and_the_order_is_the_number() {
        assert_eq!(Item::ALL.into_iter().filter(|item| item.participates()).count(), 21);
        for (index, item) in Item::ALL.into_iter().enumerate() {
            assert_eq!(item as usize, index);
            assert_eq!(Item::from_key(item.key()), Some(item));
        }
    }
}
