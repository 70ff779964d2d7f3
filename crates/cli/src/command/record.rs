//! `qingyuan record`: one record, looked at and acted upon.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use intake::{Act, Action, Standing};
use jiff::civil::Date;
use ledger::{Batch, Draft, Entry, EntryNumber, Kind, Ledger, RecordId, Value};
use message::{Language, Text};
use pack::{Pack, Register};
use sha2::{Digest, Sha256};

use super::import::ActorArguments;
use crate::failure::Failure;
use crate::home::HomeArgument;
use crate::output::{say, table};
use city::City;
use city::ledger_words;

/// What is done with records.
#[derive(Subcommand)]
pub enum Record {
    /// 列出一个台账的记录 | list the records of a register
    List(List),
    /// 查看一条记录及其全部入账 | show a record and all its entries
    Show(Show),
    /// 核实：确认至今的全部内容 | verify everything entered so far
    Verify(Several),
    /// 退回待核实的内容，须说明原因 | send back what is not verified; a note must say why
    Return(Several),
    /// 变更状态，如 closed | move to another state, such as closed
    Advance(Advance),
    /// 撤回记录，须说明原因 | withdraw; a note must say why
    Withdraw(Several),
}

/// The arguments of `list`.
#[derive(Args)]
pub struct List {
    /// 台账，如 docks | the register, such as docks
    register: String,
    /// 最多列出多少条，0 为全部 | how many to list, 0 for all
    #[arg(long, value_name = "N", default_value = "50")]
    most: usize,
    /// 只给出记录数 | print only how many there are
    #[arg(long)]
    count: bool,
    #[command(flatten)]
    home: HomeArgument,
}

/// The arguments of `show`.
#[derive(Args)]
pub struct Show {
    /// 记录编号 | the record's number
    record: u64,
    #[command(flatten)]
    home: HomeArgument,
}

/// The arguments of `verify`, `return` and `withdraw`.
#[derive(Args)]
pub struct Several {
    /// 记录编号，可多个 | the records' numbers
    #[arg(required = true)]
    records: Vec<u64>,
    #[command(flatten)]
    how: How,
    #[command(flatten)]
    home: HomeArgument,
}

/// The arguments of `advance`.
#[derive(Args)]
pub struct Advance {
    /// 记录编号 | the record's number
    record: u64,
    /// 新状态 | the new state
    state: String,
    #[command(flatten)]
    how: How,
    #[command(flatten)]
    home: HomeArgument,
}

/// Whatever is done: when, why, with what evidence, by whom.
#[derive(Args)]
struct How {
    /// 生效日期；缺省为今天 | the day from which it holds; else today
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    /// 说明 | a note
    #[arg(long)]
    note: Option<String>,
    /// 佐证文件，可多个 | evidence files
    #[arg(long, value_name = "FILE")]
    evidence: Vec<PathBuf>,
    #[command(flatten)]
    actor: ActorArguments,
}

impl Record {
    /// Does it.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        match self {
            Self::List(command) => command.run(language),
            Self::Show(command) => command.run(language),
            Self::Verify(one) => act(&one.home, &one.records, &Action::Verify, &one.how, language),
            Self::Return(one) => act(&one.home, &one.records, &Action::Return, &one.how, language),
            Self::Withdraw(one) => act(&one.home, &one.records, &Action::Withdraw, &one.how, language),
            Self::Advance(one) => {
                act(&one.home, &[one.record], &Action::Advance(one.state), &one.how, language)
            }
        }
    }
}

/// Does the same with each record: all of them, in one batch, or none.
fn act(
    home: &HomeArgument,
    records: &[u64],
    action: &Action,
    how: &How,
    language: Language,
) -> Result<(), Failure> {
    let city = home.open()?;
    let book = city.book_for_writing()?;
    let evidence = how
        .evidence
        .iter()
        .map(|path| Ok(book.put_evidence(&mut std::fs::File::open(path)?)?))
        .collect::<Result<Vec<_>, Failure>>()?;
    let drafts = records
        .iter()
        .map(|&record| {
            let standing = Standing::of(&city.pack, &book, RecordId(record))?;
            let mut act = Act::new(action.clone(), how.on.unwrap_or_else(today));
            act.evidence.clone_from(&evidence);
            act.note.clone_from(&how.note);
            Ok(standing.act(&city.pack, &how.actor.role, act)?)
        })
        .collect::<Result<Vec<Draft>, Failure>>()?;
    let receipt = enter(&book, &how.actor.actor, drafts, None)?;
    let (first, last) = (receipt.0, receipt.1);
    say(&message::text!("已入账：第 {first}—{last} 条", "entered: {first} to {last}"), language);
    Ok(())
}

/// Enters drafts as one batch. The key is made of the drafts, so that a repeated command enters once.
pub fn enter(
    book: &Ledger,
    actor: &str,
    drafts: Vec<Draft>,
    expect_size: Option<u64>,
) -> Result<(u64, u64), Failure> {
    let digest = Sha256::digest(format!("{drafts:?}").as_bytes());
    let key: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let receipt =
        book.append(Batch { key: format!("cli-{key}"), actor: actor.to_owned(), drafts, expect_size })?;
    Ok((receipt.first.0, receipt.first.0 + receipt.count - 1))
}

/// Business dates are Asia/Shanghai's.
pub fn today() -> Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8))).date()
}

