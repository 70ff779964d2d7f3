//! Reminders by mail, taken by a real mail server: `aiosmtpd`, run by Python on this machine. Where there is none, the tests
//! say so and are skipped; in CI it must be there.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::civil::time;
use jiff::{Timestamp, ToSpan};
use serde_json::Value;
use web::Settings;
use web::mail::{Failure, Run};

use super::stage::{Person, Stage, logged};

/// A mail server, until it is dropped.
struct Post {
    process: Child,
    /// Held open: a server whose input ends, ends.
    _input: Option<ChildStdin>,
    letters: Arc<Mutex<Vec<Value>>>,
}

impl Post {
    fn start(port: u16, options: &[&str]) -> Option<Post> {
        let python = std::env::var_os("QINGYUAN_PEERS").map(PathBuf::from).filter(|python| {
            let probe = Command::new(python).args(["-c", "import aiosmtpd"]).output();
            probe.is_ok_and(|output| output.status.success())
        });
        let Some(python) = python else {
            assert!(std::env::var_os("CI").is_none(), "Python with aiosmtpd is needed here");
            println!("SKIPPED: no Python with aiosmtpd (QINGYUAN_PEERS)");
            return None;
        };
        let mut process = Command::new(python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/smtp/server.py"))
            .arg(port.to_string())
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut lines = BufReader::new(process.stdout.take().expect("output")).lines();
        assert_eq!(lines.next().expect("a line").expect("text"), "listening");
        let letters = Arc::new(Mutex::new(Vec::new()));
        let taken = Arc::clone(&letters);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                taken.lock().expect("no panic").push(serde_json::from_str(&line).expect("JSON"));
            }
        });
        let _input = process.stdin.take();
        Some(Post { process, _input, letters })
    }

    /// The letters so far, once there are so many.
    fn letters(&self, count: usize) -> Vec<Value> {
        for _ in 0..250 {
            if self.letters.lock().expect("no panic").len() >= count {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let letters = self.letters.lock().expect("no panic").clone();
        assert_eq!(letters.len(), count, "{letters:#?}");
        letters
    }

    /// The only letter to somebody.
    fn letter(&self, count: usize, to: &str) -> Value {
        let mut letters = self.letters(count);
        letters.retain(|letter| letter["to"][0] == to);
        assert_eq!(letters.len(), 1, "{letters:#?}");
        letters.remove(0)
    }
}

impl Drop for Post {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port()
}

/// A time of the day at which the server does nothing by itself now, with some hours of the day after it.
fn quiet() -> jiff::civil::Time {
    let now = Timestamp::now().to_zoned(web::when::calendar());
    if now.hour() < 12 { time(19, 0, 0, 0) } else { time(0, 30, 0, 0) }
}

/// That time, today.
fn due() -> Timestamp {
    let moment = web::when::today().to_datetime(quiet());
    moment.to_zoned(web::when::calendar()).expect("a moment").timestamp()
}

fn write_settings(home: &Path, at: jiff::civil::Time, server: &str) {
    let at = at.strftime("%H:%M");
    let text = format!(
        "from = \"清源 <qingyuan@example.gov.cn>\"\nat = \"{at}\"\n\n[server]\npatience = 2\n{server}\n"
    );
    std::fs::write(home.join("mail.toml"), text).expect("the settings");
}

fn plainly(port: u16) -> String {
    format!("host = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"")
}

fn stage_with(server: &str) -> Stage {
    Stage::open_with(|settings| {
        write_settings(&settings.home, quiet(), server);
        Settings { public_url: Some("https://qingyuan.example.gov.cn/".to_owned()), ..settings }
    })
}

/// A person who has an address.
fn reachable(stage: &Stage, name: &str, grants: &[(&str, Option<&str>)]) -> Person {
    let person = stage.signed_in(name, grants);
    let kept = person.post("/me/mail", &[("mail", &format!("{name}@example.gov.cn"))]);
    assert_eq!(kept.status(), 303, "{}", kept.text().unwrap_or_default());
    person
}

fn run(stage: &Stage, now: Timestamp) -> Option<Run> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(web::mail::run(&stage.app, now))
}

/// Stops a server, until its book is closed: what is computed ahead holds it for some moments longer.
fn end(stage: Stage) {
    let served = Arc::downgrade(&stage.app);
    drop(stage);
    while served.strong_count() > 0 {
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn sent(run: Option<Run>) -> (u64, u64, Option<Failure>) {
    let run = run.expect("it is due");
    (run.sent, run.failed, run.broke)
}

fn text<'v>(letter: &'v Value, key: &str) -> &'v str {
    letter[key].as_str().expect("text")
}

#[test]
fn each_is_reminded_once_in_their_language_of_what_is_theirs() {
    let port = free_port();
    let Some(post) = Post::start(port, &[]) else { return };
    let stage = stage_with(&plainly(port));
    let city = reachable(&stage, "city", &[("verifier", None)]);
    let english = reachable(&stage, "english", &[("verifier", None)]);
    english.post("/preferences", &[("language", "en"), ("back", "/")]);
    let traditional = reachable(&stage, "traditional", &[("verifier", None)]);
    traditional.post("/preferences", &[("language", "zh-Hant"), ("back", "/")]);
    // Nothing waits for these: no right, another's right, no address.
    reachable(&stage, "leader", &[("leader", None)]);
    reachable(&stage, "clerk", &[("clerk", None)]);
    stage.signed_in("unreachable", &[("verifier", None)]);

    assert_eq!(sent(run(&stage, due())), (3, 0, None));
    let letter = post.letter(3, "city@example.gov.cn");
    assert_eq!(letter["headers"]["From"], "清源 <qingyuan@example.gov.cn>");
    assert_eq!(letter["headers"]["To"], "city@example.gov.cn");
    assert_eq!(letter["headers"]["Auto-Submitted"], "auto-generated");
    assert_eq!(letter["hello"], "qingyuan.example.gov.cn");
    let inbox = city.json("/api/v1/inbox");
    let late = inbox["late"].as_u64().expect("a number");
    let subject = letter["headers"]["Subject"].as_str().expect("a subject");
    assert_eq!(subject, format!("江城清源：{} 条核验超期", web::ui::grouped(late)));
    for register in inbox["registers"].as_array().expect("registers") {
        let (key, label) = (&register["register"].as_str().expect("a key"), register["label"].as_str());
        let line = format!(
            "- {}：{} 条（期限{}天）\n  https://qingyuan.example.gov.cn/inbox?register={key}\n",
            label.expect("a label"),
            web::ui::grouped(register["late"].as_u64().expect("a number")),
            register["late_after_days"],
        );
        let plain = text(&letter, "plain").replace("\r\n", "\n");
        assert_eq!(plain.contains(&line), register["late"] != 0, "{line}: {plain}");
    }
    // Numbers, and nothing of a record or a person.
    let item = inbox["items"][0]["label"].as_str().expect("a record's name");
    assert!(!text(&letter, "plain").contains(item) && !text(&letter, "html").contains(item), "{letter}");
    assert!(text(&letter, "html").contains("lang=\"zh-Hans\""));
    let english = post.letter(3, "english@example.gov.cn");
    assert!(english["headers"]["Subject"].as_str().expect("a subject").contains("late to verify"));
    assert!(text(&english, "plain").contains("Waiting for you to verify, and late"), "{english}");
    let traditional = post.letter(3, "traditional@example.gov.cn");
    assert!(text(&traditional, "plain").contains("已超過期限"), "{traditional}");

    // Once a day.
    assert_eq!(run(&stage, due()), None);
    assert_eq!(run(&stage, due() + 1.hours()), None);
    post.letters(3);
    let metrics = stage.anybody().page("/metrics");
    assert!(metrics.contains("qingyuan_mails_sent_total 3\n"), "{metrics}");
    assert!(city.page("/me").contains("已发出"));
}

#[test]
fn a_verifier_is_told_of_the_own_units_only_and_a_clerk_of_what_came_back() {
    let port = free_port();
    let Some(post) = Post::start(port, &[]) else { return };
    let stage = stage_with(&plainly(port));
    let units = stage.app.now().shelf.units(web::when::today()).expect("units");
    let units = units.iter().filter(|unit| unit.level == "unit" && !unit.dissolved);
    let units: Vec<String> = units.map(|unit| unit.code.clone()).collect();
    let late = |person: &Person| person.json("/api/v1/inbox")["late"].as_u64().expect("a number");
    let all = late(&stage.signed_in("all", &[("verifier", None)]));
    let (mut some, mut idle) = (None, None);
    for unit in &units {
        let name = format!("verifier-{}", unit.to_lowercase());
        let person = stage.signed_in(&name, &[("verifier", Some(unit))]);
        match late(&person) {
            0 => idle = idle.or(Some((name, person))),
            few if few < all => some = some.or(Some((name, person, few))),
            _ => {}
        }
    }
    let (name, person, few) = some.expect("a unit in which something is late");
    person.post("/me/mail", &[("mail", &format!("{name}@example.gov.cn"))]);
    if let Some((idle, nobody)) = &idle {
        nobody.post("/me/mail", &[("mail", &format!("{idle}@example.gov.cn"))]);
    }

    // Somebody's entry is sent back today.
    let clerk = reachable(&stage, "clerk", &[("office", None)]);
    clerk.post("/preferences", &[("language", "en"), ("back", "/")]);
    let fields = [
        ("@owner", units[0].as_str()),
        ("@effective", "2026-01-05"),
        ("name", "被退回的码头"),
        ("river", "yangtze"),
        ("bank", "left"),
        ("district", "D01"),
        ("purpose", "ferry"),
        ("berths", "3"),
        ("key", "k-1"),
    ];
    let form = fields.iter().fold(
        super::http::blocking::multipart::Form::new().text("csrf", clerk.fresh_csrf()),
        |form, (name, value)| form.text((*name).to_owned(), (*value).to_owned()),
    );
    let entered = clerk.client().post(clerk.url("/registers/docks/enter")).multipart(form);
    let entered = entered.header("accept", "text/html").send().expect("an answer");
    let place = entered.headers()["location"].to_str().expect("a place").to_owned();
    let record = place.strip_prefix("/records/").expect("a record");
    let judge = stage.signed_in("judge", &[("verifier", None)]);
    let back = [("key", "v-1"), ("@base", record), ("do", "return"), ("@note", "请核对")];
    assert_eq!(judge.post(&format!("/records/{record}/verify"), &back).status(), 303);

    // Who was let in long ago and may not come any more is not told anything either.
    let gone = reachable(&stage, "gone", &[("verifier", None)]);
    let gone_id = stage.app.accounts.account_named("gone").expect("accounts").expect("it is there").id;
    stage.app.accounts.set_disabled(gone_id, true).expect("closed");
    drop(gone);

    assert_eq!(sent(run(&stage, due())), (2, 0, None));
    let letter = post.letter(2, &format!("{name}@example.gov.cn"));
    let subject = letter["headers"]["Subject"].as_str().expect("a subject");
    assert_eq!(subject, format!("江城清源：{} 条核验超期", web::ui::grouped(few)));
    let letter = post.letter(2, "clerk@example.gov.cn");
    assert_eq!(letter["headers"]["Subject"], "Jiangcheng Qingyuan: 1 sent back");
    assert!(text(&letter, "plain").contains("/inbox/returned?register=docks"), "{letter}");
    assert!(!text(&letter, "plain").contains("被退回的码头"), "{letter}");

    // Whoever is forgotten leaves no address.
    let clerk_id = stage.app.accounts.account_named("clerk").expect("accounts").expect("it is there").id;
    stage.app.accounts.forget(clerk_id).expect("forgotten");
    assert_eq!(stage.app.accounts.preference(clerk_id, "mail").expect("accounts"), None);
    let tomorrow = due() + 24.hours();
    assert_eq!(sent(run(&stage, tomorrow)), (1, 0, None), "only the verifier");
}

#[test]
fn a_restart_sends_nothing_twice() {
    let port = free_port();
    let Some(post) = Post::start(port, &[]) else { return };
    let folder = tempfile::tempdir().expect("a directory");
    let home = folder.path().join("home");
    let kept = home.clone();
    let stage = Stage::open_with(move |settings| {
        std::fs::rename(&settings.home, &kept).expect("moved");
        write_settings(&kept, quiet(), &plainly(port));
        Settings { home: kept, ..settings }
    });
    reachable(&stage, "verifier", &[("verifier", None)]);
    assert_eq!(sent(run(&stage, due())), (1, 0, None));
    let letter = post.letters(1).remove(0);
    assert!(
        text(&letter, "plain").contains("http://127.0.0.1:"),
        "on this machine, links lead to it: {letter}"
    );
    end(stage);
    let again = Stage::open_with(move |settings| Settings { home, ..settings });
    assert_eq!(sent(run(&again, due())), (0, 0, None));
    post.letters(1);
    assert_eq!(sent(run(&again, due() + 24.hours())), (1, 0, None), "the next day is another");
    post.letters(2);
}

#[test]
fn a_server_that_is_down_is_told_and_tried_again() {
    let port = free_port();
    if Post::start(free_port(), &[]).is_none() {
        return;
    }
    let stage = stage_with(&plainly(port));
    let admin = stage.signed_in("admin", &[("administrator", None)]);
    assert!(admin.page("/admin").contains("本次启动后还没有"));
    let verifier = reachable(&stage, "verifier", &[("verifier", None)]);
    reachable(&stage, "another", &[("verifier", None)]);
    assert_eq!(sent(run(&stage, due())), (0, 1, Some(Failure::Unreachable)), "one is enough to know");
    let metrics = stage.anybody().page("/metrics");
    assert!(metrics.contains("qingyuan_mails_failed_total 1\n"), "{metrics}");
    assert!(metrics.contains("qingyuan_mails_sent_total 0\n"), "{metrics}");
    let page = admin.page("/admin");
    assert!(page.contains("连不上邮件服务器") && page.contains("失败 1 封"), "{page}");
    let tried = verifier.post("/me/mail/try", &[]);
    assert_eq!(tried.status(), 502);
    let page = tried.text().expect("text");
    assert!(page.contains("测试邮件没有发出") && page.contains("连不上邮件服务器"), "{page}");
    let log = logged("was not sent");
    assert!(log.contains("unreachable") && !log.contains('@'), "{log}");

    assert_eq!(run(&stage, due() + 59.minutes()), None);
    let post = Post::start(port, &[]).expect("it started before");
    assert_eq!(sent(run(&stage, due() + 1.hours())), (2, 0, None));
    post.letters(2);
    assert_eq!(run(&stage, due() + 2.hours()), None);
    let page = admin.page("/admin");
    assert!(page.contains("发出 2 封，失败 0 封") && !page.contains("example.gov.cn"), "{page}");
}

#[test]
fn an_address_that_is_refused_is_its_owners_matter() {
    let port = free_port();
    let Some(post) = Post::start(port, &[]) else { return };
    let stage = stage_with(&plainly(port));
    let refused = reachable(&stage, "refused", &[("verifier", None)]);
    reachable(&stage, "later", &[("verifier", None)]);
    reachable(&stage, "verifier", &[("verifier", None)]);
    assert_eq!(sent(run(&stage, due())), (1, 2, None), "others are not held up");
    assert!(refused.page("/me").contains("被邮件服务器拒收（代码 550）"));
    let log = logged("was not sent");
    assert!(log.contains("refused") && !log.contains("example.gov.cn"), "{log}");
    assert_eq!(sent(run(&stage, due() + 1.hours())), (1, 0, None), "what was put off is tried again");
    let letters = post.letters(2);
    assert_eq!(
        (&letters[0]["to"][0], &letters[1]["to"][0]),
        (&"verifier@example.gov.cn".into(), &"later@example.gov.cn".into())
    );
}

#[test]
fn a_server_that_says_nothing_holds_up_nobody() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let stage = stage_with(&plainly(silent.local_addr().expect("an address").port()));
    let verifier = reachable(&stage, "verifier", &[("verifier", None)]);
    let began = Instant::now();
    std::thread::scope(|scope| {
        let running = scope.spawn(|| run(&stage, due()));
        while !running.is_finished() {
            let asked = Instant::now();
            assert!(verifier.page("/me").contains("邮件提醒"));
            assert!(asked.elapsed() < Duration::from_secs(1), "pages are answered meanwhile");
        }
        assert_eq!(sent(running.join().expect("no panic")), (0, 1, Some(Failure::Silent)));
    });
    assert!(began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
    // Nor does it hold up the end of the server.
    let account = stage.app.accounts.account_named("verifier").expect("accounts").expect("it is there").id;
    assert_eq!(stage.app.accounts.preference(account, "reminded").expect("accounts"), None);
    let again = std::thread::spawn({
        let app = Arc::clone(&stage.app);
        move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(web::mail::run(&app, due() + 1.hours()))
        }
    });
    let stopped = Instant::now();
    drop(stage);
    assert!(stopped.elapsed() < Duration::from_secs(2), "{:?}", stopped.elapsed());
    drop(again);
}

