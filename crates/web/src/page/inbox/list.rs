//! `/inbox`: lists of what waits, what came back, what was begun; the digest; the same for programs.

use access::Action;
use axum::Json;
use axum::extract::Query;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use message::{Language, Text};
use serde::Deserialize;
use shelf::Status;

use super::view::{InboxItem, InboxView, Wanted, look};
use crate::app::App;
use crate::fault::{Answer, Fault, Problem};
use crate::ui::{
    Badge, Button, Column, Form, Icon, Notice, Page, Row, Section, Speak, Table, Tabs, Tone, empty, grouped,
    w,
};
use crate::visitor::Visitor;

/// The rows of one page: as many as a person judges before a pause.
const ROWS: usize = 50;

#[derive(Deserialize)]
pub(super) struct Asked {
    register: Option<String>,
    after: Option<String>,
}

pub(super) async fn page(visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    let asking = visitor.clone();
    let work = move |_: &App| {
        let wanted = Wanted {
            status: Status::Pending,
            right: Action::Verify,
            register: asked.register.as_deref(),
            after: asked.after.as_deref(),
            limit: ROWS,
        };
        let view = look(&asking, &wanted)?;
        let key = accounts::random_token()?;
        Ok(pending_page(&asking, &view, asked.register.as_deref(), &key))
    };
    visitor.app.work(work).await
}

/// The tabs of the inbox.
fn tabs(visitor: &Visitor, current: &str) -> Markup {
    let l = visitor.language;
    let tabs = Tabs::new(l, w("待办", "To do"))
        .tab(l, w("待我核验", "To verify"), "/inbox", current == "pending")
        .tab(l, w("退回修改", "Sent back"), "/inbox/returned", current == "returned")
        .tab(l, w("草稿", "Drafts"), "/inbox/drafts", current == "drafts")
        .tab(l, w("每日汇总", "Digest"), "/inbox/digest", current == "digest");
    html! { (tabs) }
}

fn pending_page(visitor: &Visitor, view: &InboxView, register: Option<&str>, key: &str) -> Response {
    let l = visitor.language;
    let shown = view.items.first().map(|item| item.register.as_str()).or(register);
    let body = html! {
        (tabs(visitor, "pending"))
        @if view.waiting == 0 {
            (empty(l, w("没有等待核验的记录", "Nothing waits for verification"),
                w("经办人录入或更改需核验的台账后，会列在这里，最早的在前。", "What clerks enter or amend in registers that ask for verification is listed here, the oldest first."), None))
        } @else {
            @if view.late > 0 {
                (Notice::warn(l, late_words(view.late)).body(html! {
                    (l.t("核验之前，相关指标把这些内容列为“待核验”。", "Until they are verified, figures show them as waiting."))
                }))
            }
            (registers(l, view, shown, "/inbox"))
            (Form::new("/inbox/verify").id("judge").key(key).hidden("register", shown.unwrap_or_default()).render(&visitor.frame(), html! {
                (table(l, &view.items, true))
                div.actions {
                    (Button::primary(l, w("核验所选记录", "Verify the chosen records")).icon(Icon::Tick).busy(l, w("正在核验", "Verifying")))
                    @if let (Some(next), Some(register)) = (&view.next, shown) {
                        (Button::secondary(l, w("下一页", "Next page")).to(format!("/inbox?register={register}&after={next}")))
                    }
                }
            }))
        }
    };
    visitor.page(Page::new(Section::Inbox, w("待办", "To do")).style("entry.css"), body)
}

fn late_words(late: usize) -> Text {
    message::text!(
        "有 {late} 条已超过核验期限",
        "{late} have been waiting for longer than their register allows"
    )
}

fn registers(l: Language, view: &InboxView, shown: Option<&str>, address: &str) -> Markup {
    let tabs = view.registers.iter().fold(Tabs::new(l, w("台账", "Registers")), |tabs, register| {
        let current = Some(register.register.as_str()) == shown;
        let words = Text::same(register.label.clone());
        tabs.tab(l, words, format!("{address}?register={}", register.register), current)
            .count(register.waiting as u64)
    });
    html! { (tabs) }
}

