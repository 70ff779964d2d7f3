//! Why a request was not answered, said to people as a page and to programs as `application/problem+json` (RFC 9457).
//!
//! A handler returns a [`Fault`]; the guard, which knows who asks and in which language, gives it its form.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use message::{Language, Text, text};
use serde::Serialize;
use utoipa::ToSchema;

/// What a handler returns.
pub type Answer = Result<Response, Fault>;

/// Why there is no answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Fault {
    /// There is nothing at this address.
    #[error("not found")]
    NotFound,
    /// There is something, but not for this method.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// Nobody is signed in.
    #[error("not signed in")]
    SignIn,
    /// Who is signed in may not do this.
    #[error("no right: {0}")]
    Forbidden(Text),
    /// The form was not sent from our own page.
    #[error("the form's protection is missing or stale")]
    Forged,
    /// What was sent cannot be understood.
    #[error("bad request: {0}")]
    Bad(Text),
    /// What was sent is understood and refused, with what is wrong at which field.
    #[error("refused: {text}")]
    Refused {
        /// In one sentence.
        text: Text,
        /// Field by field.
        fields: Vec<(String, Text)>,
    },
    /// Somebody else was faster, or the key was used for something else.
    #[error("conflict: {0}")]
    Conflict(Text),
    /// The body is too large.
    #[error("too large: at most {0} bytes")]
    TooLarge(usize),
    /// The body is of a kind that is not read here.
    #[error("unsupported media type: {0}")]
    Unsupported(Text),
    /// Too many requests; after so many seconds again.
    #[error("too many requests, again in {0} s")]
    TooMany(u64),
    /// Not just now: starting, stopping, or too much to do.
    #[error("busy: {0}")]
    Busy(Text),
    /// Our own fault; the words are for the log, not for the visitor.
    #[error("internal: {0}")]
    Internal(String),
}

impl Fault {
    /// An error that is nobody's fault but ours.
    pub fn internal(error: impl std::fmt::Display) -> Self {
        Self::Internal(error.to_string())
    }

    /// A parameter of the address that cannot be what it is.
    pub fn parameter(name: &str, value: &str) -> Self {
        let value: String = value.chars().take(60).collect();
        Self::Bad(text!("查询参数 {name} 的值 `{value}` 不对。", "`{name}` cannot be `{value}`."))
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::SignIn => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) | Self::Forged => StatusCode::FORBIDDEN,
            Self::Bad(_) => StatusCode::BAD_REQUEST,
            Self::Refused { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unsupported(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A word by which people and programs name the kind of fault: the last part of the problem's `type`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::SignIn => "not-signed-in",
            Self::Forbidden(_) => "no-right",
            Self::Forged => "stale-form",
            Self::Bad(_) => "bad-request",
            Self::Refused { .. } => "refused",
            Self::Conflict(_) => "conflict",
            Self::TooLarge(_) => "too-large",
            Self::Unsupported(_) => "unsupported-type",
            Self::TooMany(_) => "too-many-requests",
            Self::Busy(_) => "busy",
            Self::Internal(_) => "internal",
        }
    }

    /// What happened, in a few words.
    pub fn title(&self) -> Text {
        match self {
            Self::NotFound => Text::new("没有这个页面", "There is no such page"),
            Self::MethodNotAllowed => Text::new("不支持这种请求", "This cannot be asked in this way"),
            Self::SignIn => Text::new("请先登录", "Sign in first"),
            Self::Forbidden(_) => Text::new("没有权限", "You may not do this"),
            Self::Forged => Text::new("页面已过期", "The page is out of date"),
            Self::Bad(_) => Text::new("请求有误", "The request cannot be read"),
            Self::Refused { .. } => Text::new("未能保存", "Not saved"),
            Self::Conflict(_) => Text::new("内容已被他人更改", "Somebody else was faster"),
            Self::TooLarge(_) => Text::new("文件过大", "Too large"),
            Self::Unsupported(_) => Text::new("不支持的文件类型", "This type of content is not read here"),
            Self::TooMany(_) => Text::new("请求过于频繁", "Too many requests"),
            Self::Busy(_) => Text::new("系统繁忙", "Busy"),
            Self::Internal(_) => Text::new("系统内部错误", "An error of ours"),
        }
    }

