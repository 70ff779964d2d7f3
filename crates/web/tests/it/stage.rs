//! A server over a copy of a small demo city, and people who are signed in to it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread::JoinHandle;

use accounts::Grant;
use axum::http::header::{COOKIE, HeaderMap, HeaderValue};
use tempfile::TempDir;
use tokio::sync::oneshot;
use web::{App, Routes, Server, Settings};

use super::http::blocking::{Client, RequestBuilder, Response};
use super::http::redirect::Policy;

/// The passphrase of everybody in these tests.
pub const PASSPHRASE: &str = "correct horse battery staple 7";

/// The pack of the demo city, as it stands in the repository.
pub fn pack_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/jiangcheng")
}

/// The small demo city, founded once for all tests of this binary and copied for each.
static CITY: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let home = folder.path().join("city");
    let pack = city::read_pack(&pack_dir()).expect("the demo pack compiles");
    found(&home, &pack);
    folder
});

/// Founds the small demo city, as `qingyuan demo --scale small` does.
pub fn found(home: &Path, pack: &pack::Pack) {
    let scale = demo::Scale::Small;
    let summary = demo::found(home, pack, 2022, scale, &mut |_, _, _| {}).expect("the demo city is founded");
    let settings = city::Settings {
        synthetic_seed: Some(2022),
        synthetic_until: Some(summary.last_day),
        ..city::Settings::default()
    };
    city::City::settle(home, &pack_dir(), pack, &settings).expect("the pack is kept");
}

/// What all servers of this binary log, line by line.
static LOG: LazyLock<Arc<Mutex<Vec<u8>>>> = LazyLock::new(|| {
    let log = Arc::new(Mutex::new(Vec::new()));
    let (inner, level) = (Arc::clone(&log), tracing::level_filters::LevelFilter::WARN);
    let writer = move || Line(Arc::clone(&inner));
    // Only the first of a process counts; there is no other here.
    let _ = tracing_subscriber::fmt().json().with_max_level(level).with_writer(writer).try_init();
    log
});

