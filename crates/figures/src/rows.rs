//! The rows of an indicator: its SQL over the registers as they stood on a day.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StringViewArray};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{Column, DataFusionError, ScalarValue};
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::{TableType, provider_as_source};
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, TableSource};
use datafusion::physical_plan::{ExecutionPlan, collect};
use datafusion::prelude::lit;
use pack::{Indicator, MeasureOver};

use crate::error::FigureError;
use crate::functions::Days;
use crate::monitor::MonitorTable;
use crate::plan;
use crate::schema::{HISTORY, Origin, Shape, stored};
use crate::table::Table;
use crate::units::Tree;
use crate::view::{Sight, View};

/// The registers that a query may name, as known at an entry, and the tree of the day.
#[derive(Clone)]
pub struct City {
    /// The tables of registers.
    pub tables: Arc<BTreeMap<String, Loaded>>,
    /// The organisation tree on the day.
    pub tree: Arc<Tree>,
    /// The tables that are evaluated from measurements, up to the day.
    pub measured: Arc<BTreeMap<MonitorTable, RecordBatch>>,
}

/// A register's table with the shapes in which SQL sees it.
#[derive(Clone)]
pub struct Loaded {
    /// The versions.
    pub table: Arc<Table>,
    /// How SQL sees the register.
    pub shape: Arc<Shape>,
    /// How SQL sees its versions.
    pub history: Arc<Shape>,
    /// The stored column by which owners are told: of the units themselves, their own code.
    pub owner: usize,
}

/// Which columns of the rows are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// The amounts.
    pub amount: bool,
    /// The days on which they count.
    pub occurred: bool,
    /// The records.
    pub record: bool,
    /// Where the measurements are.
    pub measured: bool,
    /// These dimensions.
    pub dimensions: &'a [String],
}

/// Rows, with the places of their columns.
#[derive(Debug, Default)]
pub struct Rows {
    /// The rows; the first column is the key.
    pub batches: Vec<RecordBatch>,
    /// Where the amount is.
    pub amount: Option<usize>,
    /// Where the day is.
    pub occurred: Option<usize>,
    /// Where the record is.
    pub record: Option<usize>,
    /// Where the place of the measurements is.
    pub measured: Option<usize>,
    /// Where the first dimension is.
    pub dimensions: usize,
}

/// Computes the rows of an indicator that count in a period.
pub async fn rows(
    indicator: &Indicator,
    sql: &str,
    city: &City,
    days: Days,
    would: bool,
    wanted: Wanted<'_>,
) -> Result<Rows, FigureError> {
    let fault = |error| fault(indicator, &error);
    let plan = planned(sql, city, days, would).map_err(fault)?;
    let (plan, places) = narrow(plan, indicator, days, wanted).map_err(fault)?;
    Ok(Rows { batches: run(&plan).await.map_err(fault)?, ..places })
}

/// The keys of the rows of an indicator, each as often as it likes, where the rows are nothing but the different
/// values of one column: `select volunteer as key … group by volunteer`. How many there are is then counted by
/// [`crate::aggregate::distinct`] in a fraction of the time that grouping takes. `None` for any other query.
pub async fn keys_to_distinguish(
    indicator: &Indicator,
    sql: &str,
    city: &City,
    days: Days,
) -> Result<Option<Vec<RecordBatch>>, FigureError> {
    let fault = |error| fault(indicator, &error);
    if indicator.measure == MeasureOver::Flow {
        return Ok(None);
    }
    let plan = planned(sql, city, days, false).map_err(fault)?;
    let Some((input, value)) = plan::distinct_values(&plan, "key") else { return Ok(None) };
    let plan = LogicalPlanBuilder::from(input.clone()).project([value.alias("key")]);
    let plan = plan.and_then(LogicalPlanBuilder::build).map_err(fault)?;
    if !matches!(plan.schema().field(0).data_type(), DataType::Utf8View | DataType::Int64) {
        return Ok(None);
    }
    Ok(Some(run(&plan).await.map_err(fault)?))
}

fn planned(sql: &str, city: &City, days: Days, would: bool) -> Result<LogicalPlan, DataFusionError> {
    let plan::Parsed::Query(statement) = plan::parse(sql) else {
        return Err(DataFusionError::Plan("it is not one query".to_owned()));
    };
    let source = |name: &str| -> Option<Arc<dyn TableSource>> { city.source(name, days.as_of, would) };
    plan::plan(*statement, days, &source)
}

async fn run(plan: &LogicalPlan) -> Result<Vec<RecordBatch>, DataFusionError> {
    let session = plan::session();
    collect(session.create_physical_plan(plan).await?, session.task_ctx()).await
}

