//! Reminders by mail: one's own address, kept among one's preferences and nowhere else.

use axum::Form as Sent;
use axum::http::{HeaderMap, StatusCode};
use maud::{Markup, html};
use message::{Text, text};
use serde::Deserialize;

use super::draw::at;
use super::{Wrong, done, session, show};
use crate::app::App;
use crate::fault::{Answer, Fault};
use crate::mail::{self, Mail, Reminded, State};
use crate::ui::{Badge, Button, Field, Form, Icon, Speak, Tone, date_in_words, w};
use crate::visitor::Visitor;

/// What is kept of a person's reminders.
pub(super) struct Kept {
    /// From when on they are sent.
    at: jiff::civil::Time,
    address: Option<String>,
    latest: Option<Reminded>,
}

impl Kept {
    /// Nothing where the city sends no mail.
    pub(super) fn of(app: &App, account: i64) -> Result<Option<Self>, Fault> {
        let Some(mail) = &app.mail else { return Ok(None) };
        let kept = app.accounts.preference(account, mail::ADDRESS)?;
        let address = kept.and_then(|value| value.as_str().map(str::to_owned));
        Ok(Some(Self { at: mail.at(), address, latest: mail::reminded(app, account)? }))
    }
}

/// The mail of the city. Where there is none, neither is the address.
fn mail(visitor: &Visitor) -> Result<&Mail, Fault> {
    visitor.app.mail.as_ref().ok_or(Fault::NotFound)
}

#[derive(Deserialize)]
pub(super) struct Typed {
    mail: String,
}

pub(super) async fn keep(visitor: Visitor, headers: HeaderMap, Sent(typed): Sent<Typed>) -> Answer {
    let account = session(&visitor, &headers)?.account.id;
    mail(&visitor)?;
    let address = match mail::address(&typed.mail) {
        Ok(address) => serde_json::Value::String(address.to_string()),
        Err(text) => {
            return show(&visitor, Wrong { typed: typed.mail, ..Wrong::at("mail", text) }).await;
        }
    };
    visitor
        .app
        .work(move |app| Ok(app.accounts.set_preference(account, mail::ADDRESS, Some(&address))?))
        .await?;
    let text = Text::new("邮件地址已保存", "Your address is kept");
    Ok(done(&visitor, &text, "mail.keep", None))
}

pub(super) async fn remove(visitor: Visitor, headers: HeaderMap) -> Answer {
    let account = session(&visitor, &headers)?.account.id;
    mail(&visitor)?;
    visitor.app.work(move |app| Ok(app.accounts.set_preference(account, mail::ADDRESS, None)?)).await?;
    let text = Text::new("邮件地址已移除，不再发送提醒", "Your address is removed; no more reminders");
    Ok(done(&visitor, &text, "mail.remove", None))
}

/// Sends a letter to the address that is kept, and says what came of it.
pub(super) async fn attempt(visitor: Visitor, headers: HeaderMap) -> Answer {
    let account = session(&visitor, &headers)?.account.id;
    let mail = mail(&visitor)?;
    let kept = visitor.app.work(move |app| Ok(app.accounts.preference(account, mail::ADDRESS)?)).await?;
    let to = kept.as_ref().and_then(|kept| kept.as_str()).and_then(|kept| mail::address(kept).ok());
    let Some(to) = to else {
        let text = Text::new("请先保存邮件地址", "keep an address first");
        return show(&visitor, Wrong::at("mail", text)).await;
    };
    if !mail.may_try(account) {
        let text = Text::new(
            "一分钟内只能测试一次，请稍后再试",
            "an address is tried once a minute; try again later",
        );
        return show(&visitor, Wrong::at("mail", text)).await;
    }
    let server = visitor.app.settings.address();
    let letter = mail::trial(visitor.language, &visitor.now.pack.label, server.as_deref());
    let outcome = mail.send(&letter, to).await;
    visitor.app.metrics.mailed(outcome.is_ok());
    match outcome {
        Ok(()) => {
            let text = Text::new(
                "邮件服务器已收下测试邮件，请查收",
                "The mail server has taken the letter; look whether it arrives",
            );
            Ok(done(&visitor, &text, "mail.try", None))
        }
        Err(failure) => {
            tracing::warn!(
                failure = failure.key(),
                code = failure.code(),
                "a letter to try an address was not sent"
            );
            let why = failure.text();
            let (zh, en) = (why.simplified, why.english);
            let text = text!("测试邮件没有发出：{zh}", "The letter was not sent: {en}");
            let mut response = show(&visitor, Wrong::at("mail", text)).await?;
            *response.status_mut() = StatusCode::BAD_GATEWAY;
            Ok(response)
        }
    }
}

/// The part of the page.
pub(super) fn section(visitor: &Visitor, kept: &Kept, wrong: &Wrong) -> Markup {
    let l = visitor.language;
    let frame = visitor.frame();
    let time = kept.at.strftime("%H:%M").to_string();
    let shown =
        if wrong.typed.is_empty() { kept.address.as_deref().unwrap_or_default() } else { &wrong.typed };
    html! {
        section aria-labelledby="reminders" {
            h2 #reminders {
                (l.t("邮件提醒", "Reminders by mail")) " "
                @if kept.address.is_some() { (Badge::new(l, Tone::Good, Icon::Tick, w("已启用", "On"))) }
                @else { (Badge::new(l, Tone::Neutral, Icon::Info, w("未启用", "Off"))) }
            }
            p { (l.say(&text!(
                "有记录核验超期或被退回时，每天{time}起发一封邮件，每天至多一封。只写数目，不写记录内容和姓名。",
                "When something is late to be verified or was sent back, a mail tells you after {time}, at most once a day. It has counts only, nothing of the records and no names.")))
            }
            (Form::new("/me/mail").render(&frame, html! {
                (Field::text(l, "mail", w("邮件地址", "Mail address")).required().max_chars(254).autocomplete("email")
                    .value(shown).error(at(visitor, wrong, "mail")))
                div.actions { (Button::secondary(l, w("保存地址", "Keep the address"))) }
            }))
            @if let Some(address) = &kept.address {
                @if let Some(latest) = &kept.latest { p.muted { (outcome(l, latest)) } }
                div.deeds {
                    form method="post" action="/me/mail/try" {
                        (frame.csrf_field())
                        (Button::secondary(l, text!("向 {address} 发送测试邮件", "Send a letter to {address} to try it"))
                            .busy(l, w("正在联系邮件服务器", "Asking the mail server")))
                    }
                    form method="post" action="/me/mail/remove" {
                        (frame.csrf_field()) (Button::quiet(l, w("移除地址", "Remove the address")))
                    }
                }
            }
        }
    }
}

/// What became of the latest reminder.
fn outcome(l: message::Language, latest: &Reminded) -> String {
    let (day, code) = (date_in_words(l, latest.day), latest.code);
    let text = match latest.state {
        State::Sent => text!("最近一次提醒：{day}，已发出", "Latest reminder: {day}, sent"),
        State::Sending => text!(
            "最近一次提醒：{day}，交付中断，不知是否送出",
            "Latest reminder: {day}; it broke off, and may have been sent"
        ),
        State::Deferred => text!(
            "最近一次提醒：{day}，邮件服务器暂未收下（代码 {code}）",
            "Latest reminder: {day}; the mail server did not take it for now (status {code})"
        ),
        State::Refused => text!(
            "最近一次提醒：{day}，被邮件服务器拒收（代码 {code}），请检查地址",
            "Latest reminder: {day}; the mail server refused it (status {code}), check the address"
        ),
    };
    l.say(&text).into_owned()
}
