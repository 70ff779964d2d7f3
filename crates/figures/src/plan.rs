//! The rows SQL of an indicator, parsed and planned against tables that only the pack knows.
//!
//! DataFusion's own catalog is not used: names are resolved here, so that a query sees the registers and
//! the functions that can be answered twice the same, and nothing else. No file, no clock, no chance.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use arrow::datatypes::DataType;
use datafusion::common::{Column, DataFusionError, Result, TableReference, plan_datafusion_err, plan_err};
use datafusion::config::ConfigOptions;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::planner::{ContextProvider, ExprPlanner};
use datafusion::logical_expr::{
    AggregateUDF, Expr, HigherOrderUDF, LogicalPlan, ScalarUDF, TableSource, Volatility, WindowUDF,
};
use datafusion::prelude::SessionConfig;
use datafusion::sql::parser::Statement as DfStatement;
use datafusion::sql::planner::{ParserOptions, SqlToRel};
use datafusion::sql::resolve::resolve_table_references;
use datafusion::sql::sqlparser::ast::Statement;
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};

use crate::functions::{self, Days};

/// How much a query may hold in memory before it is refused.
const MEMORY: usize = 4 << 30;

/// DataFusion, with its functions and rules, shared by all queries of the process.
///
/// One partition: the rows of a query keep the order of their registers, which makes looking for
/// doubled keys almost free; several indicators run beside each other instead.
pub fn session() -> &'static SessionState {
    static SESSION: LazyLock<SessionState> = LazyLock::new(|| {
        let mut config = SessionConfig::new()
            .with_target_partitions(1)
            .with_information_schema(false)
            .with_batch_size(BATCH)
            .with_collect_statistics(false);
        config.options_mut().sql_parser.parse_float_as_decimal = true;
        let runtime = RuntimeEnvBuilder::new().with_memory_limit(MEMORY, 1.0).build_arc().unwrap_or_default();
        SessionStateBuilder::new()
            .with_config(config)
            .with_runtime_env(runtime)
            .with_default_features()
            .build()
    });
    &SESSION
}

/// Rows in a batch.
pub const BATCH: usize = 8192;

/// What an SQL text may be: one query.
pub enum Parsed {
    /// A query.
    Query(Box<Statement>),
    /// Not SQL.
    Fault(ParserError),
    /// SQL, but not one query.
    Forbidden,
    /// More words than any honest query has. Each may nest the plan one deeper, and what is nested too
    /// deep would end the program instead of the query.
    TooLong,
}

/// The most words (names, numbers, signs) of a query.
pub const LONGEST: usize = 2_000;

/// Reads the text of a query.
pub fn parse(sql: &str) -> Parsed {
    let words = match Tokenizer::new(&GenericDialect {}, sql).tokenize_with_location() {
        Ok(words) => words,
        Err(fault) => return Parsed::Fault(fault.into()),
    };
    if words.iter().filter(|word| !matches!(word.token, Token::Whitespace(_))).count() > LONGEST {
        return Parsed::TooLong;
    }
    match Parser::new(&GenericDialect {}).with_tokens_with_locations(words).parse_statements() {
        Err(fault) => Parsed::Fault(fault),
        Ok(mut statements) => match (statements.pop(), statements.is_empty()) {
            (Some(statement @ Statement::Query(_)), true) => Parsed::Query(Box::new(statement)),
            _ => Parsed::Forbidden,
        },
    }
}

/// The tables that a query names, besides those it defines itself.
pub fn tables(statement: &Statement) -> Result<BTreeSet<String>> {
    let statement = DfStatement::Statement(Box::new(statement.clone()));
    let (tables, _) = resolve_table_references(&statement, true)?;
    Ok(tables.into_iter().map(|table| table.to_string()).collect())
}

/// Plans a query. `table` answers for each table that it names.
pub fn plan(
    statement: Statement,
    days: Days,
    table: &dyn Fn(&str) -> Option<Arc<dyn TableSource>>,
) -> Result<LogicalPlan> {
    let names = Names { days, table };
    let options = ParserOptions::new().with_parse_float_as_decimal(true).with_collect_spans(true);
    let plan = SqlToRel::new_with_options(&names, options).sql_statement_to_plan(statement)?;
    // What looks like a query may still want to write (`select … into x`) or to be given values.
    if matches!(
        plan,
        LogicalPlan::Ddl(_) | LogicalPlan::Dml(_) | LogicalPlan::Copy(_) | LogicalPlan::Statement(_)
    ) {
        return plan_err!("only a query may stand here");
    }
    if let Some(name) = plan.get_parameter_names()?.into_iter().min() {
        return plan_err!("nobody gives a value to {name}");
    }
    Ok(plan)
}

/// Every function that a query may use.
pub fn function_names() -> Vec<String> {
    let session = session();
    let mut names: Vec<String> = functions::names().map(str::to_owned).collect();
    names.extend(
        session
            .scalar_functions()
            .iter()
            .filter(|(_, function)| scalar(function))
            .map(|(name, _)| name.clone()),
    );
    names.extend(session.aggregate_functions().keys().filter(|name| aggregate(name)).cloned());
    names.extend(session.window_functions().keys().cloned());
    names.sort_unstable();
    names.dedup();
    names
}

/// Whether the name is a function that DataFusion has, but that would not answer twice the same.
pub fn is_unsteady(name: &str) -> bool {
    let session = session();
    session.scalar_functions().get(name).is_some_and(|function| !scalar(function))
        || session.aggregate_functions().contains_key(name) && !aggregate(name)
}

