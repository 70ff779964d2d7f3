//! The page of `/admin/book`.

use jiff::Timestamp;
use maud::{Markup, html};
use message::Text;

use super::BookView;
use super::tasks::{Copy, Status};
use crate::ui::{
    Badge, Button, Column, Facts, Field, Form, Icon, Notice, Page, Row, Section, Speak, Table, Tone,
    code_block, grouped, progress, w,
};
use crate::visitor::Visitor;

pub(super) fn head() -> Page {
    Page::new(Section::Admin, w("账本与备份", "Book and backup")).lead(w(
        "账本只增不改；任何人凭检查点都能核对副本",
        "The book only grows; with its checkpoint anybody can verify a copy",
    ))
}

pub(super) fn body(
    visitor: &Visitor,
    view: &BookView,
    verification: &Status,
    copying: &Status,
    copies: &[Copy],
) -> Markup {
    let l = visitor.language;
    html! {
        section {
            h2 { (l.t("检查点", "Checkpoint")) }
            (Facts::new()
                .fact(l, w("账本", "Book"), html! { (view.origin) })
                .fact(l, w("条目数", "Entries"), html! { (grouped(view.size)) })
                .fact(l, w("树根", "Root"), html! { code { (view.root) } })
                .fact(l, w("验证公钥", "Verifier key"), html! { code { (view.verifier_key) } }))
            (code_block(l, w("签名检查点", "Signed checkpoint"), &view.checkpoint))
            div.actions {
                (Button::secondary(l, w("下载检查点", "Download the checkpoint")).download("/admin/book/checkpoint"))
            }
        }
        section {
            h2 { (l.t("校验", "Verification")) }
            p { (l.t(
                "逐条重算整本账的摘要、签名、佐证，并与存储内容比对。",
                "Derives every hash, signature and evidence file again and compares them with what is stored.",
            )) }
            (status(visitor, verification))
            @if !verification.is_running() {
                (Form::new("/admin/book/verify").render(&visitor.frame(), html! {
                    div.actions { (Button::primary(l, w("校验整本账", "Verify the whole book"))) }
                }))
            }
        }
        section {
            h2 { (l.t("备份", "Backup")) }
            (status(visitor, copying))
            @if !copying.is_running() { (copy_form(visitor)) }
            (listed(visitor, copies))
        }
    }
}

fn copy_form(visitor: &Visitor) -> Markup {
    let l = visitor.language;
    let keys = w(
        "同时备份密钥（只存于服务器，不可下载）",
        "With the secret keys (kept on the server, not to be downloaded)",
    );
    let help = w(
        "没有密钥的副本可读、可核对，但不能续写",
        "Without them a copy can be read and verified, but not continued",
    );
    html! {
        (Form::new("/admin/book/backup").render(&visitor.frame(), html! {
            (Field::tick(l, "keys", keys).help(l, help))
            div.actions { (Button::secondary(l, w("立即备份", "Back up now"))) }
        }))
    }
}

/// How far something is, or how it ended.
fn status(visitor: &Visitor, status: &Status) -> Markup {
    let l = visitor.language;
    let when = |at: &Timestamp| at.to_zoned(crate::when::calendar()).strftime("%Y-%m-%d %H:%M").to_string();
    match status {
        Status::Never => html! {},
        Status::Running { done, total, what } => {
            let all = (*total > 0).then_some(*total);
            html! { (progress(l, what.clone(), *done, all)) }
        }
        Status::Done { at, text } => {
            html! { (Notice::good(l, text.clone()).body(html! { p.number { (when(at)) } })) }
        }
        Status::Failed { at, text, particulars } => html! {
            (Notice::bad(l, text.clone()).body(html! {
                p.number { (when(at)) }
                @if !particulars.is_empty() { (code_block(l, w("详情", "Particulars"), &particulars.join("\n"))) }
            }))
        },
    }
}

fn listed(visitor: &Visitor, copies: &[Copy]) -> Markup {
    let l = visitor.language;
    if copies.is_empty() {
        return html! { p.muted { (l.t("还没有备份。", "There is no copy yet.")) } };
    }
    let rows = copies.iter().map(|copy| {
        Row::new(vec![
            html! { code { (copy.name) } },
            html! { (copy.megabytes) },
            html! {
                @if copy.with_keys { (Badge::new(l, Tone::Warn, Icon::Lock, w("含密钥", "With keys"))) }
                @else if copy.file {
                    (Button::secondary(l, w("下载", "Download")).download(format!("/admin/book/backups/{}.zip", copy.name)).small())
                }
            },
        ])
    });
    let columns = vec![
        Column::new(l, w("副本", "Copy")),
        Column::number(l, w("大小", "Size")).unit(l, Text::same("MB")),
        Column::new(l, w("下载", "Download")),
    ];
    html! { (Table::new(l, w("备份", "Copies"), columns).rows(rows)) }
}
