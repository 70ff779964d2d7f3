//! C1: every branch takes part in the pioneer teams, for one main goal and perhaps another.

use jiff::civil::date;

use crate::values;
use crate::world::World;

const GOALS: [&str; 6] = ["innovation", "strength", "ecology", "culture", "openness", "wellbeing"];

/// All branches of all units.
pub(crate) fn teams(world: &mut World) {
    let mut random = world.random("pioneer teams");
    for branch in world.organisation.branches.clone() {
        let main = random.weighted(&[18, 16, 26, 13, 11, 16]);
        let other = (main + 1 + random.index(5)) % 6;
        let goals = if random.chance(420) { vec![main, other] } else { vec![main] };
        for goal in goals {
            let day = random.day(date(2022, 2, 14), date(2022, 7, 31));
            let code = format!("{}/{}", world.organisation.codes[usize::from(branch.owner.0)], GOALS[goal]);
            let values = values! { goal: GOALS[goal], main: goal == main, code: code, joined_on: day };
            let thing = world.story.create("pioneer_teams", branch.owner, day, values);
            if goal != main && random.chance(60) {
                world.story.advance(thing, "left", random.day(date(2022, 9, 1), date(2023, 2, 28)));
            }
        }
    }
}
