//! How the pages look.

use access::Action;
use accounts::{AuditFault, AuditReport, Outcome};
use axum::response::Response;
use maud::{Markup, html};
use message::{Language, Text};

use super::{A_PAGE, Asked, COUNTED, HeadView, View};
use crate::page::accounts::time;
use crate::ui::{
    Badge, Button, Choice, Column, Facts, Field, FilterBar, Icon, Notice, Page, Row, Section, Speak, Table,
    Tone, empty, grouped, w,
};
use crate::visitor::Visitor;

const PLACE: &str = "/admin/audit";

pub(super) fn page(visitor: &Visitor, asked: &Asked, view: &View) -> Response {
    let l = visitor.language;
    let shown = &view.events[..view.events.len().min(A_PAGE)];
    let next =
        (view.events.len() > A_PAGE).then(|| shown.last().map(|one| asked.query(Some(one.number)))).flatten();
    let columns = vec![
        Column::new(l, w("时间", "When")),
        Column::new(l, w("账号", "Who")),
        Column::new(l, w("操作", "What")),
        Column::new(l, w("对象", "On what")),
        Column::new(l, w("结果", "Outcome")),
        Column::new(l, w("地址", "From")).least(),
        Column::new(l, w("说明", "Detail")).least(),
    ];
    let rows = shown.iter().map(|one| {
        let event = &one.event;
        Row::new(vec![
            html! { (time(one.at)) },
            who(visitor, event.account),
            html! { span title=(event.route) { (action_label(l, &event.action)) } },
            on_what(visitor, event),
            html! { (outcome_badge(l, event.outcome)) },
            html! { (event.from) },
            html! { (event.detail) },
        ])
    });
    let count = grouped(view.counted.min(COUNTED).to_string());
    let counted = if view.counted > COUNTED {
        message::text!("共超过 {count} 条", "more than {count} events")
    } else {
        message::text!("共 {count} 条", "{count} events")
    };
    let export = Button::secondary(l, w("导出", "Export"))
        .icon(Icon::Download)
        .download(format!("{PLACE}/export?{}", asked.query(None)));
    visitor.page(
        Page::new(Section::Admin, w("操作日志", "Audit trail")).action(export).wide(),
        html! {
            (bar(visitor, asked, &view.actions))
            @if shown.is_empty() {
                @if asked.query(None).is_empty() {
                    (empty(l, w("还没有操作记录", "Nothing was done yet"), w("登录、授权、录入、导出等操作发生后在此列出", "Sign-ins, grants, entries and exports are listed here as they happen"), None))
                } @else {
                    (empty(l, w("没有符合条件的操作", "No event fits"), w("减少筛选条件后再试", "Try fewer filters"), None))
                }
            } @else {
                p.muted { (l.say(&counted)) }
                (Table::new(l, w("操作日志", "Audit trail"), columns).cards().plain_first().rows(rows))
                nav.pager aria-label=(l.t("翻页", "Pages")) {
                    @if asked.before.is_some() {
                        a.button.quiet href={ (PLACE) "?" (asked.query(None)) } { (l.t("回到最新", "Newest")) }
                    }
                    @if let Some(next) = next {
                        a.button.quiet rel="next" href={ (PLACE) "?" (next) } { (l.t("更早", "Older")) (Icon::Next) }
                    }
                }
            }
            section aria-labelledby="verify" {
                h2 #verify { (l.t("校验", "Verification")) }
                p { (l.t("每条日志以密钥散列与前一条相连：改动、抽去或截断都会显现。",
                    "Each line is bound to the one before by a keyed hash: a line that is changed, taken out or cut off shows.")) }
                form method="post" action={ (PLACE) "/verify" } {
                    (visitor.frame().csrf_field())
                    (Button::secondary(l, w("校验全部日志", "Verify the whole trail")).busy(l, w("正在逐条校验", "Verifying line by line")))
                }
            }
        },
    )
}

fn bar(visitor: &Visitor, asked: &Asked, actions: &[String]) -> Markup {
    let l = visitor.language;
    let mut action_choices: Vec<Choice> = vec![(String::new(), l.t("全部操作", "All").to_owned())];
    action_choices.extend(actions.iter().map(|key| (key.clone(), action_label(l, key))));
    let mut outcomes: Vec<Choice> = vec![(String::new(), l.t("全部结果", "All").to_owned())];
    outcomes
        .extend(Outcome::ALL.map(|outcome| (outcome.key().to_owned(), outcome_label(l, outcome).to_owned())));
    let mut registers: Vec<Choice> = vec![(String::new(), l.t("全部台账", "All").to_owned())];
    registers.extend(visitor.now.pack.registers.iter().map(|one| (one.key.clone(), visitor.say(&one.label))));
    let more = [&asked.record, &asked.unit, &asked.from, &asked.register].iter().any(|text| !text.is_empty());
    FilterBar::new(PLACE)
        .field(Field::text(l, "account", w("账号", "Who")).value(&asked.account).inline().width(12))
        .field(Field::select(l, "action", w("操作", "What"), action_choices).value(&asked.action).inline())
        .field(Field::select(l, "outcome", w("结果", "Outcome"), outcomes).value(&asked.outcome).inline())
        .field(Field::date(l, "since", w("自", "From")).value(&asked.since).inline())
        .field(Field::date(l, "until", w("至", "To")).value(&asked.until).inline())
        .more(Field::select(l, "register", w("台账", "Register"), registers).value(&asked.register).inline())
        .more(Field::text(l, "record", w("记录或对象", "Record or thing")).value(&asked.record).inline())
        .more(Field::text(l, "unit", w("单位编码", "Unit's code")).value(&asked.unit).inline())
        .more(Field::text(l, "from", w("地址", "Address")).value(&asked.from).inline())
        .opened(more)
        .reset(PLACE)
        .render(l)
}

