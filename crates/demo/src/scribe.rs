//! Writes the story in the book: week by week, as clerks would have, through the rule that clerks are held to.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use intake::{Act as Deed, Action, IntakeError, RawRecord, RawValue, Writer};
use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan};
use lake::LakeError;
use ledger::{Clock, EvidenceHash, Ledger, LedgerError, RecordId};
use message::Text;
use pack::Pack;

use crate::monitoring::record;
use crate::random::mix;
use crate::story::{Act, Person, Raw, Step};
use crate::world::World;

/// What the city's log says it is, beside what every page says of a synthetic city.
const ORIGIN: &str = "qingyuan.example/jiangcheng-synthetic";

/// A Monday before anything is recorded; weeks are counted from here.
const FIRST_MONDAY: Date = date(2015, 12, 28);

/// 28 December 2015, 09:00 in Shanghai, in seconds.
const FIRST_MORNING: i64 = 1_451_264_400;

const WEEK_SECONDS: i64 = 7 * 24 * 3600;

/// The report of January 2023 was written on this day.
const JANUARY_REPORT: Date = date(2023, 1, 20);

/// What was founded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Entries in the book.
    pub entries: u64,
    /// Records of all registers, whatever became of them.
    pub records: u64,
    /// Of these, the points that are measured at.
    pub stations: u64,
    /// Rows in the lake.
    pub measurements: u64,
    /// Files in the evidence store.
    pub evidence: u64,
    /// The day on which the last of it was recorded.
    pub last_day: Date,
    /// The book's size when the report of January 2023 was written: what was entered later, late corrections among
    /// it, was not known then.
    pub known_in_january: u64,
    /// The lake's version then: some hours came later, and some were corrected.
    pub measured_in_january: u64,
    /// The root of the book's Merkle tree, in hexadecimal: the same for the same seed, pack and scale.
    pub root: String,
}

/// Why the city was not founded.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The book could not be founded or written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The measurements could not be written.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// The pack's rules refuse a record: the pack is not the one that the demo city was written for.
    #[error("`{register}` refuses a record of the demo city: {source}")]
    Refused {
        /// The register.
        register: &'static str,
        /// Why.
        source: IntakeError,
    },
    /// The last entries could not be written.
    #[error(transparent)]
    Intake(IntakeError),
}

impl DemoError {
    /// The same for people.
    pub fn text(&self) -> Text {
        match self {
            Self::Ledger(error) => {
                message::text!("账册未能写入：{error}", "the book could not be written: {error}")
            }
            Self::Refused { register, source } => {
                let Text { simplified, english, .. } = source.text();
                Text::new(
                    format!("台账 `{register}` 不接受演示城市的记录：{simplified}"),
                    format!("`{register}` refuses a record of the demo city: {english}"),
                )
            }
            Self::Lake(error) => error.text(),
            Self::Intake(error) => error.text(),
        }
    }
}

/// The clock on the wall of the story.
struct Script(AtomicI64);

impl Clock for Script {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::Relaxed)).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// The Monday morning after the week in which a step was recorded, counted from the first.
fn week(day: Date) -> i64 {
    FIRST_MONDAY.until(day).map_or(0, |span| i64::from(span.get_days())) / 7 + 1
}

/// The Monday of such a week, counted as [`week`] counts.
fn monday(week: i64) -> Date {
    FIRST_MONDAY.saturating_add(week.weeks())
}

pub(crate) fn write(
    home: &Path,
    pack: &Pack,
    world: World,
    progress: &mut dyn FnMut(Text, u64, u64),
) -> Result<Summary, DemoError> {
    let clock = Arc::new(Script(AtomicI64::new(FIRST_MORNING)));
    let ledger = Ledger::found(home, ORIGIN, clock.clone())?;
    // The lake is another directory and needs nothing of the book, so both are written at once.
    let seed = world.seed;
    std::thread::scope(|scope| {
        let measuring = scope.spawn(|| record::write(home, seed));
        let mut summary = write_book(pack, &ledger, &clock, world, progress)?;
        let recorded = measuring.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        summary.measurements = recorded.measurements;
        summary.measured_in_january = recorded.known_in_january;
        Ok(summary)
    })
}

