//! `qingyuan trace`: a figure, its rows, their entries, and the proof that they give the figure.

use city::CityWords;
use city::tracing::{measured_notes, trace_as_json};
use city::wording::{definition, kind_text, label, local, measured_words, scope_words, shown};
use clap::Args;
use figure::FigureId;
use figures::blocking::Engine;
use figures::{EntryNote, MeasuredNote, TracePart};
use message::{Language, Text, text};
use pack::Pack;

use crate::failure::Failure;
use crate::home::HomeArgument;
use crate::output::{Format, say, table};

/// The arguments.
#[derive(Args)]
pub struct Trace {
    /// 数值编号，如 docks.operating/2022/1003245.9f3c21ab | the figure's identity
    id: FigureId,
    /// 最多列出多少行，0 为全部 | how many rows to list, 0 for all
    #[arg(long, value_name = "N", default_value = "20")]
    rows: usize,
    /// 列出每行背后的监测数据（点位、时间、数值） | list the measurements behind each row that is listed
    #[arg(long)]
    measurements: bool,
    /// 输出形式（json 列出全部行） | how to print (json lists all rows)
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    #[command(flatten)]
    home: HomeArgument,
}

impl Trace {
    /// Prints the trace; a figure that does not recompute is a refusal.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let city = self.home.open()?;
        let pack = city.pack_of(self.id.snapshot.pack)?;
        let engine = city.engine_by(pack.clone())?;
        let trace = engine.trace(&self.id)?;
        if let Some(notice) = city.notice() {
            say(&notice, language);
        }
        match self.format {
            Format::Table => {
                self.print(&pack, &city.words(&pack, self.id.snapshot.known_at)?, &trace, language);
                if self.measurements {
                    self.print_measurements(&engine, &trace, language)?;
                }
            }
            Format::Json => {
                let document = trace_as_json(&engine, &trace, self.measurements)?;
                println!("{}", serde_json::to_string_pretty(&document).map_err(Failure::broken)?);
            }
            Format::Csv => print_csv(&trace.parts)?,
        }
        if trace.is_proven() {
            return Ok(());
        }
        Err(Failure::refused(Text::new(
            "复算不一致：请运行 qingyuan verify",
            "the figure does not recompute: run `qingyuan verify`",
        )))
    }

    fn print(&self, pack: &Pack, words: &CityWords<'_>, trace: &figures::Trace, language: Language) {
        let figure = &trace.figure;
        let value = shown(figure).unwrap_or_else(|| "—".to_owned());
        let (name, scope, unit) =
            (label(pack, figure, language), scope_words(words, figure, language), &figure.unit);
        let (period, as_of, known_at) = (figure.id.period, figure.id.as_of, figure.id.snapshot.known_at);
        println!("{name} {scope}  {value} {unit}");
        let pinned = match figure.id.snapshot.lake {
            None => text!(
                "期间 {period}，截至 {as_of}，已知前 {known_at} 条入账",
                "period {period}, as of {as_of}, knowing the first {known_at} entries"
            ),
            Some(lake) => text!(
                "期间 {period}，截至 {as_of}，已知前 {known_at} 条入账、前 {lake} 批监测数据",
                "period {period}, as of {as_of}, knowing the first {known_at} entries and {lake} batches of measurements"
            ),
        };
        println!("{}", pinned.in_language(language));
        if let Some(indicator) = pack.indicator(&figure.id.indicator) {
            println!("\n{}\n", definition(&indicator.definition, language));
        }
        for part in &trace.parts {
            self.print_part(pack, words, part, language);
        }
        let told = if trace.is_proven() {
            let (rows, again) = (figure.rows, shown(&trace.recomputed).unwrap_or_else(|| "—".to_owned()));
            match figure.id.snapshot.lake {
                None => text!(
                    "只凭账本复算：{again} {unit}，共 {rows} 行，一致",
                    "recomputed from the book alone: {again} {unit} from {rows} rows, equal"
                ),
                Some(_) => text!(
                    "只凭账本和监测数据复算：{again} {unit}，共 {rows} 行，一致",
                    "recomputed from the book and the measurements alone: {again} {unit} from {rows} rows, equal"
                ),
            }
        } else {
            Text::new("复算不一致", "NOT equal when recomputed")
        };
        println!("{}", told.in_language(language));
    }

    fn print_measurements(
        &self,
        engine: &Engine,
        trace: &figures::Trace,
        language: Language,
    ) -> Result<(), Failure> {
        let headings = [
            Text::new("点位", "station"),
            Text::new("项目", "item"),
            Text::new("时段起始", "from"),
            Text::new("数值", "value"),
            Text::new("标记", "flag"),
            Text::new("批次", "batch"),
            Text::new("来源", "source"),
        ];
        for part in &trace.parts {
            let most = if self.rows == 0 { part.rows.len() } else { self.rows };
            for traced in part.rows.iter().take(most) {
                let Some(place) = &traced.row.measured else { continue };
                let notes = measured_notes(engine, &traced.row, self.id.snapshot.lake)?;
                println!("\n{}  {place}", traced.row.key);
                let rows = notes.iter().map(note_in_words).collect();
                println!("{}", table(&headings, &[3, 5], rows, language));
            }
        }
        Ok(())
    }

    fn print_part(&self, pack: &Pack, words: &CityWords<'_>, part: &TracePart, language: Language) {
        let most = if self.rows == 0 { part.rows.len() } else { self.rows };
        let headings = [
            Text::new("键", "key"),
            Text::new("量", "amount"),
            Text::new("日期", "occurred"),
            Text::new("维度", "dimensions"),
            Text::new("记录", "record"),
            Text::new("入账或监测数据", "entries or measurements"),
        ];
        let rows = part.rows.iter().take(most).map(|traced| {
            let row = &traced.row;
            let dimensions: Vec<String> = row
                .dimensions
                .iter()
                .filter_map(|(key, value)| {
                    value.as_ref().map(|value| words.value_label(&part.indicator, key, value, language))
                })
                .collect();
            vec![
                row.key.clone(),
                row.amount.normalize().to_string(),
                row.occurred.map(|day| day.to_string()).unwrap_or_default(),
                dimensions.join(" · "),
                row.record.map(|record| record.to_string()).unwrap_or_default(),
                traced
                    .entries
                    .iter()
                    .map(|entry| entry_words(entry, language))
                    .chain(row.measured.as_ref().map(|place| measured_words(place, language)))
                    .collect::<Vec<_>>()
                    .join("\n"),
            ]
        });
        println!("{}", label(pack, &part.figure, language));
        println!("{}", table(&headings, &[1, 4], rows.collect(), language));
        if part.rows.len() > most {
            let rest = part.rows.len() - most;
            println!(
                "{}",
                text!("……另有 {rest} 行（--rows 0 列出全部）", "… and {rest} more rows (--rows 0 lists all)")
                    .in_language(language)
            );
        }
        println!();
    }
}

