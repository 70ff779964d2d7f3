//! The words that policies can use.

/// The unit that contains everything: what a grant without a unit has. It is no unit's code.
pub const WHOLE: &str = "*";

/// What a pack declares, as far as rights can speak of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vocabulary {
    /// The keys of the roles.
    pub roles: Vec<String>,
    /// The registers.
    pub registers: Vec<RegisterWords>,
}

/// A register in policies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegisterWords {
    /// Its key.
    pub key: String,
    /// The keys of its states.
    pub states: Vec<String>,
    /// Whether a second person verifies: `resource.two_person`.
    pub two_person: bool,
}

impl Vocabulary {
    pub(crate) fn register_keys(&self) -> impl Iterator<Item = &str> {
        self.registers.iter().map(|register| register.key.as_str())
    }

    /// The states of all registers, each once, in order.
    pub(crate) fn states(&self) -> Vec<&str> {
        let mut states: Vec<&str> =
            self.registers.iter().flat_map(|register| &register.states).map(String::as_str).collect();
        states.sort_unstable();
        states.dedup();
        states
    }

    pub(crate) fn register(&self, key: &str) -> Option<&RegisterWords> {
        self.registers.iter().find(|register| register.key == key)
    }
}
