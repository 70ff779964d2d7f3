//! `POST /reports/{key}/preview`: what the editor shows beside the text, a moment after the last key.

use std::sync::Arc;

use access::Action;
use axum::extract::Path;
use axum::response::IntoResponse;
use axum::{Form as Posted, Json};
use city::CityError;
use serde::Serialize;

use super::edit::Typed;
use super::fault::{Told, told};
use super::render::{open, present, source, write};
use super::require;
use super::show::paper;
use crate::fault::{Answer, Fault};
use crate::visitor::Visitor;

/// The report, or what is wrong with its text.
#[derive(Serialize)]
struct Look {
    /// What stands beside the text.
    html: String,
    /// How many figures the report cites.
    figures: usize,
    /// What is wrong, at its place.
    diagnostics: Vec<Told>,
}

/// The one handler.
pub async fn preview(visitor: Visitor, Path(report): Path<String>, Posted(typed): Posted<Typed>) -> Answer {
    require(&visitor, Action::WriteReport)?;
    let (now, language) = (Arc::clone(&visitor.now), visitor.language);
    let work = move |app: &crate::app::App| {
        open(&now, &report)?;
        let source = source(&report, typed.text.replace("\r\n", "\n"));
        Ok(write(app, &now, &source, present(&now)?, language, None))
    };
    let written: Result<_, CityError> = visitor.app.heavy_work::<_, _>(work).await?;
    let diagnostics = match &written {
        Ok(written) => told(&written.warnings, language),
        Err(CityError::Faulty(diagnostics)) => told(diagnostics, language),
        Err(error @ (CityError::Ledger(_) | CityError::Io(_))) => return Err(Fault::internal(error)),
        Err(_) => Vec::new(),
    };
    let figures = written.as_ref().map_or(0, |written| written.document.figures.len());
    Ok(Json(Look { html: paper(&visitor, &written).into_string(), figures, diagnostics }).into_response())
}
