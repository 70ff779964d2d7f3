//! Eighty-six municipal units and 2,573 branches; and the re-organisation of March 2023.

use jiff::civil::date;

use crate::random::Random;
use crate::story::{Owner, Person};
use crate::values;
use crate::world::{BEGINNING, World};

/// Units that lead something in the plan, by number.
pub(crate) mod unit {
    pub(crate) const COMMITTEE: u16 = 1;
    pub(crate) const WATER: u16 = 2;
    pub(crate) const ECOLOGY: u16 = 3;
    pub(crate) const LAKES: u16 = 4;
    pub(crate) const GARDENS: u16 = 5;
    pub(crate) const URBAN: u16 = 6;
    pub(crate) const SCIENCE: u16 = 7;
    pub(crate) const INDUSTRY: u16 = 8;
    pub(crate) const COMMERCE: u16 = 9;
    pub(crate) const REFORM: u16 = 10;
    pub(crate) const HOUSING_FUND: u16 = 11;
    pub(crate) const ARBITRATION: u16 = 12;
    pub(crate) const BORDER: u16 = 13;
    pub(crate) const PUBLICITY: u16 = 15;
    pub(crate) const TRANSPORT: u16 = 16;
    pub(crate) const EMERGENCY: u16 = 17;
    pub(crate) const STATISTICS: u16 = 20;
}

const UNITS: usize = 86;
const BRANCHES: usize = 2573;

const NAMES: [&str; UNITS] = [
    "市直机关工委",
    "市水务局",
    "市生态环境局",
    "市湖泊局",
    "市园林和林业局",
    "市城管执法委",
    "市科技局",
    "市经信局",
    "市商务局",
    "市发改委",
    "市公积金中心",
    "市仲裁委员会办公室",
    "江城边检站",
    "市委组织部",
    "市委宣传部",
    "市交通运输局",
    "市应急管理局",
    "市自然资源局",
    "市住房更新局",
    "市统计局",
    "市财政局",
    "市教育局",
    "市公安局",
    "市民政局",
    "市司法局",
    "市人社局",
    "市农业农村局",
    "市文旅局",
    "市卫健委",
    "市退役军人局",
    "市审计局",
    "市市场监管局",
    "市国资委",
    "市体育局",
    "市医保局",
    "市信访局",
    "市政务服务局",
    "市金融局",
    "市机关事务局",
    "市外办",
    "市委办公室",
    "市政府办公室",
    "市人大机关",
    "市政协机关",
    "市纪委监委机关",
    "市委统战部",
    "市委政法委",
    "市委政研室",
    "市委编办",
    "市委网信办",
    "市委老干部局",
    "市委党校",
    "市委党史研究室",
    "市档案馆",
    "市中级法院",
    "市检察院",
    "市总工会",
    "团市委",
    "市妇联",
    "市文联",
    "市科协",
    "市侨联",
    "市残联",
    "市红十字会",
    "市工商联",
    "市社科联",
    "市贸促会",
    "市供销社",
    "市气象局",
    "市税务局",
    "市邮政管理局",
    "市烟草专卖局",
    "江城海关",
    "江城海事局",
    "江城航道局",
    "市消防救援支队",
    "市地震台",
    "市公共资源交易中心",
    "市地方志办",
    "市接待办",
    "市住房保障中心",
    "市园博园管理处",
    "市防汛信息中心",
    "市测绘院",
    "市轨道建设办公室",
    "市社会科学院",
];

/// The tree as it stood before 2023.
#[derive(Debug)]
pub(crate) struct Organisation {
    /// The city, the units, the branches: by [`Owner`].
    pub(crate) codes: Vec<String>,
    /// For each branch: its unit's number, its first person, its number of members.
    pub(crate) branches: Vec<Branch>,
}

/// A branch and its members.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Branch {
    pub(crate) owner: Owner,
    pub(crate) unit: u16,
    first: u32,
    pub(crate) members: u32,
}

impl Branch {
    /// One of the members.
    pub(crate) fn member(&self, index: u32) -> Person {
        Person(self.first + index % self.members)
    }
}

