//! `/admin`: what can be administered, as far as the visitor may.

use access::Action;
use maud::html;

use crate::fault::Answer;
use crate::routes::{Need, Routes};
use crate::ui::{Label, Page, Section, Speak, w};
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
    };
    Ok(visitor.page(Page::new(Section::Admin, w("管理", "Administration")), body))
}
