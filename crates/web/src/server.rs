//! The server: one listener, one binary, no other process.
//!
//! ```text
//! connection ─▶ number ─▶ [ log · metrics · headers · compression · panics ] ─▶ route ─▶ guard ─▶ handler
//! stop ─▶ no new connections ─▶ open requests end (or the grace does) ─▶ the scribe drains ─▶ the book is closed
//! ```

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tower::ServiceExt;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

use crate::app::App;
use crate::guard::{self, Route};
use crate::mail;
use crate::open::{self, OpenError};
use crate::page;
use crate::panics;
use crate::routes::Routes;
use crate::security;
use crate::settings::Settings;
use crate::when;

/// The largest body where no route allows more.
pub const MOST_BODY: usize = 1 << 20;
/// How long a client may take for the head of a request: slow ones must not hold connections for ever.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// How long a handler may take until its answer begins.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(120);

/// A server that listens already and answers once it runs.
pub struct Server {
    app: Arc<App>,
    listener: TcpListener,
    address: SocketAddr,
    routes: Routes,
}

/// The number of a request, for the log and for people who report an error.
#[derive(Clone, Debug)]
pub(crate) struct RequestNumber(pub(crate) String);

impl Server {
    /// Opens the city and listens.
    pub async fn bind(settings: Settings) -> Result<Self, OpenError> {
        panics::listen();
        let listener = TcpListener::bind(settings.listen).await.map_err(|error| {
            let (address, reason) = (settings.listen, error.to_string());
            OpenError::new(message::text!(
                "无法在 {address} 监听：{reason}",
                "cannot listen on {address}: {reason}"
            ))
        })?;
        let address = listener.local_addr().map_err(OpenError::of)?;
        let app =
            tokio::task::spawn_blocking(move || open::open(settings)).await.map_err(OpenError::of)??;
        Ok(Self { app: Arc::new(app), listener, address, routes: page::routes() })
    }

    /// The same server with more routes, behind the same guard: for tests of what stands around every handler.
    #[must_use]
    pub fn with_routes(self, more: Routes) -> Self {
        Self { routes: self.routes.and(more), ..self }
    }

    /// Where it listens: of use where the port was 0.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What all requests share.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Answers until `stop` is done, then ends what is open.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let router = router(self.routes, &self.app);
        let graceful = GracefulShutdown::new();
        let room = Arc::new(Semaphore::new(self.app.settings.most_connections));
        let mut stop = std::pin::pin!(stop);
        let sweeper = tokio::spawn(sweep(Arc::clone(&self.app)));
        let warmer = tokio::spawn(keep_warm(Arc::clone(&self.app)));
        let reminder = tokio::spawn(mail::keep_reminding(Arc::clone(&self.app)));
        loop {
            let accepted = tokio::select! {
                () = &mut stop => break,
                accepted = self.listener.accept() => accepted,
            };
            let (stream, peer) = match accepted {
                Ok(accepted) => accepted,
                // Out of descriptors, most likely; those who are connected go on.
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            // Whoever comes when there is no room is told at once by a closed connection.
            let Ok(place) = Arc::clone(&room).try_acquire_owned() else { continue };
            let _ = stream.set_nodelay(true);
            let router = router.clone();
            let service = tower::service_fn(move |mut request: hyper::Request<Incoming>| {
                request.extensions_mut().insert(ConnectInfo(peer));
                router.clone().oneshot(request.map(Body::new))
            });
            let connection = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_TIMEOUT)
                .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
            let connection = graceful.watch(connection);
            let app = Arc::clone(&self.app);
            tokio::spawn(async move {
                app.metrics.connections.inc();
                // A client that goes away is no news.
                let _ = connection.await;
                app.metrics.connections.dec();
                drop(place);
            });
        }
        drop(self.listener);
        sweeper.abort();
        warmer.abort();
        reminder.abort();
        tokio::select! {
            () = graceful.shutdown() => {}
            () = tokio::time::sleep(self.app.settings.grace) => {
                tracing::warn!("some requests did not end within the grace");
            }
        }
        let app = self.app;
        // The scribe finishes what it was given; nothing that was acknowledged depends on it.
        let _ = tokio::task::spawn_blocking(move || app.scribe.stop()).await;
    }
}

/// Forgets every hour what has expired: sessions, invitations, old failures.
async fn sweep(app: Arc<App>) {
    let mut hour = tokio::time::interval(Duration::from_secs(3600));
    loop {
        hour.tick().await;
        let of_hour = Arc::clone(&app);
        if let Ok(Err(error)) = tokio::task::spawn_blocking(move || of_hour.accounts.sweep()).await {
            tracing::warn!(%error, "what has expired could not be forgotten");
        }
    }
}

/// Reads and computes ahead what the next visitors will want: at the start, and whenever another day or other definitions
/// make everything that was kept an answer to yesterday's questions.
async fn keep_warm(app: Arc<App>) {
    let mut second = tokio::time::interval(Duration::from_secs(1));
    let mut warm_for = None;
    loop {
        second.tick().await;
        let now = app.now();
        let wanted = Some((when::today(), now.pack.short_digest()));
        if warm_for != wanted {
            let served = Arc::downgrade(&app);
            // A thread of its own: a server that stops does not wait for it.
            std::thread::spawn(move || open::warm(&served));
            warm_for = wanted;
        }
    }
}

fn router(routes: Routes, app: &Arc<App>) -> Router {
    routes
        .into_router(app)
        .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::GATEWAY_TIMEOUT, ANSWER_TIMEOUT))
        .layer(DefaultBodyLimit::max(MOST_BODY))
        .layer(axum::middleware::from_fn_with_state(Arc::clone(app), catch))
        .layer(CompressionLayer::new())
        .layer(axum::middleware::from_fn_with_state(Arc::clone(app), outermost))
}

/// A panic outside of every handler: the guard tells those of handlers, in the visitor's own page.
async fn catch(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let language = guard::language(request.headers());
    let number = request.extensions().get::<RequestNumber>().map(|number| number.0.clone());
    panics::caught_async(next.run(request)).await.unwrap_or_else(|fault| {
        app.metrics.panics.inc();
        guard::without_visitor(&fault, language, &number.unwrap_or_default())
    })
}

/// Numbers, logs and counts each request, and hardens each answer. The log has the route's template, not the path: a path
/// may hold what a person typed.
async fn outermost(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let mut bytes = [0; 8];
    let number = match getrandom::fill(&mut bytes) {
        Ok(()) => bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
        Err(_) => String::new(),
    };
    let method = request.method().clone();
    request.extensions_mut().insert(RequestNumber(number.clone()));
    let mut response = next.run(request).await;
    security::harden(response.headers_mut(), app.settings.behind_tls);
    if let Ok(value) = HeaderValue::from_str(&number) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    let route = response.extensions().get::<Route>().map_or("none", |route| route.0.as_str()).to_owned();
    let status = response.status().as_u16();
    let took = begun.elapsed();
    app.metrics.answered(&route, &method, status, took);
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(request = number, %method, route, status, milliseconds, "answered");
    response
}
