//! `/admin`: what can be administered, as far as the visitor may; and whether mail goes out.

use access::{Action, Resource};
use maud::{Markup, html};
use message::Text;

use crate::fault::Answer;
use crate::mail::{Mail, Summary};
use crate::routes::{Need, Routes};
use crate::ui::{Facts, Label, Notice, Page, Section, Speak, date_in_words, w};
use crate::visitor::{Visitor, no_right};

/// The one route.
pub fn routes() -> Routes {
    Routes::new().get("/admin", Need::SignedIn, index)
}

/// What can be administered: the right, the address, what it is called, what it is for.
static PLACES: [(Action, &str, Label, Label); 5] = [
    (
        Action::ManageUnits,
        "/admin/units",
        w("机构", "Units"),
        w(
            "机构树及其沿革；按生效日期划转、合并、拆分",
            "The tree of units over time; move, merge and split from a day on",
        ),
    ),
    (
        Action::ManageAccounts,
        "/admin/accounts",
        w("账号", "Accounts"),
        w("邀请、授权、停用、解锁", "Invite, grant, disable, unlock"),
    ),
    (
        Action::ManagePack,
        "/admin/pack",
        w("城市包", "Pack"),
        w("现行定义的版本与诊断；换用新版本", "The definitions in force and their diagnostics; adopt others"),
    ),
    (
        Action::Backup,
        "/admin/book",
        w("账本与备份", "Book and backup"),
        w("校验整本账、检查点、备份", "Verify the whole book, its checkpoint, back it up"),
    ),
    (
        Action::ReadAudit,
        "/admin/audit",
        w("操作日志", "Audit trail"),
        w("谁在何时从何处做了什么", "Who did what, when, from where"),
    ),
];

async fn index(visitor: Visitor) -> Answer {
    let open: Vec<_> = PLACES.iter().filter(|(action, ..)| visitor.may_anywhere(*action, None)).collect();
    if open.is_empty() {
        return Err(no_right(Action::ManageUnits));
    }
    // Whom the server writes to is the whole city's matter, as its accounts are.
    let mail = if visitor.may(Action::ManageAccounts, &Resource::default()) {
        let summary = visitor.app.work(Summary::of).await?;
        Some(reminders(&visitor, &summary))
    } else {
        None
    };
    let l = visitor.language;
    let body = html! {
        ul.places {
            @for (_, path, label, what) in open {
                li {
                    a href=(path) { (l.say(label)) }
                    p { (l.say(what)) }
                }
            }
        }
        @if let Some(mail) = mail { (mail) }
    };
    Ok(visitor.page(Page::new(Section::Admin, w("管理", "Administration")), body))
}

/// Whether reminders by mail go out, and what became of the latest. Numbers only: addresses are their owners'.
fn reminders(visitor: &Visitor, summary: &Summary) -> Markup {
    let l = visitor.language;
    html! {
        section aria-labelledby="reminders" {
            h2 #reminders { (l.t("邮件提醒", "Reminders by mail")) }
            @match &visitor.app.mail {
                None => p.muted { (l.t(
                    "没有设置邮件服务器，不发送邮件。在城市目录放置 mail.toml 并重新启动即可启用。",
                    "No mail server is set up, and no mail is sent. Put a mail.toml into the city's home and start again.",
                )) },
                Some(mail) => (state(visitor, mail, summary)),
            }
        }
    }
}

fn state(visitor: &Visitor, mail: &Mail, summary: &Summary) -> Markup {
    let l = visitor.language;
    let last = mail.last();
    let at = mail.at().strftime("%H:%M").to_string();
    let run = match &last {
        None => Text::new("本次启动后还没有", "none since the server was started"),
        Some(run) => {
            let (sent, failed) = (run.sent, run.failed);
            let began = run.began.to_zoned(crate::when::calendar()).strftime("%Y-%m-%d %H:%M").to_string();
            message::text!(
                "{began}，发出 {sent} 封，失败 {failed} 封",
                "{began}: {sent} sent, {failed} failed"
            )
        }
    };
    let day = summary.day.map(|day| {
        let (sent, deferred, refused, unsure) =
            (summary.sent, summary.deferred, summary.refused, summary.unsure);
        let day = date_in_words(l, day);
        message::text!(
            "{day}：已发出 {sent}，待重试 {deferred}，被拒收 {refused}，不确定 {unsure}",
            "{day}: {sent} sent, {deferred} to be tried again, {refused} refused, {unsure} unsure"
        )
    });
    html! {
        @if let Some(failure) = last.as_ref().and_then(|run| run.broke) {
            (Notice::warn(l, w("上次发送中断", "The latest run broke off")).body(html! { p { (l.say(&failure.text())) } }))
        }
        (Facts::new()
            .fact(l, w("发送时间", "Sent from"), html! { (at) })
            .fact(l, w("填写了地址的账号", "Accounts with an address"), html! { (summary.people) })
            .fact(l, w("上次运行", "Latest run"), html! { (l.say(&run)) })
            .fact(l, w("最近一天的提醒", "Latest day's reminders"), html! { @if let Some(day) = &day { (l.say(day)) } }))
    }
}