fn table(l: Language, items: &[InboxItem], select: bool) -> Markup {
    let columns = vec![
        Column::new(l, w("记录", "Record")),
        Column::new(l, w("填报单位", "Unit")),
        Column::new(l, w("录入人", "Entered by")),
        Column::new(l, w("录入时间", "Entered")),
        Column::number(l, w("已等待", "Waiting")).unit(l, w("天", "days")),
    ];
    let rows = items.iter().map(|item| {
        let day =
            item.recorded.parse().map(crate::when::day_of).map(|day| day.to_string()).unwrap_or_default();
        let row = Row::new(vec![
            html! {
                (item.label)
                @if item.own { " " (Badge::new(l, Tone::Neutral, Icon::User, w("本人录入", "your own"))) }
            },
            html! { (item.unit_name) },
            html! { (item.authors.join("、")) },
            html! { (day) @if item.late { " " (Badge::new(l, Tone::Warn, Icon::Clock, w("超期", "late"))) } },
            html! { (grouped(item.days.unsigned_abs())) },
        ]);
        if select {
            let row = row.to(format!("/records/{}/verify", item.record));
            // What the visitor entered is for somebody else to verify, so it cannot be chosen.
            if item.own {
                row.muted(true)
            } else {
                row.select(format!("{}:{}", item.record, item.version), item.label.clone())
            }
        } else {
            row.to(format!("/records/{}", item.record))
        }
    });
    let table = Table::new(l, w("等待核验的记录", "Records that wait"), columns).rows(rows).cards();
    let table = if select { table.selectable(l, "record", Some("judge".to_owned())) } else { table };
    html! { (table) }
}

pub(super) async fn returned(visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    let asking = visitor.clone();
    let work = move |_: &App| {
        let wanted = Wanted {
            status: Status::Returned,
            right: Action::Amend,
            register: asked.register.as_deref(),
            after: asked.after.as_deref(),
            limit: ROWS,
        };
        let view = look(&asking, &wanted)?;
        let l = asking.language;
        let shown = view.items.first().map(|item| item.register.as_str());
        let body = html! {
            (tabs(&asking, "returned"))
            @if view.waiting == 0 {
                (empty(l, w("没有退回的记录", "Nothing was sent back"),
                    w("核验人退回的记录会列在这里，打开即可看到原因并更改。", "Records that a verifier sends back are listed here; open one to see why and amend it."), None))
            } @else {
                (registers(l, &view, shown, "/inbox/returned"))
                (table(l, &view.items, false))
            }
        };
        Ok(asking.page(Page::new(Section::Inbox, w("退回修改", "Sent back")), body))
    };
    visitor.app.work(work).await
}

pub(super) async fn drafts(visitor: Visitor) -> Answer {
    let account = visitor.account()?.id;
    let drafts = visitor.app.work(move |app| Ok(app.accounts.drafts(account)?)).await?;
    let l = visitor.language;
    let form_of = |key: &str| match key.split_once(':') {
        Some(("enter", register)) => {
            let label = visitor.now.pack.register(register).map(|found| l.say(&found.label).into_owned());
            let title = format!("{} {}", l.t("录入", "Enter"), label.unwrap_or_else(|| register.to_owned()));
            Some((title, format!("/registers/{register}/enter?draft=1")))
        }
        Some(("amend", record)) => {
            Some((format!("{} #{record}", l.t("更改", "Amend")), format!("/records/{record}/amend?draft=1")))
        }
        Some(("advance", rest)) => {
            let (record, state) = rest.split_once(':')?;
            let title = format!("{} #{record}", l.t("变更状态", "Change the state of"));
            Some((title, format!("/records/{record}/advance/{state}?draft=1")))
        }
        Some(("withdraw", record)) => {
            let title = format!("{} #{record}", l.t("撤回", "Withdraw"));
            Some((title, format!("/records/{record}/withdraw?draft=1")))
        }
        Some(("many", register)) => {
            let label = visitor.now.pack.register(register).map(|found| l.say(&found.label).into_owned());
            let (into, label) =
                (l.t("粘贴多行", "Several rows for"), label.unwrap_or_else(|| register.to_owned()));
            Some((format!("{into} {label}"), format!("/registers/{register}/enter-many?draft=1")))
        }
        _ => None,
    };
    let columns = vec![
        Column::new(l, w("草稿", "Draft")),
        Column::new(l, w("最后保存", "Last saved")),
        Column::new(l, w("操作", "Action")),
    ];
    // A draft of what was withdrawn or done since leads to no form any more: it can be thrown away from here.
    let discard = |key: &str| {
        html! {
            form method="post" action={ "/drafts/" (key) "/drop" } {
                (visitor.frame().csrf_field())
                input type="hidden" name="back" value="/inbox/drafts";
                (Button::quiet(l, w("丢弃", "Discard")).small())
            }
        }
    };
    let rows = drafts.iter().filter_map(|draft| {
        let (title, address) = form_of(&draft.key)?;
        let when = draft.updated.to_zoned(crate::when::calendar()).strftime("%Y-%m-%d %H:%M").to_string();
        Some(Row::new(vec![html! { (title) }, html! { (when) }, discard(&draft.key)]).to(address))
    });
    let body = html! {
        (tabs(&visitor, "drafts"))
        @if drafts.is_empty() {
            (empty(l, w("没有草稿", "There are no drafts"), w("填写中的表单每隔几秒自动存为草稿。", "A form that is being filled in is kept as a draft every few seconds."), None))
        } @else {
            (Table::new(l, w("草稿", "Drafts"), columns).rows(rows).cards())
        }
    };
    Ok(visitor.page(Page::new(Section::Inbox, w("草稿", "Drafts")), body))
}

