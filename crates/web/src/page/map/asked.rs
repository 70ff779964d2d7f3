//! What the address of a map asks for.

use axum::http::Uri;
use jiff::civil::Date;
use url::form_urlencoded;

use crate::fault::Fault;

/// At most so many layers at once: more colours than that are not told apart.
pub const MOST_LAYERS: usize = 6;
/// The greatest whole number that every reader of JSON has exactly.
const MOST_RECORD: u64 = (1 << 53) - 1;

/// The parameters of `/map`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Registers, by key, without repetition.
    pub layers: Vec<String>,
    /// Whether the layers were chosen, so that none means none.
    pub chosen: bool,
    /// States to show, as `register:state`; of a register that has none here all are shown.
    pub states: Vec<String>,
    /// Whether only what counts is shown, and nothing that waits for verification.
    pub counted: bool,
    /// The day; the last one of which there is anything unless said otherwise.
    pub at: Option<Date>,
    /// The indicator that colours the districts.
    pub theme: Option<String>,
    /// The record that is told of.
    pub record: Option<u64>,
    /// Whether the stations' latest values are shown.
    pub latest: bool,
}

impl Asked {
    /// Reads an address. What cannot be read is as if it were not there: an address is followed, not argued with.
    pub fn of(uri: &Uri) -> Self {
        let mut asked = Self::default();
        for (key, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
            match &*key {
                "layer" => {
                    for layer in value.split(',').filter(|layer| !layer.is_empty()) {
                        if asked.layers.len() < MOST_LAYERS && !asked.layers.iter().any(|one| one == layer) {
                            asked.layers.push(layer.to_owned());
                        }
                    }
                    asked.chosen = true;
                }
                "state" if asked.states.len() < 100 => asked.states.push(value.into_owned()),
                "chosen" => asked.chosen = true,
                "reading" => asked.counted = value == "counted",
                "at" => asked.at = value.parse().ok(),
                "theme" => asked.theme = Some(value.into_owned()).filter(|theme| !theme.is_empty()),
                "record" => asked.record = value.parse().ok(),
                "latest" => asked.latest = true,
                _ => {}
            }
        }
        asked
    }

    /// Reads what a program asks for: what cannot be read is its mistake, and it is told so.
    pub fn exactly(uri: &Uri) -> Result<Self, Fault> {
        let asked = Self::of(uri);
        for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
            let is_read = match &*name {
                "at" => asked.at.is_some_and(|at| at.to_string() == value),
                "record" => asked.record.is_some_and(|record| record <= MOST_RECORD),
                "reading" => matches!(&*value, "counted" | "entered"),
                _ => true,
            };
            if !is_read {
                return Err(Fault::parameter(&name, &value));
            }
        }
        Ok(asked)
    }

    /// The states of a register that are to be shown; none means all.
    pub fn states_of(&self, register: &str) -> Vec<String> {
        let own = self.states.iter().filter_map(|state| state.split_once(':'));
        own.filter(|(key, _)| *key == register).map(|(_, state)| state.to_owned()).collect()
    }

    /// The address of the same map with another record told of.
    pub fn with_record(&self, base: &str, record: u64) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for layer in &self.layers {
            query.append_pair("layer", layer);
        }
        for state in &self.states {
            query.append_pair("state", state);
        }
        if self.chosen {
            query.append_pair("chosen", "1");
        }
        if self.counted {
            query.append_pair("reading", "counted");
        }
        if let Some(at) = self.at {
            query.append_pair("at", &at.to_string());
        }
        if let Some(theme) = &self.theme {
            query.append_pair("theme", theme);
        }
        if self.latest {
            query.append_pair("latest", "1");
        }
        query.append_pair("record", &record.to_string());
        format!("{base}?{}", query.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_written() {
        let of = |text: &str| Asked::of(&text.parse().expect("an address"));
        let asked = of("/map?layer=docks,parks&layer=docks&at=2022-12-31&theme=docks.operating&record=7");
        assert_eq!(asked.layers, ["docks", "parks"]);
        assert_eq!(asked.at.map(|at| at.to_string()).as_deref(), Some("2022-12-31"));
        assert_eq!(of(&asked.with_record("/map", 8)), Asked { record: Some(8), ..asked });
        assert_eq!(of("/map?at=tomorrow&record=x&theme=&layer="), Asked { chosen: true, ..Asked::default() });
        assert_eq!(of("/map"), Asked::default());
        let states = of("/map?layer=docks&state=docks:operating&state=docks:moved&state=parks:open");
        assert_eq!(states.states_of("docks"), ["operating", "moved"]);
        assert_eq!(of(&states.with_record("/map", 8)).states, states.states);
        assert_eq!(of("/map?layer=a,b,c,d,e,f,g,h").layers.len(), MOST_LAYERS);
        let counted = of("/map?layer=docks&reading=counted");
        assert!(counted.counted && of(&counted.with_record("/map", 8)).counted);
    }
}
