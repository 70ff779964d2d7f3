//! The rows of a figure as CSV and XLSX: all of them, with the identity by which they can be found again.

use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::IntoResponse;
use figures::Trace;
use message::{Language, Text};
use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::ask::{Ask, AskQuery};
use super::desk::Desk;
use super::rows::rows;
use crate::fault::{Answer, Fault};
use crate::visitor::Visitor;

/// More rows than this do not fit an XLSX sheet.
const MOST_SHEET: usize = 1_048_575;

/// The rows as CSV (UTF-8 with a mark, so that Excel reads Chinese).
pub async fn csv(visitor: Visitor, Path(key): Path<String>, Query(query): Query<AskQuery>) -> Answer {
    deliver(visitor, key, query, "csv", "text/csv; charset=utf-8", csv_bytes).await
}

/// The rows as XLSX, with a second sheet that says what they are.
pub async fn xlsx(visitor: Visitor, Path(key): Path<String>, Query(query): Query<AskQuery>) -> Answer {
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    deliver(visitor, key, query, "xlsx", kind, xlsx_bytes).await
}

async fn deliver(
    visitor: Visitor,
    key: String,
    query: AskQuery,
    ending: &'static str,
    kind: &'static str,
    bytes: fn(&Sheet<'_>) -> Result<Vec<u8>, Fault>,
) -> Answer {
    let app = visitor.app.clone();
    let (name, bytes) = app
        .heavy_work(move |app| {
            let now = visitor.now.clone();
            let desk = Desk::open(app, &now)?;
            desk.indicator(&key)?;
            let ask = Ask::read(&key, &query, desk.usual_period()?)?;
            let id = desk.identity(&ask)?;
            let trace = desk.trace(&id)?;
            let notice = now.city.notice();
            let sheet = Sheet { desk: &desk, trace: &trace, notice, language: visitor.language };
            Ok((format!("{key}-{}-{}.{ending}", id.period, id.snapshot.known_at), bytes(&sheet)?))
        })
        .await?;
    let disposition = format!("attachment; filename=\"{name}\"");
    Ok(([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes)
        .into_response())
}

/// What is written.
struct Sheet<'a> {
    desk: &'a Desk<'a>,
    trace: &'a Trace,
    notice: Option<Text>,
    language: Language,
}

impl Sheet<'_> {
    /// The dimensions of all parts, in order, each once.
    fn dimensions(&self) -> Vec<&str> {
        let mut dimensions: Vec<&str> = Vec::new();
        for (_, traced) in rows(self.trace) {
            for (key, _) in &traced.row.dimensions {
                if !dimensions.contains(&key.as_str()) {
                    dimensions.push(key);
                }
            }
        }
        dimensions
    }

    fn say(&self, chinese: &'static str, english: &'static str) -> String {
        Text::new(chinese, english).in_language(self.language).into_owned()
    }

    fn heads(&self, dimensions: &[&str]) -> Vec<String> {
        let mut heads = vec![
            self.say("指标", "Indicator"),
            self.say("数据行", "Row"),
            self.say("量", "Amount"),
            self.say("单位", "Unit"),
            self.say("日期", "Day"),
        ];
        heads.extend(dimensions.iter().map(|key| self.desk.dimension(key, self.language)));
        heads.extend([
            self.say("记录", "Record"),
            self.say("入账", "Entries"),
            self.say("监测数据", "Measurements"),
        ]);
        heads
    }

    /// Calls `write` with the cells of each row, in the order of the headings.
    fn each(
        &self,
        dimensions: &[&str],
        mut write: impl FnMut(Vec<String>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let words = self.desk.words();
        for part in &self.trace.parts {
            for traced in &part.rows {
                let row = &traced.row;
                let mut cells = vec![
                    part.indicator.clone(),
                    row.key.clone(),
                    row.amount.normalize().to_string(),
                    part.amount_unit.clone(),
                    row.occurred.map(|day| day.to_string()).unwrap_or_default(),
                ];
                cells.extend(dimensions.iter().map(|key| {
                    let held = row
                        .dimensions
                        .iter()
                        .find(|(name, _)| name == key)
                        .and_then(|(_, value)| value.as_ref());
                    held.map(|value| words.value_label(&part.indicator, key, value, self.language))
                        .unwrap_or_default()
                }));
                cells.push(row.record.map(|record| record.to_string()).unwrap_or_default());
                let entries: Vec<String> =
                    traced.entries.iter().map(|entry| entry.number.to_string()).collect();
                cells.push(entries.join(" "));
                cells.push(row.measured.as_ref().map(ToString::to_string).unwrap_or_default());
                write(cells)?;
            }
        }
        Ok(())
    }

    /// What the rows are: name and value of each line of the second sheet.
    fn about(&self) -> Vec<(String, String)> {
        let figure = &self.trace.figure;
        let value = city::wording::shown(figure).unwrap_or_default();
        let mut about = vec![
            (self.say("指标", "Indicator"), city::wording::label(self.desk.pack(), figure, self.language)),
            (
                self.say("数值", "Value"),
                format!("{value} {}", self.desk.pack().unit(&figure.unit).in_language(self.language))
                    .trim_end()
                    .to_owned(),
            ),
            (self.say("数值标识", "Identity"), figure.id.to_string()),
            (self.say("数据行", "Rows"), figure.rows.to_string()),
            (self.say("待核验", "Awaiting verification"), figure.pending.to_string()),
        ];
        if let Some(notice) = &self.notice {
            about.push((self.say("提示", "Note"), notice.in_language(self.language).into_owned()));
        }
        about
    }
}

fn csv_bytes(sheet: &Sheet<'_>) -> Result<Vec<u8>, Fault> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let dimensions = sheet.dimensions();
    let id = sheet.trace.figure.id.to_string();
    let mut heads = sheet.heads(&dimensions);
    heads.push(sheet.say("数值标识", "Identity"));
    heads.extend(sheet.notice.is_some().then(|| sheet.say("提示", "Note")));
    writer.write_record(&heads).map_err(Fault::internal)?;
    let notice = sheet.notice.as_ref().map(|notice| notice.in_language(sheet.language).into_owned());
    sheet.each(&dimensions, |mut cells| {
        cells.push(id.clone());
        cells.extend(notice.clone());
        // A value such as `=HYPERLINK(…)` must stay text in a spreadsheet.
        let cells = cells.iter().enumerate().map(|(place, cell)| match place {
            2 => cell.clone(),
            _ => intake::escape_formula(cell).into_owned(),
        });
        writer.write_record(cells).map_err(Fault::internal)
    })?;
    writer.into_inner().map_err(|error| Fault::internal(error.error()))
}

fn xlsx_bytes(sheet: &Sheet<'_>) -> Result<Vec<u8>, Fault> {
    let count = rows(sheet.trace).count();
    if count > MOST_SHEET {
        return Err(Fault::Refused {
            text: message::text!(
                "共 {count} 行，超过 Excel 一张表的上限，请导出 CSV",
                "{count} rows are more than a sheet of Excel holds; export them as CSV"
            ),
            fields: Vec::new(),
        });
    }
    let mut workbook = Workbook::new();
    let bold = Format::new().set_bold();
    let dimensions = sheet.dimensions();
    let wrong = |error: XlsxError| Fault::internal(error);
    let page = workbook.add_worksheet();
    page.set_name(sheet.say("数据行", "Rows")).map_err(wrong)?;
    for (column, head) in sheet.heads(&dimensions).iter().enumerate() {
        let column = u16::try_from(column).unwrap_or(u16::MAX);
        page.write_string_with_format(0, column, head, &bold).map_err(wrong)?;
    }
    let mut line = 0_u32;
    sheet.each(&dimensions, |cells| {
        line += 1;
        for (column, cell) in cells.iter().enumerate() {
            let place = u16::try_from(column).unwrap_or(u16::MAX);
            // Amounts that a spreadsheet's number holds exactly are numbers; all else is text, as it is in the book.
            match (column, exact(cell)) {
                (2, Some(number)) => page.write_number(line, place, number).map_err(wrong)?,
                _ => page.write_string(line, place, cell).map_err(wrong)?,
            };
        }
        Ok(())
    })?;
    let page = workbook.add_worksheet();
    page.set_name(sheet.say("说明", "About")).map_err(wrong)?;
    for (line, (name, value)) in (0_u32..).zip(sheet.about()) {
        page.write_string_with_format(line, 0, name, &bold).map_err(wrong)?;
        page.write_string(line, 1, value).map_err(wrong)?;
    }
    workbook.save_to_buffer().map_err(wrong)
}

/// The number, if fifteen digits hold it.
fn exact(cell: &str) -> Option<f64> {
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    (digits <= 15).then(|| cell.parse().ok()).flatten()
}
