//! An indicator by district, in five steps of one scale.

use figure::{Figure, Period};
use figures::Request;
use jiff::civil::Date;
use message::Language;
use rust_decimal::Decimal;
use serde::Serialize;
use shelf::Query;
use utoipa::ToSchema;

use crate::app::InForce;
use crate::fault::Fault;

/// The dimension by which districts are told apart, and the register that draws them.
const DIMENSION: &str = "district";
const REGISTER: &str = "districts";

/// How many steps the scale has.
const STEPS: usize = 5;

/// An indicator that can colour the districts.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Choice {
    /// The indicator's key.
    pub key: String,
    /// What it is called.
    pub label: String,
}

/// The districts with their values.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Theme {
    /// The indicator's key.
    pub indicator: String,
    /// What it is called.
    pub label: String,
    /// Its unit.
    pub unit: String,
    /// The period.
    pub period: String,
    /// The districts, in the order of the register.
    pub districts: Vec<District>,
    /// The steps that occur: number, least and greatest value.
    pub steps: Vec<(usize, String, String)>,
}

/// A district's value.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct District {
    /// Its record.
    pub record: u64,
    /// Its name.
    pub name: String,
    /// The value, as the indicator rounds it; nothing where there is none.
    pub value: Option<String>,
    /// How many rows wait for verification.
    pub pending: u64,
    /// The figure's permanent identity.
    pub figure: Option<String>,
    /// Its step on the scale, from 0.
    pub step: Option<usize>,
}

/// The indicators that can be broken down by district.
pub fn choices(now: &InForce, language: Language, only: Option<&[String]>) -> Vec<Choice> {
    let drawn = now.pack.register(REGISTER).is_some_and(|register| register.geometry().is_some());
    now.pack
        .indicators
        .iter()
        .filter(|_| drawn)
        .filter(|indicator| indicator.dimensions.iter().any(|dimension| dimension == DIMENSION))
        .filter(|indicator| only.is_none_or(|only| only.contains(&indicator.key)))
        .map(|indicator| Choice {
            key: indicator.key.clone(),
            label: indicator.label.in_language(language).into_owned(),
        })
        .collect()
}

impl Theme {
    /// The figures of an indicator by district.
    pub fn load(
        now: &InForce,
        language: Language,
        indicator: &str,
        year: i16,
        as_of: Option<Date>,
    ) -> Result<Option<Self>, Fault> {
        let known = choices(now, language, None).into_iter().find(|choice| choice.key == indicator);
        let Some(choice) = known else { return Ok(None) };
        let request =
            Request { by: vec![DIMENSION.to_owned()], as_of, ..Request::new(indicator, Period::Year(year)) };
        let figures: Vec<Figure> = now.engine.evaluate(&[request])?.into_iter().flatten().collect();
        let day = as_of.unwrap_or_else(|| Period::Year(year).last());
        let query = Query { limit: 500, language, ..Query::new(REGISTER, day.min(crate::when::today())) };
        let page = now.shelf.list(&query).map_err(Fault::internal)?;
        let mut records: Vec<_> = page.rows.iter().map(|row| row.record).collect();
        records.sort_unstable();
        let names = now.shelf.called(REGISTER, &records, day, language).map_err(Fault::internal)?;
        let own = now.pack.indicator(indicator);
        let mut theme = Self {
            indicator: choice.key,
            label: choice.label,
            unit: own
                .map(|own| now.pack.unit(&own.unit).in_language(language).into_owned())
                .unwrap_or_default(),
            period: Period::Year(year).to_string(),
            districts: Vec::new(),
            steps: Vec::new(),
        };
        let mut values: Vec<Decimal> = figures.iter().filter_map(|figure| figure.value).collect();
        values.sort_unstable();
        values.dedup();
        let of = |name: &str| {
            let is = |figure: &&Figure| {
                figure.id.scope.iter().any(|(dimension, value)| dimension == DIMENSION && value == name)
            };
            figures.iter().find(is)
        };
        let mut spans: Vec<Option<(Decimal, Decimal)>> = vec![None; STEPS];
        let rounded = |value: Decimal| own.map_or(value, |own| value.round_dp(u32::from(own.decimals)));
        for (record, name) in records.into_iter().zip(names) {
            let figure = of(&name);
            let value = figure.and_then(|figure| figure.value);
            // Equal values have equal colours, and each colour has about as many districts.
            let step = value
                .map(|value| values.partition_point(|other| *other < value) * STEPS / values.len().max(1));
            if let (Some(value), Some(step)) = (value, step) {
                let span = spans[step].get_or_insert((value, value));
                *span = (span.0.min(value), span.1.max(value));
            }
            theme.districts.push(District {
                record: record.0,
                name,
                value: figure.and_then(city::wording::shown),
                pending: figure.map_or(0, |figure| figure.pending),
                figure: figure.map(|figure| figure.id.to_string()),
                step,
            });
        }
        let spans = spans.into_iter().enumerate();
        theme.steps = spans
            .filter_map(|(step, span)| {
                span.map(|(least, most)| (step, rounded(least).to_string(), rounded(most).to_string()))
            })
            .collect();
        Ok(Some(theme))
    }
}
