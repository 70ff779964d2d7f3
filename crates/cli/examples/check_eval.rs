//! Measures `qingyuan check` on the source report against the demo city, through the binary alone.
//!
//! ```text
//! check_eval QINGYUAN HOME REPORT        (HOME is copied, never written to)
//!
//! rows       each statement of the report is linked to its indicator, and nothing else is claimed
//! numbers    each number changed in many ways: what became untrue is no longer supported, what stayed true still is
//! records    the records behind each number changed: the same question, put from the book's side
//! documents  the city's own report as DOCX, edited as a person would: exactly the edited figure is found
//! ```
//!
//! What is true is decided here, by rules of a few lines over the figures that `qingyuan figures` prints; nothing of
//! the checker is used. Prints tables; exits 1 if a demand is not met.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use rust_decimal::Decimal;
use serde_json::Value;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// What the report states: the words before a quantity, the quantity, the words after it; the row of the list of the
/// report's statements; the indicator. Words and surfaces as the report prints them.
const STATED: &[(&str, &str, &str, u32, &str)] = &[
    ("持續舉辦", "8期", "全市", 1, "learning.leadership_classes"),
    ("發動", "2萬餘名", "機關", 3, "campaigns.staff"),
    ("發動", "20萬名", "志願者", 4, "volunteers.people"),
    ("完成", "88家", "沿江", 8, "chemicals.completed"),
    ("騰退岸線", "47公里", "", 9, "shoreline.returned"),
    ("造林", "2.14萬畝", "", 10, "afforestation.area"),
    ("建設", "284公里", "的百里", 11, "corridor.length"),
    ("總面積", "740萬平方米", "的全國", 12, "riverside_parks.area"),
    ("示範項目", "6個", "", 13, "water.demonstrations"),
    ("改造閘口", "42處", "", 13, "water.gates_rebuilt"),
    ("新增江灘", "10公里", "138公頃", 14, "riverside_parks.new_length"),
    ("江灘10公里", "138公頃", "", 14, "riverside_parks.new_area"),
    ("濱江碧道", "12公里", "", 14, "blueways.new_length"),
    ("由原來的", "580餘個", "縮減", 15, "docks.operating"),
    ("縮減爲", "188個", "", 15, "docks.operating"),
    ("", "364個", "沿江堆沙場", 16, "sand_yards.closed"),
    ("各類公園", "380個", "", 18, "parks.count"),
    ("“綠色驛站”", "400餘個", "", 18, "green_stations.count"),
    ("綠道", "1210公里", "", 18, "greenways.length"),
    ("綠地面積達", "15平方米", "", 19, "park_area.per_person"),
    ("天數近", "300天", "", 20, "air.good_days"),
    ("動員", "86家", "市直單位", 24, "pioneer.units"),
    ("、", "2573個", "黨支部", 24, "pioneer.branches"),
    ("選派", "320名", "科技特派員", 25, "commissioners.posted"),
    ("技術合同", "17745項", "", 26, "contracts.count"),
    ("成交額", "829.63億元", "", 26, "contracts.amount"),
    ("總數突破", "10000家", "", 27, "enterprises.high_tech"),
    ("“小巨人”", "158家", "", 28, "enterprises.new_little_giants"),
    ("推動", "319項", "政務", 30, "services.cross_city"),
    ("城市圈", "九城", "住房", 30, "housing_fund.cities"),
];

/// Statements in words: surface, row, indicator, and the bound that they mean (at least, or at most, so much).
const SAID: &[(&str, u32, &str, bool, i64)] = &[
    ("堆沙場全部取締", 16, "sand_yards.share_closed", true, 100),
    ("PM10、PM2.5和NO2平均濃度達到國家二級標準", 21, "air.pm10_mean", false, 70),
    ("PM2.5和NO2平均濃度達到國家二級標準", 21, "air.pm2_5_mean", false, 35),
    ("NO2平均濃度達到國家二級標準", 21, "air.no2_mean", false, 40),
];

/// Ranks: surface and row.
const RANKS: &[(&str, u32)] = &[("全國最大", 12), ("全國第一", 28), ("全國首創", 30)];

const PERIOD: &str = "2022";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [binary, home, report] = &arguments[..] else {
        eprintln!("usage: check_eval QINGYUAN HOME REPORT");
        return ExitCode::from(2);
    };
    match evaluate(Path::new(binary), Path::new(home), Path::new(report)) {
        Ok(unmet) if unmet.is_empty() => {
            println!("\nEvery demand is met.");
            ExitCode::SUCCESS
        }
        Ok(unmet) => {
            println!("\n{} demands are not met:", unmet.len());
            unmet.iter().for_each(|one| println!("  {one}"));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("check_eval: {error}");
            ExitCode::from(2)
        }
    }
}

