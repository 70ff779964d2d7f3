//! The web application: the book, the map and the report in a browser, and the same as JSON for programs.
//!
//! ```text
//! Settings ─▶ Server::bind (book, measurements, accounts, pack: all opened or a clear error) ─▶ run until stopped
//! request ─▶ server (number, log, metrics, headers) ─▶ routes ─▶ guard (who, may they, is the form ours) ─▶ page
//! page: one data function ─▶ View ─▶ HTML (maud, ui) and JSON (/api/v1)
//! ```
//!
//! One process, one binary: pages are rendered here, assets are inside, nothing is fetched from another host.
//!
//! **What is absent:** rules of any kind. What may be entered is `intake`'s, what a figure is `figures`', who may do what
//! the pack's policies (`access`), how a record looks in a list `shelf`'s. A page that computes is a page in the wrong
//! place. Further: a route without a declared need, a number that did not come from `figures` or the book, personal data
//! in a log, an inline script or style.

pub mod app;
pub mod assets;
pub mod cookies;
pub mod fault;
mod guard;
pub mod kept;
pub mod limit;
pub mod mail;
mod metrics;
pub mod open;
pub mod page;
mod panics;
pub mod provider;
pub mod routes;
mod security;
mod server;
pub mod settings;
mod sheet;
pub mod stream;
pub mod ui;
pub mod visitor;
pub mod when;

pub use app::{App, InForce};
pub use fault::{Answer, Fault, Problem};
pub use open::OpenError;
pub use routes::{Declared, Need, Routes};
pub use server::Server;
pub use settings::Settings;
pub use visitor::{Theme, Visitor};
