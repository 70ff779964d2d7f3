//! Rivers and lakes told apart where the file does not mark them.
//!
//! The rule, in this order; the first that speaks decides:
//!
//! 1. what the user says (`--body`, `--body-column`);
//! 2. density of algae measured in at least half of the section's readings: the national network measures it
//!    at the points of lakes → lake;
//! 3. the section's or the water's name begins with a lake of `lakes.txt`, and is not that of a bridge,
//!    sluice, inlet or outlet → lake;
//! 4. chlorophyll-a measured in at least half of the readings (some rivers have it too), and a name that
//!    speaks of standing water → lake;
//! 5. the file measures neither algae nor chlorophyll-a anywhere, and the name speaks of standing water → lake;
//! 6. otherwise → river.
//!
//! Published classes take no part. What it gets wrong is told by `qingyuan water compare`.

use message::Text;
use standards::water::Body;

/// Why a section is taken for what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The user says so.
    Given,
    /// Algae are measured.
    Algae,
    /// The name begins with a known lake.
    Known,
    /// Chlorophyll-a is measured, and the name speaks of standing water.
    Chlorophyll,
    /// The name speaks of standing water.
    Name,
    /// Nothing speaks of a lake.
    Else,
}

impl By {
    /// The word in the output.
    pub fn key(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Algae => "algae",
            Self::Known => "known",
            Self::Chlorophyll => "chlorophyll",
            Self::Name => "name",
            Self::Else => "else",
        }
    }
}

/// What was counted of a section.
#[derive(Clone, Copy, Debug, Default)]
pub struct Evidence {
    /// Readings with any value.
    pub readings: u32,
    /// Those with a density of algae.
    pub algae: u32,
    /// Those with chlorophyll-a.
    pub chlorophyll: u32,
}

/// The rule in words.
pub fn rule() -> Text {
    Text::new(
        "河流与湖库的判别：半数以上读数测有藻密度者为湖库；名称以已知湖泊开头且不是桥、闸、出入口者为湖库；测有叶绿素a且名称为湖、库、淀者\
         为湖库；全文件均未测藻密度和叶绿素a时按名称判别；其余为河流（可用 --body 或 --body-column 指明）",
        "rivers and lakes: a section with density of algae in half of its readings is a lake; so is a name that begins with a \
         known lake and is no bridge, sluice, inlet or outlet; so is chlorophyll-a with a name of standing water; \
         where the file has neither anywhere, the name decides; all else is a river (--body or --body-column say it)",
    )
}

/// Tells the kind of water. `names` are the section's name and, where the file has it, its water's.
pub fn tell(names: &[&str], evidence: Evidence, file_measures: bool) -> (Body, By) {
    let half = |count: u32| evidence.readings > 0 && u64::from(count) * 2 >= u64::from(evidence.readings);
    let any = |test: fn(&str) -> bool| names.iter().any(|name| test(name));
    let by = if half(evidence.algae) {
        By::Algae
    } else if any(known) {
        By::Known
    } else if half(evidence.chlorophyll) && any(standing) {
        By::Chlorophyll
    } else if !file_measures && any(standing) {
        By::Name
    } else {
        return (Body::River, By::Else);
    };
    (Body::Lake, by)
}

/// Reads the mark of a `--body-column`.
pub fn marked(cell: &str) -> Option<Body> {
    let cell = cell.trim().to_lowercase();
    match cell.as_str() {
        "lake" | "reservoir" | "l" | "湖" | "库" | "湖库" | "湖泊" | "水库" | "湖（库）" | "湖(库)" => {
            Some(Body::Lake)
        }
        "river" | "r" | "河" | "河流" | "河道" => Some(Body::River),
        _ => None,
    }
}

fn known(name: &str) -> bool {
    let name = name.trim();
    let mut lakes =
        include_str!("lakes.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lakes.any(|lake| name.starts_with(lake)) && !of_flow(name)
}

/// Whether a name speaks of standing water; what stands in brackets counts: `黄龙1(黄龙滩水库)`.
fn standing(name: &str) -> bool {
    ["湖", "水库", "库心", "库中", "库坝", "坝前", "坝上", "淀", "海子", "错"]
        .iter()
        .any(|word| name.contains(word))
        && !of_flow(name)
}

/// Whether a name is that of a place where water flows: bridges, sluices, mouths, inlets and outlets.
fn of_flow(name: &str) -> bool {
    let outside: String = match name.find(['(', '（']) {
        Some(at) => name[..at].to_owned(),
        None => name.to_owned(),
    };
    ["桥", "闸", "渡", "沟", "坝下", "泵站", "水文站", "入湖", "出湖", "出库", "入库"]
        .iter()
        .any(|word| outside.contains(word))
        || outside.trim_end().ends_with('口')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(names: &[&str], readings: u32, algae: u32, chlorophyll: u32, measures: bool, expected: &str) {
        let (body, by) = tell(names, Evidence { readings, algae, chlorophyll }, measures);
        assert_eq!(format!("{} {}", body.key(), by.key()), expected, "{names:?}");
    }

    #[test]
    fn the_rule_in_its_order() {
        check(&["某桥"], 10, 10, 10, true, "lake algae");
        check(&["某桥"], 10, 4, 4, true, "river else");
        check(&["洪泽湖高房咀"], 10, 0, 0, true, "lake known");
        check(&["洪泽湖大桥"], 10, 0, 0, true, "river else");
        check(&["太湖出口"], 10, 0, 0, true, "river else");
        check(&["某水库"], 10, 0, 9, true, "lake chlorophyll");
        check(&["某水库"], 10, 0, 0, true, "river else");
        check(&["某水库"], 10, 0, 0, false, "lake name");
        check(&["坝口", "某水库"], 10, 0, 0, false, "lake name");
        check(&["长江大桥"], 10, 0, 10, true, "river else");
        check(&["黄龙1(黄龙滩水库)"], 10, 0, 10, true, "lake chlorophyll");
        check(&[""], 0, 0, 0, false, "river else");
    }
}