fn evaluate(binary: &Path, home: &Path, report: &Path) -> Outcome<Vec<String>> {
    let room = tempfile::tempdir()?;
    let city = room.path().join("city");
    copy(home, &city)?;
    let mut bench = Bench {
        binary: std::fs::canonicalize(binary)?,
        city,
        room: room.path().to_owned(),
        text: std::fs::read_to_string(report)?,
        unmet: Vec::new(),
        count: 0,
    };
    let base = bench.check(&[bench.text.clone()])?.remove(0);
    bench.rows(&base);
    bench.numbers(&base)?;
    bench.documents()?;
    bench.records(&base)?;
    Ok(bench.unmet)
}

struct Bench {
    binary: PathBuf,
    /// A copy of the city, which may be changed.
    city: PathBuf,
    room: PathBuf,
    text: String,
    unmet: Vec<String>,
    count: usize,
}

/// One text, checked.
#[derive(Clone, Debug)]
struct Checked {
    claims: Vec<Claim>,
    /// The places of each inconsistency, and what it says.
    alarms: Vec<(Vec<(usize, usize)>, String)>,
    /// Why the text could not be checked.
    failure: Option<String>,
}

#[derive(Clone, Debug)]
struct Claim {
    start: usize,
    end: usize,
    indicator: String,
    verdict: String,
    stated: String,
    figure: String,
    reason: String,
}

