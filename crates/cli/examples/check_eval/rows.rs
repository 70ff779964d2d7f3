//! Each statement of the report is linked to its indicator, and nothing else is claimed.

use std::collections::BTreeSet;

use crate::bench::{Bench, Checked, Claim};
use crate::stated::{RANKS, SAID, STATED, place};

impl Bench {
    pub fn rows(&mut self, base: &Checked) {
        println!("## Rows\n");
        println!("| row | stated | indicator | verdict | |\n|---|---|---|---|---|");
        let mut used = BTreeSet::new();
        let mut lines = Vec::new();
        let numbers = self.places();
        let stated = STATED.iter().zip(numbers).map(|(one, place)| (one.3, one.1, place, one.4, "supported"));
        let said =
            SAID.iter().map(|one| (one.1, one.0, place(&self.text, "", one.0, ""), one.2, "supported"));
        let ranks =
            RANKS.iter().map(|one| (one.1, one.0, place(&self.text, "", one.0, ""), "", "unsupported"));
        let demanded: Vec<_> = stated.chain(said).chain(ranks).collect();
        for (row, surface, place, indicator, verdict) in demanded {
            let found = base.claims.iter().position(|claim| {
                (claim.start, claim.end) == (place, place + surface.chars().count())
                    && claim.indicator == indicator
            });
            used.extend(found);
            let claim = found.map(|found| &base.claims[found]);
            let right = claim.is_some_and(|claim| claim.verdict == verdict);
            let shown = claim.map_or("not found", |claim| &claim.verdict).to_owned();
            lines.push((
                row,
                format!("| {row} | {surface} | {indicator} | {shown} | {} |", if right { "" } else { "✗" }),
            ));
            self.demand(right, format!("row {row}, {surface}: {indicator} {verdict}, but it is {shown}"));
        }
        lines.sort();
        lines.iter().for_each(|(_, line)| println!("{line}"));
        let surplus: Vec<&Claim> = base
            .claims
            .iter()
            .enumerate()
            .filter(|(index, _)| !used.contains(index))
            .map(|(_, claim)| claim)
            .collect();
        for claim in &surplus {
            println!("surplus: {} → {} ({})", claim.stated, claim.indicator, claim.verdict);
            self.unmet
                .push(format!("a surplus claim: {} → {} ({})", claim.stated, claim.indicator, claim.verdict));
        }
        self.demand(
            base.alarms.is_empty(),
            format!("inconsistencies in the report itself: {:?}", base.alarms),
        );
        println!(
            "\n{} claims, {} of them surplus; {} inconsistencies",
            base.claims.len(),
            surplus.len(),
            base.alarms.len()
        );
    }
}
