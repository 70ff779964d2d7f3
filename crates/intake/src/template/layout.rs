//! The columns of a template: the fields in the pack's order between the system columns.

use message::{Text, text};
use pack::{Field, FieldKind, Register, UNITS};

use super::help_of;
use crate::columns::{Column, SYSTEM};
use crate::words::wanted;

/// A column of a template.
pub(super) struct TemplateColumn<'r> {
    pub(super) heading: Text,
    pub(super) required: bool,
    pub(super) help: Text,
    pub(super) example: Text,
    pub(super) wanted: Text,
    pub(super) holds: Holds<'r>,
}

/// What a column holds.
pub(super) enum Holds<'r> {
    Serial,
    Field(&'r FieldKind),
    /// A person's name or telephone.
    Person,
    Owner,
    Effective,
    State(&'r Register),
    Evidence,
    Note,
}

pub(super) fn columns(register: &Register) -> Vec<TemplateColumn<'_>> {
    let mut columns = vec![system(
        &Column::Serial,
        Holds::Serial,
        false,
        text!(
            "可填顺序号，不导入。以“示例”开头的行不导入。",
            "A number of your own, not imported. Rows that begin with “Example” are passed over."
        ),
        Text::same(""),
    )];
    for field in &register.fields {
        match field.kind {
            FieldKind::Person => columns.extend(person(field)),
            _ => columns.push(field_column(field)),
        }
    }
    columns.push(system(
        &Column::Owner,
        Holds::Owner,
        register.key != UNITS,
        text!("单位代码或名称。", "The unit's code or name."),
        Text::same(""),
    ));
    columns.push(system(
        &Column::Effective,
        Holds::Effective,
        true,
        text!("业务上自哪一天起生效，如 2022-05-04。", "The day from which it holds, such as 2022-05-04."),
        Text::same("2022-05-04"),
    ));
    let initial = register.initial_state();
    columns.push(system(
        &Column::State,
        Holds::State(register),
        false,
        Text::new(
            format!("不填为“{}”。", initial.label.simplified),
            format!("If left empty: “{}”.", initial.label.english),
        ),
        initial.label.clone(),
    ));
    columns.push(system(
        &Column::Evidence,
        Holds::Evidence,
        register.evidence_on_create,
        text!(
            "佐证文件名，放在与本表相同的文件夹内，多个用分号分开。",
            "Names of evidence files in the folder of this workbook, separated by semicolons."
        ),
        Text::same(""),
    ));
    columns.push(system(
        &Column::Note,
        Holds::Note,
        false,
        text!("其他说明。", "Any remark."),
        Text::same(""),
    ));
    columns
}

fn system<'r>(
    column: &Column,
    holds: Holds<'r>,
    required: bool,
    help: Text,
    example: Text,
) -> TemplateColumn<'r> {
    let heading = SYSTEM
        .iter()
        .find(|(known, ..)| known == column)
        .map_or_else(|| Text::same(""), |(_, chinese, english, _)| Text::new(*chinese, *english));
    TemplateColumn { heading, required, wanted: help.clone(), help, example, holds }
}

fn field_column(field: &Field) -> TemplateColumn<'_> {
    let unit = match &field.kind {
        FieldKind::Decimal { unit, .. } | FieldKind::Whole { unit: Some(unit), .. } => format!("({unit})"),
        _ => String::new(),
    };
    let (chinese, english) = (&field.label.simplified, &field.label.english);
    let mut heading = text!("{chinese}{unit}", "{english}{unit}");
    heading.traditional = field.label.traditional.as_ref().map(|label| format!("{label}{unit}"));
    let measured = match &field.kind {
        FieldKind::Decimal { measures: Some(_), .. } => text!(
            "\n有图形时自动量算，可不填。",
            "\nMeasured of the geometry where there is one; may be left empty."
        ),
        _ => Text::same(""),
    };
    let help = help_of(field.help.as_ref(), &field.kind);
    TemplateColumn {
        heading,
        required: field.required,
        help: Text::new(help.simplified + &measured.simplified, help.english + &measured.english),
        example: example(field),
        wanted: wanted(&field.kind),
        holds: Holds::Field(&field.kind),
    }
}

fn person(field: &Field) -> [TemplateColumn<'_>; 2] {
    let column = |chinese: &str, english: &str, example: Text| {
        let (label_chinese, label_english) = (&field.label.simplified, &field.label.english);
        let help = text!(
            "个人信息只存于账本之外，账本中只有化名。",
            "Personal data is kept beside the book, which holds a pseudonym only."
        );
        TemplateColumn {
            heading: text!("{label_chinese}{chinese}", "{label_english} {english}"),
            required: field.required,
            wanted: help.clone(),
            help,
            example,
            holds: Holds::Person,
        }
    };
    [column("姓名", "name", text!("张三", "Zhang San")), column("手机", "phone", Text::same("13800000000"))]
}

fn example(field: &Field) -> Text {
    if let Some(example) = &field.example {
        return Text::same(example.clone());
    }
    match &field.kind {
        FieldKind::Text { .. } => field.label.clone(),
        FieldKind::Whole { min, .. } => Text::same(min.max(&1).to_string()),
        FieldKind::Decimal { min, .. } => Text::same(min.to_string()),
        FieldKind::Date { max, .. } => Text::same(max.to_string()),
        FieldKind::Choice { options } => {
            options.first().map_or_else(|| Text::same(""), |first| first.label.clone())
        }
        FieldKind::YesNo => text!("是", "yes"),
        FieldKind::Reference { .. } => Text::same("#123"),
        FieldKind::Geometry { shape } => Text::same(match shape {
            pack::Shape::Point => "POINT(114.3 30.5)",
            pack::Shape::Line => "LINESTRING(114.3 30.5,114.4 30.5)",
            pack::Shape::Polygon => "POLYGON((114.3 30.5,114.4 30.5,114.4 30.6,114.3 30.5))",
        }),
        FieldKind::Unit { .. } | FieldKind::Person => Text::same(""),
    }
}
