//! `/invitation/{secret}`: the first password, or a new one, or the provider instead of one.

use std::sync::Arc;

use accounts::{Account, AccountError, SignIn};
use axum::Form;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use maud::html;
use message::Text;
use serde::Deserialize;

use super::{cookie, origin, provider_form, refusal, refused, second};
use crate::fault::{Answer, Fault};
use crate::ui::{Button, Facts, Field, Form as UiForm, Page, Section, Speak, error_summary, w};
use crate::visitor::Visitor;

pub(super) async fn page(visitor: Visitor, Path(secret): Path<String>) -> Answer {
    let account = invited(&visitor, &secret).await?;
    Ok(draw(&visitor, &secret, &account, None))
}

#[derive(Deserialize)]
pub(super) struct Given {
    password: String,
    again: String,
}

pub(super) async fn accept(
    visitor: Visitor,
    headers: HeaderMap,
    Path(secret): Path<String>,
    Form(given): Form<Given>,
) -> Answer {
    let account = invited(&visitor, &secret).await?;
    if given.password != given.again {
        let why = Text::new("两次输入的密码不一致", "the two passwords differ");
        let page = draw(&visitor, &secret, &account, Some(&why));
        return Ok(refused(
            page,
            axum::http::StatusCode::UNPROCESSABLE_ENTITY,
            None,
            "invitation",
            Some(account.id),
        ));
    }
    let origin = origin(&visitor, &headers);
    let old = cookie::session(&visitor, &headers).map(str::to_owned);
    let outcome = visitor
        .app
        .work({
            let secret = secret.clone();
            move |app| {
                let outcome = app.accounts.accept(&secret, &given.password, &origin);
                if let (Ok(_), Some(old)) = (&outcome, old) {
                    app.accounts.sign_out(&old)?;
                }
                Ok(outcome)
            }
        })
        .await?;
    match outcome {
        Ok(SignIn::Done(session)) => Ok(cookie::signed_in(&visitor, &session, "/", "invitation")),
        Ok(SignIn::SecondStep { account, pending, .. }) => {
            Ok(second::lead_there(&visitor, account, &pending, "/", "invitation"))
        }
        Err(AccountError::Invitation) => Err(void()),
        Err(error) => {
            let (status, text, wait) = refusal(error)?;
            let page = draw(&visitor, &secret, &account, Some(&text));
            Ok(refused(page, status, wait, "invitation", Some(account.id)))
        }
    }
}

async fn invited(visitor: &Visitor, secret: &str) -> Result<Arc<Account>, Fault> {
    let secret = secret.to_owned();
    visitor.app.work(move |app| Ok(app.accounts.invitation(&secret)?)).await?.ok_or_else(void)
}

fn void() -> Fault {
    Fault::Refused { text: AccountError::Invitation.text(), fields: Vec::new() }
}

fn draw(visitor: &Visitor, secret: &str, account: &Account, why: Option<&Text>) -> Response {
    let l = visitor.language;
    let faults: Vec<_> =
        why.map(|why| ("password".to_owned(), l.say(why).into_owned())).into_iter().collect();
    let password = Field::password(l, "password", w("新密码", "New password"))
        .autocomplete("new-password")
        .help(
            l,
            w(
                "至少12个字符；几个互不相关的词就很好",
                "At least 12 characters; some words that do not belong together do well",
            ),
        )
        .error(faults.first().map(|(_, words)| words.clone()))
        .required()
        .autofocus();
    let again =
        Field::password(l, "again", w("再次输入", "Once more")).autocomplete("new-password").required();
    let form = UiForm::new(format!("/invitation/{secret}")).render(
        &visitor.frame(),
        html! {
            // Password managers keep the password under the name that they see here.
            input.unseen type="text" name="username" value=(account.name) autocomplete="username" readonly
                tabindex="-1" aria-hidden="true";
            (password) (again)
            div.actions { (Button::primary(l, w("设置密码并登录", "Set the password and sign in"))) }
        },
    );
    visitor.page(
        Page::new(Section::None, w("接受邀请", "Accept the invitation")).bare(),
        html! {
            (error_summary(l, &faults))
            (Facts::new()
                .fact(l, w("用户名", "Name"), &account.name)
                .fact(l, w("显示名", "Display name"), &account.display))
            (form)
            (provider_form(visitor, "/", Some(secret)))
        },
    )
}
