//! `/api`: the same for people. Made from the document, so that it says what is there.

use std::collections::BTreeMap;

use maud::{Markup, html};
use utoipa::openapi::path::Operation;

use super::{DOCUMENT, document};
use crate::fault::Answer;
use crate::ui::{Button, Column, Page, Row, Section, Speak, Table, code_block, w};
use crate::visitor::Visitor;

pub async fn page(visitor: Visitor) -> Answer {
    let l = visitor.language;
    let page = Page::new(Section::None, w("开放接口", "API"))
        .lead(w(
            "页面上的全部数据，供程序读取和录入",
            "All the data of the pages, for programs to read and to enter",
        ))
        .action(Button::secondary(l, w("下载 OpenAPI 文档", "OpenAPI document")).download(DOCUMENT));
    Ok(visitor.page(page, body(&visitor)))
}

fn body(visitor: &Visitor) -> Markup {
    let l = visitor.language;
    let address = visitor.app.settings.public_url.clone().unwrap_or_else(|| "http://127.0.0.1:8080".to_owned());
    let example =
        format!("curl -H 'Authorization: Bearer qy_…' '{address}/api/v1/registers/docks/records?filter=berths:from:5&limit=20'");
    html! {
        section {
            h2 { (l.t("如何使用", "How to use it")) }
            div.prose {
                p { (l.t(
                    "在“我的账号”中新建访问令牌，随请求以 Authorization: Bearer 发送。令牌只能做其权限范围以内、且本人账号有权做的事。",
                    "Make a token under your account and send it as Authorization: Bearer. It reaches what its scopes name, and no further than your account.",
                )) }
                p { (l.t(
                    "列表分页以 next 为游标；错误为 application/problem+json；录入须带 Idempotency-Key，同一请求重复发送只入账一次。",
                    "Lists are paged by the cursor next; errors are application/problem+json; changes carry an Idempotency-Key, so that the same request sent again is entered once.",
                )) }
            }
            (code_block(l, w("示例", "Example"), &example))
        }
        @for (tag, operations) in by_tag() {
            section {
                h2 { (tag) }
                (Table::new(l, w("接口", "Operations"), vec![
                    Column::new(l, w("方法", "Method")),
                    Column::new(l, w("地址", "Address")),
                    Column::new(l, w("说明", "What it does")),
                    Column::new(l, w("所需权限", "Right")).least(),
                ]).cards().rows(operations.into_iter().map(|one| Row::new(vec![
                    html! { code { (one.method) } },
                    html! { code { (one.path) } },
                    html! { span lang="en" { (one.summary) } },
                    html! { span lang="en" { (one.right) } },
                ]))))
            }
        }
    }
}

/// A line of the list.
struct Shown {
    method: &'static str,
    path: String,
    summary: String,
    right: String,
}

fn by_tag() -> BTreeMap<String, Vec<Shown>> {
    let mut tags: BTreeMap<String, Vec<Shown>> = BTreeMap::new();
    for (path, item) in document().paths.paths {
        let all = [("GET", item.get), ("POST", item.post), ("PUT", item.put), ("PATCH", item.patch), ("DELETE", item.delete)];
        for (method, operation) in all {
            let Some(operation) = operation else { continue };
            let tag = operation.tags.iter().flatten().next().cloned().unwrap_or_default();
            tags.entry(tag).or_default().push(shown(method, &path, operation));
        }
    }
    tags
}

fn shown(method: &'static str, path: &str, operation: Operation) -> Shown {
    let description = operation.description.unwrap_or_default();
    Shown {
        method,
        path: path.to_owned(),
        summary: operation.summary.unwrap_or_default(),
        right: description.rsplit("\n\n").next().unwrap_or_default().to_owned(),
    }
}