fn scalar(function: &ScalarUDF) -> bool {
    function.signature().volatility == Volatility::Immutable
        && !matches!(function.name(), "version" | "arrow_metadata")
}

fn aggregate(name: &str) -> bool {
    !name.starts_with("approx_")
}

/// What names mean in a query.
struct Names<'a> {
    days: Days,
    table: &'a dyn Fn(&str) -> Option<Arc<dyn TableSource>>,
}

impl ContextProvider for Names<'_> {
    fn get_table_source(&self, name: TableReference) -> Result<Arc<dyn TableSource>> {
        let TableReference::Bare { table } = &name else {
            return Err(plan_datafusion_err!("table '{name}' not found"));
        };
        (self.table)(table).ok_or_else(|| plan_datafusion_err!("table '{name}' not found"))
    }

    fn get_expr_planners(&self) -> &[Arc<dyn ExprPlanner>] {
        session().expr_planners()
    }

    fn get_function_meta(&self, name: &str) -> Option<Arc<ScalarUDF>> {
        functions::function(name, self.days)
            .or_else(|| session().scalar_functions().get(name).filter(|function| scalar(function)).cloned())
    }

    fn get_higher_order_meta(&self, _: &str) -> Option<Arc<HigherOrderUDF>> {
        None
    }

    fn get_aggregate_meta(&self, name: &str) -> Option<Arc<AggregateUDF>> {
        session().aggregate_functions().get(name).filter(|_| aggregate(name)).cloned()
    }

    fn get_window_meta(&self, name: &str) -> Option<Arc<WindowUDF>> {
        session().window_functions().get(name).cloned()
    }

    fn get_variable_type(&self, _: &[String]) -> Option<DataType> {
        None
    }

    fn options(&self) -> &ConfigOptions {
        session().config_options()
    }

    fn udf_names(&self) -> Vec<String> {
        function_names()
    }

    fn higher_order_function_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn udaf_names(&self) -> Vec<String> {
        session().aggregate_functions().keys().filter(|name| aggregate(name)).cloned().collect()
    }

    fn udwf_names(&self) -> Vec<String> {
        session().window_functions().keys().cloned().collect()
    }
}

/// The expression by which a plan makes an output column, as far down as it is only handed on.
///
/// `record as key` and `d.record as key` lead to a table's column `record`, through filters, joins,
/// aliases and subqueries: so a row can be traced to its record without the pack repeating itself.
pub fn leads_to_record(plan: &LogicalPlan, column: &str, qualifier: Option<&TableReference>) -> bool {
    match plan {
        LogicalPlan::Projection(projection) => projection
            .schema
            .iter()
            .zip(&projection.expr)
            .find(|((relation, field), _)| {
                field.name() == column && (qualifier.is_none() || *relation == qualifier)
            })
            .is_some_and(|(_, expr)| match unalias(expr) {
                Expr::Column(inner) => {
                    leads_to_record(&projection.input, &inner.name, inner.relation.as_ref())
                }
                _ => false,
            }),
        LogicalPlan::SubqueryAlias(alias) => leads_to_record(&alias.input, column, None),
        LogicalPlan::TableScan(_) => column == "record",
        LogicalPlan::Filter(_)
        | LogicalPlan::Sort(_)
        | LogicalPlan::Limit(_)
        | LogicalPlan::Distinct(_)
        | LogicalPlan::Window(_)
        | LogicalPlan::Join(_) => plan.inputs().into_iter().any(|input| {
            let has = input.schema().iter().any(|(relation, field)| {
                field.name() == column && (qualifier.is_none() || relation == qualifier)
            });
            has && leads_to_record(input, column, qualifier)
        }),
        _ => false,
    }
}

/// If the rows of a plan are the different values of one expression, once each, and this output column tells them:
/// the plan that the values are of, and the expression. Nothing may stand between the grouping and the output but
/// names for its columns.
pub fn distinct_values<'a>(plan: &'a LogicalPlan, column: &str) -> Option<(&'a LogicalPlan, Expr)> {
    let LogicalPlan::Projection(projection) = plan else { return None };
    let LogicalPlan::Aggregate(aggregate) = &*projection.input else { return None };
    let [value] = aggregate.group_expr.as_slice() else { return None };
    let mut outputs =
        projection.schema.iter().zip(&projection.expr).filter(|((_, field), _)| field.name() == column);
    let ((_, output), None) = (outputs.next()?, outputs.next()) else { return None };
    let grouped = Column::from(aggregate.schema.qualified_field(0));
    let is_value = matches!(unalias(output), Expr::Column(column) if *column == grouped);
    // Grouping sets are one expression, but many groupings.
    let plain = !matches!(value, Expr::GroupingSet(_));
    (is_value && plain).then(|| (&*aggregate.input, value.clone()))
}

fn unalias(expr: &Expr) -> &Expr {
    match expr {
        Expr::Alias(alias) => unalias(&alias.expr),
        other => other,
    }
}

/// The error underneath contexts and diagnostics.
pub fn root(error: &DataFusionError) -> &DataFusionError {
    match error {
        DataFusionError::Context(_, inner) | DataFusionError::Diagnostic(_, inner) => root(inner),
        DataFusionError::Shared(inner) => root(inner),
        DataFusionError::Collection(errors) => errors.first().map_or(error, root),
        other => other,
    }
}
