//! What happened in the city, as steps that are later written in the book in the order in which they were recorded.
//!
//! A theme tells its part of the story in any order; [`Story`] keeps for each thing when it was last written about,
//! so that no step is recorded before what it builds on. Nothing here knows the book's numbers: a thing is named by
//! a [`Handle`] until the scribe (`write.rs`) has entered it.

use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::random::mix;

/// A record of the story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Handle(pub(crate) u32);

/// A person of the story: never a name, only a number that becomes a pseudonym.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Person(pub(crate) u32);

/// An evidence file of the story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Evidence(pub(crate) u16);

/// A unit or branch, by its position in the list of codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Owner(pub(crate) u16);

/// A field's value as the story has it.
#[derive(Clone, Debug)]
pub(crate) enum Raw {
    Word(&'static str),
    Text(Box<str>),
    Whole(i64),
    Decimal(Decimal),
    Date(Date),
    YesNo(bool),
    Thing(Handle),
    Person(Person),
    Shape(Box<geodesy::Geometry>),
}

impl From<&'static str> for Raw {
    fn from(word: &'static str) -> Self {
        Self::Word(word)
    }
}

impl From<String> for Raw {
    fn from(text: String) -> Self {
        Self::Text(text.into_boxed_str())
    }
}

impl From<i64> for Raw {
    fn from(number: i64) -> Self {
        Self::Whole(number)
    }
}

impl From<Decimal> for Raw {
    fn from(number: Decimal) -> Self {
        Self::Decimal(number)
    }
}

impl From<Date> for Raw {
    fn from(day: Date) -> Self {
        Self::Date(day)
    }
}

impl From<bool> for Raw {
    fn from(flag: bool) -> Self {
        Self::YesNo(flag)
    }
}

impl From<Handle> for Raw {
    fn from(thing: Handle) -> Self {
        Self::Thing(thing)
    }
}

impl From<Person> for Raw {
    fn from(person: Person) -> Self {
        Self::Person(person)
    }
}

impl From<geodesy::Geometry> for Raw {
    fn from(shape: geodesy::Geometry) -> Self {
        Self::Shape(Box::new(shape))
    }
}

/// What is done in a step.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Create,
    Amend,
    Advance(&'static str),
    Verify,
    Return,
    Withdraw,
}

/// One step: becomes one entry.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) recorded: Date,
    pub(crate) effective: Date,
    pub(crate) thing: Handle,
    pub(crate) register: &'static str,
    pub(crate) act: Act,
    pub(crate) owner: Option<Owner>,
    pub(crate) values: Vec<(&'static str, Raw)>,
    pub(crate) evidence: Option<Evidence>,
    pub(crate) note: Option<&'static str>,
}

/// The steps so far.
#[derive(Debug, Default)]
pub(crate) struct Story {
    pub(crate) steps: Vec<Step>,
    /// For each thing: its register, and the day it was last written about.
    things: Vec<(&'static str, Date)>,
}

/// Fields with their values, as `create` and `amend` take them.
#[macro_export]
#[doc(hidden)]
macro_rules! values {
    ($($key:ident : $value:expr),* $(,)?) => {
        vec![$((stringify!($key), $crate::story::Raw::from($value))),*]
    };
}

impl Story {
    /// How many things there are.
    pub(crate) fn things(&self) -> usize {
        self.things.len()
    }