    /// Why, and how to mend it.
    pub fn detail(&self) -> Text {
        match self {
            Self::NotFound => Text::new(
                "地址可能有误，或内容已移走。可从左侧栏目进入，或按 / 搜索。",
                "The address may be wrong, or what was here has moved. Use the navigation, or press / to search.",
            ),
            Self::MethodNotAllowed => {
                Text::new("该地址不接受这种方法。", "This address does not accept this method.")
            }
            Self::SignIn => Text::new("登录后可继续。", "Sign in to go on."),
            Self::Forged => Text::new(
                "页面打开过久或登录已更新，内容没有保存。请返回上一页刷新后重新提交。",
                "The page was open for too long or you signed in anew; nothing was saved. Go back, reload, and send it again.",
            ),
            Self::Forbidden(text)
            | Self::Bad(text)
            | Self::Conflict(text)
            | Self::Unsupported(text)
            | Self::Busy(text)
            | Self::Refused { text, .. } => text.clone(),
            Self::TooLarge(most) => {
                let most = most >> 10;
                message::text!("最多 {most} KB。", "At most {most} kB.")
            }
            Self::TooMany(seconds) => {
                message::text!("请在 {seconds} 秒后重试。", "Try again in {seconds} seconds.")
            }
            Self::Internal(_) => Text::new(
                "没有保存任何内容。请重试；若仍如此，请把编号告知管理员。",
                "Nothing was saved. Try again; if it happens again, tell the administrator the number.",
            ),
        }
    }

    /// For programs.
    pub fn problem(&self, language: Language, request: &str) -> Problem {
        Problem {
            kind: format!("urn:qingyuan:problem:{}", self.code()),
            title: self.title().in_language(language).into_owned(),
            status: self.status().as_u16(),
            detail: self.detail().in_language(language).into_owned(),
            instance: format!("urn:qingyuan:request:{request}"),
            fields: match self {
                Self::Refused { fields, .. } => fields
                    .iter()
                    .map(|(field, text)| ProblemField {
                        field: field.clone(),
                        detail: text.in_language(language).into_owned(),
                    })
                    .collect(),
                _ => Vec::new(),
            },
        }
    }
}

/// RFC 9457, with the fields that are wrong.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// What kind of problem, as a URN.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happened, in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Why, and how to mend it.
    pub detail: String,
    /// The number of the request, as in the log.
    pub instance: String,
    /// What is wrong, field by field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<ProblemField>,
}

/// What is wrong with a field.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemField {
    /// The field's key.
    pub field: String,
    /// What is wrong with it.
    pub detail: String,
}

impl Problem {
    /// With its media type.
    pub fn respond(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }
}

/// Carries the fault to the guard, which gives it its form.
impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<accounts::AccountError> for Fault {
    fn from(error: accounts::AccountError) -> Self {
        use accounts::AccountError as E;
        match error {
            E::TooMany { wait_seconds } => Self::TooMany(wait_seconds),
            E::Busy => Self::Busy(error.text()),
            E::NoAccount => Self::NotFound,
            E::Store(_) | E::Io { .. } | E::KeyBroken(_) | E::Sealed | E::Newer { .. } => {
                Self::internal(error)
            }
            error => Self::Refused { text: error.text(), fields: Vec::new() },
        }
    }
}

impl From<figures::FigureError> for Fault {
    fn from(error: figures::FigureError) -> Self {
        Self::Refused { text: error.text(), fields: Vec::new() }
    }
}

impl From<ledger::LedgerError> for Fault {
    fn from(error: ledger::LedgerError) -> Self {
        Self::internal(error)
    }
}

impl From<city::CityError> for Fault {
    fn from(error: city::CityError) -> Self {
        Self::Refused { text: error.text(), fields: Vec::new() }
    }
}