impl Bench {
    fn run(&self, arguments: &[String]) -> Outcome<(i32, String, String)> {
        let mut command = Command::new(&self.binary);
        command.args(arguments).arg("--home").arg(&self.city).env("QINGYUAN_LANG", "en");
        let output = command.output()?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok((output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr)))
    }

    fn ok(&self, arguments: &[String]) -> Outcome<String> {
        match self.run(arguments)? {
            (0, out, _) => Ok(out),
            (status, out, err) => Err(format!("{arguments:?}: status {status}\n{out}{err}").into()),
        }
    }

    /// Checks many texts, in calls of many files each.
    fn check(&mut self, texts: &[String]) -> Outcome<Vec<Checked>> {
        let bytes: Vec<Vec<u8>> = texts.iter().map(|text| text.clone().into_bytes()).collect();
        self.check_files(&bytes, "txt")
    }

    fn check_files(&mut self, files: &[Vec<u8>], extension: &str) -> Outcome<Vec<Checked>> {
        let mut checked = Vec::new();
        for files in files.chunks(200) {
            self.count += 1;
            let dir = self.room.join(format!("call-{}", self.count));
            std::fs::create_dir(&dir)?;
            let mut arguments: Vec<String> =
                ["check", "--format", "json", "--period", PERIOD].map(str::to_owned).to_vec();
            let mut names = Vec::new();
            // Of one file alone the line names no file: an empty companion makes it two.
            let companion = (files.len() == 1).then(|| b"\n".to_vec());
            for (index, bytes) in files.iter().chain(&companion).enumerate() {
                let file =
                    dir.join(format!("{index:04}.{}", if index < files.len() { extension } else { "txt" }));
                std::fs::write(&file, bytes)?;
                names.push(file.to_string_lossy().into_owned());
            }
            arguments.extend(names.iter().cloned());
            let (_, out, err) = self.run(&arguments)?;
            let mut lines: BTreeMap<String, Checked> = BTreeMap::new();
            for line in out.lines() {
                let line: Value = serde_json::from_str(line)?;
                lines.insert(text_of(&line["file"]), read(&line));
            }
            for name in names.iter().take(files.len()) {
                let failed = || Checked {
                    claims: Vec::new(),
                    alarms: Vec::new(),
                    failure: Some(err.lines().next().unwrap_or("no line printed").to_owned()),
                };
                checked.push(lines.remove(name).unwrap_or_else(failed));
            }
            std::fs::remove_dir_all(&dir)?;
        }
        Ok(checked)
    }

    /// Every figure of the period, by its indicator: value and identity.
    fn figures(&self) -> Outcome<BTreeMap<String, (Decimal, String)>> {
        let arguments = ["figures", "--period", PERIOD, "--format", "json"].map(str::to_owned);
        let all: Value = serde_json::from_str(&self.ok(&arguments)?)?;
        let mut figures = BTreeMap::new();
        for one in all["figures"].as_array().into_iter().flatten() {
            if let Some(value) = exact(one) {
                figures.insert(text_of(&one["indicator"]), (value, text_of(&one["id"])));
            }
        }
        Ok(figures)
    }

    /// An indicator's values at the ends of the years before.
    fn before(&self, indicator: &str) -> Outcome<Vec<Decimal>> {
        let mut values = Vec::new();
        for year in 2010..2022 {
            let arguments =
                ["figures", indicator, "--period", &year.to_string(), "--format", "json"].map(str::to_owned);
            let all: Value = serde_json::from_str(&self.ok(&arguments)?)?;
            values.extend(exact(&all["figures"][0]).filter(|_| all["figures"][0]["rows"].as_u64() > Some(0)));
        }
        Ok(values)
    }

    /// Demands something, and says what.
    fn demand(&mut self, met: bool, what: String) {
        if !met {
            self.unmet.push(what);
        }
    }

    // ------------------------------------------------------------------------------------------------ rows

    fn rows(&mut self, base: &Checked) {
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

    /// Where each stated quantity stands, in characters.
    fn places(&self) -> Vec<usize> {
        STATED.iter().map(|(before, surface, after, ..)| place(&self.text, before, surface, after)).collect()
    }

    // --------------------------------------------------------------------------------------------- numbers

    fn numbers(&mut self, base: &Checked) -> Outcome<()> {
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

    // --------------------------------------------------------------------------------------------- records

    fn records(&mut self, base: &Checked) -> Outcome<()> {
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
                match self.records_behind(*surface, indicator, at, whole, &state)? {
                    None => self.unmet.push(format!("{indicator}: no record found behind it")),
                    Some(records) if whole && (records.len() < 2 || sizes.is_empty()) => {}
                    Some(records) => {
                        let what = format!("{surface}: {} withdrawn of {indicator}", records.len());
                        let refused = self.withdraw(
                            &records,
                            if *surface == "580餘個" { "2016-12-01" } else { "2022-12-01" },
                        )?;
                        state = self.compare(&what, refused, state)?;
                    }
                }
            }
        }
        self.amended(state)?;
        println!("\n{:.1} s", begun.elapsed().as_secs_f64());
        Ok(())
    }

    /// Records to be withdrawn: those of one row of the figure, or of so many rows that the statement becomes untrue.
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
        // Rows that group several records: those of one group, from the list of its register.
        let Some(key) = rows.first().map(|row| text_of(&row["key"])) else { return Ok(None) };
        if whole {
            return Ok(Some(Vec::new()));
        }
        let register = match indicator {
            "campaigns.staff" => "participation",
            "volunteers.people" => "turnouts",
            "pioneer.units" | "pioneer.branches" => "pioneer_teams",
            "housing_fund.cities" => return self.of_city(&key).map(Some),
            _ => return Ok(None),
        };
        let list = self.ok(&["record", "list", register, "--most", "0"].map(str::to_owned))?;
        let behind = list.lines().filter(|line| {
            line.split_whitespace().skip(1).any(|word| {
                word == key || word.strip_prefix(&key).is_some_and(|rest| rest.starts_with(['-', '/']))
            })
        });
        let records: Vec<String> =
            behind.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect();
        Ok((!records.is_empty()).then_some(records))
    }

    /// The transfers from or to a city: the list does not name the city, so each record of the ledger's list is
    /// looked at until one city's are all found. There are thousands, so they are shown only here.
    fn of_city(&self, city: &str) -> Outcome<Vec<String>> {
        let list = self.ok(&["record", "list", "housing_fund_transfers", "--most", "0"].map(str::to_owned))?;
        let mut found = Vec::new();
        for id in list.lines().filter_map(|line| line.split_whitespace().next()) {
            let shown = self.ok(&["record", "show", id].map(str::to_owned))?;
            if shown.contains(&format!("\"{city}\"")) {
                found.push(id.to_owned());
            }
        }
        Ok(found)
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
        let day = |day: u32, dust: u32| {
            format!(
                "2022-06-{day:02},75,PM2.5,{dust},{dust},10,{},90,0.8,U001,2022-06-{day:02}\n",
                dust.min(900)
            )
        };
        let heading = "日期,空气质量指数,首要污染物,PM2.5日均浓度,PM10日均浓度,SO2日均浓度,NO2日均浓度,O3日最大8小时平均浓度,CO日均浓度,填报单位,生效日期\n";
        for (name, dust, days) in [("little", 60, 3), ("much", 1900, 20)] {
            let rows: String = (1..=days).map(|number| day(number, dust)).collect();
            let refused = self.import("air_days", &format!("{heading}{rows}"), false)?;
            state = self.compare(&format!("{days} days amended, {name} dust"), refused, state)?;
        }
        let district = self.ok(&["record", "list", "districts", "--most", "1"].map(str::to_owned))?;
        let district = district.split_whitespace().nth(1).unwrap_or_default().to_owned();
        let yard = format!(
            "名称,河流,岸别,所在区,占地面积,填报单位,生效日期\n新现堆沙场,长江,左岸,{district},1000,U004,2022-11-01\n"
        );
        let refused = self.import("sand_yards", &yard, true)?;
        self.compare("a working sand yard found", refused, state)?;
        Ok(())
    }

    fn import(&self, register: &str, rows: &str, verify: bool) -> Outcome<Option<String>> {
        let file = self.room.join(format!("{register}.csv"));
        std::fs::write(&file, rows)?;
        let mut arguments = ["import", register, &file.to_string_lossy()].map(str::to_owned).to_vec();
        if verify {
            arguments.extend(["--verify", "--role", "verifier"].map(str::to_owned));
        }
        let (status, out, err) = self.run(&arguments)?;
        Ok((status != 0).then(|| format!("importing is refused: {}", last_line(&out, &err))))
    }

    /// Checks the report again after a change of the book: a claim is supported exactly if it is true, and moved only
    /// if its figure did.
    fn compare(&mut self, what: &str, refused: Option<String>, state: State) -> Outcome<State> {
        let (base, figures, docks) = state;
        let now = self.check(&[self.text.clone()])?.remove(0);
        let (figures_now, docks_now) = (self.figures()?, self.before("docks.operating")?);
        let mut changed: BTreeSet<&str> = figures_now
            .iter()
            .filter(|(key, (value, _))| figures.get(*key).map(|(before, _)| before) != Some(value))
            .map(|(key, _)| key.as_str())
            .collect();
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
                        let (value, limit) = (figures_now[indicator].0, Decimal::from(limit));
                        if at_least { value >= limit } else { value.round() <= limit }
                    }
                    None => {
                        if before.verdict != after.verdict {
                            faults.push(format!("{} moved to {}", before.stated, after.verdict));
                        }
                        continue;
                    }
                },
            };
            if !truth && before.verdict == "supported" {
                untrue.push(format!("{} ({})", before.stated, after.verdict));
            }
            if truth != (after.verdict == "supported") {
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

    // ------------------------------------------------------------------------------------------- documents

    fn documents(&mut self) -> Outcome<()> {
        let out = self.room.join("reports");
        let arguments =
            ["report", "work-report", "--format", "docx", "--out", &out.to_string_lossy()].map(str::to_owned);
        self.ok(&arguments)?;
        let written = std::fs::read(out.join("work-report.docx"))?;
        println!("\n## The city's own report, edited\n");
        self.edits("as written", &written)?;
        let again = self.room.join("again");
        let source = out.join("work-report.docx");
        let saved = Command::new("soffice")
            .args(["--headless", "--convert-to", "docx:MS Word 2007 XML", "--outdir"])
            .arg(&again)
            .arg(&source)
            .env("HOME", &self.room)
            .output();
        match saved {
            Ok(output) if output.status.success() && again.join("work-report.docx").exists() => {
                let saved = std::fs::read(again.join("work-report.docx"))?;
                self.edits("saved by LibreOffice", &saved)?;
            }
            _ => println!("saved by LibreOffice: skipped, for it is not there"),
        }
        Ok(())
    }

    fn edits(&mut self, how: &str, docx: &[u8]) -> Outcome<()> {
        let base = self.check_files(&[docx.to_vec()], "docx")?.remove(0);
        if let Some(failure) = &base.failure {
            self.unmet.push(format!("{how}: {failure}"));
        }
        let wrong: Vec<String> = base
            .claims
            .iter()
            .filter(|claim| !["supported", "unsupported"].contains(&&*claim.verdict))
            .map(|claim| format!("{} → {} {} ({})", claim.stated, claim.figure, claim.verdict, claim.reason))
            .chain(base.alarms.iter().map(|alarm| alarm.1.clone()))
            .collect();
        let unsupported =
            base.claims.iter().filter(|claim| claim.verdict == "unsupported").map(|claim| &*claim.stated);
        let tags = tags(&member(docx, "word/document.xml")?);
        println!(
            "{how}: {} tags, {} claims; unsupported: {}; wrong: {}",
            tags.len(),
            base.claims.len(),
            unsupported.collect::<Vec<_>>().join(" "),
            wrong.len()
        );
        for one in wrong {
            println!("  ✗ {one}");
            self.unmet.push(format!("{how}, unedited: {one}"));
        }
        let edited: Vec<(usize, String, Vec<u8>)> = tags
            .iter()
            .enumerate()
            .filter_map(|(index, tag)| Some((index, edit(&tag.shown)?)))
            .map(|(index, text)| Ok((index, text.clone(), replace(docx, &tags[index], &text)?)))
            .collect::<Outcome<_>>()?;
        let files: Vec<Vec<u8>> = edited.iter().map(|(_, _, bytes)| bytes.clone()).collect();
        let mut found = 0;
        for ((index, text, _), checked) in edited.iter().zip(self.check_files(&files, "docx")?) {
            let tag = &tags[*index];
            let shift = text.chars().count() as isize - tag.shown.chars().count() as isize;
            let moved: Vec<(&Claim, &Claim)> = base
                .claims
                .iter()
                .zip(&checked.claims)
                .filter(|(before, after)| {
                    (&before.verdict, &before.indicator) != (&after.verdict, &after.indicator)
                })
                .collect();
            let right = checked.claims.len() == base.claims.len()
                && matches!(moved[..], [(_, after)] if after.verdict == "contradicted" && (tag.id.is_empty() || after.figure == tag.id));
            found += usize::from(right);
            if !right {
                let moved: Vec<String> = moved
                    .iter()
                    .map(|(before, after)| {
                        format!("{} {} → {} {}", before.stated, before.verdict, after.stated, after.verdict)
                    })
                    .collect();
                let counts = (base.claims.len(), checked.claims.len());
                let what = format!(
                    "{how}, {} edited to {text} (shift {shift}) at {}: claims {counts:?}, {}",
                    tag.shown,
                    tag.id,
                    moved.join("; ")
                );
                println!("  ✗ {what}");
                self.unmet.push(what);
            }
            let strange = checked.alarms.len();
            if strange > 0 {
                println!(
                    "  {} edited to {text}: {strange} inconsistencies too: {}",
                    tag.shown, checked.alarms[0].1
                );
            }
        }
        println!("{how}: {found} of {} edited figures found, each alone", edited.len());
        self.demand(edited.len() >= 20, format!("{how}: only {} figures were edited", edited.len()));
        Ok(())
    }
}

