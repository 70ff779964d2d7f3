//! Each number changed in many ways: what became untrue is no longer supported, what stayed true still is.

use std::collections::BTreeMap;
use std::time::Instant;

use crate::bench::{Bench, Checked, Claim, Outcome};
use crate::printed::Printed;
use crate::stated::STATED;

impl Bench {
    pub fn numbers(&mut self, base: &Checked) -> Outcome<()> {
        let begun = Instant::now();
        let figures = self.figures()?;
        let docks = self.before("docks.operating")?;
        let characters: Vec<char> = self.text.chars().collect();
        let mut cases = Vec::new();
        for (index, (one, place)) in STATED.iter().zip(self.places()).enumerate() {
            let printed = Printed::read(&characters, place, one.1);
            let values = if one.1 == "580餘個" { docks.clone() } else { vec![figures[one.4].0] };
            if !printed.holds(&values, one.4) {
                self.unmet.push(format!("{} is not true of {values:?} by the rule of this program", one.1));
            }
            for (kind, changed) in printed.mutations() {
                let truth = changed.holds(&values, one.4);
                cases.push(Case { index, kind, truth, place, printed: printed.clone(), changed });
            }
        }
        let texts: Vec<String> = cases.iter().map(|case| case.text(&characters)).collect();
        let checked = self.check(&texts)?;
        let seconds = begun.elapsed().as_secs_f64();
        println!("\n## Numbers changed\n\n{} texts, {seconds:.1} s\n", texts.len());
        let mut tally: BTreeMap<&str, [usize; 8]> = BTreeMap::new();
        let mut misses = Vec::new();
        for (case, checked) in cases.iter().zip(&checked) {
            let row = tally.entry(case.kind).or_default();
            let (verdict, faults) = case.judge(base, checked);
            match case.truth {
                false => {
                    row[0] += 1;
                    row[1] += usize::from(verdict != "supported" && verdict != "no claim");
                    let column = ["contradicted", "outdated", "unsupported", "ambiguous"]
                        .iter()
                        .position(|one| *one == verdict);
                    column.into_iter().for_each(|column| row[2 + column.min(2)] += 1);
                }
                true => {
                    row[5] += 1;
                    row[6] += usize::from(verdict == "supported");
                }
            }
            row[7] += usize::from(!faults.is_empty());
            let right = if case.truth {
                verdict == "supported"
            } else {
                !["supported", "no claim"].contains(&&*verdict)
            };
            if !right || !faults.is_empty() {
                let truth = if case.truth { "still true" } else { "untrue" };
                let (old, new) = (case.printed.print(), case.changed.print());
                misses.push(format!(
                    "{}: {old} → {new} ({truth}): {verdict} {}",
                    case.kind,
                    faults.join("; ")
                ));
            }
        }
        println!(
            "| change | untrue | found | contradicted | outdated | unsupported or ambiguous | still true | kept | others moved |"
        );
        println!("|---|---|---|---|---|---|---|---|---|");
        let mut all = [0; 8];
        for (kind, row) in &tally {
            (0..8).for_each(|column| all[column] += row[column]);
            line(kind, row);
        }
        line("all", &all);
        if !misses.is_empty() {
            println!("\nMisses:");
        }
        for miss in misses {
            println!("  {miss}");
            self.unmet.push(miss);
        }
        Ok(())
    }
}

fn line(kind: &str, row: &[usize; 8]) {
    let numbers: Vec<String> = row.iter().map(usize::to_string).collect();
    println!("| {kind} | {} |", numbers.join(" | "));
}

/// One change of the text.
struct Case {
    index: usize,
    kind: &'static str,
    /// Whether the statement is still true.
    truth: bool,
    /// Where the quantity stands, without its word.
    place: usize,
    printed: Printed,
    changed: Printed,
}

impl Case {
    fn old(&self) -> (usize, usize) {
        let start = self.place - self.printed.word.chars().count();
        (start, start + self.printed.print().chars().count())
    }

    fn text(&self, text: &[char]) -> String {
        let (start, end) = self.old();
        let changed = self.changed.print();
        text[..start].iter().copied().chain(changed.chars()).chain(text[end..].iter().copied()).collect()
    }

    /// The changed statement's verdict, and everything else that moved.
    fn judge(&self, base: &Checked, checked: &Checked) -> (String, Vec<String>) {
        if let Some(failure) = &checked.failure {
            return ("no claim".to_owned(), vec![failure.clone()]);
        }
        let (start, end) = self.old();
        let length = self.changed.print().chars().count();
        let moved = |place: usize| if place >= end { place - (end - start) + length } else { place };
        let mut faults = Vec::new();
        let mut rest: Vec<&Claim> = checked.claims.iter().collect();
        for before in &base.claims {
            // The changed quantity's own claim lies inside the stretch that was replaced.
            if before.start >= start && before.end <= end {
                continue;
            }
            let wanted = (moved(before.start), moved(before.end));
            let found = rest
                .iter()
                .position(|claim| (claim.start, claim.end) == wanted && claim.indicator == before.indicator);
            match found.map(|found| rest.remove(found)) {
                Some(after) if after.verdict == before.verdict => {}
                Some(after) => faults
                    .push(format!("{} moved from {} to {}", before.stated, before.verdict, after.verdict)),
                None => faults.push(format!("{} ({}) is gone", before.stated, before.indicator)),
            }
        }
        let inside = |from: usize, to: usize| from < start + length && to > start;
        let own: Vec<&Claim> = rest.iter().copied().filter(|claim| inside(claim.start, claim.end)).collect();
        let surplus = rest.iter().filter(|claim| !inside(claim.start, claim.end));
        faults.extend(surplus.map(|claim| format!("{} → {} is new", claim.stated, claim.indicator)));
        for (places, explanation) in &checked.alarms {
            if !places.iter().any(|&(from, to)| inside(from, to)) {
                faults.push(format!("an alarm elsewhere: {explanation}"));
            }
        }
        let _ = self.index;
        let verdict = match own[..] {
            [] => "no claim".to_owned(),
            [one] => one.verdict.clone(),
            [..] if own.iter().any(|one| one.verdict == "supported") => "supported".to_owned(),
            [first, ..] => first.verdict.clone(),
        };
        (verdict, faults)
    }
}
