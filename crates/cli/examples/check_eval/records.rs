//! The records behind each number changed: the same question, put from the book's side.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use rust_decimal::Decimal;
use serde_json::Value;

use crate::PERIOD;
use crate::bench::{Bench, Checked, Outcome, copy, last_line, text_of};
use crate::printed::Printed;
use crate::stated::{SAID, STATED};

/// The report as last checked, the figures of the period, the docks of the years before.
type State = (Checked, BTreeMap<String, (Decimal, String)>, Vec<Decimal>);

impl Bench {
    pub fn records(&mut self, base: &Checked) -> Outcome<()> {
        println!(
            "\n## Records changed\n\n| change | figures that changed | claims that became untrue | |\n|---|---|---|---|"
        );
        let begun = Instant::now();
        let mut state = (base.clone(), self.figures()?, self.before("docks.operating")?);
        for (at, (_, surface, _, _, indicator)) in STATED.iter().enumerate() {
            // As few records as make the statement untrue; and one alone, where that is not enough.
            let mut sizes = vec![1, 400];
            while let Some(most) = sizes.pop() {
                let whole = most > 1;
                match self.records_behind(surface, indicator, at, whole, &state)? {
                    None => self.unmet.push(format!("{indicator}: no record found behind it")),
                    Some(records) if whole && (records.len() < 2 || sizes.is_empty()) => {}
                    Some(records) => {
                        let what = format!("{surface}: {} withdrawn of {indicator}", records.len());
                        let on = if *surface == "580餘個" { "2016-12-01" } else { "2022-12-01" };
                        let refused = if is_measured(indicator) {
                            self.days_do_not_count(&records)?
                        } else {
                            self.withdraw(&records, on)?
                        };
                        state = self.compare(&what, refused, state)?;
                    }
                }
            }
        }
        self.amended(state)?;
        println!("\n{:.1} s", begun.elapsed().as_secs_f64());
        Ok(())
    }

    /// Records to be withdrawn: those of one row of the figure, or of so many rows that the statement becomes untrue. Of
    /// what is measured the days.
    fn records_behind(
        &self,
        surface: &str,
        indicator: &str,
        at: usize,
        whole: bool,
        state: &State,
    ) -> Outcome<Option<Vec<String>>> {
        let (_, figures, before) = state;
        let id = match surface {
            "580餘個" => {
                let arguments =
                    ["figures", indicator, "--period", "2016", "--format", "json"].map(str::to_owned);
                let all: Value = serde_json::from_str(&self.ok(&arguments)?)?;
                text_of(&all["figures"][0]["id"])
            }
            _ => figures[indicator].1.clone(),
        };
        let traced: Value =
            serde_json::from_str(&self.ok(&["trace", &id, "--format", "json"].map(str::to_owned))?)?;
        let rows: Vec<&Value> = traced["parts"][0]["rows"].as_array().into_iter().flatten().collect();
        let characters: Vec<char> = self.text.chars().collect();
        let printed = Printed::read(&characters, self.places()[at], surface);
        let value = figures[indicator].0;
        let values = if surface == "580餘個" { before.clone() } else { vec![value] };
        if !printed.holds(&values, indicator) && whole {
            return Ok(Some(Vec::new()));
        }
        let mut wanted = 1;
        if whole {
            // Only what is counted one by one is planned ahead.
            let less = |by: usize| values.iter().map(|one| one - Decimal::from(by)).collect::<Vec<_>>();
            let Some(enough) = (1..=400).find(|&by| !printed.holds(&less(by), indicator)) else {
                return Ok(Some(Vec::new()));
            };
            let counted = rows.iter().all(|row| row["amount"] == "1");
            wanted = if counted { enough } else { return Ok(Some(Vec::new())) };
        }
        let records: Vec<String> = rows
            .iter()
            .filter_map(|row| row["record"].as_u64())
            .take(wanted)
            .map(|id| id.to_string())
            .collect();
        if !records.is_empty() {
            return Ok(Some(records));
        }
        // Rows that group several records: those of one group, or of so many, from the list of its register.
        let keys: Vec<String> = rows.iter().take(wanted).map(|row| text_of(&row["key"])).collect();
        let Some(key) = keys.first() else { return Ok(None) };
        if is_measured(indicator) {
            return Ok(Some(keys));
        }
        let (register, mark) = match indicator {
            "enterprises.high_tech" => ("titles", "high_tech"),
            _ if whole => return Ok(Some(Vec::new())),
            "campaigns.staff" => ("participation", ""),
            "volunteers.people" => ("turnouts", ""),
            "pioneer.units" | "pioneer.branches" => ("pioneer_teams", ""),
            "housing_fund.cities" => return self.of_city(key).map(Some),
            _ => return Ok(None),
        };
        let list = self.ok(&["record", "list", register, "--most", "0"].map(str::to_owned))?;
        // A title that has lapsed already counts no more.
        let behind =
            list.lines().filter(|line| line.contains(mark) && !line.ends_with("Lapsed")).filter(|line| {
                let words = || line.split_whitespace().skip(1);
                let of = |key: &String| {
                    words().any(|word| {
                        word == key
                            || word
                                .strip_prefix(key.as_str())
                                .is_some_and(|rest| rest.starts_with(['-', '/']))
                    })
                };
                keys.iter().any(of)
            });
        let records: Vec<String> =
            behind.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect();
        Ok((!records.is_empty()).then_some(records))
    }