#[test]
fn a_letter_goes_encrypted_to_a_server_that_is_known() {
    let port = free_port();
    let folder = tempfile::tempdir().expect("a directory");
    let place = folder.path().to_str().expect("text");
    let Some(post) = Post::start(port, &["--tls", place, "--auth", "qingyuan", "a password"]) else { return };
    let server = |more: &str| format!("host = \"localhost\"\nport = {port}\nsecurity = \"starttls\"\n{more}");
    let with = |more: &str, password: &str| {
        Stage::open_with(|settings| {
            let keys = settings.home.join("keys");
            std::fs::copy(folder.path().join("ca.pem"), keys.join("mail-ca.pem")).expect("the authority");
            std::fs::write(keys.join("mail.secret"), format!("{password}\n")).expect("the password");
            write_settings(&settings.home, quiet(), &server(more));
            settings
        })
    };
    let user = "user = \"qingyuan\"\npassword_file = \"keys/mail.secret\"\n";
    let known = format!("certificate_file = \"keys/mail-ca.pem\"\n{user}");
    for (more, password, failure) in [
        (user, "a password", Some(Failure::Secrecy)),
        (&known, "another password", Some(Failure::SignIn)),
        (&known, "a password", None),
    ] {
        let stage = with(more, password);
        reachable(&stage, "verifier", &[("verifier", None)]);
        assert_eq!(sent(run(&stage, due())).2, failure);
    }
    let letter = post.letters(1).remove(0);
    assert_eq!((&letter["encrypted"], &letter["signed_in"]), (&true.into(), &true.into()), "{letter}");
}

