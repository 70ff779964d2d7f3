//! Why a command did not do what it was asked.

use std::io::IsTerminal;
use std::process::ExitCode;

use city::CityError;
use demo::DemoError;
use figures::FigureError;
use intake::IntakeError;
use lake::LakeError;
use ledger::LedgerError;
use message::{Diagnostic, Language, Text};

/// The end of a command that did not succeed.
#[derive(Debug)]
pub enum Failure {
    /// The answer is "no", and this is why: faults in a file with their places.
    Diagnostics(Vec<Diagnostic>),
    /// The answer is "no", in words.
    Refused(Text),
    /// It could not be done.
    Broken(Text),
    /// The answer has been printed already; this is the exit status that says it.
    Told(u8),
}

impl Failure {
    /// The answer is "no".
    pub fn refused(text: Text) -> Self {
        Self::Refused(text)
    }

    /// The same as something that could not be done: for commands whose 1 is an answer of its own.
    pub fn into_broken(self) -> Self {
        match self {
            Self::Refused(text) => Self::Broken(text),
            Self::Diagnostics(diagnostics) => {
                let count = diagnostics.len();
                Self::Broken(message::text!(
                    "城市包有 {count} 处错误，请运行 qingyuan pack check",
                    "the pack has {count} faults; run `qingyuan pack check`"
                ))
            }
            other => other,
        }
    }

    /// It could not be done, for a reason that only exists in English (the system's, a library's).
    pub fn broken(error: impl std::fmt::Display) -> Self {
        Self::Broken(Text::same(error.to_string()))
    }

    /// Says it on standard error.
    pub fn print(&self, language: Language) {
        match self {
            Self::Diagnostics(diagnostics) => {
                let colour = std::io::stderr().is_terminal();
                eprint!("{}", message::render(diagnostics, language, colour));
                let count = diagnostics.len();
                eprintln!("{}", message::text!("共 {count} 处错误", "{count} faults").in_language(language));
            }
            Self::Refused(text) | Self::Broken(text) => {
                let word = Text::new("错误", "error");
                eprintln!("{}: {}", word.in_language(language), text.in_language(language));
            }
            Self::Told(_) => {}
        }
    }

    /// 1 for "no", 2 for "could not".
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Diagnostics(_) | Self::Refused(_) => ExitCode::from(1),
            Self::Broken(_) => ExitCode::from(2),
            Self::Told(status) => ExitCode::from(*status),
        }
    }
}

/// Faults keep their places; of the rest the city says whether it is "no" or "could not".
impl From<CityError> for Failure {
    fn from(error: CityError) -> Self {
        match error {
            CityError::Faulty(diagnostics) => Self::Diagnostics(diagnostics),
            error if error.is_refusal() => Self::Refused(error.text()),
            error => Self::Broken(error.text()),
        }
    }
}

/// A record that moved on, a lock, a missing record: "no"; everything else is "could not".
impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        CityError::from(error).into()
    }
}

impl From<IntakeError> for Failure {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::Ledger(error) => error.into(),
            IntakeError::Io { .. } => Self::Broken(error.text()),
            error => Self::Refused(error.text()),
        }
    }
}

impl From<DemoError> for Failure {
    fn from(error: DemoError) -> Self {
        match error {
            DemoError::Ledger(error) => error.into(),
            DemoError::Intake(error) => error.into(),
            DemoError::Lake(error) => error.into(),
            DemoError::Refused { register, source } => {
                let (chinese, english) = (source.text().simplified, source.text().english);
                Self::Broken(Text::new(
                    format!("台账 `{register}` 不接受演示城市的记录：{chinese}"),
                    format!("`{register}` refuses a record of the demo city: {english}"),
                ))
            }
        }
    }
}

impl From<LakeError> for Failure {
    fn from(error: LakeError) -> Self {
        CityError::from(error).into()
    }
}

impl From<FigureError> for Failure {
    fn from(error: FigureError) -> Self {
        CityError::from(error).into()
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::broken(error)
    }
}