type State = (Checked, BTreeMap<String, (Decimal, String)>, Vec<Decimal>);

fn line(kind: &str, row: &[usize; 8]) {
    let numbers: Vec<String> = row.iter().map(usize::to_string).collect();
    println!("| {kind} | {} |", numbers.join(" | "));
}

fn last_line(out: &str, err: &str) -> String {
    let told = if err.trim().is_empty() { out } else { err };
    told.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default().trim().to_owned()
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn exact(figure: &Value) -> Option<Decimal> {
    figure["exact"].as_str()?.parse().ok()
}

fn read(line: &Value) -> Checked {
    let place = |one: &Value| {
        let number = |key: &str| one[key].as_u64().unwrap_or(u64::MAX) as usize;
        (number("start"), number("end"))
    };
    let claim = |one: &Value| {
        let (start, end) = place(one);
        Claim {
            start,
            end,
            indicator: text_of(&one["indicator"]),
            verdict: text_of(&one["verdict"]),
            stated: text_of(&one["stated"]),
            figure: text_of(&one["figure"]),
            reason: text_of(&one["reason"]),
        }
    };
    let alarm = |one: &Value| {
        let places = one["places"].as_array().into_iter().flatten().map(place).collect();
        (places, format!("{}: {}", text_of(&one["rule"]), text_of(&one["explanation"])))
    };
    Checked {
        claims: line["claims"].as_array().into_iter().flatten().map(claim).collect(),
        alarms: line["inconsistencies"].as_array().into_iter().flatten().map(alarm).collect(),
        failure: None,
    }
}

/// Where a surface stands between its neighbours, in characters.
fn place(text: &str, before: &str, surface: &str, after: &str) -> usize {
    let all = format!("{before}{surface}{after}");
    let found: Vec<usize> = text.match_indices(&all).map(|(at, _)| at).collect();
    assert_eq!(found.len(), 1, "`{all}` stands {} times in the report", found.len());
    text[..found[0]].chars().count() + before.chars().count()
}

// ------------------------------------------------------------------------------------- what a number says

/// A quantity as it is printed, in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Printed {
    /// 近, 突破, 達 or nothing, directly before the digits.
    word: &'static str,
    digits: String,
    /// 萬, 億 or nothing.
    multiplier: &'static str,
    /// 餘 or nothing.
    odd: &'static str,
    unit: String,
}

