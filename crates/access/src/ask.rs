//! What a decision is asked with, and what it answers.

use message::Text;

use crate::action::Action;

/// A role in a unit and all that is below it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grant {
    /// The role's key in the pack. A role that the pack does not know gives nothing.
    pub role: String,
    /// The unit's code; `None` is the whole city.
    pub unit: Option<String>,
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub struct Principal<'a> {
    /// The account's name.
    pub account: &'a str,
    /// Its grants.
    pub grants: &'a [Grant],
    /// The scopes of the token that it came with, which can only take away; `None` for a person in a session.
    pub scopes: Option<&'a [String]>,
}

impl Principal<'_> {
    /// Whether the token reaches so far. A scope is an action (`view`) or an action on one register (`view:docks`).
    pub fn in_scope(&self, action: Action, register: Option<&str>) -> bool {
        self.scopes.is_none_or(|scopes| {
            scopes.iter().any(|scope| match scope.split_once(':') {
                None => scope == action.key(),
                Some((key, only)) => key == action.key() && register == Some(only),
            })
        })
    }

    /// Whether the token reaches the action somewhere: in `register`, or in any at all where none is named.
    pub(crate) fn in_some_scope(&self, action: Action, register: Option<&str>) -> bool {
        self.in_scope(action, register)
            || register.is_none()
                && self.scopes.is_some_and(|scopes| {
                    scopes.iter().any(|scope| scope.split(':').next() == Some(action.key()))
                })
    }
}

/// What is asked about. Everything absent is the city as a whole.
#[derive(Clone, Copy, Debug, Default)]
pub struct Resource<'a> {
    /// The register, where records are meant.
    pub register: Option<&'a str>,
    /// The codes of the owner unit, then of its ancestors on the date that matters, the city last. Empty where no
    /// unit is meant in particular: only who has a role in the whole city has it there.
    pub units: &'a [String],
    /// The accounts whose entries of the record wait for verification: the two-person rule looks at all of them,
    /// since who entered something does not become a stranger to it when somebody else amends it.
    pub authors: &'a [String],
    /// The record's state.
    pub state: Option<&'a str>,
}

/// What was decided, and by what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// Whether it is allowed.
    pub allowed: bool,
    /// The policies that permitted, or those that forbade; none where nothing permitted. In order.
    pub policies: Vec<String>,
    /// What the policies that forbade say about themselves (`@zh` and `@en`), for the person who is refused.
    pub reasons: Vec<Text>,
}
