//! What pages of figures show and what `/api/v1` answers: the same structures for both.

use figure::{Figure, FigureId, Row};
use figures::EntryNote;
use message::{Language, Text};
use pack::{Definition, Direction, Indicator, MeasureOver, Sum};
use serde::Serialize;
use utoipa::ToSchema;

use super::ask::door;
use super::desk::Desk;
use crate::ui::Speak;

/// A figure as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FigureView {
    /// Its permanent identity.
    pub id: String,
    /// Its permanent address.
    pub address: String,
    /// The indicator's key.
    pub indicator: String,
    /// The indicator's name.
    pub label: String,
    /// The period.
    pub period: String,
    /// The day whose state of the records counts.
    pub as_of: String,
    /// The entries of the book that were known.
    pub known_at: u64,
    /// The batches of measurements that were known, where these enter.
    pub lake: Option<u64>,
    /// The values that dimensions are held to.
    pub scope: Vec<ScopeView>,
    /// The value, rounded as the indicator shows it; absent where there is none.
    pub value: Option<String>,
    /// The value as it is.
    pub exact: Option<String>,
    /// The unit.
    pub unit: String,
    /// The rows that were counted.
    pub rows: u64,
    /// The rows that would count as well, were their records verified.
    pub pending: u64,
}

/// A dimension held to a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ScopeView {
    /// The dimension's key.
    pub dimension: String,
    /// The dimension's name.
    pub label: String,
    /// The value.
    pub value: String,
    /// What the value is called.
    pub value_label: String,
}

/// Something with a key and a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NameView {
    /// The key.
    pub key: String,
    /// The name.
    pub label: String,
}

/// An indicator's definition.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IndicatorView {
    /// The key.
    pub key: String,
    /// The name.
    pub label: String,
    /// The unit.
    pub unit: String,
    /// The decimals its figures are shown with.
    pub decimals: u8,
    /// Which way is better: `higher`, `lower` or `none`.
    pub direction: String,
    /// `stock`: of a day. `flow`: of a period.
    pub measure: String,
    /// What it counts, in words.
    pub words: Vec<String>,
    /// The query of its rows.
    pub sql: Option<String>,
    /// Its arithmetic over other indicators.
    pub formula: Option<String>,
    /// What is done with the rows' amounts: `count`, `sum`, `mean`, `max`, `min`.
    pub sum: Option<String>,
    /// The unit of the rows' amounts.
    pub amount_unit: String,
    /// How reports speak of it.
    pub reads: Vec<String>,
    /// What it can be broken down by.
    pub dimensions: Vec<NameView>,
    /// Whether editions of a standard can be asked for.
    pub measured: bool,
    /// The indicators that its formula rests on.
    pub rests_on: Vec<NameView>,
    /// The registers that its rows come from.
    pub registers: Vec<NameView>,
    /// The targets of the plan that are measured by it.
    pub targets: Vec<NameView>,
}

/// A row that was counted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RowView {
    /// The indicator whose row it is, where a figure rests on several.
    pub indicator: String,
    /// What makes the row one.
    pub key: String,
    /// What it adds.
    pub amount: String,
    /// The day it counts in, for flows.
    pub occurred: Option<String>,
    /// Its dimensions' values.
    pub dimensions: Vec<ScopeView>,
    /// The record behind it.
    pub record: Option<u64>,
    /// The measurements behind it: kind, span, stations, first and last day.
    pub measured: Option<String>,
    /// The entries that made it.
    pub entries: Vec<EntryView>,
}

/// An entry of the book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EntryBehindFigure)]
pub struct EntryView {
    /// Its number.
    pub number: u64,
    /// `create`, `amend`, `advance`, `verify`, `return`, `withdraw`.
    pub kind: String,
    /// The register.
    pub register: String,
    /// The record.
    pub record: u64,
    /// The day from which it holds.
    pub effective: String,
    /// When it was entered.
    pub recorded: String,
    /// Who entered it.
    pub actor: String,
    /// The evidence, by content hash.
    pub evidence: Vec<String>,
    /// A remark.
    pub note: Option<String>,
}