impl Organisation {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed, "organisation");
        // Every unit has at least six branches: the plan names some of them.
        let mut counts: Vec<usize> = random
            .parts((BRANCHES - 6 * UNITS) as i64, UNITS, 6)
            .iter()
            .map(|count| 6 + *count as usize)
            .collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        let mut codes = vec!["JC".to_owned()];
        codes.extend((1..=UNITS).map(|unit| format!("U{unit:03}")));
        let mut branches = Vec::with_capacity(BRANCHES);
        let mut first = 0;
        for (index, count) in counts.iter().enumerate() {
            for branch in 1..=*count {
                let members = random.between(9, 38) as u32;
                branches.push(Branch {
                    owner: Owner(codes.len() as u16),
                    unit: index as u16 + 1,
                    first,
                    members,
                });
                codes.push(format!("U{:03}-{branch:02}", index + 1));
                first += members;
            }
        }
        Self { codes, branches }
    }

    /// The branches of a unit.
    pub(crate) fn branches_of(&self, unit: u16) -> &[Branch] {
        let first = self.branches.partition_point(|branch| branch.unit < unit);
        let last = self.branches.partition_point(|branch| branch.unit <= unit);
        &self.branches[first..last]
    }

    /// All members, branch by branch.
    pub(crate) fn people(&self) -> impl Iterator<Item = (Owner, Person)> + '_ {
        self.branches
            .iter()
            .flat_map(|branch| (0..branch.members).map(|index| (branch.owner, branch.member(index))))
    }
}

/// The tree, from the city down.
pub(crate) fn found(world: &mut World) {
    let codes = world.organisation.codes.clone();
    let city = values! { code: codes[0].clone(), name: "江城市", level: "city" };
    world.story.create_at_once(pack::UNITS, Owner(0), BEGINNING, city);
    for (number, name) in NAMES.iter().enumerate() {
        let owner = Owner(number as u16 + 1);
        let values =
            values! { code: codes[number + 1].clone(), name: *name, level: "unit", parent: codes[0].clone() };
        world.story.create_at_once(pack::UNITS, owner, BEGINNING, values);
    }
    for branch in world.organisation.branches.clone() {
        let code = &codes[usize::from(branch.owner.0)];
        let unit = usize::from(branch.unit);
        let number = code.rsplit('-').next().unwrap_or_default();
        let name = format!("{}第{}党支部", NAMES[unit - 1], number.trim_start_matches('0'));
        let values = values! {
            code: code.clone(), name: name, level: "branch", parent: codes[unit].clone(), members: i64::from(branch.members),
        };
        world.story.create_at_once(pack::UNITS, branch.owner, BEGINNING, values);
    }
}

/// On 1 March 2023 a unit is merged into another, and a new one is formed from branches of a third.
pub(crate) fn reorganise(world: &mut World) {
    const MERGED: u16 = 85;
    const INTO: u16 = 19;
    const SPLIT: u16 = unit::REFORM;
    let day = date(2023, 3, 1);
    // The tree was the first thing told: the city, then the units in order, then the branches.
    let record = |owner: Owner| crate::story::Handle(u32::from(owner.0));
    let successor = world.organisation.codes[usize::from(INTO)].clone();
    // Everything is entered on one day in this order, so that nothing names the new unit before it is there.
    let entered = date(2023, 3, 13);
    let merged = record(Owner(MERGED));
    world.story.amend(merged, day, values! { successor: successor });
    world.story.recorded_late(merged, entered);
    world.story.advance(merged, "dissolved", day);
    world.story.recorded_late(merged, entered);

    world.organisation.codes.push("U087".to_owned());
    let formed = Owner(world.organisation.codes.len() as u16 - 1);
    let values = values! { code: "U087", name: "市数据局", level: "unit", parent: "JC" };
    let unit = world.story.create(pack::UNITS, formed, day, values);
    world.story.recorded_late(unit, entered);
    let moved: Vec<Owner> =
        world.organisation.branches_of(SPLIT).iter().rev().take(8).map(|branch| branch.owner).collect();
    for branch in moved {
        world.story.amend(record(branch), day, values! { parent: "U087" });
        world.story.recorded_late(record(branch), entered);
    }
}
