//! The day's reminders: when, whom, and each once.
//!
//! ```text
//! due? ─▶ each account with an address: active? anything late or sent back? ─▶ marked, durably ─▶ sent ─▶ marked: sent
//!                                                                                 │              └─▶ failed: an hour later
//!                                                                                 └─ stopped here: no letter today
//! ```
//!
//! **At most once.** The mark is on the disk before the server is asked, and only what the server itself refused for now is
//! tried again: of a crash or a broken connection nobody knows whether the letter went out. A reminder that is lost is made
//! up for by the next day's; ten of the same are how people learn to throw them away unread. A restart finds the marks.

use std::sync::Arc;
use std::sync::PoisonError;
use std::time::Duration;

use access::Action;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use lettre::Address;
use serde::{Deserialize, Serialize};
use shelf::Status;
use tokio::time::MissedTickBehavior;

use super::letter::{Letter, Line, Reminder};
use super::{ADDRESS, Failure, Mail, address};
use crate::app::App;
use crate::fault::Fault;
use crate::page::waiting::{self, Waits};
use crate::visitor::Visitor;
use crate::when;

/// The preference that says which day's reminder an account was sent.
pub(crate) const REMINDED: &str = "reminded";
/// How often one account is tried on a day, and how often all that have not been reached are gone through.
const MOST_TRIES: u8 = 3;
/// How long after a run with failures the next one begins.
const AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(1);
/// For how long after its time the day's reminders are sent: a server that is started in the evening does not send what
/// was due in the morning.
const WINDOW: SignedDuration = SignedDuration::from_hours(4);

/// What became of an account's reminder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reminded {
    /// Of which day.
    pub(crate) day: Date,
    /// What became of it.
    pub(crate) state: State,
    /// How often the server was asked to take it.
    pub(crate) tries: u8,
    /// The status by which the server did not take it, 0 for none.
    pub(crate) code: u16,
}

/// How far a reminder has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    /// It is being handed over; or it was when the server stopped, and nobody knows.
    Sending,
    /// The mail server has it.
    Sent,
    /// Not yet; it is tried again.
    Deferred,
    /// The mail server will not have it.
    Refused,
}

impl Reminded {
    fn may_go_on(&self, day: Date) -> bool {
        self.day != day || self.state == State::Deferred && self.tries < MOST_TRIES
    }
}

/// What a run did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// When it began.
    pub began: Timestamp,
    /// Letters that were sent.
    pub sent: u64,
    /// Letters that were not.
    pub failed: u64,
    /// Why the run ended before everybody was gone through.
    pub broke: Option<Failure>,
}

/// What is known of the day's runs.
#[derive(Debug, Default)]
pub(super) struct Plan {
    day: Option<Date>,
    runs: u8,
    again: Option<Timestamp>,
}

impl Plan {
    /// The day whose reminders are to be sent at this instant, if any.
    fn due(&self, at: jiff::civil::Time, now: Timestamp) -> Option<Date> {
        let day = when::day_of(now);
        let begin = day.to_datetime(at).to_zoned(when::calendar()).ok()?.timestamp();
        let waited = now.duration_since(begin);
        if waited.is_negative() || waited >= WINDOW {
            return None;
        }
        let again =
            self.day != Some(day) || self.runs < MOST_TRIES && self.again.is_some_and(|again| again <= now);
        again.then_some(day)
    }

    fn begun(&mut self, day: Date) {
        self.runs = if self.day == Some(day) { self.runs + 1 } else { 1 };
        self.day = Some(day);
        self.again = None;
    }
}

/// Looks every few seconds whether reminders are due, as long as the server runs.
pub(crate) async fn keep_reminding(app: Arc<App>) {
    if app.mail.is_none() {
        return;
    }
    let mut seconds = tokio::time::interval(Duration::from_secs(5));
    seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        seconds.tick().await;
        run(&app, Timestamp::now()).await;
    }
}

