//! `/api/v1/registers`: what can be entered, as the pack defines it.

use message::Language;
use pack::{FieldKind, Measure, Register, Shape};
use serde::Serialize;
use utoipa::ToSchema;

use access::Action;

use super::take::{Json, Path};
use crate::fault::Fault;
use crate::visitor::Visitor;

/// The registers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RegisterList {
    /// By key.
    pub items: Vec<RegisterView>,
}

/// A register.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RegisterView {
    /// Its key.
    pub key: String,
    /// What it is called.
    pub label: String,
    /// The fields, in the order of forms.
    pub fields: Vec<FieldView>,
    /// The states of a record's life.
    pub states: Vec<StateView>,
    /// Who may move a record from where to where.
    pub transitions: Vec<TransitionView>,
    /// Groups of fields that together occur once; the first is the natural key.
    pub unique: Vec<Vec<String>>,
    /// Whether a new record needs evidence.
    pub evidence_on_create: bool,
    /// Whether a record counts only once it is verified.
    pub needs_verification: bool,
    /// Whether nobody may verify what they entered themselves.
    pub two_person: bool,
}

/// A field of a register.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldView {
    /// Its key.
    pub key: String,
    /// What it is called.
    pub label: String,
    /// One line of help.
    pub help: Option<String>,
    /// What it holds: `text`, `whole`, `decimal`, `date`, `choice`, `yes-no`, `reference`, `unit`, `person`, `geometry`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Whether a record must have it.
    pub required: bool,
    /// The unit that numbers are in, such as `米`.
    pub unit: Option<String>,
    /// The number of decimals; more are refused.
    pub decimals: Option<u8>,
    /// The least value or the earliest day.
    pub least: Option<String>,
    /// The greatest value or the latest day.
    pub greatest: Option<String>,
    /// The most characters of a text.
    pub max_chars: Option<usize>,
    /// What can be chosen.
    pub options: Vec<OptionView>,
    /// The register that is referred to.
    pub register: Option<String>,
    /// The level that a unit must be of.
    pub level: Option<String>,
    /// `point`, `line` or `polygon`.
    pub shape: Option<&'static str>,
    /// `length` or `area`, where the value is measured of the record's shape.
    pub measures: Option<&'static str>,
}

/// What can be chosen.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OptionView {
    /// What is stored.
    pub key: String,
    /// What it is called.
    pub label: String,
}

/// A state of a record's life.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RegisterState)]
pub struct StateView {
    /// Its key.
    pub key: String,
    /// What it is called.
    pub label: String,
    /// Whether records begin here.
    pub initial: bool,
}

/// A move from one state to another.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TransitionView {
    /// From this state.
    pub from: String,
    /// To this state.
    pub to: String,
    /// By these roles.
    pub by: Vec<String>,
    /// Whether it needs evidence.
    pub evidence: bool,
}

/// The registers with their fields, states and rules.
#[utoipa::path(
    get,
    path = "/api/v1/registers",
    tag = "registers",
    operation_id = "list_registers",
    responses((status = 200, description = "Every register that you may see", body = RegisterList))
)]
pub async fn list(visitor: Visitor) -> Result<Json<RegisterList>, Fault> {
    let registers = visitor.now.pack.registers.iter();
    let seen = registers.filter(|register| visitor.may_anywhere(Action::View, Some(&register.key)));
    Ok(Json(RegisterList {
        items: seen.map(|register| RegisterView::of(register, visitor.language)).collect(),
    }))
}

/// One register with its fields, states and rules.
#[utoipa::path(
    get,
    path = "/api/v1/registers/{register}",
    tag = "registers",
    operation_id = "get_register",
    params(("register" = String, Path, description = "The register's key, such as `docks`")),
    responses((status = 200, description = "The register", body = RegisterView))
)]
pub async fn one(visitor: Visitor, Path(key): Path<String>) -> Result<Json<RegisterView>, Fault> {
    let register = visitor.now.pack.register(&key).ok_or(Fault::NotFound)?;
    visitor.require_anywhere(Action::View, Some(&key))?;
    Ok(Json(RegisterView::of(register, visitor.language)))
}

impl RegisterView {
    fn of(register: &Register, language: Language) -> Self {
        let say = |text: &message::Text| text.in_language(language).into_owned();
        Self {
            key: register.key.clone(),
            label: say(&register.label),
            fields: register.fields.iter().map(|field| FieldView::of(field, language)).collect(),
            states: register
                .states
                .iter()
                .map(|state| StateView {
                    key: state.key.clone(),
                    label: say(&state.label),
                    initial: state.initial,
                })
                .collect(),
            transitions: register
                .transitions
                .iter()
                .map(|transition| TransitionView {
                    from: transition.from.clone(),
                    to: transition.to.clone(),
                    by: transition.by.clone(),
                    evidence: transition.evidence,
                })
                .collect(),
            unique: register.unique.clone(),
            evidence_on_create: register.evidence_on_create,
            needs_verification: register.needs_verification,
            two_person: register.two_person,
        }
    }
}

impl FieldView {
    fn of(field: &pack::Field, language: Language) -> Self {
        let mut view = Self {
            key: field.key.clone(),
            label: field.label.in_language(language).into_owned(),
            help: field.help.as_ref().map(|help| help.in_language(language).into_owned()),
            kind: "text",
            required: field.required,
            unit: None,
            decimals: None,
            least: None,
            greatest: None,
            max_chars: None,
            options: Vec::new(),
            register: None,
            level: None,
            shape: None,
            measures: None,
        };
        match &field.kind {
            FieldKind::Text { max_chars } => view.max_chars = Some(*max_chars),
            FieldKind::Whole { unit, min, max } => {
                view.kind = "whole";
                view.unit.clone_from(unit);
                view.least = Some(min.to_string());
                view.greatest = Some(max.to_string());
            }
            FieldKind::Decimal { unit, decimals, min, max, measures } => {
                view.kind = "decimal";
                view.unit = Some(unit.clone());
                view.decimals = Some(*decimals);
                view.least = Some(min.to_string());
                view.greatest = Some(max.to_string());
                view.measures = measures.map(|measure| match measure {
                    Measure::Length => "length",
                    Measure::Area => "area",
                });
            }
            FieldKind::Date { min, max } => {
                view.kind = "date";
                view.least = Some(min.to_string());
                view.greatest = Some(max.to_string());
            }
            FieldKind::Choice { options } => {
                view.kind = "choice";
                let shown = |option: &pack::ChoiceOption| OptionView {
                    key: option.key.clone(),
                    label: option.label.in_language(language).into_owned(),
                };
                view.options = options.iter().map(shown).collect();
            }
            FieldKind::YesNo => view.kind = "yes-no",
            FieldKind::Reference { register } => {
                view.kind = "reference";
                view.register = Some(register.clone());
            }
            FieldKind::Unit { level } => {
                view.kind = "unit";
                view.level.clone_from(level);
            }
            FieldKind::Person => view.kind = "person",
            FieldKind::Geometry { shape } => {
                view.kind = "geometry";
                view.shape = Some(match shape {
                    Shape::Point => "point",
                    Shape::Line => "line",
                    Shape::Polygon => "polygon",
                });
            }
        }
        view
    }
}
