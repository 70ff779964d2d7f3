//! One's own second factor.

use accounts::{AccountError, Enrolment};
use axum::Form;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use maud::{Markup, PreEscaped, html};
use message::Text;
use qrcode::QrCode;
use qrcode::render::svg;
use serde::Deserialize;

use super::{done, session, show_refused};
use crate::fault::{Answer, Fault};
use crate::guard::Trail;
use crate::page::sign_in::{cookie, origin};
use crate::ui::{Button, Field, Form as UiForm, Notice, Page, Section, Speak, error_summary, w};
use crate::visitor::Visitor;

#[derive(Deserialize)]
pub(super) struct Password {
    password: String,
}

/// What may be done once the password was given again.
async fn confirmed<T: Send + 'static>(
    visitor: &Visitor,
    headers: &HeaderMap,
    password: String,
    work: impl FnOnce(&accounts::Accounts, i64) -> Result<T, AccountError> + Send + 'static,
) -> Result<Result<T, AccountError>, Fault> {
    let account = session(visitor, headers)?.account.id;
    let origin = origin(visitor, headers);
    visitor
        .app
        .work(move |app| {
            let confirmed = app.accounts.confirm(account, &password, &origin);
            Ok(confirmed.and_then(|()| work(&app.accounts, account)))
        })
        .await
}

/// Makes a new secret and shows it, to be confirmed with a code.
pub(super) async fn begin(visitor: Visitor, headers: HeaderMap, Form(given): Form<Password>) -> Answer {
    let city = visitor.say(&visitor.now.pack.label);
    let issuer = format!("{} {city}", visitor.language.t("清源", "Qingyuan"));
    let outcome = confirmed(&visitor, &headers, given.password, move |accounts, account| {
        accounts.begin_second_factor(account, &issuer)
    })
    .await?;
    match outcome {
        Ok(enrolment) => Ok(enrol(&visitor, &enrolment, None)),
        Err(error) => show_refused(&visitor, "password", error).await,
    }
}

#[derive(Deserialize)]
pub(super) struct Code {
    code: String,
    uri: String,
    secret: String,
}

/// Takes the first code. From now on the factor is asked for, and the recovery codes are shown, once.
pub(super) async fn confirm(visitor: Visitor, headers: HeaderMap, Form(given): Form<Code>) -> Answer {
    let session = session(&visitor, &headers)?;
    let origin = origin(&visitor, &headers);
    let code = given.code.clone();
    let outcome =
        visitor.app.work(move |app| Ok(app.accounts.confirm_second_factor(&session, &code, &origin))).await?;
    match outcome {
        Ok((renewed, codes)) => {
            let mut response = codes_page(&visitor, &codes, "second-factor");
            cookie::give(&visitor, &renewed, &mut response);
            // The page that is shown belongs to the session that was; its forms are made on the next one.
            Ok(response)
        }
        Err(error @ AccountError::Code) => {
            // What the form carries is what this page itself has shown; it is drawn again, and nothing is taken from it.
            let shown = Enrolment { secret_base32: given.secret, uri: given.uri };
            let mut response = enrol(&visitor, &shown, Some(&error.text()));
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn give_up(visitor: Visitor, headers: HeaderMap, Form(given): Form<Password>) -> Answer {
    let outcome = confirmed(&visitor, &headers, given.password, |accounts, account| {
        accounts.drop_second_factor(account)
    });
    match outcome.await? {
        Ok(()) => {
            let text = Text::new("两步验证已停用", "The second factor is no longer asked for");
            Ok(done(&visitor, &text, "second-factor.drop", None))
        }
        Err(error) => show_refused(&visitor, "password", error).await,
    }
}

pub(super) async fn recovery_codes(
    visitor: Visitor,
    headers: HeaderMap,
    Form(given): Form<Password>,
) -> Answer {
    let outcome = confirmed(&visitor, &headers, given.password, |accounts, account| {
        accounts.new_recovery_codes(account)
    });
    match outcome.await? {
        Ok(codes) => Ok(codes_page(&visitor, &codes, "recovery-codes")),
        Err(error) => show_refused(&visitor, "password", error).await,
    }
}

fn enrol(visitor: &Visitor, enrolment: &Enrolment, why: Option<&Text>) -> Response {
    let l = visitor.language;
    let faults: Vec<_> = why.map(|why| ("code".to_owned(), l.say(why).into_owned())).into_iter().collect();
    let form = UiForm::new("/me/second-factor/confirm")
        .hidden("uri", &enrolment.uri)
        .hidden("secret", &enrolment.secret_base32)
        .render(
            &visitor.frame(),
            html! {
                (Field::code(l, "code", w("验证码", "Code"))
                    .help(l, w("扫码后验证器显示的6位数字", "The six digits that the authenticator shows now"))
                    .error(faults.first().map(|(_, words)| words.clone()))
                    .required()
                    .autofocus())
                div.actions {
                    (Button::primary(l, w("启用两步验证", "Ask for it from now on")))
                    (Button::quiet(l, w("取消", "Cancel")).to("/me"))
                }
            },
        );
    let mut page = Page::new(Section::None, w("启用两步验证", "Second factor"))
        .crumb(w("我的账户", "My account"), "/me")
        .lead(w(
            "用手机验证器应用扫描二维码，再输入它显示的数字",
            "Scan the code with an authenticator app, then type the digits that it shows",
        ));
    page = page.style("account.css");
    visitor.page(
        page,
        html! {
            (error_summary(l, &faults))
            figure.qr {
                (picture(&enrolment.uri, l.t("验证器二维码", "QR code for the authenticator")))
                figcaption { (l.t("无法扫码时手工输入：", "Where it cannot be scanned, type: ")) code { (grouped_in_fours(&enrolment.secret_base32)) } }
            }
            (form)
        },
    )
}

fn codes_page(visitor: &Visitor, codes: &[String], action: &'static str) -> Response {
    let l = visitor.language;
    let body = html! {
        (Notice::warn(l, w("这些恢复码只显示一次，请打印或抄下并妥善保管", "These codes are shown once: print or copy them, and keep them safe"))
            .body(html! { p { (l.t("手机丢失时，每个恢复码可代替一次验证码。", "Without your phone, each stands in for a code once.")) } }))
        ol.codes { @for code in codes { li { code { (code) } } } }
        div.actions { (Button::primary(l, w("已保存，返回", "I have kept them")).to("/me")) }
    };
    let page = Page::new(Section::None, w("恢复码", "Recovery codes"))
        .crumb(w("我的账户", "My account"), "/me")
        .style("account.css");
    let mut response = visitor.page(page, body).into_response();
    response.extensions_mut().insert(Trail { action: Some(action), ..Trail::default() });
    response
}

/// The QR code, as a drawing of our own page; nothing of it leaves the machine.
fn picture(text: &str, label: &str) -> Markup {
    let Ok(code) = QrCode::new(text) else { return html! {} };
    let drawing = code
        .render::<svg::Color<'_>>()
        .min_dimensions(220, 220)
        .dark_color(svg::Color("#000"))
        .light_color(svg::Color("#fff"))
        .build();
    // The drawing begins with an XML declaration, which has no place inside a page.
    let drawing = drawing.find("<svg").map_or("", |at| &drawing[at..]);
    html! { span role="img" aria-label=(label) { (PreEscaped(drawing)) } }
}

fn grouped_in_fours(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}