#[test]
fn an_address_is_kept_tried_and_removed_by_its_owner() {
    let port = free_port();
    let Some(post) = Post::start(port, &[]) else { return };
    let stage = stage_with(&plainly(port));
    let person = stage.signed_in("zhang.wei", &[]);
    let page = person.page("/me");
    assert!(page.contains("邮件提醒") && page.contains("未启用"), "{page}");
    assert_eq!(person.post("/me/mail/try", &[]).status(), 422, "no address yet");
    for wrong in ["zhang.wei", "张伟@example.gov.cn", "a@example.gov.cn\r\nBcc: b@example.gov.cn"] {
        let refused = person.post("/me/mail", &[("mail", wrong)]);
        assert_eq!(refused.status(), 422);
        let page = refused.text().expect("text");
        assert!(page.contains("邮件地址应形如"), "{page}");
        assert!(
            page.contains(wrong.split('\r').next().expect("a part")),
            "what was typed is not lost: {page}"
        );
    }
    assert_eq!(person.post("/me/mail", &[("mail", " zhang.wei@example.gov.cn ")]).status(), 303);
    assert!(person.page("/me").contains("value=\"zhang.wei@example.gov.cn\""));
    let tried = person.post("/me/mail/try", &[]);
    assert_eq!(tried.status(), 303, "{}", tried.text().unwrap_or_default());
    let letter = post.letter(1, "zhang.wei@example.gov.cn");
    assert_eq!(letter["headers"]["Subject"], "江城清源：测试邮件");
    assert_eq!(person.post("/me/mail/try", &[]).status(), 422, "not again at once");
    assert_eq!(person.post("/me/mail/remove", &[]).status(), 303);
    assert!(!person.page("/me").contains("zhang.wei@"));
    post.letters(1);
    // The trail says that it was done, and no address.
    let auditor = stage.signed_in("auditor", &[("auditor", None)]);
    let trail = auditor.page("/admin/audit");
    assert!(trail.contains("mail.keep") && !trail.contains("example.gov.cn"), "{trail}");
    // Without the city's file there is neither the part of the page nor its addresses.
    let plain = Stage::open();
    let person = plain.signed_in("zhang.wei", &[("verifier", None)]);
    assert!(!person.page("/me").contains("邮件提醒"));
    for path in ["/me/mail", "/me/mail/try", "/me/mail/remove"] {
        assert_eq!(person.post(path, &[("mail", "zhang.wei@example.gov.cn")]).status(), 404, "{path}");
    }
    let admin = plain.signed_in("admin", &[("administrator", None)]);
    assert!(admin.page("/admin").contains("没有设置邮件服务器"));
}

