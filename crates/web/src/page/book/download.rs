//! A copy as one file, sent piece by piece: memory does not grow with the book.

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::IntoResponse;
use tokio::io::AsyncReadExt;

use super::{require, tasks};
use crate::fault::{Answer, Fault};
use crate::page::api::Path;
use crate::visitor::Visitor;

const PIECE: usize = 256 << 10;

pub(super) async fn serve(visitor: Visitor, Path(file): Path<String>) -> Answer {
    require(&visitor)?;
    let name = file.strip_suffix(".zip").ok_or(Fault::NotFound)?.to_owned();
    let home = visitor.app.settings.home.clone();
    // The name is looked up among the copies that are there, never joined to a path as it comes.
    let known = visitor.app.work(move |app| {
        let copies = tasks::copies(&app.settings.home).map_err(Fault::internal)?;
        Ok(copies.into_iter().find(|copy| copy.name == name && copy.file && !copy.with_keys))
    });
    let copy = known.await?.ok_or(Fault::NotFound)?;
    let path = home.join(tasks::FOLDER).join(format!("{}.zip", copy.name));
    let opened = tokio::fs::File::open(path).await.map_err(Fault::internal)?;
    let length = opened.metadata().await.map_err(Fault::internal)?.len();
    let pieces = futures::stream::try_unfold(opened, |mut opened| async move {
        let mut piece = vec![0; PIECE];
        let read = opened.read(&mut piece).await?;
        piece.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then(|| (Bytes::from(piece), opened)))
    });
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}.zip\"", copy.name)),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}
