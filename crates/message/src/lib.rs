//! What Qingyuan says to people: texts in three languages, and faults with their place in a file.
//!
//! Every other crate builds its messages from [`Text`] (one message, said in Chinese and English;
//! traditional Chinese is derived) and its faults in text files from [`Diagnostic`]. Nothing is
//! printed here: [`render`] returns a string, the rim decides where it goes.
//!
//! Invariant: this crate knows no pack, no record and no file system.

mod diagnostic;
mod text;

pub use diagnostic::{Diagnostic, Severity, Source, Span, render, render_concise};
pub use text::{Language, Text, simplified, traditional};

/// The candidate that `name` was probably meant to be, if one is near enough.
///
/// Near means: at most a third of the letters differ (and at least one may). Ties go to the first
/// candidate, so the answer does not depend on anything but the order given.
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (name.chars().count() / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let distance = strsim::damerau_levenshtein(name, candidate);
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    fn check(name: &str, expected: Option<&str>) {
        assert_eq!(did_you_mean(name, ["berths", "bank", "built"]), expected);
    }

    #[test]
    fn a_near_miss_is_offered() {
        check("birth", None);
        check("berth", Some("berths"));
        check("bnak", Some("bank"));
        check("shoreline", None);
    }
}
