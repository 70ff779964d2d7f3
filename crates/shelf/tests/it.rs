//! The shelf from outside: against a plain model of the rule, and while the book grows.

#[path = "it/cases.rs"]
mod cases;
#[path = "it/model.rs"]
mod model;
#[path = "it/random.rs"]
mod random;
