//! A checked pack: what `compile` hands to the rest of the system.
//!
//! Everything here has been checked against everything else: a reference names a register that
//! exists, a formula's indicators exist and form no cycle, a target's indicator exists. What only
//! SQL planning can find (columns of an indicator's rows) is `figures::check`'s, what only a report
//! template can hold is `report::check`'s; both answer in the same [`message::Diagnostic`].

use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use message::{Source, Span, Text};
use rust_decimal::Decimal;

pub use crate::reads::ReadPattern;
pub use quantity::Bound;

/// A city: what its clerks enter, what it computes, what it has promised, how it reports.
#[derive(Clone, Debug)]
pub struct Pack {
    /// `jiangcheng`: lower-case letters, digits and hyphens.
    pub name: String,
    /// The city's name.
    pub label: Text,
    /// SHA-256 over the paths and texts of all pack files, in the order of their paths.
    pub digest: [u8; 32],
    /// The people who act on records, in the order of the file.
    pub roles: Vec<Role>,
    /// The levels of the organisation tree, from the city down.
    pub levels: Vec<UnitLevel>,
    /// All registers, by key. `units` (the organisation tree) is always among them.
    pub registers: Vec<Register>,
    /// All indicators, by key.
    pub indicators: Vec<Indicator>,
    /// What dimensions are called, by key.
    pub dimensions: Vec<Dimension>,
    /// What units are called, by their simplified Chinese.
    pub units: Vec<Text>,
    /// Plan → programme → project → target.
    pub plan: Plan,
    /// Report templates, by key.
    pub reports: Vec<ReportTemplate>,
    /// Access policies, still as text: path and text of each file, in the order of their paths.
    pub policies: Vec<(String, String)>,
    /// What everyone may see without signing in.
    pub public: Public,
}

impl Pack {
    /// The register of this key.
    pub fn register(&self, key: &str) -> Option<&Register> {
        self.registers.iter().find(|register| register.key == key)
    }

    /// The indicator of this key.
    pub fn indicator(&self, key: &str) -> Option<&Indicator> {
        self.indicators.iter().find(|indicator| indicator.key == key)
    }

    /// A unit as people read it in each language; as it is written, where the pack does not say. Empty where a language
    /// has no word for it: English counts docks without 个.
    pub fn unit(&self, unit: &str) -> Text {
        let known = self.units.iter().find(|known| known.simplified == unit);
        known.cloned().unwrap_or_else(|| Text::new(unit, unit))
    }

    /// The report template of this key.
    pub fn report(&self, key: &str) -> Option<&ReportTemplate> {
        self.reports.iter().find(|report| report.key == key)
    }

    /// The part of the digest that figure identities carry.
    pub fn short_digest(&self) -> [u8; 4] {
        let [a, b, c, d, ..] = self.digest;
        [a, b, c, d]
    }
}

/// Who acts: `clerk`, `verifier`, `office`.
#[derive(Clone, Debug)]
pub struct Role {
    /// The key that transitions name.
    pub key: String,
    /// What people call it.
    pub label: Text,
}

/// A level of the organisation tree: `city`, `unit`, `branch`.
#[derive(Clone, Debug)]
pub struct UnitLevel {
    /// The key; also the name of the column and dimension that figures offer for this level.
    pub key: String,
    /// What people call it.
    pub label: Text,
}

/// The key of the register that holds the organisation tree. Its fields `code`, `name`, `level`,
/// `parent` and `successor` are the engine's; a pack may add its own.
pub const UNITS: &str = "units";

/// Within how many days records are verified where a register does not say.
pub const VERIFY_WITHIN: u16 = 5;

/// A named collection of records of one kind.
#[derive(Clone, Debug)]
pub struct Register {
    /// `docks`: also the table's name in SQL and the file's stem.
    pub key: String,
    /// 码头.
    pub label: Text,
    /// The fields, in the order of the file, which is the order of columns in templates and forms.
    pub fields: Vec<Field>,
    /// Groups of fields that together name a record: no two records that are not withdrawn agree in all
    /// of a group. A field marked `unique = true` is a group of one. The first group is the natural
    /// key: imports find the record to amend by it.
    pub unique: Vec<Vec<String>>,
    /// The life-cycle states, at least one; the first marked `initial` is where records begin.
    pub states: Vec<State>,
    /// Who may move a record from where to where.
    pub transitions: Vec<Transition>,
    /// Whether creating a record needs at least one evidence file.
    pub evidence_on_create: bool,
    /// Whether a record counts only once it is verified.
    pub needs_verification: bool,
    /// Whether nobody may verify what they entered themselves.
    pub two_person: bool,
    /// Within how many days what was entered should be verified, and what was returned amended; after them it is late.
    pub verify_within: u16,
    /// The file it was declared in.
    pub source: Arc<Source>,
    /// The place of its label, for diagnostics of other crates.
    pub span: Span,
}

impl Register {
    /// The field of this key.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// The state records begin in.
    pub fn initial_state(&self) -> &State {
        self.states.iter().find(|state| state.initial).unwrap_or(&self.states[0])
    }

