//! Opening a city for serving: everything that can be wrong is said before the first request.

use std::sync::{Arc, Weak};

use access::Policies;
use accounts::Accounts;
use city::{City, CityError};
use intake::Scribe;
use lake::Lake;
use ledger::{Ledger, SystemClock};
use message::{Diagnostic, Severity, Text};
use pack::Pack;
use shelf::Shelf;

use crate::app::{App, InForce};
use crate::kept::Kept;
use crate::mail::Mail;
use crate::provider::Provider;
use crate::settings::Settings;

/// Why a server cannot start.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct OpenError(Text);

impl OpenError {
    pub(crate) fn new(text: Text) -> Self {
        Self(text)
    }

    pub(crate) fn of(error: impl std::fmt::Display) -> Self {
        Self(Text::same(error.to_string()))
    }

    /// For people.
    pub fn text(&self) -> &Text {
        &self.0
    }
}

impl From<CityError> for OpenError {
    fn from(error: CityError) -> Self {
        Self(error.text())
    }
}

/// Opens book, measurements, accounts and definitions.
pub(crate) fn open(settings: Settings) -> Result<App, OpenError> {
    let city = City::open(&settings.home)?;
    let book = Ledger::open(&settings.home, Arc::new(SystemClock))
        .map_err(|error| OpenError::new(city::ledger_words::words(&error)))?;
    let book = Arc::new(book);
    let lake = city.lake()?.map(Arc::new);
    let accounts = Accounts::open(&settings.home).map_err(OpenError::of)?;
    let pack = Arc::clone(&city.pack);
    let scribe =
        Scribe::start(Arc::clone(&book), Arc::clone(&pack)).map_err(|error| OpenError::new(error.text()))?;
    let in_force = in_force(city, &book, lake.as_ref())?;
    let provider = Provider::of_home(&settings)?;
    let mail = Mail::of_home(&settings)?;
    let mut app = App::new(settings, accounts, book, lake, scribe, in_force, provider);
    app.mail = mail;
    Ok(app)
}

/// What a city's pack puts in force over a book.
pub fn in_force(city: City, book: &Arc<Ledger>, lake: Option<&Arc<Lake>>) -> Result<InForce, OpenError> {
    let pack = Arc::clone(&city.pack);
    let policies = policies(&pack)?;
    let engine = city.serving_engine(Arc::clone(book), lake.cloned())?;
    let shelf = Arc::new(Shelf::new(Arc::clone(&pack), Arc::clone(book)));
    Ok(InForce { city, pack, policies, engine: Arc::new(engine), shelf, kept: Kept::default() })
}

/// The pack's policies; a pack without any lets nobody do anything.
fn policies(pack: &Pack) -> Result<Policies, OpenError> {
    let (policies, diagnostics) = city::packs::policies(pack);
    policies.ok_or_else(|| OpenError::new(first(&diagnostics)))
}

fn first(diagnostics: &[Diagnostic]) -> Text {
    let faults: Vec<Diagnostic> =
        diagnostics.iter().filter(|one| one.severity == Severity::Error).cloned().collect();
    let english = message::render_concise(&faults, message::Language::English);
    let chinese = message::render_concise(&faults, message::Language::Simplified);
    Text::new(
        format!("城市包的权限规则有误：{chinese}"),
        format!("the pack's policies are faulty: {english}"),
    )
}

/// Reads ahead what the first visitors will want. It takes seconds, nobody waits for it, and it ends with the server.
pub(crate) fn warm(served: &Weak<App>) {
    if let Some(app) = served.upgrade() {
        if let Err(error) = app.now().shelf.warm() {
            tracing::warn!(%error, "lists could not be read ahead");
        }
        if let Ok(size) = app.book.size() {
            app.metrics.entries.set(size);
        }
    }
    if let Err(fault) = crate::page::warm(served) {
        tracing::warn!(%fault, "lists and figures could not be made ready");
    }
}

/// Why a pack was not put in force.
#[derive(Debug, thiserror::Error)]
pub enum AdoptError {
    /// It is faulty, or cannot be read or kept: the old one goes on.
    #[error("{}", .0.text())]
    City(CityError),
    /// It was kept, and goes into force with the next start.
    #[error("{0}")]
    Later(Text),
}

/// Puts another pack in force without a restart. A faulty one changes nothing; requests that are being answered keep
/// the definitions they began with.
pub fn adopt(app: &App, files: Vec<(String, String)>) -> Result<Vec<Diagnostic>, AdoptError> {
    let adopted = app.now().city.adopt_files(files).map_err(AdoptError::City)?;
    let pack = Arc::clone(&adopted.city.pack);
    let next = in_force(adopted.city, &app.book, app.lake.as_ref())
        .map_err(|error| AdoptError::Later(error.text().clone()))?;
    app.scribe.reload(pack).map_err(|refusal| AdoptError::Later(refusal.text()))?;
    app.put_in_force(next);
    Ok(adopted.warnings)
}