/// Words before a number, longer ones first.
const WORDS: &[&str] = &["突破", "不足", "不少於", "近", "達", "超", "約"];

/// Units whose quantities can be told in one another: how much of the first is one of the second.
const UNITS: &[(&str, &str, Fraction)] = &[
    ("公里", "米", (1, 1000)),
    ("畝", "公頃", (15, 1)),
    ("公頃", "畝", (1, 15)),
    ("平方米", "公頃", (10_000, 1)),
    ("平方米", "畝", (2000, 3)),
];

/// Measure words of things: they stand for each other.
const MEASURE_WORDS: &[(&str, &str)] = &[("家", "個"), ("名", "人"), ("處", "個"), ("項", "個")];

type Fraction = (i64, i64);

impl Printed {
    fn read(text: &[char], place: usize, surface: &str) -> Self {
        let before: String = text[..place].iter().collect();
        let word = WORDS.iter().copied().find(|word| before.ends_with(word)).unwrap_or_default();
        let is_digit = |character: char| {
            character.is_ascii_digit() || character == '.' || "一二三四五六七八九十".contains(character)
        };
        let digits: String = surface.chars().take_while(|&character| is_digit(character)).collect();
        let rest = &surface[digits.len()..];
        let part = |rest: &mut &str, parts: &[&'static str]| -> &'static str {
            let found = parts.iter().copied().find(|part| rest.starts_with(part)).unwrap_or_default();
            *rest = rest.get(found.len()..).unwrap_or_default();
            found
        };
        let mut rest = rest;
        let multiplier = part(&mut rest, &["萬", "億"]);
        let odd = part(&mut rest, &["餘"]);
        Self { word, digits, multiplier, odd, unit: rest.to_owned() }
    }

    fn print(&self) -> String {
        let Self { word, digits, multiplier, odd, unit } = self;
        format!("{word}{digits}{multiplier}{odd}{unit}")
    }

    /// The number, without its multiplier, and the size of its last printed place.
    fn number(&self) -> Option<(Decimal, Decimal)> {
        if let Some(whole) = chinese(&self.digits) {
            return Some((Decimal::from(whole), Decimal::ONE));
        }
        let plain: String = self.digits.chars().filter(|&one| one != ',').map(half_width).collect();
        let decimals = plain.split('.').nth(1).map_or(0, str::len);
        Some((plain.parse().ok()?, Decimal::new(1, decimals as u32)))
    }

    fn multiplied(&self) -> Decimal {
        Decimal::from(match self.multiplier {
            "萬" => 10_000_i64,
            "億" => 100_000_000,
            _ => 1,
        })
    }

    /// Whether the words are true of one of these values of an indicator. Of the number n, its last printed place p
    /// and its last place u that is not zero:
    ///
    /// 餘: n < v < n + u · 近: n − u ≤ v < n, by at most a tenth · 超, 突破: v > n · 不足: v < n · 不少於: v ≥ n ·
    /// 約: within u/2 or 5 % · 達: v ≥ n and rounds to n · none: v rounds to n, to p.
    fn holds(&self, values: &[Decimal], indicator: &str) -> bool {
        let Some((number, place)) = self.number() else { return false };
        let Some((times, parts)) = unit_of(indicator, &self.unit) else { return false };
        let multiplier = self.multiplied();
        let (number, place) = (number * multiplier, place * multiplier);
        let mut last = place;
        while !number.is_zero() && (number % (last * Decimal::TEN)).is_zero() {
            last *= Decimal::TEN;
        }
        values.iter().any(|value| {
            // The value in the printed unit.
            let value = *value * Decimal::from(parts) / Decimal::from(times);
            let off = (value - number).abs();
            match (self.word, self.odd) {
                (_, "餘") => value > number && value < number + last,
                ("近", _) => value < number && off <= last && off * Decimal::TEN <= number,
                ("超" | "突破", _) => value > number,
                ("不足", _) => value < number,
                ("不少於", _) => value >= number,
                ("約", _) => off * Decimal::TWO <= last.max(number / Decimal::TEN),
                ("達", _) => value >= number && off * Decimal::TWO <= place,
                _ => off * Decimal::TWO <= place,
            }
        })
    }

    /// Everything that is done to a number, one at a time.
    fn mutations(&self) -> Vec<(&'static str, Self)> {
        let mut all = self.other_numbers();
        all.extend(self.other_units());
        all.extend(self.other_words());
        all.extend(self.same_said_otherwise());
        let mut seen = BTreeSet::new();
        all.retain(|(_, one)| one != self && seen.insert(one.print()));
        all
    }

    fn with(&self, digits: String) -> Self {
        Self { digits, ..self.clone() }
    }

    fn other_numbers(&self) -> Vec<(&'static str, Self)> {
        let mut all = Vec::new();
        let Some((number, place)) = self.number() else { return all };
        let written = |number: Decimal| match chinese(&self.digits) {
            Some(_) => in_chinese(number),
            None => {
                let mut number = number;
                number.rescale(place.scale());
                Some(number.to_string())
            }
        };
        let mut add = |kind, number| all.extend(written(number).map(|digits| (kind, self.with(digits))));
        add("+1 in the last place", number + place);
        add("−1 in the last place", number - place);
        add("+10 %", number * Decimal::new(11, 1));
        add("−10 %", number * Decimal::new(9, 1));
        add("×10", number * Decimal::TEN);
        if !self.multiplier.is_empty() {
            let whole = (number * self.multiplied() + Decimal::ONE).normalize();
            all.push(("+1 as a whole number", Self { multiplier: "", ..self.with(whole.to_string()) }));
        }
        let digits: Vec<char> = self.digits.chars().collect();
        let places: Vec<usize> = (0..digits.len()).filter(|&at| digits[at].is_ascii_digit()).collect();
        for pair in places.windows(2) {
            let mut swapped = digits.clone();
            swapped.swap(pair[0], pair[1]);
            if swapped != digits && (swapped[0] != '0' || swapped.get(1) == Some(&'.')) {
                all.push(("neighbouring digits swapped", self.with(swapped.into_iter().collect())));
            }
        }
        all
    }

    fn other_units(&self) -> Vec<(&'static str, Self)> {
        let in_unit = |unit: &str| Self { unit: unit.to_owned(), ..self.clone() };
        let mut all = Vec::new();
        let foreign: &[&str] = match self.unit.as_str() {
            "公里" => &["公頃", "個", "億元"],
            "畝" | "公頃" | "平方米" => &["公里", "個", "元"],
            "元" => &["公里", "家"],
            "城" => &[],
            "天" => &["公里", "元"],
            _ => &["公里", "元", "%"],
        };
        all.extend(foreign.iter().map(|unit| ("unit of another kind", in_unit(unit))));
        let same = UNITS.iter().filter(|(from, ..)| *from == self.unit);
        all.extend(same.map(|(_, to, _)| ("another unit of the kind", in_unit(to))));
        if !self.multiplier.is_empty() {
            all.push(("multiplier dropped", Self { multiplier: "", ..self.clone() }));
            let other = if self.multiplier == "萬" { "億" } else { "萬" };
            all.push(("multiplier replaced", Self { multiplier: other, ..self.clone() }));
        } else {
            all.push(("multiplier added", Self { multiplier: "萬", ..self.clone() }));
        }
        all
    }

    fn other_words(&self) -> Vec<(&'static str, Self)> {
        let with = |word, odd| Self { word, odd, ..self.clone() };
        let mut all = Vec::new();
        if self.unit == "城" {
            return all;
        }
        if !self.odd.is_empty() {
            all.push(("word dropped", with(self.word, "")));
            all.extend(["近", "不足", "約", "超"].map(|word| ("word replaced", with(word, ""))));
        } else if ["近", "突破"].contains(&self.word) {
            all.push(("word dropped", with("", "")));
            all.extend(["近", "超", "突破", "不足", "約"].map(|word| ("word replaced", with(word, ""))));
        } else if self.word.is_empty() {
            all.extend(
                ["近", "超", "突破", "不足", "約", "不少於"].map(|word| ("word added", with(word, ""))),
            );
            all.push(("word added", with("", "餘")));
        }
        all
    }

    /// The same value in other characters or units: true statements that must stay supported.
    fn same_said_otherwise(&self) -> Vec<(&'static str, Self)> {
        let mut all = Vec::new();
        let Some((number, _)) = self.number() else { return all };
        if chinese(&self.digits).is_none() {
            let wide = self.digits.chars().map(full_width).collect();
            all.push(("full-width digits", self.with(wide)));
        }
        let grouped = (self.digits.len() > 3 && !self.digits.contains('.')).then(|| {
            let (thousands, rest) = self.digits.split_at(self.digits.len() - 3);
            format!("{thousands},{rest}")
        });
        all.extend(grouped.map(|digits| ("thousands comma", self.with(digits))));
        if !self.multiplier.is_empty() && self.odd.is_empty() {
            let whole = (number * self.multiplied()).normalize();
            all.push(("multiplied out", Self { multiplier: "", ..self.with(whole.to_string()) }));
        }
        let words = MEASURE_WORDS.iter().filter(|(from, _)| *from == self.unit);
        all.extend(
            words.map(|(_, to)| ("another measure word", Self { unit: (*to).to_owned(), ..self.clone() })),
        );
        for (_, to, (times, parts)) in UNITS.iter().filter(|(from, ..)| *from == self.unit) {
            let value = number * self.multiplied() * Decimal::from(*parts) / Decimal::from(*times);
            let value = value.normalize();
            if value.scale() <= 2 && !self.print().contains('達') {
                let digits = value.to_string();
                all.push((
                    "same value in another unit",
                    Self { multiplier: "", unit: (*to).to_owned(), ..self.with(digits) },
                ));
            }
        }
        all
    }
}

/// How much of an indicator's unit one of a printed unit is; none if they measure different things.
fn unit_of(indicator: &str, unit: &str) -> Option<Fraction> {
    let own = STATED.iter().find(|one| one.4 == indicator).map(|one| {
        one.1
            .trim_start_matches(|character: char| !"期名家公畝平個處天項億元城".contains(character))
            .trim_start_matches('億')
    })?;
    if own == unit {
        return Some((1, 1));
    }
    let count = |unit: &str| ["個", "家", "名", "人", "處", "項", "期", "城"].contains(&unit);
    if count(own) && count(unit) {
        return Some((1, 1));
    }
    UNITS.iter().find(|(from, to, _)| *from == own && *to == unit).map(|(_, _, factor)| *factor)
}

fn half_width(character: char) -> char {
    match character {
        '０'..='９' => char::from(b'0' + (character as u32 - '０' as u32) as u8),
        '．' => '.',
        other => other,
    }
}

fn full_width(character: char) -> char {
    match character {
        '0'..='9' => char::from_u32('０' as u32 + character as u32 - '0' as u32).unwrap_or(character),
        '.' => '．',
        other => other,
    }
}

/// 九 → 9, 十一 → 11.
fn chinese(digits: &str) -> Option<i64> {
    let one = |character: char| {
        "一二三四五六七八九".chars().position(|digit| digit == character).map(|at| at as i64 + 1)
    };
    let characters: Vec<char> = digits.chars().collect();
    match characters[..] {
        ['十'] => Some(10),
        [tens, '十'] => Some(one(tens)? * 10),
        ['十', ones] => Some(10 + one(ones)?),
        [ones] => one(ones),
        _ => None,
    }
}

fn in_chinese(number: Decimal) -> Option<String> {
    let number: i64 = number.round().to_string().parse().ok()?;
    let digit =
        |digit: i64| "零一二三四五六七八九".chars().nth(digit as usize).map(String::from).unwrap_or_default();
    match number {
        1..=9 => Some(digit(number)),
        10 => Some("十".to_owned()),
        11..=19 => Some(format!("十{}", digit(number % 10))),
        20..=90 if number % 10 == 0 => Some(format!("{}十", digit(number / 10))),
        _ => None,
    }
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

// ---------------------------------------------------------------------------------------------- documents

/// A figure's tag in `word/document.xml`.
struct Tag {
    id: String,
    shown: String,
    /// Where the shown text stands, in bytes; of several runs the first.
    bytes: (usize, usize),
}

/// The tags of figures, in order. LibreOffice keeps no tags but the bookmarks around the figures, whose numbers the
/// document's own list holds; of these the identity stays unknown here.
fn tags(xml: &str) -> Vec<Tag> {
    let tagged = stretches(xml, "<w:tag w:val=\"", |_| "</w:sdt>".to_owned());
    if !tagged.is_empty() {
        return tagged;
    }
    stretches(xml, "w:name=\"_qy", |before| {
        let number =
            before.rsplit("w:id=\"").next().and_then(|rest| rest.split('"').next()).unwrap_or_default();
        format!("<w:bookmarkEnd w:id=\"{number}\"")
    })
}

/// What a mark opens, to where it ends: `end` tells how, from the text before it.
fn stretches(xml: &str, mark: &str, end: impl Fn(&str) -> String) -> Vec<Tag> {
    let mut tags = Vec::new();
    for (at, _) in xml.match_indices(mark) {
        let from = at + mark.len();
        let id = xml[from..].split('"').next().filter(|id| id.contains('/')).unwrap_or_default();
        let close = end(&xml[..at]);
        let stop = xml[from..].find(&close).map_or(xml.len(), |end| from + end);
        // The first piece of text with a digit.
        let mut here = from;
        while let Some(open) = xml[here..stop].find("<w:t").map(|open| here + open) {
            let Some(start) = xml[open..stop].find('>').map(|close| open + close + 1) else { break };
            here = start;
            if !xml[open..start].starts_with("<w:t>") && !xml[open..start].starts_with("<w:t ") {
                continue;
            }
            let Some(last) = xml[start..stop].find("</w:t>").map(|close| start + close) else { break };
            if xml[start..last].contains(|one: char| one.is_ascii_digit()) {
                tags.push(Tag {
                    id: id.to_owned(),
                    shown: xml[start..last].to_owned(),
                    bytes: (start, last),
                });
                break;
            }
        }
    }
    tags
}

/// The shown text with its first digit from 1 to 8 raised by one, which changes the value at every precision.
fn edit(shown: &str) -> Option<String> {
    let at = shown.find(|character: char| ('1'..='8').contains(&character))?;
    let digit = shown.as_bytes()[at] + 1;
    Some(format!("{}{}{}", &shown[..at], char::from(digit), &shown[at + 1..]))
}

fn member(docx: &[u8], name: &str) -> Outcome<String> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(docx))?;
    let mut text = String::new();
    archive.by_name(name)?.read_to_string(&mut text)?;
    Ok(text)
}

/// The same document with another text at a tag.
fn replace(docx: &[u8], tag: &Tag, text: &str) -> Outcome<Vec<u8>> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(docx))?;
    let mut written = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut file = archive.by_index(index)?;
        let name = file.name()?.into_owned();
        if name != "word/document.xml" {
            drop(file);
            written.raw_copy_file(archive.by_index(index)?)?;
            continue;
        }
        let mut xml = String::new();
        file.read_to_string(&mut xml)?;
        xml.replace_range(tag.bytes.0..tag.bytes.1, text);
        written.start_file(name, zip::write::SimpleFileOptions::default())?;
        written.write_all(xml.as_bytes())?;
    }
    Ok(written.finish()?.into_inner())
}

fn copy(from: &Path, to: &Path) -> Outcome<()> {
    std::fs::create_dir(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => copy(&entry.path(), &target)?,
            false => {
                std::fs::copy(entry.path(), &target)?;
            }
        }
    }
    Ok(())
}