/// Sends the reminders that are due at an instant; `None` if none are, or another run goes on.
pub async fn run(app: &Arc<App>, now: Timestamp) -> Option<Run> {
    let mail = app.mail.as_ref()?;
    let mut plan = mail.plan.try_lock().ok()?;
    let day = plan.due(mail.at, now)?;
    plan.begun(day);
    let mut run = Run { began: now, sent: 0, failed: 0, broke: None };
    match accounts(app).await {
        Ok(accounts) => {
            for account in accounts {
                match remind(app, mail, account, day).await {
                    Ok(None) => {}
                    Ok(Some(Ok(()))) => run.sent += 1,
                    Ok(Some(Err(failure))) => {
                        run.failed += 1;
                        if failure.is_of_the_server() {
                            run.broke = Some(failure);
                            break;
                        }
                    }
                    Err(fault) => {
                        run.failed += 1;
                        tracing::error!(%fault, "a reminder could not be written");
                    }
                }
            }
        }
        Err(fault) => {
            run.failed += 1;
            tracing::error!(%fault, "whom to remind could not be found out");
        }
    }
    if run.failed > 0 {
        plan.again = now.checked_add(AGAIN_AFTER).ok();
    }
    tracing::info!(sent = run.sent, failed = run.failed, "reminders");
    *mail.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(run.clone());
    Some(run)
}

/// Who has an address.
async fn accounts(app: &Arc<App>) -> Result<Vec<i64>, Fault> {
    app.work(|app| Ok(app.accounts.preferences(ADDRESS)?.into_iter().map(|(id, _)| id).collect())).await
}

/// Reminds one account, if there is anything to remind it of and that was not done today.
async fn remind(
    app: &Arc<App>,
    mail: &Mail,
    account: i64,
    day: Date,
) -> Result<Option<Result<(), Failure>>, Fault> {
    let shared = Arc::clone(app);
    let Some(task) = app.work(move |_| prepare(&shared, account, day)).await? else { return Ok(None) };
    let (before, tries) = (task.before, task.tries + 1);
    let mark = |state, code| Some(Reminded { day, state, tries, code });
    set(app, account, mark(State::Sending, 0)).await?;
    let outcome = mail.send(&task.letter, task.to).await;
    app.metrics.mailed(outcome.is_ok());
    match outcome {
        Ok(()) => set(app, account, mark(State::Sent, 0)).await?,
        Err(failure) => {
            // Neither the address nor what the server says of it: both are somebody's.
            tracing::warn!(failure = failure.key(), code = failure.code(), "a reminder was not sent");
            match failure {
                Failure::Deferred(code) => set(app, account, mark(State::Deferred, code)).await?,
                Failure::Refused(code) => set(app, account, mark(State::Refused, code)).await?,
                // The mark stays as it is: nobody knows.
                Failure::Unsure => {}
                // The letter was never offered, so that it counts as no try.
                _ => set(app, account, before).await?,
            }
        }
    }
    Ok(Some(outcome))
}

/// A letter that is to be sent.
struct Task {
    to: Address,
    letter: Letter,
    before: Option<Reminded>,
    tries: u8,
}

/// The letter for an account, by what it is at this moment; nothing where there is none to send.
fn prepare(app: &Arc<App>, account: i64, day: Date) -> Result<Option<Task>, Fault> {
    let before = reminded(app, account)?;
    let tries = before.as_ref().filter(|before| before.day == day).map_or(0, |before| before.tries);
    if before.as_ref().is_some_and(|before| !before.may_go_on(day)) {
        return Ok(None);
    }
    let typed = app.accounts.preference(account, ADDRESS)?;
    let to = typed.as_ref().and_then(|typed| typed.as_str()).and_then(|typed| address(typed).ok());
    let known = app.accounts.account(account)?.filter(|one| one.state == accounts::State::Active);
    let (Some(to), Some(known)) = (to, known) else { return Ok(None) };
    let visitor = Visitor::absent(app, known);
    let letter = waiting_for(&visitor)?.map(|reminder| reminder.in_language(visitor.language));
    Ok(letter.map(|letter| Task { to, letter, before, tries }))
}

/// What somebody is to be reminded of; nothing where all is well.
fn waiting_for(visitor: &Visitor) -> Result<Option<Reminder>, Fault> {
    let line = |one: &Waits<'_>, records, within, list: &str| Line {
        label: one.register.label.clone(),
        records,
        within,
        list: format!("{list}?register={}", one.register.key),
    };
    let mut late = Vec::new();
    for one in &waiting::within_reach(visitor, Status::Pending, Action::Verify)? {
        let records = one.late_to_verify()?;
        if records > 0 {
            late.push(line(one, records, Some(one.register.verify_within), "/inbox"));
        }
    }
    let back: Vec<Line> = waiting::sent_back(visitor)?
        .iter()
        .map(|one| line(one, one.records, None, "/inbox/returned"))
        .collect();
    if late.is_empty() && back.is_empty() {
        return Ok(None);
    }
    Ok(Some(Reminder {
        city: visitor.now.pack.label.clone(),
        notice: visitor.now.city.notice(),
        day: when::today(),
        late,
        back,
        server: visitor.app.settings.address(),
    }))
}