fn write_book(
    pack: &Pack,
    ledger: &Ledger,
    clock: &Script,
    mut world: World,
    progress: &mut dyn FnMut(Text, u64, u64),
) -> Result<Summary, DemoError> {
    let evidence = put_evidence(ledger, &world)?;

    let mut steps = std::mem::take(&mut world.story.steps);
    let total = steps.len() as u64;
    // Stable: within a week, steps stay in the order in which they were told.
    steps.sort_by_key(|step| week(step.recorded));

    let mut writer = Writer::new(pack, ledger, "demo", CLERK, format!("demo/{}", world.seed))
        .map_err(DemoError::Intake)?
        .with_batch_size(ledger::MAX_BATCH_DRAFTS);
    let mut scribe = Scribe { records: vec![None; world.story.things()], evidence, world };
    let (mut present, mut known_in_january) = (0, 0);
    for (number, step) in (0_u64..).zip(steps) {
        let this = week(step.recorded);
        if this != present {
            writer.flush().map_err(DemoError::Intake)?;
            clock.0.store(FIRST_MORNING + this * WEEK_SECONDS, Ordering::Relaxed);
            if present < week(JANUARY_REPORT) && this >= week(JANUARY_REPORT) {
                known_in_january = writer.book().size();
            }
            present = this;
        }
        let register = step.register;
        scribe.enter(&mut writer, step).map_err(|source| DemoError::Refused { register, source })?;
        if number % 4096 == 0 {
            progress(message::text!("写入账册", "writing the book"), number, total);
        }
    }
    writer.finish().map_err(DemoError::Intake)?;
    progress(message::text!("写入账册", "writing the book"), total, total);
    let checkpoint = ledger.checkpoint()?;
    Ok(Summary {
        entries: ledger.size()?,
        records: scribe.records.len() as u64,
        stations: scribe.world.stations,
        measurements: 0,
        evidence: scribe.evidence.len() as u64,
        last_day: monday(present),
        known_in_january,
        measured_in_january: 0,
        root: checkpoint.root.iter().map(|byte| format!("{byte:02x}")).collect(),
    })
}

fn put_evidence(ledger: &Ledger, world: &World) -> Result<Vec<EvidenceHash>, LedgerError> {
    let files = world.files.iter().enumerate();
    files.map(|(index, file)| ledger.put_evidence(&mut file.bytes(index).as_slice())).collect()
}

const CLERK: &str = "clerk";
const VERIFIER: &str = "verifier";
const OFFICE: &str = "office";

/// What handles have become.
struct Scribe {
    records: Vec<Option<RecordId>>,
    evidence: Vec<EvidenceHash>,
    world: World,
}

impl Scribe {
    fn enter(&mut self, writer: &mut Writer<'_>, step: Step) -> Result<(), IntakeError> {
        let role = match step.act {
            Act::Verify | Act::Return => VERIFIER,
            Act::Advance(_) if step.register == "brands" => OFFICE,
            _ => CLERK,
        };
        writer.act_as("demo", role)?;
        let thing = step.thing.0 as usize;
        let evidence: Vec<EvidenceHash> =
            step.evidence.iter().filter_map(|file| self.evidence.get(usize::from(file.0)).cloned()).collect();
        let note = step.note.map(str::to_owned);
        let action = match step.act {
            Act::Create => {
                self.records[thing] = Some(writer.create(step.register, &self.raw(&step, evidence))?);
                return Ok(());
            }
            Act::Amend => {
                writer.amend(step.register, self.record(thing), &self.raw(&step, evidence))?;
                return Ok(());
            }
            Act::Advance(state) => Action::Advance(state.to_owned()),
            Act::Verify => Action::Verify,
            Act::Return => Action::Return,
            Act::Withdraw => Action::Withdraw,
        };
        writer.act(
            step.register,
            self.record(thing),
            Deed { action, effective: step.effective, evidence, note },
        )?;
        Ok(())
    }

    /// The record of a thing that was created; the story never speaks of a thing before.
    fn record(&self, thing: usize) -> RecordId {
        self.records[thing].unwrap_or(RecordId(u64::MAX))
    }

    fn raw<'a>(&'a self, step: &'a Step, evidence: Vec<EvidenceHash>) -> RawRecord<'a> {
        RawRecord {
            values: step.values.iter().map(|(key, value)| (*key, self.value(value))).collect(),
            owner: step
                .owner
                .map(|owner| self.world.organisation.codes[usize::from(owner.0)].as_str().into()),
            effective: Some(step.effective),
            state: None,
            evidence,
            note: step.note.map(Into::into),
        }
    }

    fn value<'a>(&self, value: &'a Raw) -> RawValue<'a> {
        match value {
            Raw::Word(word) => (*word).into(),
            Raw::Text(text) => text.as_ref().into(),
            Raw::Whole(number) => (*number).into(),
            Raw::Decimal(number) => (*number).into(),
            Raw::Date(day) => (*day).into(),
            Raw::YesNo(flag) => (*flag).into(),
            Raw::Thing(thing) => self.record(thing.0 as usize).into(),
            Raw::Person(person) => RawValue::Pseudonym(pseudonym(self.world.seed, *person).into()),
            Raw::Shape(shape) => RawValue::Geometry(shape.clone()),
        }
    }
}

/// A person's pseudonym. Different people have different ones, since mixing is a bijection.
fn pseudonym(seed: u64, person: Person) -> String {
    format!("p-{:016x}", mix(mix(seed) ^ u64::from(person.0)))
}