fn fault(indicator: &Indicator, error: &DataFusionError) -> FigureError {
    FigureError::Sql {
        indicator: indicator.key.clone(),
        reason: plan::root(error).message().lines().next().unwrap_or_default().to_owned(),
    }
}

/// Keeps the rows that count in the period, and of their columns those that are wanted.
fn narrow(
    plan: LogicalPlan,
    indicator: &Indicator,
    days: Days,
    wanted: Wanted<'_>,
) -> Result<(LogicalPlan, Rows), DataFusionError> {
    let column = |name: &str| {
        let (relation, field) = plan.schema().iter().find(|(_, field)| field.name() == name)?;
        Some((Expr::Column(Column::from((relation, field))), field.data_type().clone()))
    };
    let missing = |name: &str| DataFusionError::Plan(format!("the rows have no column `{name}`"));
    let (key, _) = column("key").ok_or_else(|| missing("key"))?;
    let mut columns = vec![key.alias("key")];
    let mut places = Rows::default();
    if wanted.amount {
        let (amount, kind) = column("amount").ok_or_else(|| missing("amount"))?;
        if !is_exact(&kind) {
            return Err(DataFusionError::Plan(format!(
                "`amount` is {kind}, which is not exact: cast it to decimal"
            )));
        }
        places.amount = Some(columns.len());
        columns.push(amount.alias("amount"));
    }
    let mut between = None;
    if indicator.measure == MeasureOver::Flow {
        let (occurred, kind) = column("occurred").ok_or_else(|| missing("occurred"))?;
        if kind != DataType::Date32 {
            return Err(DataFusionError::Plan(format!("`occurred` is {kind}, not a date")));
        }
        let day = |day| lit(ScalarValue::Date32(Some(day)));
        between = Some(occurred.clone().between(day(days.first), day(days.last)));
        if wanted.occurred {
            places.occurred = Some(columns.len());
            columns.push(occurred.alias("occurred"));
        }
    }
    if wanted.record {
        let by_name = column("record").filter(|(_, kind)| *kind == DataType::Int64);
        let by_key = || {
            column("key")
                .filter(|(_, kind)| *kind == DataType::Int64 && plan::leads_to_record(&plan, "key", None))
        };
        if let Some((record, _)) = by_name.or_else(by_key) {
            places.record = Some(columns.len());
            columns.push(record.alias("record"));
        }
    }
    if wanted.measured
        && let Some((measured, _)) = column("measured")
    {
        places.measured = Some(columns.len());
        columns.push(measured.alias("measured"));
    }
    places.dimensions = columns.len();
    for (index, dimension) in wanted.dimensions.iter().enumerate() {
        let (value, _) = column(dimension).ok_or_else(|| missing(dimension))?;
        columns.push(value.alias(format!("dimension {index}")));
    }
    let mut builder = LogicalPlanBuilder::from(plan.clone());
    if let Some(between) = between {
        builder = builder.filter(between)?;
    }
    Ok((builder.project(columns)?.build()?, places))
}

/// Whether sums of this type are exact, and whether we can take them.
pub fn is_exact(kind: &DataType) -> bool {
    kind.is_integer() || matches!(kind, DataType::Decimal128(..) | DataType::Decimal256(..))
}

impl City {
    /// Whether a query over these tables could read otherwise were everything verified.
    pub fn pending(&self, tables: impl IntoIterator<Item = impl AsRef<str>>, as_of: i32) -> bool {
        tables.into_iter().any(|name| {
            let Some((loaded, history)) = self.loaded(name.as_ref()) else { return false };
            loaded.table.pending(Sight { day: as_of, history, would: false })
        })
    }

    /// How many versions these tables have together.
    pub fn rows(&self, tables: &BTreeSet<String>) -> usize {
        tables.iter().filter_map(|name| Some(self.loaded(name)?.0.table.rows())).sum()
    }

    fn loaded(&self, name: &str) -> Option<(&Loaded, bool)> {
        match self.tables.get(name) {
            Some(loaded) => Some((loaded, false)),
            None => Some((self.tables.get(name.strip_suffix(HISTORY)?)?, true)),
        }
    }

    fn source(&self, name: &str, as_of: i32, would: bool) -> Option<Arc<dyn TableSource>> {
        let measured = MonitorTable::named(name).and_then(|table| self.measured.get(&table));
        if let Some(batch) = measured {
            return Some(provider_as_source(Arc::new(Evaluated(batch.clone()))));
        }
        let (loaded, history) = self.loaded(name)?;
        Some(provider_as_source(Arc::new(Seen {
            shape: Arc::clone(if history { &loaded.history } else { &loaded.shape }),
            table: Arc::clone(&loaded.table),
            owner: loaded.owner,
            sight: Sight { day: as_of, history, would },
            tree: Arc::clone(&self.tree),
        })))
    }

