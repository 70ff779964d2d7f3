//! The one check that every request passes: who asks, whether they may, whether the form is ours.
//!
//! ```text
//! request ─▶ bearer token? or session cookie? ─▶ Visitor ─▶ Need ─▶ csrf (changes by a session) ─▶ handler
//! response ◀─ fault → page or problem+json ◀─ cookies ◀──────────────────────────────────────────────┘
//! ```
//!
//! A token needs no protection against forged forms: no browser sends it by itself. A session does, and so does a visitor
//! who has not signed in yet (else somebody could be signed in to a stranger's account).

mod forged;
mod trail;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use message::Language;

use crate::app::App;
use crate::cookies;
use crate::fault::Fault;
use crate::page::fault_page;
use crate::panics;
use crate::routes::Need;
use crate::server::RequestNumber;
use crate::visitor::{Proof, Theme, Visitor, no_right};

pub(crate) use trail::Trail;

/// What the guard of a route knows.
#[derive(Clone)]
pub(crate) struct Watch {
    pub(crate) app: Arc<App>,
    /// Whom it serves; none where nothing is done but to say that there is nothing, or not for this method. That needs
    /// no right and no form of ours.
    pub(crate) need: Option<Need>,
}

/// Lets a request through, or says why not.
pub(crate) async fn guard(State(watch): State<Watch>, request: Request, next: Next) -> Response {
    let for_programs = for_programs(&request);
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let (visitor, set) = match visitor(&watch.app, &request) {
        Ok(found) => found,
        Err(fault) => {
            let number = request.extensions().get::<RequestNumber>().map(|number| number.0.as_str());
            let language = language(request.headers());
            return without_visitor(&fault, language, number.unwrap_or_default());
        }
    };
    let seen = visitor.clone();
    let asked = trail::Asked::of(&request);
    let mut response = match passes(&watch, &visitor, request).await {
        Ok(mut request) => {
            request.extensions_mut().insert(visitor);
            panics::caught_async(next.run(request)).await.unwrap_or_else(IntoResponse::into_response)
        }
        Err(fault) => fault.into_response(),
    };
    trail::write(&watch, &seen, asked, route.as_deref(), &mut response).await;
    if let Some(route) = route {
        response.extensions_mut().insert(Route(route));
    }
    if let Some(fault) = response.extensions_mut().remove::<Fault>() {
        let headers = std::mem::take(response.headers_mut());
        let extensions = std::mem::take(response.extensions_mut());
        if panics::is_panic(&fault) {
            watch.app.metrics.panics.inc();
        }
        response = told(&fault, &seen, for_programs);
        response.headers_mut().extend(headers.into_iter().filter_map(|(name, value)| {
            (name.as_ref() == Some(&header::SET_COOKIE)).then_some((header::SET_COOKIE, value))
        }));
        response.extensions_mut().extend(extensions);
    } else if response.status().is_client_error() && !response.headers().contains_key(header::CONTENT_TYPE)
        || is_plain_refusal(&response)
    {
        let extensions = std::mem::take(response.extensions_mut());
        response = told(&refused_by_extractor(response.status()), &seen, for_programs);
        response.extensions_mut().extend(extensions);
    }
    for cookie in set {
        // What the handler says in a cookie of this name is newer: a word that was shown makes room for the next one.
        if !response.headers().get_all(header::SET_COOKIE).iter().any(|own| name(own) == name(&cookie)) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    response
}

/// The name of a cookie that is set.
fn name(cookie: &HeaderValue) -> &[u8] {
    cookie.as_bytes().split(|byte| *byte == b'=').next().unwrap_or_default()
}

/// What is told where it cannot even be found out who asks: the accounts cannot be read, or something of ours broke.
pub(crate) fn without_visitor(fault: &Fault, language: Language, number: &str) -> Response {
    if let Fault::Internal(error) = fault {
        tracing::error!(request = number, %error, "internal error");
    }
    fault.problem(language, number).respond()
}

/// The template of the route that answered, for metrics and the log.
#[derive(Clone, Debug)]
pub(crate) struct Route(pub(crate) String);

/// An extractor of axum's refuses in plain text and in English.
fn is_plain_refusal(response: &Response) -> bool {
    let plain = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    plain && response.status().is_client_error()
}

fn refused_by_extractor(status: StatusCode) -> Fault {
    match status {
        StatusCode::NOT_FOUND => Fault::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Fault::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => Fault::TooLarge(crate::server::MOST_BODY),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Fault::Unsupported(message::Text::new(
            "请求内容的类型不符。",
            "The body is of another type than is asked for.",
        )),
        StatusCode::UNPROCESSABLE_ENTITY => Fault::Refused {
            text: message::Text::new(
                "请求缺少必要的内容或格式不符。",
                "Something that is needed is missing or of the wrong form.",
            ),
            fields: Vec::new(),
        },
        _ => Fault::Bad(message::Text::new(
            "请求缺少必要的内容或格式不符。",
            "Something that is needed is missing or of the wrong form.",
        )),
    }
}

async fn passes(watch: &Watch, visitor: &Visitor, request: Request) -> Result<Request, Fault> {
    let settings = &watch.app.settings;
    let (key, rate) = match &visitor.account {
        Some(account) => (account.id.to_string(), settings.rate_of_accounts),
        None => (visitor.from.clone(), settings.rate_of_strangers),
    };
    watch.app.limits.take(&key, rate, Instant::now()).map_err(Fault::TooMany)?;
    let Some(need) = watch.need else { return Ok(request) };
    match need {
        Need::Open => {}
        Need::SignedIn => {
            visitor.account()?;
        }
        Need::May(action) => {
            visitor.account()?;
            if !visitor.may_anywhere(action, None) {
                return Err(no_right(action));
            }
        }
    }
    let harmless = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if harmless || visitor.proof == Proof::Token {
        return Ok(request);
    }
    forged::check(request, &watch.app, visitor).await
}

/// The fault as a page, as a problem, or as the way to the sign-in page.
fn told(fault: &Fault, visitor: &Visitor, for_programs: bool) -> Response {
    if let Fault::Internal(error) = fault {
        tracing::error!(request = visitor.request, %error, "internal error");
    }
    let mut response = if for_programs {
        fault.problem(visitor.language, &visitor.request).respond()
    } else if matches!(fault, Fault::SignIn) {
        let back: String = url::form_urlencoded::byte_serialize(visitor.path.as_bytes()).collect();
        Redirect::to(&format!("/sign-in?next={back}")).into_response()
    } else {
        (fault.status(), fault_page(visitor, fault)).into_response()
    };
    if let Fault::TooMany(seconds) = fault
        && let Ok(value) = HeaderValue::from_str(&seconds.to_string())
    {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    if for_programs && matches!(fault, Fault::SignIn) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

fn for_programs(request: &Request) -> bool {
    let accepts =
        request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    request.uri().path().starts_with("/api/")
        || accepts.starts_with("application/json")
        || accepts.starts_with("application/problem+json")
}

/// Who asks, and the cookies that a new visitor is given.
fn visitor(app: &Arc<App>, request: &Request) -> Result<(Visitor, Vec<HeaderValue>), Fault> {
    let headers = request.headers();
    let mut set = Vec::new();
    let mut visitor = Visitor {
        account: None,
        grants: Arc::default(),
        scopes: None,
        proof: Proof::None,
        session: None,
        language: language(headers),
        theme: cookies::get(headers, cookies::THEME).and_then(Theme::parse).unwrap_or_default(),
        csrf: String::new(),
        from: from(app, request),
        path: request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned(),
        request: request
            .extensions()
            .get::<RequestNumber>()
            .map(|number| number.0.clone())
            .unwrap_or_default(),
        said: None,
        now: app.now(),
        app: Arc::clone(app),
        acts_as: String::new(),
    };
    let pages = headers.get(header::ACCEPT).is_some_and(|kinds| kinds.as_bytes().starts_with(b"text/html"));
    if pages && let Some(said) = cookies::get(headers, cookies::SAID).filter(|said| !said.is_empty()) {
        visitor.said = cookies::said(said);
        set.push(cookies::clear(cookies::SAID, app.settings.behind_tls));
    }
    if let Some(token) = bearer(headers) {
        let Some(token) = app.accounts.token(token)? else { return Err(Fault::SignIn) };
        visitor.grants = Arc::new(grants(&token.account));
        visitor.acts_as = token.account.actor();
        visitor.account = Some(token.account);
        visitor.scopes = Some(Arc::new(token.scopes));
        visitor.proof = Proof::Token;
        return Ok((visitor, set));
    }
    let cookie = cookies::get(headers, cookies::session(app.settings.behind_tls));
    if let Some(session) = cookie.map(|cookie| app.accounts.session(cookie)).transpose()?.flatten() {
        visitor.grants = Arc::new(grants(&session.account));
        visitor.csrf = forged::masked(&session.csrf)?;
        visitor.session = Some(session.id);
        visitor.proof = Proof::Session;
        visitor.acts_as = session.account.actor();
        visitor.account = Some(session.account);
        return Ok((visitor, set));
    }
    // Nobody: a cookie of their own stands for the session that they do not have yet.
    let name = cookies::visit(app.settings.behind_tls);
    let secret = match cookies::get(headers, name) {
        Some(visit) if visit.len() == 64 => visit.to_owned(),
        _ => {
            let fresh = forged::fresh()?;
            set.push(cookies::set(name, &fresh, None, app.settings.behind_tls));
            fresh
        }
    };
    visitor.csrf = forged::masked(&forged::of_visit(&secret))?;
    Ok((visitor, set))
}

pub(crate) fn grants(account: &accounts::Account) -> Vec<access::Grant> {
    let grant =
        |grant: &accounts::Grant| access::Grant { role: grant.role.clone(), unit: grant.unit.clone() };
    account.grants.iter().map(grant).collect()
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The cookie's language, else the browser's first that is spoken here.
pub(crate) fn language(headers: &HeaderMap) -> Language {
    if let Some(language) = cookies::get(headers, cookies::LANGUAGE).and_then(Language::parse) {
        return language;
    }
    let accepts =
        headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepts
        .split(',')
        .filter_map(|one| Language::parse(one.split(';').next().unwrap_or_default().trim()))
        .next()
        .unwrap_or_default()
}

/// The address that the connection comes from; the one that the proxy names, where there is one.
fn from(app: &App, request: &Request) -> String {
    let forwarded = || {
        let value = request.headers().get("x-forwarded-for")?.to_str().ok()?;
        // The last address is the one that our own proxy saw; those before it are what the client says.
        value.rsplit(',').next().map(|address| address.trim().to_owned())
    };
    if app.settings.behind_tls
        && let Some(address) = forwarded()
    {
        return address;
    }
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    peer.map(|ConnectInfo(address)| address.ip().to_string()).unwrap_or_default()
}
