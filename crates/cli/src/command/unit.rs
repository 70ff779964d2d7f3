//! `qingyuan unit`: re-organisations, each with a date before which nothing changes.

use clap::{Args, Subcommand};
use intake::{Book, NewUnit, Reorganisation, reorganise};
use jiff::civil::Date;
use ledger::RecordId;
use message::Language;

use super::import::ActorArguments;
use super::record::enter;
use crate::failure::Failure;
use crate::home::HomeArgument;
use crate::output::say;

/// What happens to the organisation.
#[derive(Subcommand)]
pub enum Unit {
    /// 划转：换一个上级 | move a unit below another parent
    Move(Move),
    /// 合并：并入另一单位 | merge units into another
    Merge(Merge),
    /// 拆分：新设单位，划出下级和记录 | split: new units take over sub-units and records
    Split(Split),
}

/// The arguments of `move`.
#[derive(Args)]
pub struct Move {
    /// 单位代码 | the unit's code
    unit: String,
    /// 新上级的代码 | the new parent's code
    #[arg(long, value_name = "CODE")]
    to: String,
    #[command(flatten)]
    how: How,
}

/// The arguments of `merge`.
#[derive(Args)]
pub struct Merge {
    /// 被并入的单位代码，可多个 | the codes of the units that end
    #[arg(required = true)]
    units: Vec<String>,
    /// 并入哪个单位 | the unit that goes on
    #[arg(long, value_name = "CODE")]
    into: String,
    #[command(flatten)]
    how: How,
}

/// The arguments of `split`.
#[derive(Args)]
pub struct Split {
    /// 被拆分的单位代码 | the unit that is divided
    unit: String,
    /// 新设单位：代码=名称，可多个 | a unit that begins: CODE=NAME
    #[arg(long, value_name = "CODE=NAME", required = true, value_parser = pair)]
    new: Vec<(String, String)>,
    /// 原单位撤销时的承继单位；不填则原单位保留 | the unit that succeeds it if it ends; else it goes on
    #[arg(long, value_name = "CODE")]
    successor: Option<String>,
    /// 划出的记录：记录编号=单位代码，可多个 | a record that gets another owner: NUMBER=CODE
    #[arg(long, value_name = "RECORD=CODE", value_parser = pair)]
    record: Vec<(String, String)>,
    /// 划出的下级：单位代码=新上级代码，可多个 | a sub-unit that gets another parent: CODE=CODE
    #[arg(long, value_name = "UNIT=CODE", value_parser = pair)]
    child: Vec<(String, String)>,
    #[command(flatten)]
    how: How,
}

/// When, why, by whom, where.
#[derive(Args)]
struct How {
    /// 生效日期 | the day from which it holds
    #[arg(long, value_name = "DATE")]
    on: Date,
    /// 说明，如批文号 | a note, such as the decision's number
    #[arg(long)]
    note: Option<String>,
    #[command(flatten)]
    actor: ActorArguments,
    #[command(flatten)]
    home: HomeArgument,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (left, right) = text.split_once('=').ok_or_else(|| format!("`{text}`: A=B"))?;
    Ok((left.to_owned(), right.to_owned()))
}

impl Unit {
    /// Does it.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let (what, how) = match self {
            Self::Move(Move { unit, to, how }) => (Reorganisation::Move { unit, parent: to }, how),
            Self::Merge(Merge { units, into, how }) => {
                (Reorganisation::Merge { from: units, into, new: None }, how)
            }
            Self::Split(Split { unit, new, successor, record, child, how }) => {
                let new = new
                    .into_iter()
                    .map(|(code, name)| NewUnit { code, name, level: None, parent: None })
                    .collect();
                let records = record
                    .into_iter()
                    .map(|(number, owner)| match number.parse() {
                        Ok(number) => Ok((RecordId(number), owner)),
                        Err(_) => Err(Failure::refused(message::text!(
                            "`{number}` 不是记录编号",
                            "`{number}` is no record's number"
                        ))),
                    })
                    .collect::<Result<_, _>>()?;
                (Reorganisation::Split { unit, new, successor, records, children: child }, how)
            }
        };
        how.carry_out(&what, language)
    }
}

impl How {
    fn carry_out(&self, what: &Reorganisation, language: Language) -> Result<(), Failure> {
        let city = self.home.open()?;
        let ledger = city.book_for_writing()?;
        let mut registers = vec![pack::UNITS.to_owned()];
        if let Reorganisation::Split { records, .. } = what {
            for (record, _) in records {
                let history = ledger.history(*record)?;
                registers.extend(history.first().map(|entry| entry.register.clone()));
            }
        }
        registers.sort();
        registers.dedup();
        let names: Vec<&str> = registers.iter().map(String::as_str).collect();
        let book = Book::open(&city.pack, &ledger, &names)?;
        let drafts = reorganise(&book, what, self.on, &self.actor.role, self.note.as_deref())?;
        let (first, last) = enter(&ledger, &self.actor.actor, drafts, Some(book.size()))?;
        let on = self.on;
        say(
            &message::text!(
                "已入账：第 {first}—{last} 条；{on} 之前的数值不变",
                "entered: {first} to {last}; figures before {on} stay as they were"
            ),
            language,
        );
        Ok(())
    }
}