/// What is late, in one page: to be read in the morning, or printed.
pub(super) async fn digest(visitor: Visitor) -> Answer {
    let asking = visitor.clone();
    let work = move |_: &App| {
        let of =
            |status, right| look(&asking, &Wanted { status, right, register: None, after: None, limit: 0 });
        let (pending, back) = (of(Status::Pending, Action::Verify)?, of(Status::Returned, Action::Amend)?);
        let l = asking.language;
        let today = crate::ui::date_in_words(l, crate::when::today());
        let by_mail = if asking.app.mail.is_some() {
            l.t("也可在“我的账户”中设置邮件提醒。", " Reminders by mail are set up under “My account”.")
        } else {
            ""
        };
        let section = |title: crate::ui::Label, address: &str, view: &InboxView| {
            let columns = vec![
                Column::new(l, w("台账", "Register")),
                Column::number(l, w("等待", "Waiting")),
                Column::number(l, w("期限", "Late after")).unit(l, w("天", "days")),
                Column::number(l, w("超期", "Late")),
            ];
            let rows = view.registers.iter().map(|register| {
                Row::new(vec![
                    html! { (register.label) },
                    html! { (grouped(register.waiting as u64)) },
                    html! { (register.late_after_days) },
                    html! { (grouped(register.late as u64)) },
                ])
                .to(format!("{address}?register={}", register.register))
            });
            let total = Row::new(vec![
                html! { (l.t("合计", "Total")) },
                html! { (grouped(view.waiting as u64)) },
                html! {},
                html! { (grouped(view.late as u64)) },
            ]);
            html! {
                h2 { (title.get(l)) }
                @if view.waiting == 0 { p.muted { (l.t("没有", "None")) } }
                @else { (Table::new(l, title, columns).rows(rows).total(total)) }
            }
        };
        let body = html! {
            (tabs(&asking, "digest"))
            p { (today) (l.t("。期限由各台账规定，超过即为超期。程序可读取 /api/v1/inbox。", ". Each register says after how many days something is late. Programs read /api/v1/inbox.")) (by_mail) }
            (section(w("等待核验", "Waiting for verification"), "/inbox", &pending))
            (section(w("退回修改", "Sent back"), "/inbox/returned", &back))
        };
        Ok(asking.page(Page::new(Section::Inbox, w("每日汇总", "Digest")), body))
    };
    visitor.app.work(work).await
}

/// What is asked of the inbox by a program.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ApiAsked {
    /// Only records of this register; by default the first in which something waits.
    register: Option<String>,
    /// `pending` (to verify, the default) or `returned` (to amend).
    status: Option<String>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<String>,
    /// The most records, 1 to 1000.
    limit: Option<usize>,
}

/// What waits for whoever asks, oldest first.
#[utoipa::path(
    get, path = "/api/v1/inbox", tag = "inbox", params(ApiAsked),
    responses(
        (status = 200, body = InboxView),
        (status = 401, description = "nobody is signed in", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "the register, status or cursor is unknown", body = Problem, content_type = "application/problem+json"),
        (status = 400, description = "a parameter is not of its type", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "there is no such register", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "too many requests", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "an error of ours", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn api(visitor: Visitor, Query(asked): Query<ApiAsked>) -> Answer {
    let asking = visitor.clone();
    let work = move |_: &App| {
        let (status, right) = match asked.status.as_deref() {
            None | Some("pending") => (Status::Pending, Action::Verify),
            Some("returned") => (Status::Returned, Action::Amend),
            Some(_) => {
                let text = Text::new("status 应为 pending 或 returned", "status is pending or returned");
                return Err(Fault::Refused { text, fields: Vec::new() });
            }
        };
        if let Some(register) = &asked.register {
            asking.now.pack.register(register).ok_or(Fault::NotFound)?;
        }
        let limit = asked.limit.unwrap_or(100).clamp(1, 1_000);
        let wanted = Wanted {
            status,
            right,
            register: asked.register.as_deref(),
            after: asked.cursor.as_deref(),
            limit,
        };
        Ok(Json(look(&asking, &wanted)?).into_response())
    };
    visitor.app.work(work).await
}
