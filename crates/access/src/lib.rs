//! Who may do what: policies as text in, decisions out.
//!
//! A city writes its rights in `policies/*.cedar` (the language of cedar-policy), in words that its own pack has
//! declared. They are checked strictly against a schema made from those words, with every fault told at its
//! place, and asked for each page, each button and each call of the API.
//!
//! ```text
//! (path, text)… + Vocabulary ──compile──▶ Policies + diagnostics
//!                     │
//!                     └──schema_text──▶ the schema, for authors and their editors
//!
//! Principal (account, its grants, a token's scopes)
//! Action                                             ──Policies::decide──▶ Decision
//! Resource (register, units from its own up to the city, state, authors)
//! ```
//!
//! A grant is a role in a unit. Each grant is asked by itself: what one of them permits and none forbids is
//! allowed, and whatever no policy permits is denied. Descent in the organisation is the caller's to say, as it was
//! on the date that matters: the resource comes with its unit and that unit's ancestors.
//!
//! What is absent: no file, no clock, no account and no tree. A policy that fails while it is evaluated denies.

mod action;
mod ask;
mod compile;
mod decide;
mod faults;
mod kept;
mod schema;
mod words;

pub use action::Action;
pub use ask::{Decision, Grant, Principal, Resource};
pub use compile::compile;
pub use decide::Policies;
pub use faults::RULES;
pub use schema::schema_text;
pub use words::{RegisterWords, Vocabulary, WHOLE};
