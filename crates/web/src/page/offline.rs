//! What is shown when there is no connection: a page that the browser keeps, and the worker that shows it in place of the
//! browser's own. Nothing else is kept: what a page shows must be of now.

use axum::http::header;
use axum::response::IntoResponse;

use crate::fault::Answer;
use crate::routes::{Need, Routes};
use crate::ui::{Button, Icon, Page, Section, Speak, html, w};
use crate::visitor::Visitor;

/// `/offline`, `/sw.js`.
pub fn routes() -> Routes {
    Routes::new().get("/offline", Need::Open, page).get("/sw.js", Need::Open, worker)
}

/// The page. It is kept on the device, so it names nobody and carries no token.
async fn page(visitor: Visitor) -> Answer {
    let l = visitor.language;
    let frame = crate::ui::Frame {
        signed_in: None,
        csrf: String::new(),
        sections: Vec::new(),
        notice: None,
        snapshot: None,
        path: String::new(),
        ..visitor.frame()
    };
    let body = html! {
        div.trouble {
            p { (l.t("已填写而未提交的内容保存在本机的草稿中，不会丢失。连接恢复后重新打开此页即可继续。",
                "What you typed and did not send is kept as a draft on this device. Open the page again when the connection is back.")) }
            // An empty address is the page that was asked for.
            div.actions { (Button::primary(l, w("重新打开", "Open again")).icon(Icon::Return).to("")) }
        }
    };
    let page = Page::new(Section::None, w("网络已断开", "No connection")).without_menus();
    Ok(page.render(&frame, body).into_response())
}

/// The worker: must be served from the root, whose pages it stands in for.
async fn worker() -> Answer {
    let kind =
        [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    Ok((
        kind,
        include_str!("../../assets/worker.js")
            .replace("{style}", &crate::ui::asset("app.css"))
            .replace("{icons}", &crate::ui::asset("icons.svg")),
    )
        .into_response())
}