impl FigureView {
    /// A figure in a language.
    pub fn of(desk: &Desk<'_>, figure: &Figure, language: Language) -> Self {
        let FigureId { indicator, period, as_of, scope, snapshot } = &figure.id;
        let words = desk.words();
        Self {
            id: figure.id.to_string(),
            address: door(&figure.id),
            indicator: indicator.clone(),
            label: city::wording::label(desk.pack(), figure, language),
            period: period.to_string(),
            as_of: as_of.to_string(),
            known_at: snapshot.known_at,
            lake: snapshot.lake,
            scope: scope
                .iter()
                .map(|(dimension, value)| ScopeView {
                    dimension: dimension.clone(),
                    label: desk.dimension(dimension, language),
                    value: value.clone(),
                    value_label: words.value_label(indicator, dimension, value, language),
                })
                .collect(),
            value: city::wording::shown(figure),
            exact: figure.value.map(|value| value.normalize().to_string()),
            unit: language.say(&desk.pack().unit(&figure.unit)).into_owned(),
            rows: figure.rows,
            pending: figure.pending,
        }
    }

    /// 汉阳 · 左岸; empty for the whole city.
    pub fn scope_words(&self) -> String {
        let words: Vec<&str> = self.scope.iter().map(|held| held.value_label.as_str()).collect();
        words.join(" · ")
    }
}

impl IndicatorView {
    /// A definition in a language.
    pub fn of(desk: &Desk<'_>, indicator: &Indicator, language: Language) -> Self {
        let say = |text: &Text| language.say(text).into_owned();
        let name = |key: &str, label: &Text| NameView { key: key.to_owned(), label: say(label) };
        let pack = desk.pack();
        let (sql, formula, sum, amount_unit) = match &indicator.definition {
            Definition::Rows { sql, sum, amount_unit, .. } => {
                (Some(sql.trim().to_owned()), None, Some(sum_key(*sum).to_owned()), amount_unit.clone())
            }
            Definition::Formula(formula) => (None, Some(formula.to_string()), None, None),
        };
        let registers = desk.registers_of(&indicator.key);
        let measured = desk.engine().is_measured(&indicator.key);
        let rests_on = desk.rests_on(indicator);
        Self {
            key: indicator.key.clone(),
            label: say(&indicator.label),
            unit: say(&pack.unit(&indicator.unit)),
            decimals: indicator.decimals,
            direction: direction_key(indicator.direction).to_owned(),
            measure: match indicator.measure {
                MeasureOver::Stock => "stock".to_owned(),
                MeasureOver::Flow => "flow".to_owned(),
            },
            words: in_words(desk, indicator, &rests_on, language).iter().map(say).collect(),
            sql,
            formula,
            sum,
            amount_unit: say(&pack.unit(amount_unit.as_deref().unwrap_or(&indicator.unit))),
            reads: indicator.reads.clone(),
            dimensions: indicator
                .dimensions
                .iter()
                .map(|key| NameView { key: key.clone(), label: desk.dimension(key, language) })
                .collect(),
            measured,
            rests_on: rests_on.iter().map(|one| name(&one.key, &one.label)).collect(),
            registers: registers.iter().map(|register| name(&register.key, &register.label)).collect(),
            targets: pack
                .plan
                .targets
                .iter()
                .filter(|target| target.indicator == indicator.key)
                .map(|target| name(&target.key, &target.label))
                .collect(),
        }
    }
}

