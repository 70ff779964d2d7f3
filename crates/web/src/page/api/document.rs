//! The OpenAPI document, made of what every documented route says of itself and of what holds for all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use axum::http::header;
use axum::response::IntoResponse;
use utoipa::ToSchema;
use utoipa::openapi::path::{HttpMethod, Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, ResponseBuilder, ServerBuilder,
};

use crate::fault::{Answer, Problem, ProblemField};
use crate::routes::{Declared, Need};

const TOKEN: &str = "token";

/// `/api/v1/openapi.json`.
pub async fn serve() -> Answer {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = match TEXT.get() {
        Some(text) => text,
        None => {
            let text = document().to_json().map_err(crate::fault::Fault::internal)?;
            TEXT.get_or_init(|| text)
        }
    };
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")];
    Ok((headers, text.as_str()).into_response())
}

/// The whole document.
pub fn document() -> OpenApi {
    let routes = crate::page::routes();
    let declared: BTreeMap<(String, String), Need> = routes
        .declared()
        .into_iter()
        .map(|Declared { path, method, need }| ((path, method.to_string()), need))
        .collect();
    let (mut paths, mut components) = routes.described();
    let mut ids = BTreeSet::new();
    for (path, item) in &mut paths.paths {
        for (method, operation) in operations(item) {
            let name = name_of(&method);
            let need = declared.get(&(path.clone(), name.to_owned())).copied().unwrap_or(Need::Open);
            complete(operation, need, name != "GET");
            identify(operation, name, path, &mut ids);
        }
    }
    components.schemas.insert("Problem".to_owned(), <Problem as utoipa::PartialSchema>::schema());
    components
        .schemas
        .insert(ProblemField::name().into_owned(), <ProblemField as utoipa::PartialSchema>::schema());
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("A token of your own, made under /me; it reaches what its scopes name and no further than its account."))
        .build();
    components.security_schemes.insert(TOKEN.to_owned(), SecurityScheme::Http(token));
    let info = InfoBuilder::new()
        .title("清源 Qingyuan")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .build();
    OpenApiBuilder::new()
        .info(info)
        .servers(Some([ServerBuilder::new().url("/").build()]))
        .paths(paths)
        .components(Some(components))
        .build()
}

const ABOUT: &str = "One book of records, and every figure computed from it.\n\n\
    Texts come in the language of `Accept-Language` (`zh-Hans`, `zh-Hant`, `en`). Amounts are decimal text in the unit that \
    stands beside them; days are `2026-03-01` in Asia/Shanghai; instants are UTC. Lists have `items` and the cursor `next`. \
    Errors are problems (RFC 9457). Every change carries an `Idempotency-Key` and is on disk when it is answered.";

/// Adds what the guard answers before any handler is asked.
fn complete(operation: &mut Operation, need: Need, change: bool) {
    let mut may = vec![
        ("400", "The request cannot be read"),
        ("404", "There is nothing of this name that you may see"),
        ("429", "Too many requests; `Retry-After` says when again"),
        ("500", "An error of ours; `instance` is its number in the log"),
        ("503", "Not just now: starting, stopping, or too much to do"),
        ("504", "It took too long"),
    ];
    if need != Need::Open {
        may.push(("401", "No token, or one that is not good any more"));
    }
    if !matches!(need, Need::Open | Need::SignedIn) || change {
        may.push(("403", "You may not do this"));
    }
    may.push(("422", "It is understood and refused; `fields` says what is wrong at which"));
    if change {
        may.push(("409", "Somebody was faster, or the key was used for something else"));
        may.push(("413", "The body is too large"));
        may.push(("415", "The body is of another type than is asked for"));
    }
    for (status, what) in may {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response =
            ResponseBuilder::new().description(what).content("application/problem+json", content).build();
        // What a page says of a status stands, as long as it says what comes with it.
        let told = match operation.responses.responses.get(status) {
            None => false,
            Some(RefOr::T(own)) => !own.content.is_empty(),
            Some(RefOr::Ref(_)) => true,
        };
        if !told {
            operation.responses.responses.insert(status.to_owned(), RefOr::T(response));
        }
    }
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(own) = response
            && own.description.is_empty()
        {
            own.description = "What was asked for".to_owned();
        }
    }
    let right = match need {
        Need::Open => "Open to everyone.".to_owned(),
        Need::SignedIn => "For whoever is signed in.".to_owned(),
        Need::May(action) => format!("Needs the right `{}`.", action.key()),
    };
    let own = operation.description.take().unwrap_or_default();
    operation.description = Some(if own.is_empty() { right } else { format!("{own}\n\n{right}") });
    operation.security = Some(match need {
        Need::Open => vec![SecurityRequirement::default()],
        _ => vec![SecurityRequirement::new::<&str, [&str; 0], &str>(TOKEN, [])],
    });
}

/// A name of its own for each operation: handlers of two pages may be called alike.
fn identify(operation: &mut Operation, method: &str, path: &str, taken: &mut BTreeSet<String>) {
    let own = operation.operation_id.clone().unwrap_or_default();
    let id = if own.is_empty() || taken.contains(&own) {
        let part = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        let words: String = path.trim_start_matches("/api/v1/").chars().map(part).collect();
        format!("{}_{words}", method.to_ascii_lowercase())
    } else {
        own
    };
    taken.insert(id.clone());
    operation.operation_id = Some(id);
}

/// The operations of a path, to be changed.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (HttpMethod, &mut Operation)> {
    [
        (HttpMethod::Get, item.get.as_mut()),
        (HttpMethod::Post, item.post.as_mut()),
        (HttpMethod::Put, item.put.as_mut()),
        (HttpMethod::Patch, item.patch.as_mut()),
        (HttpMethod::Delete, item.delete.as_mut()),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation?)))
}

fn name_of(method: &HttpMethod) -> &'static str {
    match method {
        HttpMethod::Post => "POST",
        HttpMethod::Put => "PUT",
        HttpMethod::Patch => "PATCH",
        HttpMethod::Delete => "DELETE",
        _ => "GET",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    /// Two types of one name would be told as one of them, and the other's answers would break the document.
    #[test]
    fn no_two_types_share_a_name() {
        let mut told: BTreeMap<String, String> = BTreeMap::new();
        for (name, schema) in crate::page::routes().schemas() {
            let schema = serde_json::to_string(schema).expect("a schema");
            if let Some(other) = told.insert(name.clone(), schema.clone()) {
                assert_eq!(other, schema, "two types are called {name}");
            }
        }
        assert!(told.len() > 50);
    }
}
