//! The workbook that a clerk fills in: headings, lists, checks while typing, one example.
//!
//! ```text
//! 序号 | 名称* | 长度(米) | … | 填报单位* | 生效日期* | 状态 | 佐证 | 说明
//! 示例 | 汉阳港 | 120.5    | …            ← an import passes over rows whose 序号 begins with 示例 / Example
//! ```
//!
//! What Excel refuses while typing is a subset of what the import refuses: the import is the judge. Every text is
//! written as a string cell, so that nothing in it is ever taken for a formula.

mod layout;

use ledger::Ledger;
use message::{Language, Text, text};
use pack::{FieldKind, Pack, Register, UNITS};
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationRule, DocProperties, ExcelDateTime, Format, FormatAlign,
    FormatBorder, Formula, Note, Workbook, Worksheet, XlsxError,
};

use crate::book::Book;
use crate::error::IntakeError;
use crate::words::wanted;
use layout::{Holds, TemplateColumn, columns};

/// The rows that are checked while typing.
const CHECKED_ROWS: u32 = 100_000;

/// The hidden sheet with the longer lists.
const LISTS: &str = "lists";

/// Writes the template of a register as XLSX, with the units of the book in its lists.
pub fn template(
    pack: &Pack,
    ledger: &Ledger,
    register: &str,
    language: Language,
) -> Result<Vec<u8>, IntakeError> {
    let units = Book::open(pack, ledger, &[UNITS])?.units().listed();
    template_with_units(pack, register, &units, language)
}

/// Writes the template of a register as XLSX. `units` are (code, name) pairs for the lists of units.
///
/// The same pack, units and language make the same bytes.
pub fn template_with_units(
    pack: &Pack,
    register: &str,
    units: &[(String, String)],
    language: Language,
) -> Result<Vec<u8>, IntakeError> {
    let found = pack.register(register).ok_or_else(|| IntakeError::NoRegister {
        register: register.to_owned(),
        suggestion: message::did_you_mean(
            register,
            pack.registers.iter().map(|register| register.key.as_str()),
        )
        .map(str::to_owned),
    })?;
    write(found, units, language).map_err(|error| IntakeError::Template(error.to_string()))
}

fn write(register: &Register, units: &[(String, String)], language: Language) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let columns = columns(register);
    let mut lists = Lists { columns: Vec::new() };
    let mut sheet = Worksheet::new();
    sheet.set_name(sheet_name(register, language))?;
    sheet.set_freeze_panes(1, 1)?;
    // Some offices print the form and fill it in by hand first: one page wide, headings on each page.
    sheet.set_landscape();
    sheet.set_paper_size(9);
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_row_height(0, 32)?;
    for (place, column) in columns.iter().enumerate() {
        write_column(&mut sheet, place as u16, column, units, language, &mut lists)?;
    }
    workbook.push_worksheet(sheet);
    lists.write(&mut workbook)?;
    workbook.save_to_buffer()
}

fn write_column(
    sheet: &mut Worksheet,
    place: u16,
    column: &TemplateColumn<'_>,
    units: &[(String, String)],
    language: Language,
    lists: &mut Lists,
) -> Result<(), XlsxError> {
    let mut heading = column.heading.in_language(language).into_owned();
    if column.required {
        heading.push('*');
    }
    sheet.set_column_width(place, width(&heading, column))?;
    sheet.set_column_format(place, &cell_format(column))?;
    sheet.write_string_with_format(0, place, &heading, &heading_format(column.required))?;
    let note = Note::new(column.help.in_language(language)).add_author_prefix(false).set_width(260);
    sheet.insert_note(0, place, &note)?;
    let example = match column.holds {
        Holds::Serial => text!("示例", "Example").in_language(language).into_owned(),
        _ => column.example.in_language(language).into_owned(),
    };
    let mut grey = cell_format(column).set_italic().set_font_color(Color::RGB(0x80_80_80));
    if matches!(column.holds, Holds::Serial) {
        grey = grey.set_bold();
    }
    sheet.write_string_with_format(1, place, &example, &grey)?;
    if let Some(check) = check(column, units, language, lists)? {
        // From the third row on: the example is a text, whatever its column holds.
        sheet.add_data_validation(2, place, CHECKED_ROWS, place, &check)?;
    }
    Ok(())
}