fn who(visitor: &Visitor, account: Option<i64>) -> Markup {
    html! {
        @match account {
            None => "—",
            Some(id) => a href={ (PLACE) "?account=" (id) } { (visitor.name_of(&format!("account-{id}"))) },
        }
    }
}

fn on_what(visitor: &Visitor, event: &accounts::Event) -> Markup {
    let register = event.register.as_deref();
    let label = register.map(|key| {
        visitor.now.pack.register(key).map_or_else(|| key.to_owned(), |one| visitor.say(&one.label))
    });
    // A record's page is linked to; what else was acted on is named only.
    let record = event.record.as_deref().filter(|_| event.route.starts_with("/records/"));
    html! {
        @if let Some(label) = label { (label) " " }
        @match (record, &event.record) {
            (Some(record), _) => a href={ "/records/" (record) } { (record) },
            (None, Some(other)) => (other),
            (None, None) => "",
        }
        @if let Some(unit) = &event.unit { " " (unit) }
    }
}

fn outcome_label(l: Language, outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => l.t("完成", "Done"),
        Outcome::Refused => l.t("拒绝", "Refused"),
        Outcome::Failed => l.t("失败", "Failed"),
    }
}

fn outcome_badge(l: Language, outcome: Outcome) -> Badge {
    match outcome {
        Outcome::Done => Badge::new(l, Tone::Good, Icon::Tick, w("完成", "Done")),
        Outcome::Refused => Badge::new(l, Tone::Warn, Icon::Cross, w("拒绝", "Refused")),
        Outcome::Failed => Badge::new(l, Tone::Bad, Icon::Fault, w("失败", "Failed")),
    }
}

/// What people call an action; its key where nobody has named it.
fn action_label(l: Language, key: &str) -> String {
    if let Some(action) = Action::of(key) {
        return l.say(&action.label()).into_owned();
    }
    let words = match key {
        "sign-in" => w("登录", "Sign in"),
        "sign-in.password" => w("登录：密码正确", "Sign in: password"),
        "sign-in.second" => w("登录：两步验证", "Sign in: second factor"),
        "sign-in.provider" => w("登录：统一身份", "Sign in: provider"),
        "sign-out" => w("退出登录", "Sign out"),
        "invitation" => w("接受邀请", "Accept an invitation"),
        "password" => w("更改密码", "Change the password"),
        "second-factor" => w("启用两步验证", "Turn the second factor on"),
        "second-factor.drop" => w("停用两步验证", "Turn the second factor off"),
        "recovery-codes" => w("重新生成恢复码", "Make new recovery codes"),
        "session.end" => w("结束登录", "End a session"),
        "token.create" => w("生成令牌", "Make a token"),
        "token.revoke" => w("作废令牌", "Revoke a token"),
        "identity.unlink" => w("解除身份绑定", "Unlink an identity"),
        "account.first" => w("建立首个账号", "Make the first account"),
        "account.invite" => w("邀请", "Invite"),
        "account.grants" => w("更改角色", "Change roles"),
        "account.reset" => w("生成新的邀请", "Make a new invitation"),
        "account.close" => w("停用账号", "Close an account"),
        "account.open" => w("启用账号", "Open an account"),
        "account.end-sessions" => w("结束他人登录", "End somebody's sessions"),
        "account.unlock" => w("解除等待", "Unlock an account"),
        "account.forget" => w("删除个人信息", "Erase a person"),
        "audit.export" => w("导出操作日志", "Export the trail"),
        "audit.verify" => w("校验操作日志", "Verify the trail"),
        "audit.lost" => w("日志缺失", "Lines were lost"),
        other => return other.to_owned(),
    };
    words.get(l).to_owned()
}

pub(super) fn verified(visitor: &Visitor, report: &AuditReport) -> Response {
    let l = visitor.language;
    let events = grouped(report.events.to_string());
    let notice = match &report.fault {
        None => Notice::good(l, w("操作日志完整，未被改动", "The trail is whole and unchanged")),
        Some(fault) => Notice::bad(l, fault_words(fault)),
    };
    let head = HeadView::of(&report.head);
    visitor.page(
        Page::new(Section::Admin, w("校验结果", "Verification")).crumb(w("操作日志", "Audit trail"), PLACE),
        html! {
            (notice)
            (Facts::new()
                .fact(l, w("条数", "Events"), events)
                .fact(l, w("末条编号", "Last number"), head.number.to_string())
                .fact(l, w("末条散列", "Its hash"), html! { code { (head.chain) } }))
            p.muted { (l.t("把末条编号与散列抄存于别处，日后可证明日志未被整体替换。",
                "Written down elsewhere, number and hash prove later that the whole was not replaced.")) }
            div.actions { (Button::primary(l, w("返回", "Back")).to(PLACE)) }
        },
    )
}

fn fault_words(fault: &AuditFault) -> Text {
    match fault {
        AuditFault::Missing(number) => {
            message::text!("第 {number} 条之前有日志缺失", "lines are missing before number {number}")
        }
        AuditFault::Changed(number) => message::text!(
            "第 {number} 条与写入时不一致，或密钥不是原来的",
            "line {number} is not as it was written, or the key is another"
        ),
        AuditFault::Cut(number) => {
            message::text!("第 {number} 条之后的日志被截去", "lines were cut off after number {number}")
        }
    }
}
