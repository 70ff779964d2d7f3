//! What holds for every answer, whoever asks.

use super::stage::Stage;

#[test]
fn machines_are_told_how_it_does() {
    let stage = Stage::open();
    let anybody = stage.anybody();
    assert_eq!(anybody.page("/healthz"), "ok\n");
    assert_eq!(anybody.page("/readyz"), "ready\n");
    let metrics = anybody.page("/metrics");
    assert!(
        metrics.contains("qingyuan_requests_total{route=\"/healthz\",method=\"GET\",status=\"200\"} 1"),
        "{metrics}"
    );
    assert!(metrics.contains("qingyuan_book_entries"), "{metrics}");
}

#[test]
fn every_answer_tells_the_browser_what_it_may_do() {
    let stage = Stage::open();
    for path in ["/healthz", "/nowhere", "/assets/app.css", "/api/v1/nowhere", "/sign-in"] {
        let response = stage.anybody().get(path);
        let header =
            |name| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        assert!(header("content-security-policy").starts_with("default-src 'none'"), "{path}");
        assert!(!header("content-security-policy").contains("unsafe"), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("x-request-id").len(), 16, "{path}");
        assert!(!header("cache-control").is_empty(), "{path}");
    }
}

#[test]
fn what_is_not_there_is_said_to_people_and_to_programs() {
    let stage = Stage::open();
    let page = stage.anybody().get("/nowhere");
    assert_eq!(page.status(), 404);
    assert!(page.text().expect("text").contains("没有这个页面"));
    let problem = stage.anybody().get("/api/v1/nowhere");
    assert_eq!(problem.status(), 404);
    assert_eq!(problem.headers()["content-type"], "application/problem+json");
    let problem: serde_json::Value = problem.json().expect("JSON");
    assert_eq!(problem["type"], "urn:qingyuan:problem:not-found");
    let wrong = stage.anybody().post("/healthz", &[]);
    assert_eq!(wrong.status(), 405);
}

#[test]
fn nobody_is_let_in_by_default() {
    let stage = Stage::open();
    assert!(stage.app.accounts.is_empty().expect("accounts"));
    let response = stage.anybody().get("/registers");
    assert_eq!(response.status(), 303);
    assert_eq!(response.headers()["location"], "/sign-in?next=%2Fregisters");
}

#[test]
fn a_form_that_is_not_ours_changes_nothing() {
    let stage = Stage::open();
    let anybody = stage.anybody();
    let refused = anybody.post_as_is("/preferences", &[("language", "en")]);
    assert_eq!(refused.status(), 403);
    let done = anybody.post("/preferences", &[("language", "en"), ("back", "//elsewhere.example")]);
    assert_eq!(done.status(), 303);
    assert_eq!(done.headers()["location"], "/");
    assert!(anybody.get("/nowhere").text().expect("text").contains("There is no such page"));
}

#[test]
fn a_server_that_is_told_to_stop_ends_and_leaves_the_book_free() {
    let stage = Stage::open();
    let home = stage.home();
    let keep = tempfile::tempdir().expect("a directory");
    let address = stage.address;
    // While it runs, nobody else writes.
    let clock = std::sync::Arc::new(ledger::SystemClock);
    assert!(ledger::Ledger::open(&home, clock).is_err());
    std::fs::write(keep.path().join("mark"), b"").expect("a file");
    drop(stage);
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[test]
fn who_asks_too_often_is_told_when_to_come_back() {
    let rate = web::limit::Rate { a_second: 1, at_once: 5 };
    let stage = Stage::open_with(|settings| web::Settings { rate_of_strangers: rate, ..settings });
    let anybody = stage.anybody();
    let statuses: Vec<u16> = (0..8).map(|_| anybody.get("/healthz").status().as_u16()).collect();
    assert_eq!(statuses[..5], [200; 5]);
    let refused = anybody.get("/healthz");
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "1");
    // Whoever signed in is counted apart.
    assert_ne!(stage.signed_in("clerk-a", &[("clerk", Some("U001"))]).get("/nowhere").status(), 429);
}
