//! What holds for every answer, whoever asks.

use access::Action;
use web::{Answer, Fault, Need, Routes, Visitor};

use super::http::Method;
use super::stage::{Person, Stage, logged};

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
fn machines_are_told_who_is_signed_in_and_what_memory_answers() {
    let stage = Stage::open();
    let number = |name: &str| -> u64 {
        let metrics = stage.anybody().page("/metrics");
        let line = metrics.lines().find_map(|line| line.strip_prefix(&format!("qingyuan_{name} ")));
        line.and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("{name} in {metrics}"))
    };
    assert_eq!(number("sessions"), 0);
    let (clerk, _other) = (stage.signed_in("ming", &[("clerk", None)]), stage.signed_in("lan", &[]));
    assert_eq!(number("sessions"), 2);
    clerk.post("/sign-out", &[]);
    assert_eq!(number("sessions"), 1);
    let clerk = stage.signed_in("chen", &[("clerk", None)]);
    let page = "/api/v1/figures/docks.operating?period=2021-Q3";
    let before = ["kept_computed_total", "engine_computed_total"].map(number);
    clerk.json(page);
    let after = ["kept_computed_total", "engine_computed_total"].map(number);
    assert!(after[0] > before[0] && after[1] > before[1], "{before:?} {after:?}");
    let found = number("kept_found_total");
    clerk.json(page);
    assert!(number("kept_found_total") > found);
    assert!(number("kept_answers") > 0 && number("kept_weight") > 0 && number("engine_held") > 0);
    number("engine_found_total");
    // What is told stands in the table of its module, and nothing else does.
    let table = include_str!("../../src/metrics.rs");
    let metrics = stage.anybody().page("/metrics");
    for name in metrics
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "))
        .filter_map(|line| line.split(' ').next())
    {
        let told = ["", "_total"].iter().any(|end| {
            table.contains(&format!("`{name}{end}`")) || table.contains(&format!("`{name}{end}{{"))
        });
        assert!(told, "{name} is not documented");
    }
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
fn a_wrong_method_is_told_with_those_that_are_right() {
    let stage = Stage::open();
    let routes = web::page::routes().declared();
    let people =
        [stage.anybody(), stage.signed_in("clerk", &[("clerk", None)]), stage.signed_in("nobody", &[])];
    let ask = |person: &Person, method: &str, path: &str, accept: &str| {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let request = person.client().request(method, person.url(path)).header("accept", accept);
        request.send().expect("an answer")
    };
    // Whoever asks, with whatever right, and without a form of ours: the method comes first.
    for path in ["/figures", "/records/{id}", "/sign-out", "/api/v1/figures", "/admin/audit", "/check"] {
        let mut allowed: Vec<&str> =
            routes.iter().filter(|one| one.path == path).map(|one| one.method.as_str()).collect();
        if allowed.contains(&"GET") {
            allowed.push("HEAD");
        }
        allowed.sort_unstable();
        assert!(!allowed.is_empty(), "{path} is a route");
        for method in ["POST", "PUT", "DELETE", "PATCH", "GET"] {
            if allowed.contains(&method) {
                continue;
            }
            for person in &people {
                let response = ask(person, method, &path.replace("{id}", "1"), "application/json");
                assert_eq!(response.status(), 405, "{method} {path}");
                let mut told: Vec<&str> =
                    response.headers()["allow"].to_str().expect("ASCII").split(',').map(str::trim).collect();
                told.sort_unstable();
                assert_eq!(told, allowed, "{method} {path}");
                assert_eq!(response.headers()["content-type"], "application/problem+json");
                let problem: serde_json::Value = response.json().expect("JSON");
                assert_eq!(problem["type"], "urn:qingyuan:problem:method-not-allowed");
            }
        }
    }
    let page = ask(&people[0], "POST", "/figures", "text/html");
    assert_eq!(page.status(), 405);
    assert!(page.text().expect("text").contains("该地址不接受这种方法"));
    for (path, accept) in [("/api/v1/nowhere", "*/*"), ("/nowhere", "application/json")] {
        for method in ["POST", "DELETE"] {
            let response = ask(&people[1], method, path, accept);
            assert_eq!(response.status(), 404, "{method} {path}");
            let problem: serde_json::Value = response.json().expect("JSON");
            assert_eq!(problem["type"], "urn:qingyuan:problem:not-found");
        }
    }
    assert_eq!(ask(&people[1], "POST", "/nowhere", "text/html").status(), 404);
}

/// Handlers as none of ours should be: one panics at once, one where it computes.
fn faulty() -> Routes {
    async fn at_once(_: Visitor) -> Answer {
        panic!("张三 13800000000")
    }
    async fn at_work(visitor: Visitor) -> Answer {
        visitor.app.heavy_work(|_| -> Result<(), Fault> { panic!("张三 13800000000") }).await?;
        Err(Fault::NotFound)
    }
    Routes::new()
        .get("/test/at-once", Need::Open, at_once)
        .get("/test/at-work", Need::May(Action::View), at_work)
        .get("/api/v1/test/at-once", Need::Open, at_once)
}

#[test]
fn a_panic_is_an_error_of_ours_like_any_other() {
    let stage = Stage::open_with_routes(|settings| settings, faulty());
    let clerk = stage.signed_in("clerk", &[("clerk", None)]);
    for (path, language, words) in [
        ("/test/at-once", "zh-CN", "系统内部错误"),
        ("/test/at-work", "zh-Hant", "系統內部錯誤"),
        ("/test/at-once", "en", "An error of ours"),
    ] {
        let response = clerk.asks(path).header("accept-language", language).send().expect("an answer");
        assert_eq!(response.status(), 500, "{path}");
        let number = response.headers()["x-request-id"].to_str().expect("ASCII").to_owned();
        assert!(response.headers().contains_key("content-security-policy"));
        let page = response.text().expect("text");
        assert!(page.contains(words) && page.contains(&number), "{page}");
        // The page of an error has its bar, with what this visitor may open.
        assert!(page.contains("href=\"/registers\""), "{page}");
        let log = logged(&number);
        assert!(log.contains("ground.rs") && log.contains("a panic at"), "{log}");
        assert!(!log.contains("张三") && !page.contains("张三"), "{log}");
    }
    let response = stage.anybody().get("/api/v1/test/at-once");
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let number = response.headers()["x-request-id"].to_str().expect("ASCII").to_owned();
    let problem: serde_json::Value = response.json().expect("JSON");
    assert_eq!(problem["status"], 500);
    assert_eq!(problem["instance"], format!("urn:qingyuan:request:{number}"));
    let metrics = stage.anybody().page("/metrics");
    assert!(metrics.contains("qingyuan_panics_total 4"), "{metrics}");
    let counted = "qingyuan_requests_total{route=\"/test/at-once\",method=\"GET\",status=\"500\"} 2";
    assert!(metrics.contains(counted), "{metrics}");
    // The server goes on.
    assert_eq!(clerk.get("/registers").status(), 200);
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
