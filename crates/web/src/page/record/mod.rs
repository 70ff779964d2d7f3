//! `/records/{id}`: one record: what it is, where it stands in its life, who entered what when, with which evidence,
//! and the proof that all of this is in the signed book.

mod draw;
mod evidence;
mod history;
mod look;

use std::sync::Arc;

use access::Action;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;

use crate::fault::{Answer, Fault};
use crate::routes::{Need, Routes};
use crate::visitor::Visitor;

/// `/records/{id}` and its proof.
pub fn routes() -> Routes {
    let view = Need::May(Action::View);
    Routes::new().get("/records/{id}", view, page).get("/records/{id}/proof", view, proof)
}

async fn page(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id: u64 = id.parse().map_err(|_| Fault::NotFound)?;
    let (app, asker) = (Arc::clone(&visitor.app), visitor.clone());
    let view = app.work(move |app| look::look(app, &asker, id)).await?;
    Ok(draw::draw(&visitor, &view))
}

/// The record's entries with their inclusion proofs and the signed checkpoint: `qingyuan check-proof` verifies it on
/// any machine, without the book.
async fn proof(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id: u64 = id.parse().map_err(|_| Fault::NotFound)?;
    let app = Arc::clone(&visitor.app);
    let text = app
        .work(move |app| {
            look::found(&visitor, id)?;
            Ok(app.book.prove(ledger::RecordId(id))?)
        })
        .await?;
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"record-{id}.proof\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}
