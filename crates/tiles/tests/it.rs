//! Tiles as a reader sees them: decoded again, by our own few lines and by another program.

#[path = "it/decoded.rs"]
mod decoded;
#[path = "it/outside.rs"]
mod outside;
#[path = "it/rules.rs"]
mod rules;