    /// The transfers from or to a city. No list names their cities and there are thousands to look at, so a second copy
    /// of the city is given an indicator whose rows they are.
    fn of_city(&self, city: &str) -> Outcome<Vec<String>> {
        let (asked, pack) = (self.room.join("asked"), self.room.join("pack"));
        copy(&self.city, &asked)?;
        let settings = std::fs::read_to_string(asked.join("city.toml"))?;
        let in_force = settings.lines().find_map(|line| line.strip_prefix("pack = ")).unwrap_or_default();
        copy(&asked.join("packs").join(in_force.trim_matches('"')), &pack)?;
        let indicator = format!(
            r#"
            ["evaluation.transfers"]
            label = {{ zh = "测评用业务", en = "Matters for the evaluation" }}
            unit = "笔"
            decimals = 0
            direction = "none"
            measure = "stock"
            rows = "select record as key, record, 1 as amount from housing_fund_transfers where from_city = '{city}' or to_city = '{city}'"
            sum = "count"
            "#
        );
        std::fs::write(pack.join("indicators/evaluation.toml"), indicator)?;
        let ask = |arguments: &[&str]| {
            let arguments: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
            self.ok_at(&asked, &arguments)
        };
        ask(&["pack", "load", &pack.to_string_lossy()])?;
        let arguments = ["figures", "evaluation.transfers", "--period", PERIOD, "--format", "json"];
        let all: Value = serde_json::from_str(&ask(&arguments)?)?;
        let id = text_of(&all["figures"][0]["id"]);
        let traced: Value = serde_json::from_str(&ask(&["trace", &id, "--format", "json"])?)?;
        let rows = traced["parts"][0]["rows"].as_array().into_iter().flatten();
        let records = rows.filter_map(|row| row["record"].as_u64()).map(|id| id.to_string()).collect();
        std::fs::remove_dir_all(&asked)?;
        std::fs::remove_dir_all(&pack)?;
        Ok(records)
    }

    /// Withdraws records, and has this verified; what was refused.
    fn withdraw(&self, records: &[String], on: &str) -> Outcome<Option<String>> {
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        let withdraw =
            [words(&["record", "withdraw", "--on", on, "--note", "evaluation"]), records.to_vec()].concat();
        let (status, out, err) = self.run(&withdraw)?;
        if status != 0 {
            return Ok(Some(format!("withdrawing is refused: {}", last_line(&out, &err))));
        }
        let verify = [words(&["record", "verify", "--role", "verifier"]), records.to_vec()].concat();
        let (status, out, err) = self.run(&verify)?;
        let needless = format!("{out}{err}").contains("need no verification");
        Ok((status != 0 && !needless)
            .then(|| format!("verifying a withdrawal is refused: {}", last_line(&out, &err))))
    }

    /// Statements in words depend on figures that withdrawing does not move: a day of foul air, a new sand yard.
    fn amended(&mut self, mut state: State) -> Outcome<()> {
        for (name, dust, days) in [("little", 60, 3), ("much", 1900, 20)] {
            let refused = self.dusty_june(days, dust)?;
            state = self.compare(&format!("{days} days corrected, {name} dust"), refused, state)?;
        }
        let district = self.ok(&["record", "list", "districts", "--most", "1"].map(str::to_owned))?;
        let district = district.split_whitespace().nth(1).unwrap_or_default().to_owned();
        let yard = format!(
            "名称,河流,岸别,所在区,占地面积,填报单位,生效日期\n新现堆沙场,长江,左岸,{district},1000,U004,2022-11-01\n"
        );
        let refused = self.import("sand_yards", &yard)?;
        self.compare("a working sand yard found", refused, state)?;
        Ok(())
    }

