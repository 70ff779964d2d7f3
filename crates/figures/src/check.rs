//! What is wrong with a pack's indicators, found by planning their SQL over registers without records.
//!
//! All faults at once: names are looked up in the parsed query before it is planned, and a column that
//! is not found is taken for null so that planning can go on to the next.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, SchemaError};
use datafusion::logical_expr::{LogicalPlan, TableSource};
use datafusion::sql::sqlparser::ast::{
    Expr as SqlExpr, Spanned, Statement, Value, visit_expressions, visit_expressions_mut, visit_relations,
};
use datafusion::sql::sqlparser::parser::ParserError;
use datafusion::sql::sqlparser::tokenizer::{Location, Span as SqlSpan};
use message::{Diagnostic, Span, Text, did_you_mean, text};
use pack::{Definition, Indicator, MeasureOver, Pack, Sum};

use crate::functions::Days;
use crate::monitor::{MonitorTable, STATIONS};
use crate::plan::{self, Parsed};
use crate::rows;
use crate::schema::{self, HISTORY, Shape};

/// How many columns of one query are reported as unknown; more are the consequence of one mistake.
const MOST: usize = 20;

/// Everything that is wrong with the indicators' rows and formulas.
pub fn check(pack: &Pack) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    for indicator in &pack.indicators {
        match &indicator.definition {
            Definition::Rows { sql, sql_span, sum, .. } => {
                let place = Place::new(indicator, sql, sql_span);
                check_rows(pack, indicator, sql, *sum, &place, &mut faults);
            }
            // A formula's parts and dimensions are names in the pack: `pack` has checked them.
            Definition::Formula(_) => {}
        }
    }
    faults
}

/// Where a query stands in its file.
struct Place<'a> {
    indicator: &'a Indicator,
    sql: &'a str,
    whole: Span,
    /// Where the query's first byte is, unless escapes keep it from being found.
    start: Option<usize>,
}

impl<'a> Place<'a> {
    fn new(indicator: &'a Indicator, sql: &'a str, span: &Span) -> Self {
        let file = &indicator.source.text;
        let from = file.get(span.start..).unwrap_or_default();
        let start = match from.starts_with(sql) {
            true => Some(span.start),
            // The span may take in the quotes.
            false => file.get(span.clone()).and_then(|text| text.find(sql)).map(|at| span.start + at),
        };
        Self { indicator, sql, whole: span.clone(), start }
    }

    fn whole(&self, rule: &'static str, message: Text) -> Diagnostic {
        Diagnostic::error(rule, &self.indicator.source, self.trimmed(), message)
    }

    /// The query without the blank lines around it.
    fn trimmed(&self) -> Span {
        let Some(start) = self.start else { return self.whole.clone() };
        let first = start + self.sql.len() - self.sql.trim_start().len();
        first..first + self.sql.trim().len()
    }

    fn at(&self, rule: &'static str, span: Option<Span>, message: Text) -> Diagnostic {
        match span {
            Some(span) => Diagnostic::error(rule, &self.indicator.source, span, message),
            None => self.whole(rule, message),
        }
    }

    fn span(&self, span: SqlSpan) -> Option<Span> {
        let start = self.offset(span.start)?;
        Some(start..self.offset(span.end).unwrap_or(start).max(start))
    }

    /// The place in the file of a line and column (in characters, both from 1) of the query.
    fn offset(&self, at: Location) -> Option<usize> {
        let line = usize::try_from(at.line).ok()?.checked_sub(1)?;
        let column = usize::try_from(at.column).ok()?.checked_sub(1)?;
        let mut start = 0;
        for _ in 0..line {
            start += self.sql.get(start..)?.find('\n')? + 1;
        }
        let rest = self.sql.get(start..)?;
        let within = rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at);
        Some(self.start? + start + within)
    }
}

