//! Files that leave while they are made: whole, or a broken transfer. Never a short file that looks whole.

use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use access::Action;
use accounts::{Filter, Outcome};
use web::stream::{File, streamed};
use web::{Answer, Need, Routes, Visitor};

use super::stage::{Stage, logged};

/// What a client sees of an answer: the head, and everything that came after it until the connection ended.
struct Seen {
    head: String,
    body: Vec<u8>,
}

impl Seen {
    fn header(&self, name: &str) -> &str {
        let line = self.head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}: ")));
        line.and_then(|line| line.split_once(": ")).map(|(_, value)| value.trim()).unwrap_or_default()
    }

    /// Whether the transfer came to its end: the chunk of length zero.
    fn is_whole(&self) -> bool {
        assert_eq!(self.header("transfer-encoding"), "chunked", "{}", self.head);
        self.body.ends_with(b"0\r\n\r\n")
    }
}

/// A request over a connection of its own, as a browser with this cookie sends it.
struct Asked(TcpStream);

impl Asked {
    fn send(stage: &Stage, cookie: &(&str, String), path: &str, encoding: &str) -> Self {
        let mut stream = TcpStream::connect(stage.address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
        let (name, value) = cookie;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {name}={value}\r\nAccept-Encoding: {encoding}\r\nConnection: close\r\n\r\n"
        )
        .expect("sent");
        Self(stream)
    }

    /// The head, and what came with it.
    fn head(&mut self) -> (String, Vec<u8>) {
        let mut bytes = Vec::new();
        loop {
            if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                let rest = bytes.split_off(end + 4);
                return (String::from_utf8(bytes).expect("a head is text"), rest);
            }
            let mut piece = [0; 1024];
            let count = self.0.read(&mut piece).expect("a head");
            assert!(count > 0, "the connection ended before the head did");
            bytes.extend_from_slice(&piece[..count]);
        }
    }

    fn end(mut self, head: String, mut body: Vec<u8>) -> Seen {
        // A connection that is reset is as broken as one that is closed.
        let _ = self.0.read_to_end(&mut body);
        Seen { head, body }
    }

    fn all(mut self) -> Seen {
        let (head, body) = self.head();
        self.end(head, body)
    }
}

/// Long work that takes every turn there is, so that what comes later waits.
struct Busy {
    go: Vec<Sender<()>>,
    began: Receiver<()>,
    runtime: tokio::runtime::Runtime,
}

impl Busy {
    fn queue(stage: &Stage) -> Self {
        let turns = std::thread::available_parallelism().map_or(2, usize::from) + 1;
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().expect("a runtime");
        let (begin, began) = channel();
        let go = (0..turns)
            .map(|_| {
                let (go, wait) = channel::<()>();
                let (app, begin) = (Arc::clone(&stage.app), begin.clone());
                runtime.spawn(async move {
                    let work = move |_: &web::App| {
                        begin.send(()).unwrap_or_default();
                        wait.recv().unwrap_or_default();
                        Ok(())
                    };
                    app.heavy_work(work).await
                });
                go
            })
            .collect();
        Self { go, began, runtime }
    }

    /// Waits until it has every turn.
    fn has_all(self) -> Self {
        self.go.iter().for_each(|_| self.began.recv_timeout(Duration::from_secs(60)).expect("a turn"));
        self
    }

    fn ends(self) {
        self.go.iter().for_each(|go| go.send(()).unwrap_or_default());
        self.runtime.shutdown_background();
    }
}

/// The book's files hold nothing but zeros from now on, as after a fault of the disk.
fn break_book(stage: &Stage) {
    for name in ["book.db", "book.db-wal", "book.db-shm"] {
        let path = stage.home().join(name);
        let Ok(length) = std::fs::metadata(&path).map(|file| file.len()) else { continue };
        let mut file = OpenOptions::new().write(true).open(&path).expect("the book's file");
        file.write_all(&vec![0; usize::try_from(length).expect("a size")]).expect("overwritten");
        file.sync_all().expect("on the disk");
    }
}

