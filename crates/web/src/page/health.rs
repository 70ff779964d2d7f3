//! What machines ask: is it alive, can it serve, how does it do.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use std::sync::Arc;

use crate::app::App;
use crate::fault::Answer;
use crate::routes::{Need, Routes};

/// `/healthz`, `/readyz`, `/metrics`.
pub fn routes() -> Routes {
    Routes::new().get("/healthz", Need::Open, alive).get("/readyz", Need::Open, ready).get(
        "/metrics",
        Need::Open,
        metrics,
    )
}

/// The process answers.
async fn alive() -> Answer {
    Ok("ok\n".into_response())
}

/// Book and accounts can be read.
async fn ready(State(app): State<Arc<App>>) -> Answer {
    let state = app
        .work(|app| {
            app.book.size()?;
            app.accounts.is_empty()?;
            Ok(())
        })
        .await;
    Ok(match state {
        Ok(()) => "ready\n".into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response(),
    })
}

/// For Prometheus. Counts and durations by route only, so it needs no right; a city that wants it closed says so in its proxy.
async fn metrics(State(app): State<Arc<App>>) -> Answer {
    let look = |app: &App| {
        app.metrics.look_at(app);
        Ok(())
    };
    app.work(look).await?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], app.metrics.text()).into_response())
}
