//! A city's home with a clock that the test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use accounts::{Accounts, Grant, NewSession, Origin, Settings, SignIn};
use jiff::Timestamp;

pub const PASSWORD: &str = "长江 白鹭 竹筏 月亮 1954";

pub struct City {
    pub home: tempfile::TempDir,
    pub accounts: Accounts,
    seconds: Arc<AtomicI64>,
}

impl City {
    pub fn new() -> City {
        let home = tempfile::tempdir().unwrap();
        // On the boundary of a step of the second factor, so that a step is what the test says.
        let seconds = Arc::new(AtomicI64::new(1_800_000_000));
        let accounts = open(home.path(), &seconds);
        City { home, accounts, seconds }
    }

    /// A city with one person who has accepted.
    pub fn with_wang() -> (City, i64) {
        let city = City::new();
        let id = city.person("wang.hua");
        (city, id)
    }

    pub fn person(&self, name: &str) -> i64 {
        let grants = [Grant { role: "clerk".into(), unit: Some("u-17".into()) }];
        let invitation = self.accounts.invite(name, "某某", &grants, None).unwrap();
        done(self.accounts.accept(&invitation.secret, PASSWORD, &home_office()).unwrap());
        invitation.account
    }

    pub fn sign_in(&self, name: &str) -> NewSession {
        done(self.accounts.sign_in(name, PASSWORD, &home_office()).unwrap())
    }

    pub fn pass(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::Relaxed);
    }

    pub fn seconds(&self) -> i64 {
        self.seconds.load(Ordering::Relaxed)
    }

    /// The server stops and starts again.
    pub fn restart(self) -> City {
        let City { home, accounts, seconds } = self;
        drop(accounts);
        let accounts = open(home.path(), &seconds);
        City { home, accounts, seconds }
    }
}

fn open(home: &std::path::Path, seconds: &Arc<AtomicI64>) -> Accounts {
    let seconds = Arc::clone(seconds);
    let clock = move || Timestamp::from_second(seconds.load(Ordering::Relaxed)).unwrap();
    Accounts::open_with(home, Settings::default(), Arc::new(clock)).unwrap()
}

pub fn home_office() -> Origin {
    Origin::new("10.1.2.3", "Firefox")
}

pub fn elsewhere() -> Origin {
    Origin::new("203.0.113.9", "curl")
}

pub fn done(sign_in: SignIn) -> NewSession {
    match sign_in {
        SignIn::Done(session) => session,
        SignIn::SecondStep { .. } => panic!("a second step is wanted"),
    }
}

pub fn second_step(sign_in: SignIn) -> String {
    match sign_in {
        SignIn::SecondStep { pending, .. } => pending,
        SignIn::Done(_) => panic!("no second step is wanted"),
    }
}
