//! `qingyuan diff`: a pinned figure, then and now.

use city::tracing::difference_as_json;
use city::wording::{label, local, shown};
use clap::Args;
use figure::{FigureId, Row};
use figures::{Difference, MeasuredChange, MeasuredNote};
use message::{Language, Text, text};
use pack::Pack;

use super::trace::entry_words;
use crate::failure::Failure;
use crate::home::HomeArgument;
use crate::output::{Format, say};

/// At most so many rows and entries are listed in words.
const MOST: usize = 20;

/// The arguments.
#[derive(Args)]
pub struct Diff {
    /// 数值编号，如 docks.operating/2022/1003245.9f3c21ab | the figure's identity
    id: FigureId,
    /// 与已知前若干条入账时相比；缺省为现在 | compare with what the first so many entries tell; else all
    #[arg(long, value_name = "ENTRIES")]
    known_at: Option<u64>,
    /// 输出形式（table 或 json） | how to print (table or json)
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    #[command(flatten)]
    home: HomeArgument,
}

impl Diff {
    /// Prints then, now, and what made the difference.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let city = self.home.open()?;
        let pack = city.pack_of(self.id.snapshot.pack)?;
        let difference = city.engine_by(pack.clone())?.diff(&self.id, self.known_at)?;
        if let Some(notice) = city.notice() {
            say(&notice, language);
        }
        if self.format == Format::Json {
            println!(
                "{}",
                serde_json::to_string_pretty(&difference_as_json(&difference)).map_err(Failure::broken)?
            );
        } else {
            print(&pack, &difference, language);
        }
        Ok(())
    }
}

fn print(pack: &Pack, difference: &Difference, language: Language) {
    let value = |figure| shown(figure).unwrap_or_else(|| "—".to_owned());
    let (then, now) = (&difference.then, &difference.now);
    let (name, unit) = (label(pack, then, language), &then.unit);
    let (known_then, known_now) = (then.id.snapshot.known_at, now.id.snapshot.known_at);
    println!("{name}");
    let (was, is) = (value(then), value(now));
    println!(
        "{}",
        text!("当时（前 {known_then} 条入账）：{was} {unit}", "then ({known_then} entries): {was} {unit}")
            .in_language(language)
    );
    println!(
        "{}",
        text!("现在（前 {known_now} 条入账）：{is} {unit}", "now ({known_now} entries): {is} {unit}")
            .in_language(language)
    );
    for part in &difference.parts {
        let heading = label(pack, &part.then, language);
        let (added, removed, changed) = (part.added.len(), part.removed.len(), part.changed.len());
        println!(
            "\n{}",
            text!(
                "{heading}：新增 {added} 行，减少 {removed} 行，改变 {changed} 行",
                "{heading}: {added} rows added, {removed} removed, {changed} changed"
            )
            .in_language(language)
        );
        part.added.iter().take(MOST).for_each(|row| println!("  + {}", row_words(row)));
        part.removed.iter().take(MOST).for_each(|row| println!("  - {}", row_words(row)));
        for (was, is) in part.changed.iter().take(MOST) {
            println!("  ~ {} → {}", row_words(was), row_words(is));
        }
    }
    let heading = match difference.entries.len() {
        0 => Text::new("没有入账影响此数", "no entry made a difference"),
        count => text!("造成差异的入账（{count} 条）：", "the entries that made the difference ({count}):"),
    };
    println!("\n{}", heading.in_language(language));
    for entry in difference.entries.iter().take(MOST) {
        let (line, note) = (entry_words(entry, language), entry.note.as_deref().unwrap_or_default());
        println!("  {line} {}/{} {note}", entry.register, entry.record);
    }
    let (count, then, now) =
        (difference.measurements.len(), then.id.snapshot.lake.unwrap_or_default(), now.id.snapshot.lake);
    if count > 0 {
        let now = now.unwrap_or_default();
        let heading = if count == figures::MOST_CAUSES {
            text!(
                "造成差异的监测数据（列出前 {count} 个；当时已知 {then} 批，现在 {now} 批）：",
                "the measurements that made the difference (the first {count}; {then} batches were known then, {now} are now):"
            )
        } else {
            text!(
                "造成差异的监测数据（{count} 个；当时已知 {then} 批，现在 {now} 批）：",
                "the measurements that made the difference ({count}; {then} batches were known then, {now} are now):"
            )
        };
        println!("\n{}", heading.in_language(language));
        difference.measurements.iter().take(MOST).for_each(|change| println!("  {}", change_words(change)));
    }
}

/// `J003 pm2_5 2022-07-04 08:00  35 [N] → 53 [N] (manual)`
fn change_words(change: &MeasuredChange) -> String {
    let told = |note: &Option<MeasuredNote>| match note {
        None => "—".to_owned(),
        Some(note) => {
            let value = note.value.map_or_else(|| "—".to_owned(), |value| value.normalize().to_string());
            format!("{value} [{}] ({})", note.flag, note.source)
        }
    };
    let Some(either) = change.now.as_ref().or(change.then.as_ref()) else { return String::new() };
    let (station, item, time) = (&either.station, &either.item, local(either.time));
    format!("{station} {item} {time}  {} → {}", told(&change.then), told(&change.now))
}

fn row_words(row: &Row) -> String {
    let record = row.record.map(|record| format!(" #{record}")).unwrap_or_default();
    format!("{} ({}){record}", row.key, row.amount.normalize())
}
