//! The schema that policies are checked against, in Cedar's own notation.

use std::fmt::Write as _;

use crate::action::Action;
use crate::words::Vocabulary;

/// The schema of a pack's policies. It is what `compile` checks against, and what an editor with Cedar support can
/// be given.
pub fn schema_text(words: &Vocabulary) -> String {
    let mut out = String::from(
        "// Made from the pack: its roles, registers and states.\n\
         entity Account;\n\
         // The whole city is Unit::\"*\"; every resource is in it.\n\
         entity Unit;\n",
    );
    enumeration(&mut out, "Role", words.roles.iter().map(String::as_str));
    enumeration(&mut out, "Register", words.register_keys());
    enumeration(&mut out, "State", words.states().into_iter());
    out.push_str(
        "// A role in a unit; an account's grants are asked one by one.\n\
         entity Grant in [Role] { account: Account, unit: Unit };\n\
         // In its register, its unit and all that unit's ancestors; authors are those whose entries wait.\n\
         entity Resource in [Register, Unit] {\n  \
           register?: Register,\n  \
           unit?: Unit,\n  \
           state?: State,\n  \
           authors: Set<Account>,\n  \
           two_person: Bool,\n\
         };\n",
    );
    for action in Action::ALL {
        let (key, english) = (action.key(), action.label().english);
        // Written to a String, which takes everything.
        let _ = writeln!(
            out,
            "// {english}.\naction \"{key}\" appliesTo {{ principal: [Grant], resource: [Resource] }};"
        );
    }
    out
}

/// An enumeration of Cedar has at least one member; a type of which there is nothing has none to name.
fn enumeration<'a>(out: &mut String, name: &str, members: impl Iterator<Item = &'a str>) {
    let members: Vec<String> = members.map(quoted).collect();
    let _ = match members.as_slice() {
        [] => writeln!(out, "entity {name};"),
        _ => writeln!(out, "entity {name} enum [{}];", members.join(", ")),
    };
}

/// A string of Cedar, whatever is in it.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '-' | '.' | ' ' => out.push(character),
            other => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(other));
            }
        }
    }
    out.push('"');
    out
}
