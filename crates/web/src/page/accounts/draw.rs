//! How the pages look.

use std::sync::Arc;

use accounts::{Account, Invitation, State};
use axum::response::Response;
use maud::{Markup, html};
use message::{Language, Text};
use shelf::Units;

use super::one::View;
use super::{Asked, Invited, grants_in_words, in_short, link, role_label, state_key, time, unit_label};
use crate::ui::{
    Badge, Button, Choice, Column, Confirm, Facts, Field, FilterBar, Form, Icon, Notice, Page, Pager, Row,
    Section, Speak, Table, Tone, empty, error_summary, w,
};
use crate::visitor::Visitor;

const A_PAGE: usize = 50;
const PLACE: &str = "/admin/accounts";

fn base(title: impl Into<Text>) -> Page {
    Page::new(Section::Admin, title).crumb(w("账号", "Accounts"), PLACE).style("account.css")
}

fn state_badge(l: Language, state: State) -> Badge {
    match state {
        State::Invited => Badge::new(l, Tone::Warn, Icon::Clock, w("已邀请", "Invited")),
        State::Active => Badge::new(l, Tone::Good, Icon::Tick, w("启用", "Active")),
        State::Disabled => Badge::new(l, Tone::Bad, Icon::Lock, w("停用", "Closed")),
    }
}

fn roles(visitor: &Visitor, none: &str) -> Vec<Choice> {
    let mut choices = vec![(String::new(), none.to_owned())];
    choices.extend(visitor.now.pack.roles.iter().map(|role| (role.key.clone(), visitor.say(&role.label))));
    choices
}

pub(super) fn list(visitor: &Visitor, asked: &Asked, accounts: &[Arc<Account>], units: &Units) -> Response {
    let l = visitor.language;
    let states = [State::Invited, State::Active, State::Disabled].map(|state| {
        let words = match state {
            State::Invited => l.t("已邀请", "Invited"),
            State::Active => l.t("启用", "Active"),
            State::Disabled => l.t("停用", "Closed"),
        };
        (state_key(state).to_owned(), words.to_owned())
    });
    let mut state_choices = vec![(String::new(), l.t("全部状态", "All states").to_owned())];
    state_choices.extend(states);
    let bar = FilterBar::new(PLACE)
        .field(Field::search(l, "q", w("用户名或显示名", "Name")).value(&asked.q).inline())
        .field(
            Field::select(l, "role", w("角色", "Role"), roles(visitor, l.t("全部角色", "All roles")))
                .value(&asked.role)
                .inline(),
        )
        .field(Field::select(l, "state", w("状态", "State"), state_choices).value(&asked.state).inline())
        .reset(PLACE)
        .render(l);
    let first = asked.page.saturating_mul(A_PAGE).min(accounts.len());
    let shown = &accounts[first..accounts.len().min(first + A_PAGE)];
    let columns = vec![
        Column::new(l, w("用户名", "Name")),
        Column::new(l, w("显示名", "Display name")),
        Column::new(l, w("角色", "Roles")),
        Column::new(l, w("状态", "State")),
        Column::new(l, w("两步验证", "Second factor")).least(),
        Column::new(l, w("最近登录", "Last sign-in")).least(),
    ];
    let rows = shown.iter().map(|account| {
        Row::new(vec![
            html! { (account.name) },
            html! { (account.display) },
            grants_in_words(visitor, &account.grants, units),
            html! { (state_badge(l, account.state)) },
            html! { @if account.second_factor { (l.t("有", "yes")) } @else { (l.t("无", "no")) } },
            html! { @if let Some(at) = account.last_sign_in { (time(at)) } @else { "—" } },
        ])
        .to(format!("{PLACE}/{}", account.id))
        .muted(account.state == State::Disabled)
    });
    let at = |page: usize| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("q", &asked.q).append_pair("role", &asked.role).append_pair("state", &asked.state);
        format!("{PLACE}?{}", query.append_pair("page", &page.to_string()).finish())
    };
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let last = first + shown.len();
    let pager = Pager::new(count((first + 1).min(last)), count(last), count(accounts.len()))
        .previous((asked.page > 0).then(|| at(asked.page - 1)))
        .next((last < accounts.len()).then(|| at(asked.page + 1)))
        .render(l);
    let invite = Button::primary(l, w("邀请", "Invite")).icon(Icon::Plus).to(format!("{PLACE}/invite"));
    visitor.page(
        Page::new(Section::Admin, w("账号", "Accounts")).action(invite).wide(),
        html! {
            (bar)
            @if shown.is_empty() {
                (empty(l, w("没有符合条件的账号", "No account fits"), w("减少筛选条件，或邀请一位同事", "Try fewer filters, or invite a colleague"), None))
            } @else {
                (Table::new(l, w("账号", "Accounts"), columns).cards().rows(rows))
                (pager)
            }
        },
    )
}

