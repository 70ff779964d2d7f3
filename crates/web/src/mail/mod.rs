//! Mail: people who wish so are reminded of what is late or was sent back.
//!
//! ```text
//! HOME/mail.toml ─▶ Mail ─▶ every day at its time: who has an address ─▶ what waits (the inbox's own rule) ─▶ a letter ─▶ SMTP
//! /me ─▶ address, a letter to try it                                       nothing late, nothing sent back: no letter
//! ```
//!
//! A letter has counts and links, never a name or anything of a record: mail lies about in places that are not ours.
//! Addresses are in the preferences of accounts and nowhere else, not in a log, not in the audit trail; what a mail server
//! says is not logged either, since it repeats addresses.
//!
//! Nothing here waits for a mail server but a thread of its own, so that one which hangs holds up no page and no stop.

mod config;
mod letter;
mod post;
mod remind;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::civil::Time;
use lettre::Address;
use lettre::message::Mailbox;
use message::{Language, Text};

pub(crate) use letter::Letter;
pub use post::Failure;
pub(crate) use remind::{Reminded, State, Summary, keep_reminding, reminded};
pub use remind::{Run, run};

/// The preference that holds an account's address.
pub(crate) const ADDRESS: &str = "mail";
/// How long somebody waits between two letters to try.
const BETWEEN_TRIALS: Duration = Duration::from_secs(60);

/// The mail of a city.
pub struct Mail {
    post: std::sync::Arc<post::Post>,
    from: Mailbox,
    at: Time,
    /// Held while a run goes on, so that there is one at a time.
    plan: tokio::sync::Mutex<remind::Plan>,
    last: Mutex<Option<Run>>,
    tried: Mutex<HashMap<i64, Instant>>,
}

impl Mail {
    fn new(post: post::Post, from: Mailbox, at: Time) -> Self {
        Self {
            post: std::sync::Arc::new(post),
            from,
            at,
            plan: tokio::sync::Mutex::default(),
            last: Mutex::default(),
            tried: Mutex::default(),
        }
    }

    /// From when on, in the city's time, the day's reminders are sent.
    pub fn at(&self) -> Time {
        self.at
    }

    /// What became of the latest run since the server began.
    pub fn last(&self) -> Option<Run> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sends a letter, and says whether a server has taken it.
    pub(crate) async fn send(&self, letter: &Letter, to: Address) -> Result<(), Failure> {
        self.post.deliver(post::envelope(&self.from, to, letter)?).await
    }

    /// Whether an account may try its address now. Somebody who presses the button again and again would else fill a
    /// stranger's letter box.
    pub(crate) fn may_try(&self, account: i64) -> bool {
        let mut tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        tried.retain(|_, at| at.elapsed() < BETWEEN_TRIALS);
        if tried.contains_key(&account) {
            return false;
        }
        tried.insert(account, Instant::now());
        true
    }
}

/// An address as a person types it. Only ASCII: not every mail server takes more, and what is wrong is better said now.
pub(crate) fn address(typed: &str) -> Result<Address, Text> {
    let typed = typed.trim();
    let known = typed.parse::<Address>().ok();
    // A domain without a dot, or a number in brackets, leads no letter out of this machine.
    let whole = |one: &Address| {
        one.domain().contains('.') && !one.domain().starts_with('[') && typed.len() <= 254 && typed.is_ascii()
    };
    known.filter(whole).ok_or_else(|| {
        Text::new("邮件地址应形如 name@example.gov.cn", "an address looks like name@example.gov.cn")
    })
}

/// The letter by which somebody tries an address.
pub(crate) fn trial(l: Language, city: &Text, address: Option<&str>) -> Letter {
    letter::trial(l, city, address)
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_address_is_one_that_a_letter_can_be_sent_to() {
        let check = |typed: &str, good: bool| assert_eq!(super::address(typed).is_ok(), good, "{typed:?}");
        check("zhang.wei@example.gov.cn", true);
        check(" zhang.wei+qy@example.gov.cn ", true);
        check("", false);
        check("zhang.wei", false);
        check("zhang.wei@localhost", false);
        check("zhang.wei@[127.0.0.1]", false);
        check("张伟@example.gov.cn", false);
        check("张伟 <zhang@example.gov.cn>", false);
        check("a@example.gov.cn, b@example.gov.cn", false);
        check("a@example.gov.cn\r\nBcc: b@example.gov.cn", false);
        check("a@example.gov.cn>\r\nRCPT TO:<b@example.gov.cn", false);
        check(&format!("{}@example.gov.cn", "a".repeat(300)), false);
    }
}
