//! What a request brings, taken apart with a fault that says what is wrong with it.

use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use message::text;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::fault::Fault;

/// The part of the address that names things. What does not fit names nothing.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(path)) => Ok(Self(path)),
            Err(_) => Err(Fault::NotFound),
        }
    }
}

/// What stands after the question mark. A name that nothing reads is refused: it is a mistake in the request.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        match axum::extract::Query::<T>::try_from_uri(&parts.uri) {
            Ok(axum::extract::Query(query)) => Ok(Self(query)),
            Err(error) => {
                let why = error.body_text();
                let why = why.strip_prefix("Failed to deserialize query string: ").unwrap_or(&why).to_owned();
                Err(Fault::Bad(text!("查询参数有误：{why}", "The query cannot be read: {why}")))
            }
        }
    }
}

/// A body of JSON.
#[derive(serde::Serialize)]
#[serde(transparent)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(body)) => Ok(Self(body)),
            Err(JsonRejection::JsonDataError(error)) => {
                let why = error.body_text();
                let why = why.rsplit("target type: ").next().unwrap_or_default().to_owned();
                Err(Fault::Refused {
                    text: text!("请求内容有误：{why}", "The body is not what is asked for: {why}"),
                    fields: Vec::new(),
                })
            }
            Err(JsonRejection::JsonSyntaxError(error)) => {
                let why = error.body_text();
                Err(Fault::Bad(text!("请求内容不是合法的 JSON：{why}", "The body is not JSON: {why}")))
            }
            Err(JsonRejection::MissingJsonContentType(_)) => Err(Fault::Unsupported(text!(
                "请求内容应为 application/json。",
                "The body should be application/json."
            ))),
            Err(other) if other.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Fault::TooLarge(crate::server::MOST_BODY))
            }
            Err(other) => {
                let why = other.body_text();
                Err(Fault::Bad(text!("请求内容无法读取：{why}", "The body cannot be read: {why}")))
            }
        }
    }
}

impl<T: serde::Serialize> axum::response::IntoResponse for Json<T> {
    fn into_response(self) -> axum::response::Response {
        axum::Json(self.0).into_response()
    }
}

/// How many of a list are wanted at once.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "u32")]
pub struct Limit(usize);

impl Limit {
    /// The most.
    pub const MOST: u32 = 1_000;

    /// The number.
    pub fn get(self) -> usize {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(100)
    }
}

impl TryFrom<u32> for Limit {
    type Error = String;

    fn try_from(number: u32) -> Result<Self, String> {
        if (1..=Self::MOST).contains(&number) {
            return usize::try_from(number).map(Self).map_err(|error| error.to_string());
        }
        Err(format!("limit is 1 to {}", Self::MOST))
    }
}