/// The field in which a unit is typed; empty is the whole city.
fn unit_field(l: Language, value: &str, error: Option<String>) -> Field {
    Field::text(l, "unit", w("单位", "Unit"))
        .value(value)
        .suggest("/admin/accounts/units")
        .help(l, w("单位编码或全称；留空为全市", "The unit's code or full name; empty for the whole city"))
        .error(error)
}

pub(super) fn invite(
    visitor: &Visitor,
    given: &Invited,
    units: &Units,
    why: Option<(&str, &Text)>,
) -> Response {
    let l = visitor.language;
    let faults: Vec<_> =
        why.iter().map(|(field, why)| ((*field).to_owned(), l.say(*why).into_owned())).collect();
    let at = |field: &str| faults.iter().find(|(at, _)| at == field).map(|(_, words)| words.clone());
    let unit = if given.unit.is_empty() { String::new() } else { units.name(&given.unit).to_owned() };
    let form = Form::new(format!("{PLACE}/invite")).render(
        &visitor.frame(),
        html! {
            (Field::text(l, "name", w("用户名", "Name")).value(&given.name).required().max_chars(40).autocomplete("off")
                .help(l, w("登录时使用；不得用手机号、证件号", "Typed to sign in; no telephone or identity number")).error(at("name")))
            (Field::text(l, "display", w("显示名", "Display name")).value(&given.display).required().max_chars(60).error(at("display")))
            (Field::select(l, "role", w("角色", "Role"), roles(visitor, l.t("请选择", "Choose"))).value(&given.role).required().error(at("role")))
            (unit_field(l, &unit, at("unit")))
            div.actions {
                (Button::primary(l, w("生成邀请链接", "Make the invitation")))
                (Button::quiet(l, w("取消", "Cancel")).to(PLACE))
            }
        },
    );
    visitor.page(base(w("邀请", "Invite")), html! { (error_summary(l, &faults)) (form) })
}

/// The link that is handed over, once.
pub(super) fn invitation(visitor: &Visitor, invitation: &Invitation, name: &str) -> Response {
    let l = visitor.language;
    let id = invitation.account;
    visitor.page(
        base(w("邀请链接", "Invitation")),
        html! {
            (Notice::warn(l, w("链接只显示一次，请当面或通过内部渠道交给本人", "The link is shown once: hand it over in person, or by a channel of your own"))
                .body(html! { p { code.secret { (link(visitor, &invitation.secret)) } } }))
            (Facts::new()
                .fact(l, w("用户名", "Name"), name)
                .fact(l, w("有效至", "Until"), time(invitation.expires)))
            p { (l.t("本人打开链接后自设密码；链接只能使用一次。", "The person opens it and chooses a password; it works once.")) }
            div.actions { (Button::primary(l, w("完成", "Done")).to(format!("{PLACE}/{id}"))) }
        },
    )
}

pub(super) fn one(visitor: &Visitor, view: &View, why: Option<(&str, &Text)>) -> Response {
    let l = visitor.language;
    let account = &view.account;
    let faults: Vec<_> =
        why.iter().map(|(field, why)| ((*field).to_owned(), l.say(*why).into_owned())).collect();
    let own = visitor.account.as_ref().is_some_and(|visitor| visitor.id == account.id);
    visitor.page(
        base(Text::same(&account.name)).state(state_badge(l, account.state)),
        html! {
            (error_summary(l, &faults))
            @if let Some(until) = view.locked {
                (Notice::warn(l, w("因多次输错密码，新地址的登录须等待", "After failed attempts, sign-ins from new places wait"))
                    .body(html! { p { (l.t("至 ", "until ")) (time(until)) } }))
            }
            (Facts::new().in_two()
                .fact(l, w("编号", "Number"), account.actor())
                .fact(l, w("显示名", "Display name"), &account.display)
                .fact(l, w("两步验证", "Second factor"), if account.second_factor { l.t("有", "yes") } else { l.t("无", "no") })
                .fact(l, w("创建时间", "Made"), time(account.created))
                .fact(l, w("最近登录", "Last sign-in"), html! { @if let Some(at) = account.last_sign_in { (time(at)) } @else { "—" } })
                .fact(l, w("登录中", "Sessions"), view.sessions.len().to_string()))
            section aria-labelledby="roles" {
                h2 #roles { (l.t("角色", "Roles")) }
                @if own { p.muted { (l.t("自己的角色由另一名管理员更改。", "Another administrator changes your own roles.")) } (grants_in_words(visitor, &account.grants, &view.units)) }
                @else { (grants_form(visitor, view, &faults)) }
            }
            section aria-labelledby="deeds" {
                h2 #deeds { (l.t("账号操作", "What can be done")) }
                (deeds(visitor, view, own))
            }
        },
    )
}