impl List {
    fn run(self, language: Language) -> Result<(), Failure> {
        let city = self.home.open()?;
        let Some(register) = city.pack.register(&self.register) else {
            return Err(intake::IntakeError::NoRegister {
                suggestion: message::did_you_mean(
                    &self.register,
                    city.pack.registers.iter().map(|one| one.key.as_str()),
                )
                .map(str::to_owned),
                register: self.register,
            }
            .into());
        };
        let book = city.book()?;
        let records = records_of(&book, register)?;
        if self.count {
            println!("{}", records.len());
            return Ok(());
        }
        if let Some(notice) = city.notice() {
            say(&notice, language);
        }
        let most = if self.most == 0 { records.len() } else { self.most };
        for &record in records.iter().take(most) {
            let (name, state, pending) = line(&city.pack, &book, register, record, language)?;
            println!("{record:<10} {name}  {state}{pending}");
        }
        if records.len() > most {
            let rest = records.len() - most;
            say(
                &message::text!(
                    "……另有 {rest} 条（--most 0 列出全部）",
                    "… and {rest} more (--most 0 lists all)"
                ),
                language,
            );
        }
        Ok(())
    }
}

/// The records that were created and not withdrawn, in the order of the book. A withdrawal that waits to be verified
/// has not happened yet: the verifier must find the record.
fn records_of(book: &Ledger, register: &Register) -> Result<Vec<u64>, Failure> {
    let (mut created, mut withdrawn, mut waiting) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    book.for_each(Some(&register.key), 0..book.size()?, &mut |number, bytes| {
        let entry = Entry::decode(number, bytes)?;
        match (entry.kind, entry.record) {
            (Kind::Create, _) => created.push(number.0),
            (Kind::Withdraw, record) if register.needs_verification => {
                waiting.insert(record.0);
            }
            (Kind::Withdraw, record) => {
                withdrawn.insert(record.0);
            }
            (Kind::Verify, record) if waiting.remove(&record.0) => {
                withdrawn.insert(record.0);
            }
            _ => {}
        }
        Ok(())
    })?;
    created.retain(|record| !withdrawn.contains(record));
    Ok(created)
}

/// The natural key, the state and whether something waits to be verified.
fn line(
    pack: &Pack,
    book: &Ledger,
    register: &Register,
    record: u64,
    language: Language,
) -> Result<(String, String, &'static str), Failure> {
    let standing = Standing::of(pack, book, RecordId(record))?;
    let fields = current(&book.history(RecordId(record))?);
    let key = register.unique.first().map(Vec::as_slice).unwrap_or_default();
    let shown = register.fields.iter().filter(|field| key.is_empty() || key.contains(&field.key)).take(3);
    let name: Vec<String> = shown.filter_map(|field| fields.get(&field.key).map(value_words)).collect();
    let pending = match (register.needs_verification && standing.pending, language) {
        (false, _) => "",
        (true, Language::English) => "  (pending)",
        (true, Language::Simplified) => "  （待核实）",
        (true, Language::Traditional) => "  （待核實）",
    };
    Ok((name.join(" "), state_words(register, &standing.state, language), pending))
}

fn state_words(register: &Register, key: &str, language: Language) -> String {
    let state = register.states.iter().find(|state| state.key == key);
    state.map_or_else(|| key.to_owned(), |state| state.label.in_language(language).into_owned())
}

/// The fields as the latest known entries leave them.
fn current(history: &[Entry]) -> std::collections::BTreeMap<String, Value> {
    let mut entries: Vec<&Entry> = history.iter().collect();
    entries.sort_by_key(|entry| (entry.effective, entry.number));
    let mut fields = std::collections::BTreeMap::new();
    for entry in entries {
        fields.extend(entry.fields.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
    fields
}

fn value_words(value: &Value) -> String {
    match value {
        Value::Null => "—".to_owned(),
        Value::Flag(true) => "✓".to_owned(),
        Value::Flag(false) => "✗".to_owned(),
        Value::Whole(number) => number.to_string(),
        Value::Text(text) => text.clone(),
    }
}

impl Show {
    fn run(self, language: Language) -> Result<(), Failure> {
        let city = self.home.open()?;
        let book = city.book()?;
        let standing = Standing::of(&city.pack, &book, RecordId(self.record))?;
        let history = book.history(RecordId(self.record))?;
        if let Some(notice) = city.notice() {
            say(&notice, language);
        }
        print_fields(&city, &standing, &history, language);
        let EntryNumber(version) = standing.version;
        println!(
            "\n{}",
            message::text!("入账（最新 #{version}）：", "entries (latest #{version}):").in_language(language)
        );
        history.iter().for_each(|entry| println!("  {}", ledger_words::version(entry)));
        Ok(())
    }
}

fn print_fields(_city: &City, standing: &Standing<'_>, history: &[Entry], language: Language) {
    let register = standing.register;
    let fields = current(history);
    let mut rows = vec![
        vec![
            Text::new("状态", "state").in_language(language).into_owned(),
            state_words(register, &standing.state, language),
        ],
        vec![
            Text::new("填报单位", "owner").in_language(language).into_owned(),
            standing.owner.clone().unwrap_or_default(),
        ],
    ];
    rows.extend(register.fields.iter().filter_map(|field| {
        let value = fields.get(&field.key)?;
        Some(vec![field.label.in_language(language).into_owned(), value_words(value)])
    }));
    println!("{} #{}", register.label.in_language(language), standing.record);
    println!("{}", table(&[Text::new("字段", "field"), Text::new("内容", "content")], &[], rows, language));
}