    /// The geometry field, if the register has one (it has at most one, and its key is `geometry`).
    pub fn geometry(&self) -> Option<&Field> {
        self.fields.iter().find(|field| matches!(field.kind, FieldKind::Geometry { .. }))
    }
}

/// A typed field.
#[derive(Clone, Debug)]
pub struct Field {
    /// `berths`: also the column's name in SQL.
    pub key: String,
    /// 泊位数: also the heading in templates and imports.
    pub label: Text,
    /// One line of help.
    pub help: Option<Text>,
    /// What it holds.
    pub kind: FieldKind,
    /// Whether a record must have it.
    pub required: bool,
    /// An example for templates.
    pub example: Option<String>,
}

/// What a field holds, with its limits (inclusive).
#[derive(Clone, Debug, PartialEq)]
pub enum FieldKind {
    /// Text of at most `max_chars` characters, without line breaks or control characters.
    Text {
        /// At most this many characters; 200 unless the pack says otherwise.
        max_chars: usize,
    },
    /// A whole number.
    Whole {
        /// The unit, `个`.
        unit: Option<String>,
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// An exact decimal with its unit.
    Decimal {
        /// The unit values are stored in, `米`.
        unit: String,
        /// The decimals values are stored with, at most 6. More are refused, never rounded away.
        decimals: u8,
        /// The least.
        min: Decimal,
        /// The greatest.
        max: Decimal,
        /// The measure that is taken from the record's geometry when it has one.
        measures: Option<Measure>,
    },
    /// A calendar day.
    Date {
        /// The earliest.
        min: Date,
        /// The latest.
        max: Date,
    },
    /// One of a list.
    Choice {
        /// The list, in order.
        options: Vec<ChoiceOption>,
    },
    /// Yes or no.
    YesNo,
    /// A record of a register.
    Reference {
        /// The register's key.
        register: String,
    },
    /// A unit of the organisation tree, by its code.
    Unit {
        /// The level it must be of, if it matters.
        level: Option<String>,
    },
    /// A person, whose data lies beside the book; the book holds a pseudonym.
    Person,
    /// A shape in CGCS2000 longitude and latitude.
    Geometry {
        /// Its kind.
        shape: Shape,
    },
}

/// What is measured of a geometry, geodesic on the CGCS2000 ellipsoid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The length of a line, in metres.
    Length,
    /// The area of a polygon, in square metres.
    Area,
}

/// The kind of a geometry (each may be a multi-part one).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One place.
    Point,
    /// A line or several.
    Line,
    /// A polygon or several, with holes.
    Polygon,
}

/// An option of a choice.
#[derive(Clone, Debug, PartialEq)]
pub struct ChoiceOption {
    /// What is stored.
    pub key: String,
    /// What people see.
    pub label: Text,
}

/// A life-cycle state.
#[derive(Clone, Debug)]
pub struct State {
    /// `operating`.
    pub key: String,
    /// 运营中.
    pub label: Text,
    /// Whether records begin here.
    pub initial: bool,
}

/// A permitted move.
#[derive(Clone, Debug)]
pub struct Transition {
    /// From this state.
    pub from: String,
    /// To this state.
    pub to: String,
    /// By these roles.
    pub by: Vec<String>,
    /// Whether the move needs at least one evidence file.
    pub evidence: bool,
}

/// What a dimension of figures is called.
#[derive(Clone, Debug)]
pub struct Dimension {
    /// The column's name.
    pub key: String,
    /// What people see.
    pub label: Text,
}

/// A definition of a figure.
#[derive(Clone, Debug)]
pub struct Indicator {
    /// `docks.operating`.
    pub key: String,
    /// 码头数量.
    pub label: Text,
    /// The unit of its figures, `个`.
    pub unit: String,
    /// The decimals its figures are shown with.
    pub decimals: u8,
    /// Which way is better.
    pub direction: Direction,
    /// Of a date or of a period.
    pub measure: MeasureOver,
    /// The dimensions it may be broken down by.
    pub dimensions: Vec<String>,
    /// How reports speak of it: `码头…{n}个`.
    pub reads: Vec<String>,
    /// The same wordings, divided, in the same order.
    pub patterns: Vec<ReadPattern>,
    /// What reports say of it without a number: `堆沙场…全部取缔`.
    pub statements: Vec<Statement>,
    /// How it is computed.
    pub definition: Definition,
    /// The file it was declared in.
    pub source: Arc<Source>,
    /// The place of its key.
    pub span: Span,
    /// The places of its dimensions, in the same order.
    pub dimension_spans: Vec<Span>,
}

/// A claim without a number, and what must hold of the figure for it to be true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The wording: `堆沙场…全部取缔`.
    pub reads: String,
    /// Its words, divided by gaps.
    pub words: Vec<String>,
    /// How the figure must lie to the limit.
    pub bound: Bound,
    /// The limit, in the indicator's unit.
    pub limit: Decimal,
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Neither.
    None,
}

