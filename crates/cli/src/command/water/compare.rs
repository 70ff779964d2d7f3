//! `qingyuan water compare`: computed classes against the ones that the file publishes, and why they differ.
//!
//! A mismatch is of the first kind that fits:
//!
//! - `limits`: the other phosphorus limits give the published class, in this row and in more of the section's
//!   rows than the ones used: the section is taken for the wrong kind of water;
//! - `at-limit`: a value is printed exactly at a limit, and the least more (less for oxygen) gives the
//!   published class: the network judged by digits that it does not print;
//! - `lag`: the published class is the one computed for the section's reading before or after: value and
//!   class were taken from the page at different moments;
//! - `lag-of-item`: it is, with one item's value of the reading before or after;
//! - `unexplained`.

use std::collections::BTreeMap;

use clap::Args;
use message::{Language, Text};
use serde_json::json;
use standards::water::{Body, Class, Comparison, Item, Sample, Settings, judge, limits};

use super::body;
use super::class::keys;
use super::file::Faults;
use super::input::{BodyChoice, Input, InputArguments};
use super::settings::SettingArguments;
use super::time;
use crate::failure::Failure;
use crate::output::{Format, say, table};

/// The arguments.
#[derive(Args)]
pub struct CompareCommand {
    #[command(flatten)]
    input: InputArguments,
    #[command(flatten)]
    settings: SettingArguments,
    /// 输出形式；csv 列出每一处不一致 | how to print; csv lists every mismatch
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// A row that has both classes.
struct Reading {
    section: usize,
    time: String,
    sample: Sample,
    published: Class,
    computed: Class,
}

const KINDS: [&str; 5] = ["limits", "at-limit", "lag", "lag-of-item", "unexplained"];

struct Mismatch {
    reading: usize,
    kind: usize,
}

impl CompareCommand {
    /// Prints the share of equal classes and the mismatches by kind.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let settings = self.settings.settings(Comparison::AsGiven);
        let input = Input::open(&self.input)?;
        let mut faults = Faults::default();
        let mut sections: BTreeMap<String, usize> = BTreeMap::new();
        let mut names: Vec<(String, Body)> = Vec::new();
        let mut readings: Vec<Reading> = Vec::new();
        input.each(&settings, &mut faults, &mut |row| {
            let Some(published) = Class::from_mark(row.published) else { return Ok(()) };
            let Ok(verdict) = judge(&row.sample, row.body, &settings) else { return Ok(()) };
            let section = *sections.entry(row.key.clone()).or_insert_with(|| {
                names.push((row.section.to_owned(), row.body));
                names.len() - 1
            });
            readings.push(Reading {
                section,
                time: row.time.to_owned(),
                sample: row.sample,
                published,
                computed: verdict.class,
            });
            Ok(())
        })?;
        if readings.is_empty() {
            let name = &input.file.name;
            return Err(Failure::Refused(message::text!(
                "{name} 没有可比较的公布类别",
                "{name} publishes no class to compare with"
            )));
        }
        readings.sort_by(|left, right| (left.section, &left.time).cmp(&(right.section, &right.time)));
        let mismatches = mismatches(&readings, &names, &settings);
        self.print(&readings, &names, &mismatches, language)?;
        if self.input.body == BodyChoice::Auto {
            say(&body::rule(), language);
        }
        faults.end(language)
    }

    fn print(
        &self,
        readings: &[Reading],
        names: &[(String, Body)],
        mismatches: &[Mismatch],
        language: Language,
    ) -> Result<(), Failure> {
        let compared = readings.len();
        let equal = compared - mismatches.len();
        let of = |kind: usize| mismatches.iter().filter(|mismatch| mismatch.kind == kind).count();
        // Rows whose published class is that of another moment say nothing of the rule.
        let of_their_moment = compared - of(2) - of(3);
        let (share, alone) = (share(equal, compared), share(equal, of_their_moment));
        match self.format {
            Format::Json => {
                let kinds: BTreeMap<&str, usize> =
                    KINDS.iter().enumerate().map(|(kind, name)| (*name, of(kind))).collect();
                let hours: BTreeMap<String, _> = by_hour(readings)
                    .into_iter()
                    .map(|(hour, (equal, all))| (hour, json!({ "compared": all, "equal": equal })))
                    .collect();
                let document = json!({
                    "compared": compared, "equal": equal, "share": share, "share_without_lag": alone,
                    "mismatches": kinds, "by_hour": hours,
                });
                println!("{document}");
            }
            Format::Csv => {
                let mut writer = csv::Writer::from_writer(std::io::stdout());
                let heading =
                    ["section", "time", "body", "published_class", "computed_class", "deciding", "kind"];
                writer.write_record(heading).map_err(Failure::broken)?;
                for mismatch in mismatches {
                    let reading = &readings[mismatch.reading];
                    let (name, body) = &names[reading.section];
                    let deciding =
                        judge(&reading.sample, *body, &self.settings.settings(Comparison::AsGiven))
                            .map_or(String::new(), |verdict| keys(verdict.deciding));
                    let row = [
                        name,
                        reading.time.as_str(),
                        body.key(),
                        reading.published.mark(),
                        reading.computed.mark(),
                        &deciding,
                        KINDS[mismatch.kind],
                    ];
                    writer.write_record(row).map_err(Failure::broken)?;
                }
                writer.flush()?;
            }
            Format::Table => {
                let word = |zh: &str, en: &str| Text::new(zh, en).in_language(language).into_owned();
                let row = |what: String, rows: usize, of: usize| {
                    vec![what, rows.to_string(), self::share(rows, of)]
                };
                let mut rows = vec![
                    row(word("可比较", "compared"), compared, compared),
                    row(word("一致", "equal"), equal, compared),
                    row(
                        word("水体类型判别不同 limits", "limits: taken for the other kind of water"),
                        of(0),
                        compared,
                    ),
                    row(
                        word("数值恰在限值 at-limit", "at-limit: printed exactly at a limit"),
                        of(1),
                        compared,
                    ),
                    row(
                        word("公布类别属于前后一次读数 lag", "lag: the class of the reading before or after"),
                        of(2),
                        compared,
                    ),
                    row(
                        word(
                            "某一项目属于前后一次读数 lag-of-item",
                            "lag-of-item: one item of the reading before or after",
                        ),
                        of(3),
                        compared,
                    ),
                    row(word("未能解释 unexplained", "unexplained"), of(4), compared),
                ];
                for (hour, (equal, all)) in by_hour(readings) {
                    rows.push(row(
                        word(&format!("{hour} 时一致"), &format!("equal at {hour}:00")),
                        equal,
                        all,
                    ));
                }
                let headings = [
                    Text::new("公布与计算的类别", "published and computed classes"),
                    Text::new("行数", "rows"),
                    Text::same("%"),
                ];
                println!("{}", table(&headings, &[1, 2], rows, language));
            }
        }
        say(
            &message::text!(
                "公布类别与计算类别一致 {equal}/{compared}（{share} %）；不计公布类别属于其他时刻的行为 {alone} %",
                "published and computed classes are equal in {equal} of {compared} ({share} %); without the rows whose published class is of another moment {alone} %"
            ),
            language,
        );
        Ok(())
    }
}