/// What is said of a file that broke off: to the client, in the log, in the trail, in the metrics.
fn assert_told(stage: &Stage, seen: &Seen, route: &str) {
    assert!(seen.head.starts_with("HTTP/1.1 200"), "{}", seen.head);
    assert!(!seen.is_whole(), "{route}: the client takes {} bytes for the whole", seen.body.len());
    let log = logged(seen.header("x-request-id"));
    assert!(log.contains("a file broke off") && log.contains(route), "{log}");
    let failed = Filter { outcome: Some(Outcome::Failed), ..Filter::default() };
    let events = stage.app.accounts.audit(&failed, None, 10).expect("the trail");
    let event = &events.first().expect("a line of the trail").event;
    assert_eq!((event.action.as_str(), event.route.as_str()), ("export", route));
    assert!(event.detail.contains(seen.header("x-request-id")), "{}", event.detail);
    let metrics = stage.anybody().page("/metrics");
    assert!(metrics.contains("qingyuan_broken_files_total 1"), "{metrics}");
}

#[test]
fn a_list_whose_book_fails_on_the_way_is_a_broken_transfer() {
    for encoding in ["identity", "gzip"] {
        for ending in ["csv", "xlsx", "geojson"] {
            let stage = Stage::open();
            let cookie = stage.session_of("clerk", &[("clerk", None)]);
            let path = format!("/registers/docks/export.{ending}");
            let whole = Asked::send(&stage, &cookie, &path, encoding).all();
            assert!(whole.is_whole(), "{path}");
            let busy = Busy::queue(&stage).has_all();
            let mut asked = Asked::send(&stage, &cookie, &path, encoding);
            let (head, rest) = asked.head();
            break_book(&stage);
            busy.ends();
            let seen = asked.end(head, rest);
            assert!(seen.body.len() < whole.body.len());
            assert_told(&stage, &seen, &format!("/registers/{{register}}/export.{ending}"));
        }
    }
}

#[test]
fn the_rows_of_a_figure_whose_book_fails_on_the_way_are_a_broken_transfer() {
    for ending in ["csv", "xlsx"] {
        let stage = Stage::open();
        let cookie = stage.session_of("clerk", &[("clerk", None)]);
        let path = format!("/figures/docks.operating/rows.{ending}?period=2022");
        let whole = Asked::send(&stage, &cookie, &path, "identity").all();
        assert!(whole.is_whole(), "{path}");
        let first = Busy::queue(&stage).has_all();
        let mut asked = Asked::send(&stage, &cookie, &path, "identity");
        // The question waits for a turn already when others come: they are before the file that it will be.
        std::thread::sleep(Duration::from_millis(500));
        let second = Busy::queue(&stage);
        std::thread::sleep(Duration::from_millis(100));
        first.ends();
        let (head, rest) = asked.head();
        let second = second.has_all();
        break_book(&stage);
        second.ends();
        let seen = asked.end(head, rest);
        assert!(seen.body.len() < whole.body.len());
        assert_told(&stage, &seen, &format!("/figures/{{indicator}}/rows.{ending}"));
    }
}

/// Files that fail after 300 kB, by an error and by a panic.
fn failing() -> Routes {
    fn file(route: &'static str) -> File {
        let name = "lines.csv".to_owned();
        File { name, media_type: "text/csv; charset=utf-8", route, register: None, subject: None }
    }
    async fn error(visitor: Visitor) -> Answer {
        Ok(streamed(&visitor, file("/test/error.csv"), |mut out| {
            out.write_all(&[b'x'; 300_000])?;
            Err(io::Error::other("the disk is gone"))
        }))
    }
    async fn panic(visitor: Visitor) -> Answer {
        Ok(streamed(&visitor, file("/test/panic.csv"), |mut out| {
            out.write_all(&[b'x'; 300_000])?;
            panic!("张三 13800000000")
        }))
    }
    let need = Need::May(Action::Export);
    Routes::new().get("/test/error.csv", need, error).get("/test/panic.csv", need, panic)
}

#[test]
fn a_file_that_fails_in_the_middle_is_a_broken_transfer() {
    for (route, reason) in [("/test/error.csv", "the disk is gone"), ("/test/panic.csv", "exports.rs")] {
        for encoding in ["identity", "gzip"] {
            let stage = Stage::open_with_routes(|settings| settings, failing());
            let cookie = stage.session_of("clerk", &[("clerk", None)]);
            let seen = Asked::send(&stage, &cookie, route, encoding).all();
            assert!(encoding == "gzip" || seen.body.len() > 100_000, "{} bytes came", seen.body.len());
            assert_told(&stage, &seen, route);
            let log = logged(seen.header("x-request-id"));
            assert!(log.contains(reason) && !log.contains("张三"), "{log}");
        }
    }
}