fn grants_form(visitor: &Visitor, view: &View, faults: &[(String, String)]) -> Markup {
    let l = visitor.language;
    let at = |field: &str| faults.iter().find(|(at, _)| at == field).map(|(_, words)| words.clone());
    let keys: Vec<String> =
        view.account.grants.iter().map(|grant| in_short(std::slice::from_ref(grant))).collect();
    let choices: Vec<Choice> = view
        .account
        .grants
        .iter()
        .zip(&keys)
        .map(|(grant, key)| {
            let unit = unit_label(visitor, grant.unit.as_deref(), &view.units);
            (key.clone(), format!("{} · {unit}", role_label(visitor, &grant.role)))
        })
        .collect();
    Form::new(format!("{PLACE}/{}/grants", view.account.id)).render(
        &visitor.frame(),
        html! {
            @if !choices.is_empty() {
                (Field::checks(l, "keep", w("保留的角色", "Roles that stay"), choices).values(keys))
            }
            (Field::select(l, "role", w("增加角色", "Add a role"), roles(visitor, l.t("不增加", "None"))).error(at("role")))
            (unit_field(l, "", at("unit")))
            div.actions { (Button::primary(l, w("保存角色", "Save the roles"))) }
        },
    )
}

fn deeds(visitor: &Visitor, view: &View, own: bool) -> Markup {
    let l = visitor.language;
    let frame = visitor.frame();
    let id = view.account.id;
    let form = |deed: &str, button: Button, inside: Markup| {
        html! {
            form method="post" action={ (PLACE) "/" (id) "/" (deed) } { (frame.csrf_field()) (inside) (button) }
        }
    };
    let none = || html! {};
    let open = view.account.state != State::Disabled;
    html! {
        div.deeds {
            @if open {
                (form("reset", Button::secondary(l, w("生成新的邀请链接", "Make a new invitation")), html! {
                    @if view.account.second_factor { (Field::tick(l, "second", w("同时停用两步验证", "Drop the second factor, too"))) }
                }))
                @if !view.sessions.is_empty() {
                    (form("end-sessions", Button::secondary(l, w("结束全部登录", "End all sessions")), none()))
                }
                @if view.locked.is_some() {
                    (form("unlock", Button::secondary(l, w("解除等待", "Unlock")), none()))
                }
                @if !own { (form("close", Button::danger(l, w("停用账号", "Close the account")), none())) }
            } @else {
                (form("open", Button::secondary(l, w("启用账号", "Open the account")), none()))
                @if !own { (Button::danger(l, w("删除个人信息", "Erase who it was")).to(format!("{PLACE}/{id}/forget"))) }
            }
            (Button::quiet(l, w("查看操作日志", "Audit trail")).to(format!("/admin/audit?account={id}")))
        }
    }
}

pub(super) fn forget(visitor: &Visitor, account: &Account) -> Response {
    let l = visitor.language;
    let path = format!("{PLACE}/{}", account.id);
    let body = Confirm::new(
        format!("{path}/forget"),
        Button::danger(l, w("删除个人信息", "Erase who it was")),
        path,
    )
    .consequence(
        l,
        w(
            "用户名、显示名、密码、两步验证、令牌、草稿和偏好全部删除，不可恢复",
            "The names, password, second factor, tokens, drafts and preferences are erased for good",
        ),
    )
    .consequence(
        l,
        w(
            "账本和操作日志中仍有账号编号，不再对应到人",
            "The book and the audit trail keep the account's number, which stands for nobody then",
        ),
    )
    .render(&visitor.frame());
    visitor.page(base(w("删除个人信息", "Erase who it was")), body)
}