    /// The whole of a table as SQL sees it.
    pub fn export(
        &self,
        name: &str,
        as_of: i32,
    ) -> Option<Result<(SchemaRef, Vec<RecordBatch>), ArrowError>> {
        if let Some(batch) = MonitorTable::named(name).and_then(|table| self.measured.get(&table)) {
            return Some(Ok((batch.schema(), vec![batch.clone()])));
        }
        let (loaded, history) = self.loaded(name)?;
        let seen = Seen {
            shape: Arc::clone(if history { &loaded.history } else { &loaded.shape }),
            table: Arc::clone(&loaded.table),
            owner: loaded.owner,
            sight: Sight { day: as_of, history, would: false },
            tree: Arc::clone(&self.tree),
        };
        let schema = Arc::clone(&seen.shape.schema);
        Some(
            seen.batches(&schema, &(0..schema.fields().len()).collect::<Vec<_>>())
                .map(|batches| (schema, batches)),
        )
    }
}

/// A register as a table of SQL.
struct Seen {
    table: Arc<Table>,
    shape: Arc<Shape>,
    owner: usize,
    sight: Sight,
    tree: Arc<Tree>,
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Seen({:?})", self.sight)
    }
}

impl Seen {
    fn batches(&self, schema: &SchemaRef, columns: &[usize]) -> Result<Vec<RecordBatch>, ArrowError> {
        let mut batches = Vec::new();
        for (view, stretches) in self.table.seen(self.sight)? {
            let arrays =
                columns.iter().map(|&column| self.array(&view, column)).collect::<Result<Vec<_>, _>>()?;
            let options = RecordBatchOptions::new().with_row_count(Some(view.len()));
            let whole = RecordBatch::try_new_with_options(Arc::clone(schema), arrays, &options)?;
            batches.extend(stretches.into_iter().map(|(start, length)| whole.slice(start, length)));
        }
        Ok(batches)
    }

    fn array(&self, view: &View, column: usize) -> Result<ArrayRef, ArrowError> {
        match self.shape.origins[column] {
            Origin::Stored(column) => view.stored(column),
            Origin::Spelt(column) => view.spelt(column),
            Origin::Until => view.until(),
            Origin::Level(level) if self.owner == stored::OWNER => view.level(level, &self.tree),
            Origin::Level(level) => {
                let codes = view.stored(self.owner)?;
                let ancestors: StringViewArray = codes
                    .as_string_view()
                    .iter()
                    .map(|code| code.and_then(|code| self.tree.ancestor(code, level)))
                    .collect();
                Ok(Arc::new(ancestors))
            }
        }
    }
}

#[async_trait]
impl TableProvider for Seen {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.shape.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _: &dyn Session,
        projection: Option<&Vec<usize>>,
        _: &[Expr],
        _: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        let all: Vec<usize>;
        let columns = match projection {
            Some(columns) => columns,
            None => {
                all = (0..self.shape.origins.len()).collect();
                &all
            }
        };
        let schema = Arc::new(self.shape.schema.project(columns)?);
        let batches = self.batches(&schema, columns)?;
        Ok(MemorySourceConfig::try_new_exec(&[batches], schema, None)?)
    }
}

/// A table that was evaluated from measurements.
#[derive(Debug)]
struct Evaluated(RecordBatch);

#[async_trait]
impl TableProvider for Evaluated {
    fn schema(&self) -> SchemaRef {
        self.0.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _: &dyn Session,
        projection: Option<&Vec<usize>>,
        _: &[Expr],
        _: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        let batches = [vec![self.0.clone()]];
        Ok(MemorySourceConfig::try_new_exec(&batches, self.0.schema(), projection.cloned())?)
    }
}

/// A register without rows, for planning only.
pub fn empty_source(schema: &SchemaRef) -> Arc<dyn TableSource> {
    provider_as_source(Arc::new(datafusion::datasource::empty::EmptyTable::new(Arc::clone(schema))))
}

/// The text of a cell, whatever its type; `None` for null.
pub fn texts(column: &ArrayRef) -> Result<StringViewArray, ArrowError> {
    let column = match column.data_type() {
        DataType::Utf8View => Arc::clone(column),
        _ => arrow::compute::cast(column, &DataType::Utf8View)?,
    };
    Ok(column.as_string_view().clone())
}