struct Line(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Line {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The warnings and errors of a request in the log; waits a little, as they may come after the answer.
pub fn logged(request: &str) -> String {
    let lines = || {
        let log = LOG.lock().expect("no panic");
        let log = String::from_utf8_lossy(&log);
        log.lines().filter(|line| line.contains(request)).collect::<Vec<_>>().join("\n")
    };
    for _ in 0..100 {
        if !lines().is_empty() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    lines()
}

/// A running server.
pub struct Stage {
    /// Where it answers.
    pub address: SocketAddr,
    /// What its requests share: to look behind the pages.
    pub app: Arc<App>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    folder: TempDir,
}

impl Stage {
    /// A server over a fresh copy of the small demo city.
    pub fn open() -> Self {
        Self::open_with(|settings| settings)
    }

    /// The same with other settings.
    pub fn open_with(change: impl FnOnce(Settings) -> Settings) -> Self {
        Self::open_with_routes(change, Routes::new())
    }

    /// The same with more routes: handlers that fail as none of ours should.
    pub fn open_with_routes(change: impl FnOnce(Settings) -> Settings, routes: Routes) -> Self {
        LazyLock::force(&LOG);
        let folder = tempfile::tempdir().expect("a temporary directory");
        let home = folder.path().join("city");
        copy(&CITY.path().join("city"), &home);
        let settings = Settings { listen: SocketAddr::from(([127, 0, 0, 1], 0)), ..Settings::new(&home) };
        let settings = change(settings);
        let (stop, stopped) = oneshot::channel::<()>();
        let (ready, is_ready) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .thread_stack_size(8 << 20)
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                let server = Server::bind(settings).await.expect("the server starts");
                ready.send((server.address(), Arc::clone(server.app()))).expect("the test waits");
                server.with_routes(routes).run(async { stopped.await.unwrap_or_default() }).await;
            });
            runtime.shutdown_timeout(std::time::Duration::from_secs(5));
        });
        let (address, app) = is_ready.recv().expect("the server starts");
        Self { address, app, stop: Some(stop), thread: Some(thread), folder }
    }

    /// The city's home on disk.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("city")
    }

    /// Somebody who has not signed in.
    pub fn anybody(&self) -> Person {
        Person { address: self.address, client: client(HeaderMap::new()), csrf: None }
    }

    /// A new account with these grants (role, unit), and the cookie of its session: for a browser.
    pub fn session_of(&self, name: &str, grants: &[(&str, Option<&str>)]) -> (&'static str, String) {
        let grants: Vec<Grant> = grants
            .iter()
            .map(|(role, unit)| Grant { role: (*role).to_owned(), unit: unit.map(str::to_owned) })
            .collect();
        (web::cookies::session(self.app.settings.behind_tls), session(&self.app.accounts, name, &grants))
    }

    /// An account with these grants (role, unit), made by invitation like everybody's, and a session of it.
    pub fn signed_in(&self, name: &str, grants: &[(&str, Option<&str>)]) -> Person {
        let grants = grants
            .iter()
            .map(|(role, unit)| Grant { role: (*role).to_owned(), unit: unit.map(str::to_owned) })
            .collect::<Vec<_>>();
        let session = session(&self.app.accounts, name, &grants);
        let mut headers = HeaderMap::new();
        let cookie = format!("{}={session}", web::cookies::session(self.app.settings.behind_tls));
        headers.insert(COOKIE, HeaderValue::from_str(&cookie).expect("a cookie"));
        let mut person = Person { address: self.address, client: client(headers), csrf: None };
        person.csrf = Some(person.fresh_csrf());
        person
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A browser, or a program, that keeps its cookies.
pub struct Person {
    address: SocketAddr,
    client: Client,
    csrf: Option<String>,
}

impl Person {
    /// The whole address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Opens a page as a browser does.
    pub fn get(&self, path: &str) -> Response {
        self.asks(path).send().expect("an answer")
    }

    /// The same, to add headers.
    pub fn asks(&self, path: &str) -> RequestBuilder {
        self.client.get(self.url(path)).header("accept", "text/html,application/xhtml+xml")
    }

    /// A page's text; the status must be 200.
    pub fn page(&self, path: &str) -> String {
        let response = self.get(path);
        let status = response.status();
        let text = response.text().expect("text");
        assert_eq!(status, 200, "{path}: {text}");
        text
    }

    /// Data under `/api/v1`.
    pub fn json(&self, path: &str) -> serde_json::Value {
        let response = self.client.get(self.url(path)).send().expect("an answer");
        let status = response.status();
        let text = response.text().expect("text");
        assert_eq!(status, 200, "{path}: {text}");
        serde_json::from_str(&text).expect("JSON")
    }

    /// Sends a form of ours.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let csrf = self.csrf.clone().unwrap_or_else(|| self.fresh_csrf());
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        self.post_as_is(path, &all)
    }

    /// Sends a form as it is, without the protection that our pages add.
    pub fn post_as_is(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let request = self.client.post(self.url(path)).header("accept", "text/html").form(fields);
        request.send().expect("an answer")
    }

    /// The client, for what else a test may want to send.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// What a form must carry, as a page shows it.
    pub fn fresh_csrf(&self) -> String {
        // The page of errors has the forms of the bar, too, and nobody is refused it.
        let text = self.get("/there-is-no-such-page").text().expect("text");
        let (_, after) = text.split_once("name=\"csrf\" value=\"").expect("every page has a form");
        after.split('"').next().expect("a value").to_owned()
    }
}

/// A session of a new account.
fn session(accounts: &accounts::Accounts, name: &str, grants: &[Grant]) -> String {
    let origin = accounts::Origin::default();
    let invitation = accounts.invite(name, name, grants, None).expect("an invitation");
    match accounts.accept(&invitation.secret, PASSPHRASE, &origin).expect("accepted") {
        accounts::SignIn::Done(session) => session.token,
        accounts::SignIn::SecondStep { .. } => panic!("a new account has no second factor"),
    }
}

fn client(headers: HeaderMap) -> Client {
    Client::builder()
        .default_headers(headers)
        .cookie_store(true)
        .redirect(Policy::none())
        .timeout(std::time::Duration::from_secs(120))
        .build()
        .expect("a client")
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a directory");
    for entry in std::fs::read_dir(from).expect("a directory") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}