fn check_rows(
    pack: &Pack,
    indicator: &Indicator,
    sql: &str,
    sum: Sum,
    place: &Place<'_>,
    faults: &mut Vec<Diagnostic>,
) {
    let mut statement = match plan::parse(sql) {
        Parsed::Query(statement) => statement,
        Parsed::Fault(fault) => return faults.push(syntax(place, &fault)),
        Parsed::TooLong => {
            let most = plan::LONGEST;
            return faults.push(place.whole(
                "sql-too-long",
                text!("查询超过 {most} 个词", "the query has more than {most} words"),
            ));
        }
        Parsed::Forbidden => {
            return faults.push(place.whole(
                "sql-not-a-query",
                text!("这里只能写一条 SELECT 查询", "only one SELECT query may stand here"),
            ));
        }
    };
    let before = faults.len();
    names(pack, &statement, place, faults);
    if faults.len() > before {
        return;
    }
    if let Some(plan) = plan_all(pack, &mut statement, place, faults) {
        if faults.len() == before {
            // Types are settled by the optimizer's first rules; what they refuse would not run.
            if let Err(error) = plan::session().optimize(&plan) {
                faults.push(other(place, &error));
            }
        }
        unordered_limit(&plan, place, faults);
        let known = faults.len() == before;
        columns(indicator, &plan, sum, place, known, faults);
    }
}

fn syntax(place: &Place<'_>, fault: &ParserError) -> Diagnostic {
    let message = match fault {
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => message.clone(),
        ParserError::RecursionLimitExceeded => "the query is nested too deeply".to_owned(),
    };
    // The parser tells the place only in words.
    let (message, at) = match message.rsplit_once(" at Line: ") {
        None => (message, None),
        Some((words, numbers)) => {
            let at = numbers.split_once(", Column: ").and_then(|(line, column)| {
                Some(Location { line: line.parse().ok()?, column: column.parse().ok()? })
            });
            (words.to_owned(), at)
        }
    };
    let message = message.replace("Expected: ", "expected ").replace(", found: ", ", found ");
    let span = at.and_then(|at| place.offset(at)).map(|start| {
        let rest = &place.indicator.source.text[start..];
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        start..start + word.max(rest.chars().next().map_or(0, char::len_utf8))
    });
    place.at("sql-syntax", span, text!("SQL 语法错误：{message}", "SQL syntax: {message}"))
}

/// Whether a query may name this table: a register's, or one that is evaluated from the stations' measurements.
fn is_table(pack: &Pack, name: &str) -> bool {
    schema::table(pack, name).is_some()
        || MonitorTable::named(name).is_some() && pack.register(STATIONS).is_some()
}

/// Tables and functions that are not there, and functions that may not be.
fn names(pack: &Pack, statement: &Statement, place: &Place<'_>, faults: &mut Vec<Diagnostic>) {
    let tables: BTreeSet<String> = plan::tables(statement).unwrap_or_default();
    let unknown: BTreeSet<&String> = tables.iter().filter(|name| !is_table(pack, name)).collect();
    let mut told = BTreeSet::new();
    let _ = visit_relations(statement, |relation| {
        let name = relation.to_string().to_lowercase().replace(['"', '\'', '`'], "");
        let span = place.span(relation.span());
        if unknown.contains(&name) && told.insert(span.as_ref().map(|span| span.start)) {
            let fault =
                place.at("unknown-table", span, text!("没有台账 `{name}`", "there is no register `{name}`"));
            let known: Vec<String> = pack
                .registers
                .iter()
                .flat_map(|register| [register.key.clone(), format!("{}{HISTORY}", register.key)])
                .chain(MonitorTable::ALL.into_iter().map(|table| table.name().to_owned()))
                .collect();
            faults.push(with_near(fault, &name, known.iter().map(String::as_str)));
        }
        ControlFlow::<()>::Continue(())
    });
    let known = plan::function_names();
    let _ = visit_expressions(statement, |expr| {
        if let SqlExpr::Function(function) = expr {
            let name = function.name.to_string().to_lowercase();
            let span = place.span(function.name.span());
            if plan::is_unsteady(&name) {
                faults.push(place.at(
                    "unsteady-function",
                    span,
                    text!(
                        "不能使用函数 `{name}`：它的结果每次不同，数值就无法复核",
                        "the function `{name}` may not be used: it answers otherwise each time, and no figure could be checked"
                    ),
                ).hint(text!(
                    "日期请用 `as_of()`、`period_first()`、`period_last()`",
                    "for days there are `as_of()`, `period_first()` and `period_last()`"
                )));
            } else if known.binary_search(&name).is_err() {
                let fault = place.at(
                    "unknown-function",
                    span,
                    text!("没有函数 `{name}`", "there is no function `{name}`"),
                );
                faults.push(with_near(fault, &name, known.iter().map(String::as_str)));
            }
        }
        ControlFlow::<()>::Continue(())
    });
}

fn with_near<'k>(fault: Diagnostic, name: &str, known: impl Iterator<Item = &'k str>) -> Diagnostic {
    match did_you_mean(name, known) {
        Some(near) => fault.hint(text!("是否想写 `{near}`", "did you mean `{near}`?")),
        None => fault,
    }
}

