//! `qingyuan`: the book, the figures and the reports of a city, from the command line.
//!
//! The program is thin: every command reads its arguments, calls the library that does the work,
//! and prints. One file a command in `command/`; adding one is that file and one line in
//! [`Command`]. What is data goes to standard output, what is said goes to standard error.
//!
//! Exit status: 0 done; 1 the answer is "no" (a fault in a pack, a file, the book); 2 it could not
//! be done at all.

mod command;
mod failure;
mod help;
mod home;
mod output;
mod progress;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser};
use message::Language;

/// 清源：一本账，算出每一个数，追得到每一条记录 | Qingyuan: one book of records, and every figure computed from it
#[derive(Parser)]
#[command(name = "qingyuan", version, max_term_width = 100)]
struct Arguments {
    /// 语言：zh、zh-Hant 或 en；缺省取自 QINGYUAN_LANG 或 LANG | language: zh, zh-Hant or en; else from QINGYUAN_LANG or LANG
    #[arg(long, global = true, value_name = "LANG")]
    lang: Option<String>,
    #[command(subcommand)]
    command: command::Command,
}

fn main() -> ExitCode {
    end_quietly_without_a_reader();
    let language = language();
    let command = help::localise(Arguments::command(), language);
    let arguments = match Arguments::from_arg_matches(&command.get_matches()) {
        Ok(arguments) => arguments,
        Err(error) => error.exit(),
    };
    match arguments.command.run(language) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print(language);
            failure.exit_code()
        }
    }
}

/// `qingyuan … | head` closes our output before we are done; `println!` panics then, which is nobody's fault.
fn end_quietly_without_a_reader() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let words = panic.payload_as_str().unwrap_or_default();
        if words.starts_with("failed printing to stdout") {
            std::process::exit(0);
        }
        usual(panic);
    }));
}

/// The language, found before the arguments are parsed because the help speaks it too.
fn language() -> Language {
    let mut arguments = std::env::args();
    let mut asked = None;
    while let Some(argument) = arguments.next() {
        match argument.split_once('=') {
            Some(("--lang", tag)) => asked = Some(tag.to_owned()),
            _ if argument == "--lang" => asked = arguments.next(),
            _ => {}
        }
    }
    let variable = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    asked
        .or_else(|| variable("QINGYUAN_LANG"))
        .or_else(|| variable("LC_ALL"))
        .or_else(|| variable("LANG"))
        .and_then(|tag| Language::parse(&tag))
        .unwrap_or_default()
}
