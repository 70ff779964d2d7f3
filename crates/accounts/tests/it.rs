//! The accounts as the server uses them.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

#[path = "it/audit.rs"]
mod audit;
#[path = "it/city.rs"]
mod city;
#[path = "it/identity.rs"]
mod identity;
#[path = "it/invitation.rs"]
mod invitation;
#[path = "it/keeping.rs"]
mod keeping;
#[path = "it/second.rs"]
mod second;
#[path = "it/session.rs"]
mod session;
#[path = "it/slowing.rs"]
mod slowing;