/// Plans the query; unknown columns are reported and taken for null until it can be planned.
fn plan_all(
    pack: &Pack,
    statement: &mut Statement,
    place: &Place<'_>,
    faults: &mut Vec<Diagnostic>,
) -> Option<LogicalPlan> {
    let days = Days { as_of: 0, first: 0, last: 0, edition: None };
    let source = |name: &str| -> Option<Arc<dyn TableSource>> {
        match schema::table(pack, name) {
            Some((register, history)) => Some(rows::empty_source(&Shape::of(pack, register, history).schema)),
            None => MonitorTable::named(name).map(|table| rows::empty_source(&table.schema())),
        }
    };
    for _ in 0..MOST {
        let error = match plan::plan(statement.clone(), days, &source) {
            Ok(plan) => return Some(plan),
            Err(error) => error,
        };
        let DataFusionError::SchemaError(inner, _) = plan::root(&error) else {
            faults.push(other(place, &error));
            return None;
        };
        let SchemaError::FieldNotFound { field, valid_fields } = inner.as_ref() else {
            faults.push(other(place, &error));
            return None;
        };
        let name = field.name.clone();
        let Some(span) = blank(statement, &name, field.relation.as_ref().map(|relation| relation.table()))
        else {
            faults.push(other(place, &error));
            return None;
        };
        let fault = place.at(
            "unknown-column",
            place.span(span),
            text!("没有列 `{name}`", "there is no column `{name}`"),
        );
        faults.push(with_near(fault, &name, valid_fields.iter().map(|field| field.name.as_str())));
    }
    None
}

/// Puts null in the place of the first mention of a column, and says where that was.
fn blank(statement: &mut Statement, name: &str, table: Option<&str>) -> Option<SqlSpan> {
    let mut found = None;
    let _ = visit_expressions_mut(statement, |expr| {
        let parts = match expr {
            SqlExpr::Identifier(part) => std::slice::from_ref(part),
            SqlExpr::CompoundIdentifier(parts) => parts.as_slice(),
            _ => return ControlFlow::Continue(()),
        };
        let spelt = |at: usize| {
            let part = parts.get(parts.len().checked_sub(at)?)?;
            Some(if part.quote_style.is_some() { part.value.clone() } else { part.value.to_lowercase() })
        };
        let same_table = spelt(2).is_none() || table.is_none() || spelt(2).as_deref() == table;
        if spelt(1).as_deref() == Some(name) && same_table {
            found = parts.last().map(|part| part.span);
            *expr = SqlExpr::value(Value::Null);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    });
    found
}

/// Any other complaint of the planner.
fn other(place: &Place<'_>, error: &DataFusionError) -> Diagnostic {
    let location = |at: datafusion::common::Location| Location { line: at.line, column: at.column };
    let span = error
        .diagnostic()
        .and_then(|diagnostic| diagnostic.span)
        .and_then(|span| place.span(SqlSpan { start: location(span.start), end: location(span.end) }));
    let words = match plan::root(error) {
        DataFusionError::SchemaError(inner, _) => match inner.as_ref() {
            SchemaError::AmbiguousReference { field } => {
                let name = &field.name;
                return place.at(
                    "ambiguous-column",
                    span,
                    text!(
                        "列 `{name}` 在不止一张表中出现，请写明表名",
                        "the column `{name}` is in more than one table: name the table"
                    ),
                );
            }
            SchemaError::DuplicateQualifiedField { name, .. }
            | SchemaError::DuplicateUnqualifiedField { name } => {
                return twice(place, name);
            }
            other => other.to_string(),
        },
        DataFusionError::Plan(words) if words.contains("unique expression names") => {
            return place.whole(
                "column-twice",
                text!("查询的输出列有重名", "two columns of the result have one name"),
            );
        }
        DataFusionError::Plan(words) if words.contains("must appear in the GROUP BY") => {
            let name = words.split('"').nth(1).unwrap_or_default();
            let name = name.rsplit('.').next().unwrap_or_default();
            return place.at(
                "ungrouped-column",
                span,
                text!(
                    "列 `{name}` 要么写进 GROUP BY，要么用聚合函数",
                    "the column `{name}` must stand in GROUP BY or within an aggregate function"
                ),
            );
        }
        other => other.message().into_owned(),
    };
    let words = words.lines().next().unwrap_or_default().to_owned();
    place.at("sql-plan", span, text!("查询无法执行：{words}", "the query cannot be run: {words}"))
}

fn twice(place: &Place<'_>, name: &str) -> Diagnostic {
    place.whole("column-twice", text!("输出列 `{name}` 出现两次", "the result has the column `{name}` twice"))
}

/// What of a query's rows is taken depends on chance when a limit has no order.
fn unordered_limit(plan: &LogicalPlan, place: &Place<'_>, faults: &mut Vec<Diagnostic>) {
    if let LogicalPlan::Limit(limit) = plan
        && !ordered(&limit.input)
    {
        faults.push(place.whole(
            "limit-without-order",
            text!(
                "LIMIT 必须与 ORDER BY 同用，否则取到哪些行不确定",
                "LIMIT wants ORDER BY: else it is chance which rows are taken"
            ),
        ));
    }
    for input in plan.inputs() {
        unordered_limit(input, place, faults);
    }
}

fn ordered(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Sort(_) => true,
        LogicalPlan::Projection(projection) => ordered(&projection.input),
        LogicalPlan::SubqueryAlias(alias) => ordered(&alias.input),
        _ => false,
    }
}

