//! The page of a [`Fault`]: what happened, why, how to mend it, the code, and the ways on.

use maud::Markup;

use super::{Button, Icon, Notice, Page, Section, Speak, html, trouble, w};
use crate::fault::Fault;
use crate::visitor::Visitor;

/// What a visitor sees instead of an answer.
pub fn fault_page(visitor: &Visitor, fault: &Fault) -> Markup {
    let frame = visitor.frame();
    let l = frame.language;
    let sign_in = || Button::primary(l, w("登录", "Sign in")).to("/sign-in");
    let home = || Button::secondary(l, w("返回总览", "Go to the overview")).icon(Icon::Overview).to("/");
    let ways = html! {
        @match fault {
            Fault::SignIn => (sign_in()),
            Fault::NotFound | Fault::MethodNotAllowed => {
                (home()) (Button::secondary(l, w("搜索", "Search")).icon(Icon::Search).to("/search"))
            },
            // What was typed is still there when one goes back; sending it again by reloading would not mend it.
            Fault::Forbidden(_) => (home()),
            _ => { @if frame.path.is_empty() || frame.path == "/" { (home()) } @else { (again(visitor)) (home()) } },
        }
    };
    let body = html! {
        (trouble(l, fault.detail(), fault.code(), &visitor.request, ways))
        @if let Fault::Refused { fields, .. } = fault {
            @if !fields.is_empty() {
                (Notice::warn(l, w("需要更正之处", "What to correct"))
                    .body(html! { ul { @for (field, text) in fields { li { code { (field) } " " (l.say(text)) } } } }))
            }
        }
    };
    Page::new(Section::None, fault.title()).render(&frame, body)
}

fn again(visitor: &Visitor) -> Markup {
    let l = visitor.language;
    html! { (Button::primary(l, w("重新打开此页", "Open this page again")).to(visitor.path.clone())) }
}