/// What an indicator counts, in sentences.
fn in_words(
    desk: &Desk<'_>,
    indicator: &Indicator,
    rests_on: &[&Indicator],
    language: Language,
) -> Vec<Text> {
    let mut words = vec![match indicator.measure {
        MeasureOver::Stock => Text::new("存量：截至某日的状态。", "A stock: how things stand on a day."),
        MeasureOver::Flow => Text::new("流量：某一期间内发生的。", "A flow: what happened within a period."),
    }];
    match &indicator.definition {
        Definition::Rows { sum, .. } => {
            words.push(match sum {
                Sum::Count => Text::new("取值为数据行的行数。", "Its value is the number of its rows."),
                Sum::Sum => Text::new("取值为各行的量之和。", "Its value is the sum of its rows' amounts."),
                Sum::Mean => {
                    Text::new("取值为各行的量的平均数。", "Its value is the mean of its rows' amounts.")
                }
                Sum::Max => {
                    Text::new("取值为各行的量中最大的。", "Its value is the greatest of its rows' amounts.")
                }
                Sum::Min => {
                    Text::new("取值为各行的量中最小的。", "Its value is the least of its rows' amounts.")
                }
            });
            let registers = desk.registers_of(&indicator.key);
            if !registers.is_empty() {
                let names: Vec<_> = registers.iter().map(|one| language.say(&one.label)).collect();
                let (chinese, english) = (names.join("、"), names.join(", "));
                words.push(message::text!("数据行来自台账：{chinese}。", "Its rows come from: {english}."));
            }
            if desk.engine().is_measured(&indicator.key) {
                words.push(Text::new(
                    "由监测数据按国家标准评价得出，标准版本随数据日期，也可指定。",
                    "It is evaluated from measurements by the national standard, in the edition of the data's date or one that is asked for.",
                ));
            }
            if registers.iter().any(|register| register.needs_verification) {
                words.push(Text::new(
                    "只计已核验的记录，待核验的另列。",
                    "Only verified records count; those that wait are told apart.",
                ));
            }
        }
        Definition::Formula(_) => {
            let names: Vec<_> = rests_on.iter().map(|one| language.say(&one.label)).collect();
            let (chinese, english) = (names.join("、"), names.join(", "));
            words.push(message::text!("由其他指标计算：{chinese}。", "It is computed from: {english}."));
        }
    }
    words
}

impl RowView {
    /// A traced row in a language.
    pub fn of(
        desk: &Desk<'_>,
        indicator: &str,
        row: &Row,
        entries: &[EntryNote],
        language: Language,
    ) -> Self {
        let words = desk.words();
        Self {
            indicator: indicator.to_owned(),
            key: row.key.clone(),
            amount: row.amount.normalize().to_string(),
            occurred: row.occurred.map(|day| day.to_string()),
            dimensions: row
                .dimensions
                .iter()
                .filter_map(|(dimension, value)| {
                    let value = value.as_ref()?;
                    Some(ScopeView {
                        dimension: dimension.clone(),
                        label: desk.dimension(dimension, language),
                        value: value.clone(),
                        value_label: words.value_label(indicator, dimension, value, language),
                    })
                })
                .collect(),
            record: row.record,
            measured: row.measured.as_ref().map(ToString::to_string),
            entries: entries.iter().map(EntryView::of).collect(),
        }
    }

    /// 汉阳 · 左岸.
    pub fn dimension_words(&self) -> String {
        let words: Vec<&str> = self.dimensions.iter().map(|held| held.value_label.as_str()).collect();
        words.join(" · ")
    }
}

impl EntryView {
    /// An entry as a trace tells it.
    pub fn of(entry: &EntryNote) -> Self {
        Self {
            number: entry.number,
            kind: entry.kind.clone(),
            register: entry.register.clone(),
            record: entry.record,
            effective: entry.effective.to_string(),
            recorded: entry.recorded.to_string(),
            actor: entry.actor.clone(),
            evidence: entry.evidence.clone(),
            note: entry.note.clone(),
        }
    }
}

fn sum_key(sum: Sum) -> &'static str {
    match sum {
        Sum::Count => "count",
        Sum::Sum => "sum",
        Sum::Mean => "mean",
        Sum::Max => "max",
        Sum::Min => "min",
    }
}

fn direction_key(direction: Direction) -> &'static str {
    match direction {
        Direction::Higher => "higher",
        Direction::Lower => "lower",
        Direction::None => "none",
    }
}

/// Which way is better, in a word.
pub fn direction_words(direction: Direction) -> Text {
    match direction {
        Direction::Higher => Text::new("越多越好", "More is better"),
        Direction::Lower => Text::new("越少越好", "Less is better"),
        Direction::None => Text::new("不评优劣", "Neither way"),
    }
}
