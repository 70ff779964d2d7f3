//! `/admin/book`: the book's checkpoint, its verification, and copies of it.
//!
//! Verifying and copying take a minute or more, so they go on behind the page, one at a time; the page says how far they
//! are. Copies lie in `HOME/backups`, which may be another disk mounted there; a copy can be downloaded as one file.

mod download;
mod show;
mod tasks;

use axum::Form as Sent;
use axum::http::header;
use axum::response::IntoResponse;
use message::{Text, text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use access::{Action, Resource};

use crate::fault::{Answer, Fault};
use crate::page::api::Json;
use crate::routes::{Need, Routes};
use crate::visitor::Visitor;
pub use tasks::Tasks;

/// The page, its two tasks, the checkpoint and the copies.
pub fn routes() -> Routes {
    let need = Need::May(Action::Backup);
    Routes::new()
        .get("/admin/book", need, page)
        .post("/admin/book/verify", need, verify)
        .post("/admin/book/backup", need, backup)
        .get("/admin/book/checkpoint", need, checkpoint)
        .get("/admin/book/backups/{name}", need, download::serve)
        .api(Need::May(Action::View), routes!(state))
}

/// The book is the whole city's.
fn require(visitor: &Visitor) -> Result<(), Fault> {
    visitor.require(Action::Backup, &Resource::default())
}

/// The book as it stands, signed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BookView {
    /// The book's name.
    pub origin: String,
    /// How many entries it has.
    pub size: u64,
    /// The root of the tree over them (RFC 9162), in hexadecimal.
    pub root: String,
    /// The signed checkpoint (C2SP tlog-checkpoint).
    pub checkpoint: String,
    /// The key by which its signature is verified.
    pub verifier_key: String,
}

/// The book's size and root, signed: with it anybody verifies a copy, or the proof of a record.
#[utoipa::path(
    get,
    path = "/api/v1/book",
    tag = "book",
    operation_id = "get_book",
    responses((status = 200, description = "The checkpoint", body = BookView))
)]
async fn state(visitor: Visitor) -> Result<Json<BookView>, Fault> {
    Ok(Json(load(&visitor).await?))
}

async fn load(visitor: &Visitor) -> Result<BookView, Fault> {
    visitor
        .app
        .work(|app| {
            let signed = app.book.checkpoint()?;
            Ok(BookView {
                origin: signed.origin,
                size: signed.size,
                root: signed.root.iter().map(|byte| format!("{byte:02x}")).collect(),
                checkpoint: signed.note,
                verifier_key: app.book.verifier_key().to_owned(),
            })
        })
        .await
}

async fn page(visitor: Visitor) -> Answer {
    require(&visitor)?;
    let view = load(&visitor).await?;
    let copies = visitor.app.work(|app| tasks::copies(&app.settings.home).map_err(Fault::internal)).await?;
    let (verification, copying) = (visitor.app.tasks.verification(), visitor.app.tasks.copying());
    let busy = verification.is_running() || copying.is_running();
    let mut response =
        visitor.page(show::head(), show::body(&visitor, &view, &verification, &copying, &copies));
    if busy {
        // The page looks again by itself while something goes on, without any script.
        response.headers_mut().insert(header::REFRESH, header::HeaderValue::from_static("2"));
    }
    Ok(response)
}

async fn verify(visitor: Visitor) -> Answer {
    require(&visitor)?;
    let begun = visitor.app.tasks.verify(&visitor.app);
    Ok(visitor.lead_to("/admin/book", &said(begun, text!("已开始校验", "The verification has begun"))))
}

/// What a copy is to hold.
#[derive(Deserialize)]
struct Wanted {
    keys: Option<String>,
}

async fn backup(visitor: Visitor, Sent(wanted): Sent<Wanted>) -> Answer {
    require(&visitor)?;
    let begun = visitor.app.tasks.back_up(&visitor.app, wanted.keys.is_some());
    Ok(visitor.lead_to("/admin/book", &said(begun, text!("已开始备份", "The backup has begun"))))
}

fn said(begun: bool, words: Text) -> Text {
    if begun { words } else { text!("已有一项正在进行", "One is going on already") }
}

/// The signed checkpoint as a file.
async fn checkpoint(visitor: Visitor) -> Answer {
    require(&visitor)?;
    let view = load(&visitor).await?;
    let name = format!("attachment; filename=\"checkpoint-{}.txt\"", view.size);
    let headers =
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, view.checkpoint).into_response())
}
