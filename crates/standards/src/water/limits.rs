//! GB 3838—2002, table 1: the limits of the classes.

use super::{Item, Micro, ONE};

/// The kind of water, which decides the limits of total phosphorus and whether total nitrogen has any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Body {
    /// A river; also a reservoir that is like one (环办〔2011〕22号).
    River,
    /// A lake or reservoir.
    Lake,
}

impl Body {
    /// `river` or `lake`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::River => "river",
            Self::Lake => "lake",
        }
    }
}

/// Thousandths of a unit: what most limits are printed in.
const fn milli(values: [i64; 5]) -> [Micro; 5] {
    scaled(values, 1_000)
}

const fn whole(values: [i64; 5]) -> [Micro; 5] {
    scaled(values, ONE)
}

const fn scaled(values: [i64; 5], by: i64) -> [Micro; 5] {
    [values[0] * by, values[1] * by, values[2] * by, values[3] * by, values[4] * by]
}

/// The limits of classes Ⅰ to Ⅴ (GB 3838—2002 table 1), in millionths of the item's unit.
///
/// A value meets a limit when it is not above it; dissolved oxygen when it is not below. `None`: the item
/// has no limits by class (water temperature, pH, total nitrogen of rivers, items outside table 1).
pub const fn limits(item: Item, body: Body) -> Option<[Micro; 5]> {
    Some(match item {
        Item::DissolvedOxygen => milli([7_500, 6_000, 5_000, 3_000, 2_000]),
        Item::PermanganateIndex => whole([2, 4, 6, 10, 15]),
        Item::Cod => whole([15, 15, 20, 30, 40]),
        Item::Bod5 => whole([3, 3, 4, 6, 10]),
        Item::AmmoniaNitrogen => milli([150, 500, 1_000, 1_500, 2_000]),
        Item::TotalPhosphorus => match body {
            Body::River => milli([20, 100, 200, 300, 400]),
            Body::Lake => milli([10, 25, 50, 100, 200]),
        },
        Item::TotalNitrogen => match body {
            Body::River => return None,
            Body::Lake => milli([200, 500, 1_000, 1_500, 2_000]),
        },
        Item::Copper => milli([10, 1_000, 1_000, 1_000, 1_000]),
        Item::Zinc => milli([50, 1_000, 1_000, 2_000, 2_000]),
        Item::Fluoride => milli([1_000, 1_000, 1_000, 1_500, 1_500]),
        Item::Selenium => milli([10, 10, 10, 20, 20]),
        Item::Arsenic => milli([50, 50, 50, 100, 100]),
        Item::Mercury => [50, 50, 100, 1_000, 1_000],
        Item::Cadmium => milli([1, 5, 5, 5, 10]),
        Item::ChromiumVi => milli([10, 50, 50, 50, 100]),
        Item::Lead => milli([10, 10, 50, 50, 100]),
        Item::Cyanide => milli([5, 50, 200, 200, 200]),
        Item::VolatilePhenols => milli([2, 2, 5, 10, 100]),
        Item::Petroleum => milli([50, 50, 50, 500, 1_000]),
        Item::AnionicSurfactants => milli([200, 200, 200, 300, 300]),
        Item::Sulphide => milli([50, 100, 200, 500, 1_000]),
        Item::FaecalColiforms => whole([200, 2_000, 10_000, 20_000, 40_000]),
        Item::WaterTemperature
        | Item::Ph
        | Item::Conductivity
        | Item::Turbidity
        | Item::ChlorophyllA
        | Item::Transparency => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Body, limits};
    use crate::water::Item;

    #[test]
    fn limits_worsen_from_class_to_class() {
        for item in Item::ALL {
            for body in [Body::River, Body::Lake] {
                let Some(limits) = limits(item, body) else { continue };
                let sorted = if item == Item::DissolvedOxygen {
                    limits.windows(2).all(|pair| pair[0] > pair[1])
                } else {
                    limits.windows(2).all(|pair| pair[0] <= pair[1])
                };
                assert!(sorted, "{}", item.key());
            }
        }
        let with = Item::ALL.into_iter().filter(|&item| limits(item, Body::Lake).is_some()).count();
        // All 24 but water temperature and pH, which have a rule instead of limits.
        assert_eq!(with, 22);
    }
}