/// For each hour of the day: rows with equal classes, and all.
fn by_hour(readings: &[Reading]) -> BTreeMap<String, (usize, usize)> {
    let mut hours: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for reading in readings {
        let Some(time) = time::parse(&reading.time).filter(|time| time.has_hour) else { continue };
        let (equal, all) = hours.entry(format!("{:02}", time.hour)).or_default();
        *equal += usize::from(reading.computed == reading.published);
        *all += 1;
    }
    hours
}

/// In hundredths of a percent, as digits.
fn share(part: usize, whole: usize) -> String {
    let (part, whole) = (i64::try_from(part).unwrap_or(0), i64::try_from(whole).unwrap_or(1));
    let hundredths = standards::rounding::half_even(part * 10_000, whole);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn mismatches(readings: &[Reading], names: &[(String, Body)], settings: &Settings) -> Vec<Mismatch> {
    // How many rows of each section the limits used and the other ones reproduce.
    let mut scores = vec![(0_u32, 0_u32); names.len()];
    let class = |sample: &Sample, body| judge(sample, body, settings).ok().map(|verdict| verdict.class);
    for reading in readings {
        let (own, others) = &mut scores[reading.section];
        *own += u32::from(reading.computed == reading.published);
        *others +=
            u32::from(class(&reading.sample, other(names[reading.section].1)) == Some(reading.published));
    }
    let mut found = Vec::new();
    for (index, reading) in readings.iter().enumerate() {
        if reading.computed == reading.published {
            continue;
        }
        let body = names[reading.section].1;
        let (own, others) = scores[reading.section];
        let beside = |index: Option<usize>| {
            index.and_then(|index| readings.get(index)).filter(|beside| beside.section == reading.section)
        };
        let neighbours = || [beside(index.checked_sub(1)), beside(Some(index + 1))].into_iter().flatten();
        let wanted = Some(reading.published);
        let kind = if others > own && class(&reading.sample, other(body)) == wanted {
            0
        } else if at_limit(&reading.sample, body).any(|sample| class(&sample, body) == wanted) {
            1
        } else if neighbours().any(|beside| Some(beside.computed) == wanted) {
            2
        } else if neighbours()
            .any(|beside| one_item_of(reading, beside, |sample| class(&sample, body) == wanted))
        {
            3
        } else {
            4
        };
        found.push(Mismatch { reading: index, kind });
    }
    found
}

fn other(body: Body) -> Body {
    match body {
        Body::River => Body::Lake,
        Body::Lake => Body::River,
    }
}

/// The sample with each value that lies exactly at a limit moved off it, one at a time, to the worse side.
fn at_limit(sample: &Sample, body: Body) -> impl Iterator<Item = Sample> {
    const LEAST: i64 = 1;
    Item::ALL.into_iter().filter(|item| item.participates()).filter_map(move |item| {
        let value = sample.get(item)?;
        if item == Item::Ph {
            return match value {
                9_000_000 => Some(sample.with(item, value + LEAST)),
                6_000_000 => Some(sample.with(item, value - LEAST)),
                _ => None,
            };
        }
        let worse = if item == Item::DissolvedOxygen { value - LEAST } else { value + LEAST };
        limits(item, body)?.contains(&value).then(|| sample.with(item, worse))
    })
}

fn one_item_of(reading: &Reading, beside: &Reading, fits: impl Fn(Sample) -> bool) -> bool {
    Item::ALL
        .into_iter()
        .filter_map(|item| Some(reading.sample.with(item, beside.sample.get(item)?)))
        .any(fits)
}