/// The columns that the rows must have.
///
/// Types are judged only if all columns are `known`: else some are null in the place of another.
fn columns(
    indicator: &Indicator,
    plan: &LogicalPlan,
    sum: Sum,
    place: &Place<'_>,
    known: bool,
    faults: &mut Vec<Diagnostic>,
) {
    let fields = plan.schema().fields();
    let kind =
        |name: &str| fields.iter().find(|field| field.name() == name).map(|field| field.data_type().clone());
    let names = || fields.iter().map(|field| field.name().as_str());
    for (index, name) in names().enumerate() {
        if names().take(index).any(|before| before == name) {
            faults.push(twice(place, name));
        }
    }
    match kind("key") {
        None => faults.push(missing(
            place,
            "key",
            names(),
            text!(
                "`key` 使每一行唯一，例如 `record as key`",
                "`key` makes each row one: `record as key`, say"
            ),
        )),
        Some(kind) if known && kind.is_floating() => faults.push(inexact(place, "key", &kind)),
        Some(_) => {}
    }
    if sum != Sum::Count {
        match kind("amount") {
            None => faults.push(missing(
                place,
                "amount",
                names(),
                text!("除计数外，每一行要有数量", "unless rows are only counted, each has an amount"),
            )),
            Some(kind) if known && !rows::is_exact(&kind) => faults.push(inexact(place, "amount", &kind)),
            Some(_) => {}
        }
    }
    if indicator.measure == MeasureOver::Flow {
        match kind("occurred") {
            None => faults.push(missing(
                place,
                "occurred",
                names(),
                text!("流量指标的每一行要有发生日期", "a row of a flow says on which day it occurred"),
            )),
            Some(kind) if !known || kind == DataType::Date32 => {}
            Some(kind) => faults.push(place.whole(
                "wrong-type",
                text!(
                    "列 `occurred` 应为日期，现为 {kind}",
                    "the column `occurred` must be a date, it is {kind}"
                ),
            )),
        }
    }
    for (dimension, span) in indicator.dimensions.iter().zip(&indicator.dimension_spans) {
        if kind(dimension).is_none() {
            let fault = Diagnostic::error(
                "unknown-dimension",
                &indicator.source,
                span.clone(),
                text!(
                    "查询结果没有列 `{dimension}`，不能按它分组",
                    "the rows have no column `{dimension}` to break the figure down by"
                ),
            )
            .related(place.trimmed(), text!("查询在这里", "the rows are these"));
            faults.push(with_near(fault, dimension, names()));
        }
    }
}

fn missing<'k>(place: &Place<'_>, name: &str, names: impl Iterator<Item = &'k str>, why: Text) -> Diagnostic {
    let fault = place
        .whole("missing-column", text!("查询结果缺少列 `{name}`", "the rows have no column `{name}`"))
        .hint(why);
    with_near(fault, name, names)
}

fn inexact(place: &Place<'_>, name: &str, kind: &DataType) -> Diagnostic {
    place
        .whole(
            "inexact-column",
            text!(
                "列 `{name}` 的类型 {kind} 不是精确的数",
                "the column `{name}` is {kind}, which is no exact number"
            ),
        )
        .hint(text!(
            "请转换为定点小数：`cast(… as decimal(38, 6))`",
            "cast it to a decimal: `cast(… as decimal(38, 6))`"
        ))
}
