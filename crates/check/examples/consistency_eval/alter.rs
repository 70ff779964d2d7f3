//! Small errors in a printed number.

/// The number with each kind of error that changes it: one more in the last place, a tenth more or less, two
/// neighbouring digits swapped. Words and unit stay.
pub(crate) fn alterations(surface: &str) -> Vec<(&'static str, String)> {
    let Some(start) = surface.find(|character: char| character.is_ascii_digit()) else { return Vec::new() };
    let rest = &surface[start..];
    let end =
        rest.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(rest.len());
    let digits = &rest[..end];
    let Ok(number) = digits.replace('.', "").parse::<u64>() else { return Vec::new() };
    let decimals = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let with = |number: u64| format!("{}{}{}", &surface[..start], written(number, decimals), &rest[end..]);
    let mut out = vec![("+1", with(number + 1))];
    if number >= 10 {
        out.push(("+10 %", with(number + (number + 5) / 10)));
        out.push(("−10 %", with(number - (number + 5) / 10)));
    }
    let mut swapped: Vec<char> = digits.chars().collect();
    let pair = (0..swapped.len().saturating_sub(1)).find(|at| {
        let (a, b) = (swapped[*at], swapped[at + 1]);
        a.is_ascii_digit() && b.is_ascii_digit() && a != b && !(*at == 0 && b == '0')
    });
    if let Some(at) = pair {
        swapped.swap(at, at + 1);
        let swapped: String = swapped.into_iter().collect();
        out.push(("swap", format!("{}{swapped}{}", &surface[..start], &rest[end..])));
    }
    out
}

/// A whole number of last places as digits: 123 with 1 decimal is 12.3.
pub(crate) fn written(number: u64, decimals: usize) -> String {
    let digits = format!("{number:0width$}", width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
}