/// What Excel checks while typing, with our own words.
fn check(
    column: &TemplateColumn<'_>,
    units: &[(String, String)],
    language: Language,
    lists: &mut Lists,
) -> Result<Option<DataValidation>, XlsxError> {
    let between =
        |min: String, max: String| DataValidationRule::Between(Formula::new(min), Formula::new(max));
    let day = |date: &jiff::civil::Date| format!("DATE({},{},{})", date.year(), date.month(), date.day());
    let new = DataValidation::new;
    let check = match &column.holds {
        Holds::Field(FieldKind::Text { max_chars }) => new().allow_text_length(
            DataValidationRule::LessThanOrEqualTo(u32::try_from(*max_chars).unwrap_or(32_767)),
        ),
        Holds::Field(FieldKind::Whole { min, max, .. }) => {
            new().allow_whole_number_formula(between(min.to_string(), max.to_string()))
        }
        Holds::Field(FieldKind::Decimal { min, max, .. }) => {
            new().allow_decimal_number_formula(between(min.to_string(), max.to_string()))
        }
        Holds::Field(FieldKind::Date { min, max }) => new().allow_date_formula(between(day(min), day(max))),
        Holds::Field(FieldKind::Choice { options }) => lists
            .check(options.iter().map(|option| option.label.in_language(language).into_owned()).collect())?,
        Holds::Field(FieldKind::YesNo) => {
            lists.check(vec![yes_no(true, language).to_owned(), yes_no(false, language).to_owned()])?
        }
        Holds::State(register) => lists.check(
            register.states.iter().map(|state| state.label.in_language(language).into_owned()).collect(),
        )?,
        Holds::Owner | Holds::Field(FieldKind::Unit { .. }) if !units.is_empty() => {
            lists.check(units.iter().map(|(code, name)| format!("{code} {name}")).collect())?
        }
        Holds::Effective => {
            new().allow_date_formula(between("DATE(1900,3,1)".into(), "DATE(2199,12,31)".into()))
        }
        _ => return Ok(None),
    };
    let title = text!("填写有误", "Not accepted");
    let message: String = column.wanted.in_language(language).chars().take(250).collect();
    let check = check.set_error_title(title.in_language(language))?.set_error_message(message)?;
    Ok(Some(check))
}

fn yes_no(flag: bool, language: Language) -> &'static str {
    match (language, flag) {
        (Language::English, true) => "yes",
        (Language::English, false) => "no",
        (_, true) => "是",
        (_, false) => "否",
    }
}

/// Lists too long for a cell's own check (255 characters) lie on a hidden sheet, each under a name.
struct Lists {
    columns: Vec<Vec<String>>,
}

impl Lists {
    fn check(&mut self, items: Vec<String>) -> Result<DataValidation, XlsxError> {
        let length: usize = items.iter().map(|item| item.chars().count() + 1).sum();
        if length <= 250 && !items.iter().any(|item| item.contains([',', '"'])) {
            return DataValidation::new().allow_list_strings(&items);
        }
        let known = self.columns.iter().position(|list| *list == items);
        let place = known.unwrap_or_else(|| {
            self.columns.push(items);
            self.columns.len() - 1
        });
        Ok(DataValidation::new().allow_list_formula(Formula::new(format!("={}", name_of(place)))))
    }

    fn write(&self, workbook: &mut Workbook) -> Result<(), XlsxError> {
        if self.columns.is_empty() {
            return Ok(());
        }
        let sheet = workbook.add_worksheet();
        sheet.set_name(LISTS)?.set_hidden(true);
        for (place, items) in self.columns.iter().enumerate() {
            for (row, item) in items.iter().enumerate() {
                sheet.write_string(row as u32, place as u16, item)?;
            }
        }
        for (place, items) in self.columns.iter().enumerate() {
            let letters = crate::source::column_letters(place);
            let range = format!("={LISTS}!${letters}$1:${letters}${}", items.len());
            workbook.define_name(name_of(place), &range)?;
        }
        Ok(())
    }
}

fn name_of(place: usize) -> String {
    format!("list_{}", place + 1)
}

/// The register's label, as far as Excel allows it for a sheet.
fn sheet_name(register: &Register, language: Language) -> String {
    let label = register.label.in_language(language);
    let name: String = label.chars().filter(|letter| !"[]:*?/\\'".contains(*letter)).take(31).collect();
    if name.trim().is_empty() { register.key.chars().take(31).collect() } else { name }
}

fn heading_format(required: bool) -> Format {
    let colour = if required { Color::RGB(0xFF_E6_99) } else { Color::RGB(0xD9_E2_F3) };
    Format::new()
        .set_bold()
        .set_background_color(colour)
        .set_border(FormatBorder::Thin)
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
        .set_text_wrap()
        .set_num_format("@")
}

/// Texts are formatted as texts, so that Excel neither drops leading zeros nor makes dates of them.
fn cell_format(column: &TemplateColumn<'_>) -> Format {
    match &column.holds {
        Holds::Effective | Holds::Field(FieldKind::Date { .. }) => {
            Format::new().set_num_format("yyyy\\-mm\\-dd")
        }
        Holds::Serial | Holds::Field(FieldKind::Whole { .. } | FieldKind::Decimal { .. }) => Format::new(),
        _ => Format::new().set_num_format("@"),
    }
}

fn width(heading: &str, column: &TemplateColumn<'_>) -> f64 {
    // A Chinese character is about two columns wide.
    let wide = |text: &str| text.chars().map(|letter| if letter.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let most = match &column.holds {
        Holds::Field(FieldKind::Text { max_chars }) => (*max_chars).min(20) * 2,
        Holds::Field(FieldKind::Geometry { .. }) | Holds::Note => 40,
        Holds::Owner | Holds::Field(FieldKind::Unit { .. }) => 28,
        _ => 12,
    };
    (wide(heading) + 4).max(wide(&column.example.simplified) + 2).max(most).min(48) as f64
}

/// What a field wants, with its own help before it.
fn help_of(help: Option<&Text>, kind: &FieldKind) -> Text {
    let wanted = wanted(kind);
    match help {
        Some(help) => Text::new(
            format!("{}\n{}", help.simplified, wanted.simplified),
            format!("{}\n{}", help.english, wanted.english),
        ),
        None => wanted,
    }
}
