//! How the page looks.

use access::Action;
use axum::response::Response;
use maud::{Markup, html};
use message::Text;

use super::token::DAYS;
use super::{View, Wrong};
use crate::page::accounts::{grants_in_words, time};
use crate::ui::{
    Badge, Button, Column, Facts, Field, Form, Icon, Page, Row, Section, Speak, Table, Tone, empty,
    error_summary, w,
};
use crate::visitor::Visitor;

pub(super) fn page(visitor: &Visitor, view: &View, wrong: &Wrong) -> Response {
    let l = visitor.language;
    let faults: Vec<_> =
        wrong.text.iter().map(|text| (wrong.field.to_owned(), l.say(text).into_owned())).collect();
    visitor.page(
        Page::new(Section::None, w("我的账户", "My account")).style("account.css"),
        html! {
            (error_summary(l, &faults))
            (about(visitor, view))
            @if visitor.account.as_ref().is_some_and(|account| account.has_password) {
                (password(visitor, wrong))
                (second(visitor, view, wrong))
            }
            @if let Some(kept) = &view.mail { (super::mail::section(visitor, kept, wrong)) }
            (sessions(visitor, view))
            (tokens(visitor, view, wrong))
            (identities(visitor, view))
        },
    )
}

/// The words of a fault, at the field that they concern.
pub(super) fn at(visitor: &Visitor, wrong: &Wrong, field: &str) -> Option<String> {
    wrong.text.as_ref().filter(|_| wrong.field == field).map(|text| visitor.say(text))
}

fn about(visitor: &Visitor, view: &View) -> Markup {
    let l = visitor.language;
    let Some(account) = &visitor.account else { return html! {} };
    html! {
        (Facts::new()
            .fact(l, w("用户名", "Name"), &account.name)
            .fact(l, w("显示名", "Display name"), &account.display)
            .fact(l, w("角色", "Roles"), grants_in_words(visitor, &account.grants, &view.units)))
    }
}

fn password(visitor: &Visitor, wrong: &Wrong) -> Markup {
    let l = visitor.language;
    let field = |name: &'static str, words, what| {
        Field::password(l, name, words).autocomplete(what).required().error(at(visitor, wrong, name))
    };
    html! {
        section aria-labelledby="password" {
            h2 #password { (l.t("密码", "Password")) }
            (Form::new("/me/password").render(&visitor.frame(), html! {
                (field("old", w("现在的密码", "Present password"), "current-password"))
                (field("new", w("新密码", "New password"), "new-password")
                    .help(l, w("至少12个字符；几个互不相关的词就很好", "At least 12 characters; some words that do not belong together do well")))
                (field("again", w("再次输入新密码", "New password once more"), "new-password"))
                div.actions { (Button::secondary(l, w("更改密码", "Change the password"))) }
            }))
        }
    }
}

fn second(visitor: &Visitor, view: &View, wrong: &Wrong) -> Markup {
    let l = visitor.language;
    let on = visitor.account.as_ref().is_some_and(|account| account.second_factor);
    let left = view.recovery_codes;
    let confirm = |id: &str| {
        Field::password(l, "password", w("密码", "Password")).required().error(at(visitor, wrong, id))
    };
    html! {
        section aria-labelledby="second" {
            h2 #second {
                (l.t("两步验证", "Second factor")) " "
                @if on { (Badge::new(l, Tone::Good, Icon::Tick, w("已启用", "On"))) }
                @else { (Badge::new(l, Tone::Neutral, Icon::Info, w("未启用", "Off"))) }
            }
            @if on {
                p { (l.say(&message::text!("还有 {left} 个恢复码未用。", "{left} recovery codes are left."))) }
                (Form::new("/me/recovery-codes").render(&visitor.frame(), html! {
                    (confirm("password"))
                    div.actions {
                        (Button::secondary(l, w("重新生成恢复码", "Make new recovery codes")))
                        (Button::danger(l, w("停用两步验证", "Turn it off")).action("/me/second-factor/drop"))
                    }
                }))
            } @else {
                p { (l.t("登录时除密码外再输入手机验证器显示的数字：密码泄露也进不来。",
                    "Beside the password, the digits of an authenticator are asked for: a password that leaks opens nothing.")) }
                (Form::new("/me/second-factor").render(&visitor.frame(), html! {
                    (confirm("password"))
                    div.actions { (Button::secondary(l, w("启用两步验证", "Turn it on"))) }
                }))
            }
        }
    }
}

