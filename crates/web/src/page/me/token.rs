//! One's own tokens for programs.

use std::collections::BTreeSet;

use access::Action;
use axum::extract::Path;
use axum::http::HeaderMap;
use jiff::{Timestamp, ToSpan};
use maud::html;
use message::Text;

use super::{Wrong, done, session, show};
use crate::fault::{Answer, Fault};
use crate::guard::Trail;
use crate::ui::{Button, Notice, Page, Section, Speak, w};
use crate::visitor::Visitor;

/// After how many days a token may end; no token is for ever.
pub(super) const DAYS: [i64; 4] = [30, 90, 180, 365];

/// Makes a token of what the form names: no more than the account may do itself.
pub(super) async fn create(visitor: Visitor, headers: HeaderMap, body: String) -> Answer {
    let account = session(&visitor, &headers)?.account.clone();
    let (mut label, mut days, mut register) = (String::new(), 0, String::new());
    let mut actions = BTreeSet::new();
    for (name, value) in url::form_urlencoded::parse(body.as_bytes()) {
        match &*name {
            "label" => label = value.trim().to_owned(),
            "days" => days = value.parse().unwrap_or(0),
            "register" => register = value.into_owned(),
            "action" => drop(actions.insert(value.into_owned())),
            _ => {}
        }
    }
    let may = |key: &String| Action::of(key).is_some_and(|action| visitor.may_anywhere(action, None));
    if label.is_empty() {
        return show(&visitor, Wrong::at("label", Text::new("请填写用途", "say what it is for"))).await;
    }
    if actions.is_empty() || !actions.iter().all(may) {
        let text = Text::new("请选择令牌可以做什么", "choose what the token may do");
        return show(&visitor, Wrong::at("action", text)).await;
    }
    if !DAYS.contains(&days) {
        return show(&visitor, Wrong::at("days", Text::new("请选择有效期", "choose until when"))).await;
    }
    if !register.is_empty() && visitor.now.pack.register(&register).is_none() {
        return show(&visitor, Wrong::at("register", Text::new("没有此台账", "there is no such register")))
            .await;
    }
    let scopes: Vec<String> = actions
        .iter()
        .map(|action| if register.is_empty() { action.clone() } else { format!("{action}:{register}") })
        .collect();
    let expires = Timestamp::now().checked_add((24 * days).hours()).map_err(Fault::internal)?;
    let token = visitor
        .app
        .work(move |app| Ok(app.accounts.create_token(account.id, &label, &scopes, Some(expires))?))
        .await?;
    let l = visitor.language;
    let body = html! {
        (Notice::warn(l, w("令牌只显示一次，请立即复制到使用它的程序", "The token is shown once: copy it now to where it is used"))
            .body(html! { p { code.secret { (token.secret) } } }))
        p { (l.t("调用接口时放入请求头：", "Send it as a header: ")) code { "Authorization: Bearer qy_…" } }
        div.actions { (Button::primary(l, w("返回", "Back")).to("/me")) }
    };
    let page = Page::new(Section::None, w("新令牌", "New token"))
        .crumb(w("我的账户", "My account"), "/me")
        .style("account.css");
    let mut response = visitor.page(page, body);
    response.extensions_mut().insert(Trail {
        action: Some("token.create"),
        record: Some(token.token.id.to_string()),
        detail: token.token.scopes.join(" "),
        ..Trail::default()
    });
    Ok(response)
}

pub(super) async fn revoke(visitor: Visitor, headers: HeaderMap, Path(id): Path<i64>) -> Answer {
    let account = session(&visitor, &headers)?.account.id;
    visitor.app.work(move |app| Ok(app.accounts.revoke_token(account, id)?)).await?;
    Ok(done(&visitor, &Text::new("令牌已作废", "The token is void"), "token.revoke", Some(id)))
}
