//! `/public/map`: the layers that the pack opens, for everybody, with verified records only.

use axum::http::Uri;

use super::asked::Asked;
use super::draw;
use super::view::{MapView, Who};
use crate::fault::{Answer, Fault};
use crate::ui::{Page, Section, w};
use crate::visitor::Visitor;

/// The page.
pub async fn page(visitor: Visitor, uri: Uri) -> Answer {
    if visitor.now.pack.public.layers.is_empty() {
        return Err(Fault::NotFound);
    }
    // Records are not told of here: what is open of a register is in its download.
    let asked = Asked { record: None, ..Asked::of(&uri) };
    let (now, language, question) = (visitor.now.clone(), visitor.language, asked.clone());
    let view = visitor.app.work(move |app| MapView::of(app, &Who::Public(&now, language), &question)).await?;
    let head = Page::new(Section::None, w("公开地图", "Open map"))
        .lead(w(
            "本市对外公开的图层，只含已核验的记录",
            "The layers that the city opens, with verified records only",
        ))
        .crumb(w("公开数据", "Open data"), "/public")
        .wide()
        .script("map.js")
        .style("map.css");
    Ok(visitor.page(head, draw::page(visitor.language, &view, &asked, true)))
}