    /// Begins a record on a day, entered some days later.
    pub(crate) fn create(
        &mut self,
        register: &'static str,
        owner: Owner,
        effective: Date,
        values: Vec<(&'static str, Raw)>,
    ) -> Handle {
        let thing = Handle(self.things.len() as u32);
        let recorded = values.iter().fold(self.after(effective, 9), |day, (_, value)| match value {
            Raw::Thing(other) => day.max(self.things[other.0 as usize].1),
            _ => day,
        });
        self.things.push((register, recorded));
        self.push(thing, Act::Create, effective, recorded, Some(owner), values)
    }

    /// Changes fields, holding from a day on.
    pub(crate) fn amend(
        &mut self,
        thing: Handle,
        effective: Date,
        values: Vec<(&'static str, Raw)>,
    ) -> &mut Step {
        let recorded = self.after(effective, 9);
        self.push(thing, Act::Amend, effective, recorded, None, values);
        self.last()
    }

    /// Moves a record to another state on a day.
    pub(crate) fn advance(&mut self, thing: Handle, state: &'static str, effective: Date) -> &mut Step {
        let recorded = self.after(effective, 9);
        self.push(thing, Act::Advance(state), effective, recorded, None, Vec::new());
        self.last()
    }

    /// Moves a record to another state on a day, with evidence.
    pub(crate) fn advance_with(
        &mut self,
        thing: Handle,
        state: &'static str,
        effective: Date,
        evidence: Evidence,
    ) {
        self.advance(thing, state, effective).evidence = Some(evidence);
    }

    /// Confirms everything written about a thing so far, a few days later.
    pub(crate) fn verify(&mut self, thing: Handle) {
        self.judge(thing, Act::Verify, None);
    }

    /// Sends back what is not yet confirmed.
    pub(crate) fn send_back(&mut self, thing: Handle, note: &'static str) {
        self.judge(thing, Act::Return, Some(note));
    }

    /// Ends a record that should not have been made.
    pub(crate) fn withdraw(&mut self, thing: Handle, effective: Date, note: &'static str) {
        let recorded = self.after(effective, 5);
        self.push(thing, Act::Withdraw, effective, recorded, None, Vec::new());
        self.last().note = Some(note);
    }

    /// Creates a record, moves it on where it has moved on, and confirms it.
    pub(crate) fn create_verified(
        &mut self,
        register: &'static str,
        owner: Owner,
        effective: Date,
        values: Vec<(&'static str, Raw)>,
    ) -> Handle {
        let thing = self.create(register, owner, effective, values);
        self.verify(thing);
        thing
    }

    /// The last step becomes one that was recorded no earlier than this day.
    pub(crate) fn recorded_late(&mut self, thing: Handle, recorded: Date) {
        let step = self.last();
        step.recorded = step.recorded.max(recorded);
        let recorded = step.recorded;
        self.things[thing.0 as usize].1 = recorded;
    }

    /// Begins a record that is entered on the very day, before anything that builds on it.
    pub(crate) fn create_at_once(
        &mut self,
        register: &'static str,
        owner: Owner,
        effective: Date,
        values: Vec<(&'static str, Raw)>,
    ) -> Handle {
        let thing = Handle(self.things.len() as u32);
        self.things.push((register, effective));
        self.push(thing, Act::Create, effective, effective, Some(owner), values)
    }

    fn judge(&mut self, thing: Handle, act: Act, note: Option<&'static str>) {
        let recorded = self.after(self.things[thing.0 as usize].1, 5);
        self.push(thing, act, recorded, recorded, None, Vec::new());
        self.last().note = note;
    }

    fn push(
        &mut self,
        thing: Handle,
        act: Act,
        effective: Date,
        recorded: Date,
        owner: Option<Owner>,
        values: Vec<(&'static str, Raw)>,
    ) -> Handle {
        let (register, last) = &mut self.things[thing.0 as usize];
        let recorded = recorded.max(*last);
        *last = recorded;
        let register = *register;
        self.steps.push(Step {
            recorded,
            effective,
            thing,
            register,
            act,
            owner,
            values,
            evidence: None,
            note: None,
        });
        thing
    }

    fn last(&mut self) -> &mut Step {
        let last = self.steps.len() - 1;
        &mut self.steps[last]
    }

    /// A day within `days` after: clerks do not enter things the moment they happen.
    fn after(&self, day: Date, days: u64) -> Date {
        let lag = 1 + mix(self.steps.len() as u64) % days;
        day.saturating_add((lag as i64).days())
    }
}
