//! The page of `/admin/pack`.

use maud::{Markup, html};
use message::{Diagnostic, Severity, text};

use super::{Outcome, View};
use crate::ui::{
    Badge, Button, Column, Facts, Field, Form, Icon, Notice, Page, Row, Section, Speak, Table, Tone, Upload,
    code_block, w,
};
use crate::visitor::Visitor;

pub(super) fn head() -> Page {
    Page::new(Section::Admin, w("城市包", "Pack")).lead(w(
        "现行定义及其诊断；换用新版本不必重启",
        "The definitions in force and their diagnostics; others are adopted without a restart",
    ))
}

pub(super) fn body(visitor: &Visitor, view: &View, outcome: Option<&Outcome>) -> Markup {
    let l = visitor.language;
    html! {
        @if let Some(outcome) = outcome {
            @if outcome.good { (Notice::good(l, outcome.notice.clone()).announced()) }
            @else { (Notice::bad(l, outcome.notice.clone()).announced()) }
            (told(visitor, &outcome.diagnostics))
        }
        section {
            h2 { (l.t("现行版本", "In force")) }
            (facts(visitor, view))
            @if outcome.is_none() {
                h3 { (l.t("诊断", "Diagnostics")) }
                @if view.warnings.is_empty() {
                    p { (Badge::new(l, Tone::Good, Icon::Tick, w("没有需要注意之处", "Nothing to look at"))) }
                }
                (told(visitor, &view.warnings))
            }
        }
        section {
            h2 { (l.t("换用新版本", "Adopt another version")) }
            (upload(visitor, view))
        }
        section {
            h2 { (l.t("用过的版本", "Versions that were in force")) }
            p.muted { (l.t("旧数值凭其版本随时可以重算。", "Old figures stay computable by their version.")) }
            (kept(visitor, view))
        }
    }
}

fn facts(visitor: &Visitor, view: &View) -> Markup {
    let l = visitor.language;
    let pack = &visitor.now.pack;
    let count = |number: usize| html! { (number) };
    html! {
        (Facts::new()
            .fact(l, w("城市", "City"), html! { (l.say(&pack.label)) })
            .fact(l, w("版本", "Version"), html! { code { (view.digest) } })
            .fact(l, w("台账", "Registers"), count(pack.registers.len()))
            .fact(l, w("指标", "Indicators"), count(pack.indicators.len()))
            .fact(l, w("业务目标", "Targets"), count(pack.plan.targets.len()))
            .fact(l, w("汇报模板", "Report templates"), count(pack.reports.len()))
            .fact(l, w("权限规则", "Policies"), count(visitor.now.policies.count()))
            .in_two())
    }
}

fn upload(visitor: &Visitor, view: &View) -> Markup {
    let l = visitor.language;
    let choices: Vec<_> = view.incoming.iter().map(|name| (name.clone(), name.clone())).collect();
    let buttons = html! {
        div.actions {
            (Button::primary(l, w("检查并启用", "Check and adopt")).named("do", "adopt").busy(l, w("正在检查", "Checking")))
            (Button::secondary(l, w("只检查", "Only check")).named("do", "check"))
        }
    };
    html! {
        (Form::new("/admin/pack").files().render(&visitor.frame(), html! {
            (Upload::new(l, "pack", w("城市包（zip）", "The pack (zip)")).accept(".zip").required()
                .help(l, w("有错误时不会启用，现行版本不变", "With a fault nothing is adopted, and what is in force stays")))
            (buttons)
        }))
        @if !choices.is_empty() {
            (Form::new("/admin/pack").files().render(&visitor.frame(), html! {
                (Field::select(l, "incoming", w("服务器上的文件夹（incoming）", "A folder on the server (incoming)"), choices).required())
                div.actions {
                    (Button::secondary(l, w("检查并启用", "Check and adopt")).named("do", "adopt"))
                    (Button::secondary(l, w("只检查", "Only check")).named("do", "check"))
                }
            }))
        }
    }
}

fn kept(visitor: &Visitor, view: &View) -> Markup {
    let l = visitor.language;
    let rows = view.kept.iter().map(|(digest, day)| {
        let current = *digest == view.digest;
        Row::new(vec![
            html! { code { (digest) } },
            html! { span.number { (day) } },
            html! {
                @if current { (Badge::new(l, Tone::Good, Icon::Tick, w("现行", "In force"))) }
                @else {
                    (Form::new("/admin/pack").files().hidden("kept", digest.clone()).render(&visitor.frame(), html! {
                        (Button::secondary(l, w("恢复此版本", "Put in force again")).named("do", "adopt").small())
                    }))
                }
            },
        ])
    });
    let columns = vec![
        Column::new(l, w("版本", "Version")),
        Column::new(l, w("存入日期", "Kept since")),
        Column::new(l, w("状态", "State")),
    ];
    html! { (Table::new(l, w("用过的版本", "Versions that were in force"), columns).rows(rows)) }
}

/// Every fault and warning, as a compiler prints them.
fn told(visitor: &Visitor, diagnostics: &[Diagnostic]) -> Markup {
    let l = visitor.language;
    if diagnostics.is_empty() {
        return html! {};
    }
    let of = |severity| diagnostics.iter().filter(|one| one.severity == severity).count();
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    html! {
        p { (l.say(&text!("{errors} 个错误，{warnings} 个警告", "{errors} errors, {warnings} warnings"))) }
        (code_block(l, w("诊断", "Diagnostics"), &message::render(diagnostics, l, false)))
    }
}