/// An entry in one line: `#812 create 2016-03-01 (1 佐证)`.
pub fn entry_words(entry: &EntryNote, language: Language) -> String {
    let kind = kind_text(&entry.kind);
    let evidence = match entry.evidence.len() {
        0 => String::new(),
        count => text!("（佐证 {count}）", " ({count} evidence)").in_language(language).into_owned(),
    };
    format!("#{} {} {}{evidence}", entry.number, kind.in_language(language), entry.effective)
}

/// A measurement's line.
fn note_in_words(note: &MeasuredNote) -> Vec<String> {
    vec![
        note.station.clone(),
        note.item.clone(),
        local(note.time),
        note.value.map(|value| value.normalize().to_string()).unwrap_or_default(),
        note.flag.clone(),
        note.batch.to_string(),
        note.source.clone(),
    ]
}

fn print_csv(parts: &[TracePart]) -> Result<(), Failure> {
    let mut writer = csv::Writer::from_writer(std::io::stdout().lock());
    writer
        .write_record(["indicator", "key", "amount", "occurred", "record", "entries"])
        .map_err(Failure::broken)?;
    for part in parts {
        for traced in &part.rows {
            let entries: Vec<String> = traced.entries.iter().map(|entry| entry.number.to_string()).collect();
            let record = [
                part.indicator.clone(),
                intake::escape_formula(&traced.row.key).to_string(),
                traced.row.amount.normalize().to_string(),
                traced.row.occurred.map(|day| day.to_string()).unwrap_or_default(),
                traced.row.record.map(|record| record.to_string()).unwrap_or_default(),
                entries.join(" "),
            ];
            writer.write_record(&record).map_err(Failure::broken)?;
        }
    }
    writer.flush()?;
    Ok(())
}
