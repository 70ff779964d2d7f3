//! Headings: what each column of a file holds.
//!
//! A heading is a field's label in simplified or traditional Chinese or English, or its key, with an optional unit in
//! brackets (`长度(公里)`); or one of the system columns below. A person has two columns: `<label>姓名` and `<label>手机`.

use std::collections::HashMap;

use message::{Text, did_you_mean, text};
use pack::FieldKind;
use quantity::{Unit, convert};
use rust_decimal::Decimal;

use crate::rules::Rules;
use crate::words::{fold_heading, forms, half_width};

/// What a column holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Column {
    /// 序号: people number their rows; templates mark their example here. Not read.
    Serial,
    /// A field, with the unit its numbers are in if the heading names another than the field's.
    Field {
        field: usize,
        unit: Option<String>,
    },
    /// A person's name.
    PersonName(usize),
    /// A person's telephone number.
    PersonPhone(usize),
    Owner,
    Effective,
    State,
    Evidence,
    Note,
}

/// The system columns: what they are, the heading that templates write, other headings that are understood.
pub(crate) const SYSTEM: [(Column, &str, &str, &[&str]); 6] = [
    (Column::Serial, "序号", "No.", &["序號", "no", "#", "编号序列"]),
    (Column::Owner, "填报单位", "Owner unit", &["填報單位", "所属单位", "owner", "@owner"]),
    (Column::Effective, "生效日期", "Effective date", &["effective", "@effective"]),
    (Column::State, "状态", "State", &["狀態", "@state"]),
    (Column::Evidence, "佐证", "Evidence", &["佐證", "佐证材料", "@evidence"]),
    (Column::Note, "说明", "Remark", &["說明", "备注", "備註", "note", "@note"]),
];

/// The endings of a person's two headings.
pub(crate) const PERSON_NAME: [&str; 4] = ["姓名", " name", ".name", "name"];
pub(crate) const PERSON_PHONE: [&str; 4] = ["手机", " phone", ".phone", "phone"];

/// Finds columns by their headings.
pub(crate) struct Headings {
    words: HashMap<String, Column>,
    /// What is offered for a heading nobody knows.
    offered: Vec<String>,
}

impl Headings {
    pub(crate) fn new(rules: &Rules<'_>) -> Self {
        let (mut words, mut offered) = (HashMap::new(), Vec::new());
        let mut learn = |word: &str, column: Column| {
            let word = fold_heading(word);
            if !word.is_empty() {
                words.entry(word).or_insert(column);
            }
        };
        for (index, field) in rules.register.fields.iter().enumerate() {
            let words: Vec<String> = forms(&field.label).into_iter().chain([field.key.clone()]).collect();
            if field.kind == FieldKind::Person {
                for word in &words {
                    PERSON_NAME
                        .iter()
                        .for_each(|end| learn(&format!("{word}{end}"), Column::PersonName(index)));
                    PERSON_PHONE
                        .iter()
                        .for_each(|end| learn(&format!("{word}{end}"), Column::PersonPhone(index)));
                    learn(&format!("{word}手機"), Column::PersonPhone(index));
                }
                offered.push(format!("{}姓名", field.label.simplified));
                offered.push(format!("{}手机", field.label.simplified));
            } else {
                words.iter().for_each(|word| learn(word, Column::Field { field: index, unit: None }));
                offered.extend([field.label.simplified.clone(), field.key.clone()]);
            }
        }
        // After the fields: where a pack calls a field 状态, the heading means the field.
        for (column, chinese, english, others) in &SYSTEM {
            learn(chinese, column.clone());
            learn(english, column.clone());
            others.iter().for_each(|word| learn(word, column.clone()));
            offered.push((*chinese).to_owned());
        }
        Self { words, offered }
    }

    /// The column of this heading.
    pub(crate) fn find(&self, rules: &Rules<'_>, heading: &str) -> Result<Column, Text> {
        let folded = fold_heading(heading);
        if let Some(column) = self.words.get(&folded) {
            return Ok(column.clone());
        }
        // `长度(米)`: the last bracket may name a unit.
        let half: String = heading.chars().map(half_width).collect();
        let bracket = half
            .trim()
            .trim_end_matches('*')
            .trim_end()
            .strip_suffix(')')
            .and_then(|rest| rest.rsplit_once('('));
        if let Some((name, unit)) = bracket
            && let Some(column) = self.words.get(&fold_heading(name))
        {
            return with_unit(rules, column, unit.trim());
        }
        let near = did_you_mean(&folded, self.offered.iter().map(String::as_str));
        Err(match near {
            Some(near) => {
                text!("没有这一栏；是否想写“{near}”", "there is no such column; did you mean “{near}”?")
            }
            None => text!("没有这一栏，请删除或改名", "there is no such column; remove or rename it"),
        })
    }

    /// Whether a heading is understood.
    pub(crate) fn knows(&self, rules: &Rules<'_>, heading: &str) -> bool {
        self.find(rules, heading).is_ok()
    }
}

fn with_unit(rules: &Rules<'_>, column: &Column, written: &str) -> Result<Column, Text> {
    let Column::Field { field, .. } = column else {
        return Err(text!("这一栏没有单位，请删去括号", "this column has no unit; remove the bracket"));
    };
    let own = match &rules.register.fields[*field].kind {
        FieldKind::Decimal { unit, .. } | FieldKind::Whole { unit: Some(unit), .. } => unit,
        _ => return Err(text!("这一栏没有单位，请删去括号", "this column has no unit; remove the bracket")),
    };
    if written == own {
        return Ok(column.clone());
    }
    let known = rules.units[*field].as_ref().zip(Unit::parse(written));
    match known.and_then(|(own, written)| convert(Decimal::ONE, &written, own)) {
        Some(same) if same == Decimal::ONE => Ok(column.clone()),
        Some(_) => Ok(Column::Field { field: *field, unit: Some(written.to_owned()) }),
        None => Err(text!("“{written}”不能换算为{own}", "“{written}” cannot be converted to {own}")),
    }
}

/// What a column should have been headed, for messages and templates.
pub(crate) fn heading_of(rules: &Rules<'_>, field: &str) -> Text {
    let system = SYSTEM.iter().find(|(.., words)| words.contains(&field));
    match (rules.field(field), system) {
        (Some(index), _) => rules.register.fields[index].label.clone(),
        (None, Some((_, chinese, english, _))) => Text::new(*chinese, *english),
        (None, None) => Text::same(field),
    }
}
