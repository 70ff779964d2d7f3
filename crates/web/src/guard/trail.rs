//! The audit trail of requests: the one place where it is written down who did what.
//!
//! Every change that somebody signed in asks for is recorded, whatever came of it, and is on the disk before the answer
//! goes out. Of what is merely looked at, only what matters is noted: exports, personal data, the trail itself. A
//! handler that knows more (the record it made, the account that signed in) says so with a [`Trail`] in its response.

use access::Action;
use accounts::{Event, Outcome};
use axum::http::{Method, StatusCode};
use axum::response::Response;

use super::Watch;
use crate::routes::Need;
use crate::visitor::Visitor;

/// What a handler knows of its request for the audit trail; put into the extensions of the response.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    /// What was done, where the right that the route needs does not say it.
    pub action: Option<&'static str>,
    /// Who, where nobody was signed in before.
    pub account: Option<i64>,
    /// The register, where the path does not name it.
    pub register: Option<String>,
    /// The record, where the path does not name it.
    pub record: Option<String>,
    /// The unit.
    pub unit: Option<String>,
    /// What came of it, where the status does not say it.
    pub outcome: Option<Outcome>,
    /// What else is needed to understand it. No names of people, no typed text.
    pub detail: String,
}

/// What is needed of a request before it is given away.
pub(super) struct Asked {
    method: Method,
    path: String,
}

impl Asked {
    pub(super) fn of(request: &axum::extract::Request) -> Asked {
        Asked { method: request.method().clone(), path: request.uri().path().to_owned() }
    }
}

/// Writes the request down, if it is one that is.
pub(super) async fn write(
    watch: &Watch,
    visitor: &Visitor,
    asked: Asked,
    route: Option<&str>,
    response: &mut Response,
) {
    let said = response.extensions_mut().remove::<Trail>();
    let changes = !matches!(asked.method, Method::GET | Method::HEAD | Method::OPTIONS);
    let wanted = said.is_some() || (visitor.account.is_some() && (changes || is_telling(watch.need)));
    if !wanted {
        return;
    }
    let said = said.unwrap_or_default();
    let route = route.unwrap_or_default();
    let named = |names: &[&str]| names.iter().find_map(|name| parameter(route, &asked.path, name));
    let action = said.action.unwrap_or(match watch.need {
        Some(Need::May(action)) => action.key(),
        Some(Need::SignedIn | Need::Open) | None => Action::UseOwnAccount.key(),
    });
    let event = Event {
        account: visitor.account.as_ref().map(|account| account.id).or(said.account),
        action: action.to_owned(),
        method: asked.method.as_str().to_owned(),
        route: route.to_owned(),
        register: said.register.or_else(|| named(&["register"])),
        record: said
            .record
            .or_else(|| named(&["id", "record", "account", "key", "indicator", "layer", "file"])),
        unit: said.unit,
        outcome: said.outcome.unwrap_or_else(|| outcome(response.status())),
        from: visitor.from.clone(),
        detail: said.detail,
    };
    if !changes {
        watch.app.accounts.note(event);
        return;
    }
    // The change stands already. That it could not be written down is told to who watches the server, not to who made it.
    let recorded = watch.app.work(move |app| Ok(app.accounts.record(event)?)).await;
    if let Err(error) = recorded {
        tracing::error!(request = visitor.request, %error, "a change is missing in the audit trail");
    }
}

/// Looking at this is worth a line.
fn is_telling(need: Option<Need>) -> bool {
    use Action::{Backup, Export, ReadAudit, SeePersonal};
    matches!(need, Some(Need::May(Export | SeePersonal | ReadAudit | Backup)))
}

fn outcome(status: StatusCode) -> Outcome {
    if status.is_server_error() {
        Outcome::Failed
    } else if status.is_client_error() {
        Outcome::Refused
    } else {
        Outcome::Done
    }
}

/// The part of a path that a route's pattern calls by this name.
fn parameter(route: &str, path: &str, name: &str) -> Option<String> {
    let mut parts = path.split('/');
    for pattern in route.split('/') {
        let part = parts.next()?;
        let Some((before, after)) = pattern.split_once('{') else { continue };
        let (found, behind) = after.split_once('}')?;
        if found == name {
            return part.strip_prefix(before)?.strip_suffix(behind).map(decoded);
        }
    }
    None
}

fn decoded(part: &str) -> String {
    // `=` makes the part a value of a form, and forms are decoded by what is here already; `+` means itself in a path.
    let part = format!("x={}", part.replace('+', "%2B").replace('&', "%26"));
    url::form_urlencoded::parse(part.as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::parameter;

    #[test]
    fn a_routes_pattern_names_the_parts_of_a_path() {
        fn check(route: &str, path: &str, name: &str, expected: Option<&str>) {
            assert_eq!(parameter(route, path, name).as_deref(), expected, "{route} {path}");
        }
        check("/registers/{register}", "/registers/docks", "register", Some("docks"));
        check("/records/{id}/amend", "/records/17/amend", "id", Some("17"));
        check("/records/{id}/amend", "/records/17/amend", "register", None);
        check("/reports/{key}.docx", "/reports/work-report.docx", "key", Some("work-report"));
        check("/figures/{indicator}", "/figures/a%2Fb+c%20d&e", "indicator", Some("a/b+c d&e"));
        check("/records/{id}", "/records", "id", None);
    }
}
