//! The demo city 江城: a seed goes in, a city's book comes out.
//!
//! ```text
//! seed ─▶ land, organisation ─▶ themes ─▶ Story (steps by handle) ─▶ scribe ─▶ intake's rule ─▶ ledger
//!                               (one file each)   sorted by the day they were recorded
//! seed ─▶ monitoring: days, hours ─▶ record ─▶ lake
//! ```
//!
//! Why it exists: whoever wants to see, test or measure the system needs a city, and no real city's book may be used
//! for that. Every record is made up; the city's map is drawn with a ruler; its people are numbers.
//!
//! Invariants:
//! - **The same seed gives the same book**: same entries, same bytes, same root. Nothing here reads a clock, a random
//!   source, or the order of a hash table; the recorded times come from a script.
//! - **Nothing enters past the rule**: every record goes through `intake`, as if a clerk had typed it.
//! - **There is no person**: people are pseudonyms made of the seed, without a name or any data beside the book.
//! - The figures of 2022 are those of `packs/jiangcheng/expected-2022.csv`; a test holds them to it.

mod geography;
mod monitoring;
mod organisation;
mod random;
mod scribe;
mod story;
mod themes;
mod world;

use std::path::Path;

use message::Text;
use pack::Pack;

use crate::geography::Land;
use crate::organisation::Organisation;
use crate::story::Story;
use crate::themes::{
    brands, campaigns, corrections, docks, enterprises, industry, innovation, land, learning, parks, pioneer,
    riverside, services, stations, volunteers, water,
};
use crate::world::World;

pub use scribe::{DemoError, Summary};

/// How large a city.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// About a million entries.
    #[default]
    Full,
    /// For tests: a fortieth of the people, and contracts of 2022 and 2023 only. All other figures are the same.
    Small,
}

impl Scale {
    /// So many people (or their turn-outs) at this scale.
    pub(crate) fn people(self, full: usize) -> usize {
        match self {
            Self::Full => full,
            Self::Small => full / 40,
        }
    }
}

/// Founds the demo city in an empty directory: its book, its evidence, its records, its measurements.
///
/// `progress` hears what is being done, how many steps of it are done, and how many there are.
pub fn found(
    home: &Path,
    pack: &Pack,
    seed: u64,
    scale: Scale,
    progress: &mut dyn FnMut(Text, u64, u64),
) -> Result<Summary, DemoError> {
    progress(message::text!("编排演示城市", "making up the city"), 0, 1);
    let world = tell(seed, scale);
    progress(message::text!("编排演示城市", "making up the city"), 1, 1);
    scribe::write(home, pack, world, progress)
}

/// The whole story of the city.
fn tell(seed: u64, scale: Scale) -> World {
    let mut world = World {
        seed,
        scale,
        land: Land::new(),
        organisation: Organisation::new(seed),
        story: Story::default(),
        files: Vec::new(),
        districts: Vec::new(),
        lakes: Vec::new(),
        stations: 0,
    };
    organisation::found(&mut world);
    land::districts(&mut world);
    land::residents(&mut world);
    land::waters(&mut world);

    let ecology = brands::brands(&mut world);
    learning::learning(&mut world);
    campaigns::campaigns(&mut world, ecology);
    volunteers::volunteers(&mut world);
    pioneer::teams(&mut world);

    riverside::chemicals(&mut world);
    riverside::shoreline(&mut world);
    riverside::afforestation(&mut world);
    riverside::corridor(&mut world);
    riverside::parks(&mut world);
    water::projects(&mut world);
    water::gates(&mut world);
    water::pump_stations(&mut world);
    water::blueways(&mut world);
    let late_dock = docks::docks(&mut world);
    docks::sand_yards(&mut world);
    docks::cases(&mut world);
    parks::parks(&mut world);
    parks::green_stations(&mut world);
    parks::greenways(&mut world);

    innovation::commissioners(&mut world);
    let wrong_contract = innovation::contracts(&mut world);
    let all = enterprises::enterprises(&mut world);
    industry::alliances(&mut world, &all);
    industry::investment(&mut world);
    services::items(&mut world);
    services::housing_fund(&mut world);
    services::arbitration(&mut world);
    services::port(&mut world);

    corrections::late_closing(&mut world, late_dock);
    corrections::mended_contract(&mut world, wrong_contract);
    organisation::reorganise(&mut world);
    world.stations = stations::stations(&mut world);
    world
}
