//! Help in the user's language.
//!
//! Every help text in the code reads `中文 | English`, so that both stand beside the argument that
//! they explain. Traditional Chinese is derived. A test refuses a text with only one half.

use clap::Command;
use clap::builder::StyledStr;
use message::{Language, Text};

/// Replaces each help text of the command and of all below it by its half.
pub fn localise(command: Command, language: Language) -> Command {
    let about = command.get_about().map(|text| half(text, language));
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    let mut command =
        command.mut_args(|argument| match argument.get_help().map(|text| half(text, language)) {
            Some(help) => argument.long_help(help.clone()).help(help),
            None => argument,
        });
    if let Some(about) = about {
        command = command.long_about(about.clone()).about(about);
    }
    for name in names {
        command = command.mut_subcommand(name, |sub| localise(sub, language));
    }
    command
}

fn half(text: &StyledStr, language: Language) -> String {
    let text = text.to_string();
    match text.split_once(" | ") {
        Some((chinese, english)) => Text::new(chinese, english).in_language(language).into_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory};

    use crate::Arguments;

    fn check(command: &Command) {
        let helps =
            command.get_arguments().map(|argument| (argument.get_id().to_string(), argument.get_help()));
        let about = [(command.get_name().to_owned(), command.get_about())];
        for (name, help) in helps.chain(about).filter(|(name, _)| name != "help" && name != "version") {
            let help = help.map(ToString::to_string).unwrap_or_default();
            assert!(help.contains(" | "), "{} {name}: `{help}` is not in two languages", command.get_name());
        }
        command.get_subcommands().filter(|sub| sub.get_name() != "help").for_each(check);
    }

    #[test]
    fn every_help_text_is_in_two_languages() {
        check(&Arguments::command());
    }
}
