//! Text made safe for XML and HTML.

use std::borrow::Cow;

/// The text with mark-up escaped, fit for elements and attributes, without the characters that XML 1.0
/// cannot hold at all (most control characters), which would make a whole document unreadable.
pub fn escape(text: &str) -> Cow<'_, str> {
    let plain = |character: char| {
        !matches!(character, '&' | '<' | '>' | '"' | '\'' | '\n' | '\r' | '\t') && is_allowed(character)
    };
    let Some(first) = text.find(|character| !plain(character)) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(&text[..first]);
    for character in text[first..].chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // As references, so that no parser folds them in an attribute.
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\t' => out.push_str("&#9;"),
            character if is_allowed(character) => out.push(character),
            _ => {}
        }
    }
    Cow::Owned(out)
}

/// Whether XML 1.0 allows the character, with the C1 controls left out as well: nobody can see them.
fn is_allowed(character: char) -> bool {
    !matches!(character, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn text_is_made_safe() {
        assert_eq!(escape("码头"), "码头");
        assert_eq!(escape("<a href='x'>&\"]]>\u{0}\u{b}😀"), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;]]&gt;😀");
        assert_eq!(escape("一\n二"), "一&#10;二");
    }
}
