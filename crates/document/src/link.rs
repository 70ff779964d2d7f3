//! Figures that our own pages and Markdown link to.

use figure::FigureId;

/// The anchor of a figure in the appendix of the same page. Frozen: pages that were handed out carry it.
const ANCHOR: &str = "#trace-";
/// The most path segments that may stand before an identity.
const MOST_SEGMENTS: usize = 16;
/// The longest address that is looked at.
const MOST_BYTES: usize = 2048;

/// The identity of the figure that an address leads to: `#trace-ID`, or a path that ends in an identity.
pub(crate) fn figure(address: &str) -> Option<String> {
    if address.len() > MOST_BYTES {
        return None;
    }
    if let Some(id) = address.strip_prefix(ANCHOR) {
        let id = unescape(id)?;
        return id.parse::<FigureId>().is_ok().then_some(id);
    }
    let address = unescape(address)?;
    let mut rest = address.as_str();
    for _ in 0..MOST_SEGMENTS {
        if rest.parse::<FigureId>().is_ok() {
            return Some(rest.to_owned());
        }
        rest = rest.split_once('/')?.1;
    }
    None
}

/// Percent signs taken back.
fn unescape(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = |byte: u8| char::from(byte).to_digit(16);
        rest = match (first, after) {
            (b'%', [high, low, after @ ..]) if hex(*high).is_some() && hex(*low).is_some() => {
                let value = hex(*high)? * 16 + hex(*low)?;
                bytes.push(u8::try_from(value).ok()?);
                after
            }
            _ => {
                bytes.push(*first);
                after
            }
        };
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    fn check(address: &str, expected: Option<&str>) {
        assert_eq!(super::figure(address).as_deref(), expected, "{address}");
    }

    #[test]
    fn addresses() {
        const ID: &str = "docks.operating/2022/bank=left/1003245.9f3c21ab";
        check(&format!("#trace-{ID}"), Some(ID));
        check(&format!("https://city.example/trace/{ID}"), Some(ID));
        check(&format!("/figures/{}", ID.replace('=', "%3D")), Some(ID));
        check("#trace-nothing", None);
        check("https://city.example/%zz/", None);
        check("", None);
    }
}