fn sessions(visitor: &Visitor, view: &View) -> Markup {
    let l = visitor.language;
    let frame = visitor.frame();
    let columns = vec![
        Column::new(l, w("设备", "Device")),
        Column::new(l, w("地址", "Address")),
        Column::new(l, w("登录时间", "Since")),
        Column::new(l, w("最近使用", "Last used")),
        Column::new(l, w("操作", "Action")).hidden_label(),
    ];
    let rows = view.sessions.iter().map(|one| {
        let here = visitor.session == Some(one.id);
        Row::new(vec![
            html! { (device(&one.agent, l)) @if here { " " (Badge::new(l, Tone::Good, Icon::Tick, w("本次登录", "This one"))) } },
            html! { (one.address) },
            html! { (time(one.created)) },
            html! { (time(one.seen)) },
            html! { @if !here {
                form method="post" action={ "/me/sessions/" (one.id) "/end" } {
                    (frame.csrf_field()) (Button::quiet(l, w("结束", "End")).small())
                }
            } },
        ])
    });
    html! {
        section aria-labelledby="sessions" {
            h2 #sessions { (l.t("登录", "Sessions")) }
            (Table::new(l, w("登录", "Sessions"), columns).cards().rows(rows))
            @if view.sessions.len() > 1 {
                form method="post" action="/me/sessions/end-others" {
                    (frame.csrf_field())
                    div.actions { (Button::secondary(l, w("结束其他全部登录", "End all others"))) }
                }
            }
        }
    }
}

fn tokens(visitor: &Visitor, view: &View, wrong: &Wrong) -> Markup {
    let l = visitor.language;
    let frame = visitor.frame();
    let columns = vec![
        Column::new(l, w("用途", "What for")),
        Column::new(l, w("可以做什么", "May")),
        Column::new(l, w("有效至", "Until")),
        Column::new(l, w("最近使用", "Last used")),
        Column::new(l, w("操作", "Action")).hidden_label(),
    ];
    let rows = view.tokens.iter().map(|token| {
        Row::new(vec![
            html! { (token.label) },
            html! { (token.scopes.join(", ")) },
            html! { @if let Some(expires) = token.expires { (time(expires)) } },
            html! { @if let Some(used) = token.used { (time(used)) } @else { "—" } },
            html! {
                form method="post" action={ "/me/tokens/" (token.id) "/revoke" } {
                    (frame.csrf_field()) (Button::quiet(l, w("作废", "Revoke")).small())
                }
            },
        ])
    });
    let actions: Vec<_> = Action::ALL
        .iter()
        .filter(|action| **action != Action::UseOwnAccount && visitor.may_anywhere(**action, None))
        .map(|action| (action.key().to_owned(), visitor.say(&action.label())))
        .collect();
    let days = DAYS.map(|days| (days.to_string(), visitor.say(&message::text!("{days}天", "{days} days"))));
    let mut registers = vec![(String::new(), l.t("全部台账", "All registers").to_owned())];
    registers.extend(visitor.now.pack.registers.iter().map(|one| (one.key.clone(), visitor.say(&one.label))));
    html! {
        section aria-labelledby="tokens" {
            h2 #tokens { (l.t("接口令牌", "Tokens for programs")) }
            @if view.tokens.is_empty() {
                (empty(l, w("没有令牌", "No tokens"),
                    w("程序通过令牌使用开放接口，权限不超过所选范围", "A program uses the open API with a token, and may do no more than you choose"), None))
            } @else { (Table::new(l, w("接口令牌", "Tokens"), columns).cards().rows(rows)) }
            @if !actions.is_empty() {
                details open[wrong_is_of_token(wrong)] {
                    summary { (l.t("新建令牌", "Make a token")) }
                    (Form::new("/me/tokens").render(&frame, html! {
                        (Field::text(l, "label", w("用途", "What for")).required().max_chars(60).error(at(visitor, wrong, "label")))
                        (Field::checks(l, "action", w("可以做什么", "May"), actions).required().error(at(visitor, wrong, "action")))
                        (Field::select(l, "register", w("限于台账", "Only in"), registers).error(at(visitor, wrong, "register")))
                        (Field::select(l, "days", w("有效期", "For"), days.to_vec()).required().error(at(visitor, wrong, "days")))
                        div.actions { (Button::secondary(l, w("生成令牌", "Make the token"))) }
                    }))
                }
            }
        }
    }
}

fn wrong_is_of_token(wrong: &Wrong) -> bool {
    ["label", "action", "register", "days"].contains(&wrong.field)
}

fn identities(visitor: &Visitor, view: &View) -> Markup {
    let l = visitor.language;
    let Some(provider) = &visitor.app.provider else { return html! {} };
    let frame = visitor.frame();
    let label: Text = provider.label();
    html! {
        section aria-labelledby="identities" {
            h2 #identities { (l.say(&label)) }
            @for identity in &view.identities {
                form method="post" action={ "/me/identities/" (identity.id) "/unlink" } {
                    (frame.csrf_field())
                    p { code { (identity.subject) } " " (l.t("绑定于 ", "linked on ")) (time(identity.created)) " "
                        (Button::quiet(l, w("解除绑定", "Unlink")).small()) }
                }
            }
            (Form::new("/sign-in/provider").hidden("link", "true").hidden("next", "/me").render(&frame, html! {
                div.actions { (Button::secondary(l, w("绑定统一身份", "Link an identity"))) }
            }))
        }
    }
}

/// The browser and the system, as far as an agent's name tells.
fn device(agent: &str, l: message::Language) -> String {
    let find = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    let browser = find(&[
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = find(&[
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => l.t("未知", "unknown").to_owned(),
    }
}
