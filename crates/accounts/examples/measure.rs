//! How long the things take that every request, and every look at the audit trail, needs.
//!
//! `cargo run --release -p accounts --example measure -- [EVENTS]`; states medians and the slowest of a hundred.

use std::time::{Duration, Instant};

use accounts::{AccountError, Accounts, Event, Filter, Grant, Origin, Outcome, SignIn};
use jiff::Timestamp;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let events: usize = std::env::args().nth(1).map_or(Ok(1_000_000), |count| count.parse())?;
    let home = std::env::temp_dir().join(format!("qingyuan-accounts-{}", std::process::id()));
    std::fs::create_dir_all(&home)?;
    let result = measure(&home, events);
    std::fs::remove_dir_all(&home)?;
    Ok(result?)
}

fn measure(home: &std::path::Path, events: usize) -> Result<(), AccountError> {
    let accounts = Accounts::open(home)?;
    let origin = Origin::new("10.1.2.3", "measure");
    let grants = [Grant { role: "clerk".into(), unit: Some("u-17".into()) }];
    let mut tokens = Vec::new();
    let begin = Instant::now();
    for number in 0..20 {
        let invitation = accounts.invite(&format!("person{number}"), "某某", &grants, None)?;
        if let SignIn::Done(session) =
            accounts.accept(&invitation.secret, "长江 白鹭 竹筏 月亮 1954", &origin)?
        {
            tokens.push(session.token);
        }
    }
    println!("an invitation accepted (argon2id, three commits): {:?}", begin.elapsed() / 20);
    let begin = Instant::now();
    accounts.sign_in("person1", "长江 白鹭 竹筏 月亮 1954", &origin)?;
    println!("a sign-in: {:?}", begin.elapsed());

    let begin = Instant::now();
    let times = 200_000;
    for number in 0..times {
        if accounts.session(&tokens[number % tokens.len()])?.is_none() {
            println!("a session was lost");
        }
    }
    println!("a session looked up, one thread: {:?}", begin.elapsed() / u32::try_from(times).unwrap_or(1));
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (accounts, tokens) = (&accounts, &tokens);
            scope.spawn(move || {
                for number in 0..times / 4 {
                    let _ = accounts.session(&tokens[(number + thread) % tokens.len()]);
                }
            });
        }
    });
    println!(
        "a session looked up, four threads: {:?} each",
        begin.elapsed() / u32::try_from(times).unwrap_or(1)
    );

    let begin = Instant::now();
    for number in 0..events {
        accounts.note(event(number));
    }
    accounts.audit_head()?;
    let taken = begin.elapsed();
    println!("{events} events written: {taken:?}, {:.0} a second", events as f64 / taken.as_secs_f64());
    let begin = Instant::now();
    for number in 0..100 {
        accounts.record(event(number))?;
    }
    println!("an event recorded, one at a time: {:?}", begin.elapsed() / 100);

    let at = |number: usize| {
        let found = accounts.audit(&Filter::default(), i64::try_from(number).ok(), 1).ok()?;
        found.first().map(|one| one.at)
    };
    let hour: Option<(Timestamp, Timestamp)> = at(events / 2).zip(at(events / 2 + events / 100));
    let filter = Filter::default;
    let text = |text: &str| Some(text.to_owned());
    let cases = [
        ("all", filter()),
        ("one account of 500", Filter { account: Some(77), ..filter() }),
        ("one record", Filter { record: text("r-4711"), ..filter() }),
        ("refused (1 %)", Filter { outcome: Some(Outcome::Refused), ..filter() }),
        (
            "refused views of an account",
            Filter { account: Some(77), action: text("view"), outcome: Some(Outcome::Refused), ..filter() },
        ),
        (
            "a common action in a common register",
            Filter { action: text("view"), register: text("docks"), ..filter() },
        ),
        (
            "two common things that never meet",
            Filter { action: text("sign-in"), register: text("docks"), ..filter() },
        ),
        (
            "a hundredth of the time, one register",
            Filter {
                register: text("parks"),
                since: hour.map(|hour| hour.0),
                until: hour.map(|hour| hour.1),
                ..filter()
            },
        ),
        ("nobody", Filter { account: Some(-1), ..filter() }),
    ];
    for (name, filter) in cases {
        let mut times = Vec::new();
        let mut found = 0;
        for _ in 0..100 {
            let begin = Instant::now();
            found = accounts.audit(&filter, None, 50)?.len();
            times.push(begin.elapsed());
        }
        times.sort();
        let begin = Instant::now();
        let count = accounts.audit_count(&filter, 10_000)?;
        let counted: Duration = begin.elapsed();
        println!(
            "{name}: {found} rows in {:?}, slowest {:?}; {count} counted in {counted:?}",
            times[50], times[99]
        );
    }
    let begin = Instant::now();
    let report = accounts.verify_audit()?;
    println!("{} events verified in {:?}: {:?}", report.events, begin.elapsed(), report.fault);
    let size = std::fs::metadata(home.join("accounts.db")).map_or(0, |file| file.len());
    println!("accounts.db: {} MB", size / 1_000_000);
    Ok(())
}

fn event(number: usize) -> Event {
    let pick = |values: &[&str], by: usize| values[number / by % values.len()].to_owned();
    let signs_in = number.is_multiple_of(10);
    Event {
        account: i64::try_from(number * 7919 % 500).ok(),
        action: if signs_in {
            "sign-in".into()
        } else {
            pick(&["view", "view", "view", "amend", "export"], 3)
        },
        method: "GET".into(),
        route: pick(&["/registers/{register}", "/records/{id}", "/figures/{indicator}"], 1),
        register: if signs_in {
            None
        } else {
            Some(pick(&["docks", "parks", "enterprises", "trainings"], 7))
        },
        record: if number.is_multiple_of(2) { Some(format!("r-{}", number * 31 % 100_000)) } else { None },
        unit: Some(format!("u-{}", number % 2573)),
        outcome: if number.is_multiple_of(97) { Outcome::Refused } else { Outcome::Done },
        from: format!("10.1.{}.{}", number % 7, number % 251),
        detail: String::new(),
    }
}