    fn import(&self, register: &str, rows: &str) -> Outcome<Option<String>> {
        let file = self.room.join(format!("{register}.csv"));
        std::fs::write(&file, rows)?;
        let arguments = ["import", register, &file.to_string_lossy(), "--verify", "--role", "verifier"];
        let arguments = arguments.map(str::to_owned);
        let (status, out, err) = self.run(&arguments)?;
        Ok((status != 0).then(|| format!("importing is refused: {}", last_line(&out, &err))))
    }

    /// Checks the report again after a change of the book: a claim is supported exactly if it is true, and moved only
    /// if its figure did.
    fn compare(&mut self, what: &str, refused: Option<String>, state: State) -> Outcome<State> {
        let (base, figures, docks) = state;
        let text = self.text.clone();
        let now = self.check(&[text])?.remove(0);
        let figures_now = self.figures()?;
        let mut changed: BTreeSet<&str> = figures_now
            .iter()
            .filter(|(key, (value, _))| figures.get(*key).map(|(before, _)| before) != Some(value))
            .map(|(key, _)| key.as_str())
            .collect();
        // A figure that there is no longer has changed, too.
        changed.extend(figures.keys().map(String::as_str).filter(|key| !figures_now.contains_key(*key)));
        // The years before are asked for only where a dock changed: they are a dozen calls.
        let docks_now = match changed.iter().any(|key| key.starts_with("docks.")) {
            true => self.before("docks.operating")?,
            false => docks.clone(),
        };
        if docks != docks_now {
            changed.insert("docks.operating");
        }
        let mut faults: Vec<String> = refused.into_iter().collect();
        if faults.is_empty() && changed.is_empty() {
            faults.push("no figure changed".to_owned());
        }
        let characters: Vec<char> = self.text.chars().collect();
        let mut untrue = Vec::new();
        if base.claims.len() != now.claims.len() {
            faults.push(format!("{} claims before, {} now", base.claims.len(), now.claims.len()));
        }
        for (before, after) in base.claims.iter().zip(&now.claims) {
            let stated = STATED
                .iter()
                .zip(self.places())
                .find(|(_, place)| *place == before.start && !before.indicator.is_empty());
            let truth = match stated.filter(|(one, _)| one.4 == before.indicator) {
                Some((one, place)) => {
                    let printed = Printed::read(&characters, place, one.1);
                    let values =
                        if one.1 == "580餘個" { docks_now.clone() } else { vec![figures_now[one.4].0] };
                    printed.holds(&values, one.4)
                }
                None => match SAID.iter().find(|one| one.2 == before.indicator) {
                    Some(&(_, _, indicator, at_least, limit)) => {
                        let limit = Decimal::from(limit);
                        let holds =
                            |value: Decimal| if at_least { value >= limit } else { value.round() <= limit };
                        // A year of which too many days went is not judged; then nothing can be said of it.
                        figures_now.get(indicator).is_some_and(|(value, _)| holds(*value))
                    }
                    None => {
                        if before.verdict != after.verdict {
                            faults.push(format!("{} moved to {}", before.stated, after.verdict));
                        }
                        continue;
                    }
                },
            };
            // What no change has touched was told of at the change that made it so.
            let touched = changed.contains(before.indicator.as_str()) || before.verdict != after.verdict;
            if !truth && before.verdict == "supported" && touched {
                untrue.push(format!("{} ({})", before.stated, after.verdict));
            }
            if truth != (after.verdict == "supported") && touched {
                let truth = if truth { "true" } else { "untrue" };
                faults
                    .push(format!("{} is {truth}, yet {} ({})", before.stated, after.verdict, after.reason));
            }
            if before.verdict != after.verdict && !changed.contains(before.indicator.as_str()) {
                faults
                    .push(format!("{} moved to {} though its figure did not", before.stated, after.verdict));
            }
        }
        println!(
            "| {what} | {} | {} | {} |",
            changed.iter().copied().collect::<Vec<_>>().join(" "),
            untrue.join(" "),
            if faults.is_empty() { String::new() } else { format!("✗ {}", faults.join("; ")) }
        );
        for fault in faults {
            self.unmet.push(format!("{what}: {fault}"));
        }
        Ok((now, figures_now, docks_now))
    }
}

/// Whether the figure's rows are days of the air, made of hours in the lake.
fn is_measured(indicator: &str) -> bool {
    indicator.starts_with("air.")
}