#[test]
fn the_server_reminds_by_itself_when_it_is_time() {
    let port = free_port();
    let Some(post) = Post::start(port, &[]) else { return };
    let now = Timestamp::now().to_zoned(web::when::calendar()).time();
    let stage = Stage::open_with(|settings| {
        write_settings(&settings.home, now, &plainly(port));
        settings
    });
    reachable(&stage, "verifier", &[("verifier", None)]);
    // The first look may have been before there was an address; then the next start finds it.
    let sent = || stage.app.mail.as_ref().and_then(|mail| mail.last());
    for _ in 0..100 {
        if sent().is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let run = sent().expect("it ran by itself");
    assert_eq!(run.failed, 0);
    post.letters(usize::try_from(run.sent).expect("few"));
}

#[test]
fn a_faulty_file_is_told_at_the_start() {
    let folder = tempfile::tempdir().expect("a directory");
    let home = folder.path().join("home");
    let kept = home.clone();
    end(Stage::open_with(move |settings| {
        std::fs::rename(&settings.home, &kept).expect("moved");
        Settings { home: kept, ..settings }
    }));
    write_settings(&home, quiet(), "host = \"mail.example.gov.cn\"\nsecurity = \"none\"");
    let settings = Settings { listen: ([127, 0, 0, 1], 0).into(), ..Settings::new(&home) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let error = runtime.block_on(web::Server::bind(settings)).err().expect("it does not start");
    let text = error.text();
    assert!(
        text.simplified.contains("mail.toml 有误：security = \"none\" 只允许用于本机"),
        "{}",
        text.simplified
    );
    assert!(
        text.english.contains("mail.toml: security = \"none\" is for a server on this machine"),
        "{text}"
    );
}