/// What became of an account's latest reminder.
pub(crate) fn reminded(app: &App, account: i64) -> Result<Option<Reminded>, Fault> {
    let value = app.accounts.preference(account, REMINDED)?;
    Ok(value.and_then(|value| serde_json::from_value(value).ok()))
}

async fn set(app: &Arc<App>, account: i64, to: Option<Reminded>) -> Result<(), Fault> {
    let value = to.map(serde_json::to_value).transpose().map_err(Fault::internal)?;
    app.work(move |app| Ok(app.accounts.set_preference(account, REMINDED, value.as_ref())?)).await
}

/// Where the reminders stand, for who administers the server: numbers, no addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    /// Accounts with an address.
    pub(crate) people: u64,
    /// The latest day on which anybody was to be reminded.
    pub(crate) day: Option<Date>,
    /// How many were, on that day.
    pub(crate) sent: u64,
    /// How many wait for another try.
    pub(crate) deferred: u64,
    /// How many the mail server does not take.
    pub(crate) refused: u64,
    /// Of how many nobody knows.
    pub(crate) unsure: u64,
}

impl Summary {
    /// As it stands now.
    pub(crate) fn of(app: &App) -> Result<Self, Fault> {
        let mut summary = Self { people: app.accounts.preferences(ADDRESS)?.len() as u64, ..Self::default() };
        let marks = app.accounts.preferences(REMINDED)?.into_iter();
        let marks: Vec<Reminded> =
            marks.filter_map(|(_, value)| serde_json::from_value(value).ok()).collect();
        summary.day = marks.iter().map(|mark| mark.day).max();
        for mark in marks.iter().filter(|mark| Some(mark.day) == summary.day) {
            *match mark.state {
                State::Sent => &mut summary.sent,
                State::Deferred => &mut summary.deferred,
                State::Refused => &mut summary.refused,
                State::Sending => &mut summary.unsure,
            } += 1;
        }
        Ok(summary)
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::{date, time};

    use super::*;

    #[test]
    fn a_day_has_one_run_and_two_more_after_failures() {
        let at = time(8, 0, 0, 0);
        let moment = |hour: i8, minute: i8| {
            let moment = date(2026, 11, 24).at(hour, minute, 0, 0);
            moment.to_zoned(when::calendar()).expect("a moment").timestamp()
        };
        let mut plan = Plan::default();
        assert_eq!(plan.due(at, moment(7, 59)), None, "not before its time");
        assert_eq!(plan.due(at, moment(12, 0)), None, "nor in the afternoon");
        let day = plan.due(at, moment(8, 0)).expect("now");
        assert_eq!(day, date(2026, 11, 24));
        plan.begun(day);
        assert_eq!(plan.due(at, moment(8, 1)), None, "once");
        for (again, hour) in [(moment(9, 0), 9), (moment(10, 0), 10)] {
            plan.again = Some(again);
            assert_eq!(plan.due(at, moment(hour - 1, 59)), None);
            assert_eq!(plan.due(at, moment(hour, 0)), Some(day));
            plan.begun(day);
        }
        plan.again = Some(moment(11, 0));
        assert_eq!(plan.due(at, moment(11, 0)), None, "three times are enough");
        let next = moment(8, 0).checked_add(24.hours()).expect("a day later");
        assert_eq!(plan.due(at, next), Some(date(2026, 11, 25)));
    }

    #[test]
    fn only_what_was_put_off_is_tried_again_on_its_day() {
        let today = date(2026, 11, 24);
        let check = |state, tries, expected: bool| {
            let mark = Reminded { day: today, state, tries, code: 0 };
            assert_eq!(mark.may_go_on(today), expected, "{mark:?}");
            assert!(mark.may_go_on(date(2026, 11, 25)), "another day, another letter");
        };
        check(State::Sent, 1, false);
        check(State::Sending, 1, false);
        check(State::Refused, 1, false);
        check(State::Deferred, 1, true);
        check(State::Deferred, 3, false);
    }
}