/// What a figure's period means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeasureOver {
    /// The state at the period's last day: all rows count.
    Stock,
    /// What happened within the period: the rows whose `occurred` lies in it count.
    Flow,
}

/// How an indicator is computed.
#[derive(Clone, Debug)]
pub enum Definition {
    /// A list of rows and a sum.
    Rows {
        /// SQL over the registers as they stood; its columns are `key`, `amount`, for flows
        /// `occurred`, optionally `record`, and the dimensions.
        sql: String,
        /// Where the SQL stands in the file; offsets in `sql` shift by its start.
        sql_span: Span,
        /// What is done with the amounts.
        sum: Sum,
        /// The amounts' unit, if it is not the indicator's.
        amount_unit: Option<String>,
    },
    /// Arithmetic over other indicators.
    Formula(Formula),
}

/// What is done with the amounts of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sum {
    /// The number of rows; amounts are not read.
    Count,
    /// The exact sum.
    Sum,
    /// The mean, exact until it is shown.
    Mean,
    /// The greatest.
    Max,
    /// The least.
    Min,
}

/// A formula over indicators, with the usual precedence.
#[derive(Clone, Debug, PartialEq)]
pub enum Formula {
    /// A constant.
    Number(Decimal),
    /// Another indicator, for the same scope and period.
    Indicator(String),
    /// Two parts and what joins them.
    Binary(Box<Formula>, Operator, Box<Formula>),
}

/// With all its parentheses: `((parks.area / residents) * 10000)`.
impl fmt::Display for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Indicator(key) => f.write_str(key),
            Self::Binary(left, operator, right) => {
                let sign = match operator {
                    Operator::Add => '+',
                    Operator::Subtract => '-',
                    Operator::Multiply => '*',
                    Operator::Divide => '/',
                };
                write!(f, "({left} {sign} {right})")
            }
        }
    }
}

/// `+`, `-`, `*`, `/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// Sum.
    Add,
    /// Difference.
    Subtract,
    /// Product.
    Multiply,
    /// Ratio; nothing where the divisor is zero.
    Divide,
}

/// Plan → programme → project → target.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The plans (综合性文件), in the order of the file.
    pub plans: Vec<Named>,
    /// The programmes (工程, 行动) and the plan each carries out.
    pub programmes: Vec<Programme>,
    /// The projects.
    pub projects: Vec<Project>,
    /// The targets, each with its supporting measures.
    pub targets: Vec<Target>,
}

/// A key and what people call it.
#[derive(Clone, Debug)]
pub struct Named {
    /// The key.
    pub key: String,
    /// What people see.
    pub label: Text,
}

/// A programme of a plan.
#[derive(Clone, Debug)]
pub struct Programme {
    /// The key.
    pub key: String,
    /// What people see.
    pub label: Text,
    /// The plan's key.
    pub plan: String,
}

/// A project of a programme.
#[derive(Clone, Debug)]
pub struct Project {
    /// The key.
    pub key: String,
    /// What people see.
    pub label: Text,
    /// The programme's key.
    pub programme: String,
    /// The code of the unit that answers for it.
    pub lead: String,
}

/// What a unit has promised of an indicator by a date, with what its branches do for it.
#[derive(Clone, Debug)]
pub struct Target {
    /// The key.
    pub key: String,
    /// What people see.
    pub label: Text,
    /// The project's key.
    pub project: String,
    /// The indicator's key.
    pub indicator: String,
    /// The value promised, in the indicator's unit.
    pub value: Decimal,
    /// The evening from which the way to it is measured, of a state of things that takes longer than a year; else the end
    /// of the year before.
    pub since: Option<Date>,
    /// The day by which.
    pub by: Date,
    /// The code of the unit that promised.
    pub unit: String,
    /// The supporting measures (党建措施), at least one: a target without them does not compile.
    pub measures: Vec<SupportingMeasure>,
}

/// What a unit's branches do for a target.
#[derive(Clone, Debug)]
pub struct SupportingMeasure {
    /// What is done.
    pub label: Text,
    /// The code of the unit or branch that does it.
    pub unit: String,
}

/// A report template, still as text: `report::compile` reads it.
#[derive(Clone, Debug)]
pub struct ReportTemplate {
    /// `work-report`: the file's stem.
    pub key: String,
    /// The file.
    pub source: Arc<Source>,
}

/// What everyone may see without signing in; nothing, unless the pack says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Public {
    /// The indicators, in the order in which they are shown.
    pub indicators: Vec<String>,
    /// The registers, in the order of the file.
    pub registers: Vec<PublicRegister>,
    /// The registers that are layers of the open map.
    pub layers: Vec<String>,
}

/// A register of which some is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicRegister {
    /// The register's key.
    pub key: String,
    /// The fields that are open, in the order in which they are shown; none of them is a person's.
    pub fields: Vec<String>,
}

impl Public {
    /// The open part of this register.
    pub fn register(&self, key: &str) -> Option<&PublicRegister> {
        self.registers.iter().find(|register| register.key == key)
    }
}
