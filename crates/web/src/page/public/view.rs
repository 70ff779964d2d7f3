//! What is open: figures with their values, registers with their counts.

use figure::{Figure, Period};
use figures::Request;
use message::Language;
use serde::Serialize;
use shelf::{Query, Reading};
use utoipa::ToSchema;

use crate::app::{App, InForce};
use crate::fault::Fault;
use crate::when;

/// What the city opens to everyone.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicView {
    /// The indicators with their values.
    pub figures: Vec<OpenFigure>,
    /// The registers whose open fields can be downloaded.
    pub registers: Vec<OpenRegister>,
}

/// An indicator's figure.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OpenFigure {
    /// The indicator's key.
    pub indicator: String,
    /// What it is called.
    pub label: String,
    /// The value, with the indicator's decimals; nothing where there is none.
    pub value: Option<String>,
    /// Its unit.
    pub unit: String,
    /// The period it is for, such as `2022`.
    pub period: String,
    /// The figure's permanent identity: anybody with the book computes the same value from it.
    pub id: String,
}

/// A register that can be downloaded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OpenRegister {
    /// The register's key.
    pub key: String,
    /// What it is called.
    pub label: String,
    /// How many verified records it has today.
    pub records: usize,
    /// The files: what each is called, and its address.
    pub files: Vec<(String, String)>,
}

impl PublicView {
    /// What is open now.
    pub fn load(app: &App, now: &InForce, language: Language) -> Result<Self, Fault> {
        let period = Period::Year(when::year_spoken_of(app)?);
        let open = &now.pack.public;
        let requests: Vec<Request> =
            open.indicators.iter().map(|key| Request::new(key.clone(), period)).collect();
        let figures = now.engine.evaluate(&requests)?;
        let figures = figures.iter().flatten().map(|figure| open_figure(now, figure, language)).collect();
        let registers = open
            .registers
            .iter()
            .map(|one| {
                let query = Query { reading: Reading::Counted, ..Query::new(&one.key, when::today()) };
                let records = now.shelf.count(&query).map_err(Fault::internal)?;
                let label = now.pack.register(&one.key).map(|register| &register.label);
                let mut files = vec![("CSV".to_owned(), format!("/public/data/{}.csv", one.key))];
                if one.fields.iter().any(|field| field == "geometry") {
                    files.push(("GeoJSON".to_owned(), format!("/public/data/{}.geojson", one.key)));
                }
                Ok(OpenRegister {
                    key: one.key.clone(),
                    label: label
                        .map_or_else(|| one.key.clone(), |label| label.in_language(language).into_owned()),
                    records,
                    files,
                })
            })
            .collect::<Result<_, Fault>>()?;
        Ok(Self { figures, registers })
    }
}

/// A figure as everyone sees it.
pub fn open_figure(now: &InForce, figure: &Figure, language: Language) -> OpenFigure {
    OpenFigure {
        indicator: figure.id.indicator.clone(),
        label: city::wording::label(&now.pack, figure, language),
        value: city::wording::shown(figure),
        unit: now.pack.unit(&figure.unit).in_language(language).into_owned(),
        period: figure.id.period.to_string(),
        id: figure.id.to_string(),
    }
}
