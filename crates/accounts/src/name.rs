//! Sign-in names.

/// A name as it is looked up, or none where it is not fit to be one.
///
/// What looks like a telephone or an identity number is refused: those are personal data, and they would be in every
/// log of a proxy that sees sign-ins.
pub(crate) fn folded(name: &str) -> Option<String> {
    let fits = |character: char| character.is_alphanumeric() || matches!(character, '.' | '_' | '-');
    let length = name.chars().count();
    let begins_well = name.chars().next().is_some_and(char::is_alphanumeric);
    let digits = name.chars().filter(|character| character.is_numeric()).count();
    let good = (2..=40).contains(&length) && begins_well && name.chars().all(fits) && digits < 7;
    good.then(|| name.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn a_name_is_a_name_and_no_number_of_a_person() {
        fn check(name: &str, expected: Option<&str>) {
            assert_eq!(folded(name).as_deref(), expected, "{name}");
        }
        check("Wang.Hua", Some("wang.hua"));
        check("水利局-王华", Some("水利局-王华"));
        check("clerk007", Some("clerk007"));
        check("13800138000", None);
        check("tel-138-0013-8000", None);
        check("42010119900101123X", None);
        check("a", None);
        check(".hidden", None);
        check("王 华", None);
        check("a@b.example", None);
        check("<script>", None);
        check(&"x".repeat(41), None);
    }
}
