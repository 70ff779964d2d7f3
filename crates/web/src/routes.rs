//! The table of routes: each says whom it serves before it can be registered at all.
//!
//! ```text
//! page::NAME::routes() ─▶ Routes (path, method, need, handler) ─▶ all together ─▶ Router behind the guard
//!                                        └─▶ declared(): what the tests walk through, one by one
//! ```
//!
//! There is no way to serve a handler without a [`Need`], so no route can be forgotten by the guard.

use std::sync::Arc;

use access::Action;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::{RefOr, Schema};
use utoipa_axum::router::UtoipaMethodRouter;

use crate::app::App;
use crate::fault::Fault;
use crate::guard;

/// Whom a route serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Anybody, signed in or not.
    Open,
    /// Anybody who signed in.
    SignedIn,
    /// Who may do this somewhere; the handler asks again for the very record.
    May(Action),
}

/// What is known of a route without calling it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// As axum writes it: `/records/{id}`.
    pub path: String,
    /// GET or POST.
    pub method: Method,
    /// Whom it serves.
    pub need: Need,
}

/// Routes in the making.
#[derive(Default)]
pub struct Routes {
    /// What one registration serves: a path, its methods, and the handler for all of them.
    routes: Vec<(String, Vec<Declared>, MethodRouter<Arc<App>>)>,
    schemas: Vec<(String, RefOr<Schema>)>,
    paths: utoipa::openapi::path::Paths,
}

impl Routes {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A page or a download.
    #[must_use]
    pub fn get<H, T>(self, path: &str, need: Need, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        self.add(path, Method::GET, need, on(MethodFilter::GET, handler))
    }

    /// A change.
    #[must_use]
    pub fn post<H, T>(self, path: &str, need: Need, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        self.add(path, Method::POST, need, on(MethodFilter::POST, handler))
    }

    /// A change that brings a file: the body may be as large as `most` bytes.
    #[must_use]
    pub fn upload<H, T>(self, path: &str, need: Need, most: usize, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        let handler = on(MethodFilter::POST, handler).layer(DefaultBodyLimit::max(most));
        self.add(path, Method::POST, need, handler)
    }

    /// What `utoipa_axum::routes!` makes of documented handlers, under `/api/v1`. All methods of one call share the need.
    #[must_use]
    pub fn api(mut self, need: Need, described: UtoipaMethodRouter<Arc<App>>) -> Self {
        let (schemas, paths, handler) = described;
        self.schemas.extend(schemas);
        for (path, item) in paths.paths {
            let mut declared = Vec::new();
            for (method, operation) in operations(item) {
                declared.push(Declared { path: path.clone(), method: name_of(&method), need });
                self.paths.add_path_operation(&path, vec![method], operation);
            }
            self.routes.push((path, declared, handler.clone()));
        }
        self
    }

    fn add(mut self, path: &str, method: Method, need: Need, handler: MethodRouter<Arc<App>>) -> Self {
        let declared = Declared { path: path.to_owned(), method, need };
        self.routes.push((path.to_owned(), vec![declared], handler));
        self
    }

    /// These and those.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.routes.extend(other.routes);
        self.schemas.extend(other.schemas);
        for (path, item) in other.paths.paths {
            for (method, operation) in operations(item) {
                self.paths.add_path_operation(&path, vec![method], operation);
            }
        }
        self
    }

    /// Every route with its need.
    pub fn declared(&self) -> Vec<Declared> {
        self.routes.iter().flat_map(|(_, declared, _)| declared.clone()).collect()
    }

    /// The types of the documented routes, by name.
    pub fn schemas(&self) -> &[(String, RefOr<Schema>)] {
        &self.schemas
    }

    /// What the documented routes say of themselves.
    pub fn described(&self) -> (utoipa::openapi::path::Paths, utoipa::openapi::Components) {
        let components = utoipa::openapi::ComponentsBuilder::new();
        let components =
            self.schemas.iter().fold(components, |all, (name, schema)| all.schema(name, schema.clone()));
        (self.paths.clone(), components.build())
    }

    /// The router: every handler behind the guard with its need. A wrong method is told before any right is asked for
    /// (405, with what is allowed), and so is a path that leads nowhere (404).
    pub(crate) fn into_router(self, app: &Arc<App>) -> Router {
        let watched = |need| {
            let watch = guard::Watch { app: Arc::clone(app), need };
            axum::middleware::from_fn_with_state(watch, guard::guard)
        };
        let mut router = Router::new();
        for (path, declared, handler) in self.routes {
            let Some(one) = declared.first() else { continue };
            router = router.route(&path, handler.route_layer(watched(Some(one.need))));
        }
        let nowhere = axum::routing::any(|| async { Fault::NotFound }).layer(watched(None));
        let wrong = axum::routing::any(|| async { Fault::MethodNotAllowed }).layer(watched(None));
        router
            .method_not_allowed_fallback(wrong)
            .fallback_service(nowhere.with_state(Arc::clone(app)))
            .with_state(Arc::clone(app))
    }
}

fn name_of(method: &HttpMethod) -> Method {
    match method {
        HttpMethod::Post => Method::POST,
        HttpMethod::Put => Method::PUT,
        HttpMethod::Patch => Method::PATCH,
        HttpMethod::Delete => Method::DELETE,
        _ => Method::GET,
    }
}

fn operations(
    item: utoipa::openapi::PathItem,
) -> impl Iterator<Item = (HttpMethod, utoipa::openapi::path::Operation)> {
    [
        (HttpMethod::Get, item.get),
        (HttpMethod::Post, item.post),
        (HttpMethod::Put, item.put),
        (HttpMethod::Patch, item.patch),
        (HttpMethod::Delete, item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation?)))
}
