//! Documents from outside: what is read of them, what is refused, and what comments do to them.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests say what they expect by unwrapping, as the tests do"
)]

#[path = "it/comments.rs"]
mod comments;
#[path = "it/docx.rs"]
mod docx;
#[path = "it/faults.rs"]
mod faults;
#[path = "it/hurt.rs"]
mod hurt;
#[path = "it/pages.rs"]
mod pages;
#[path = "it/programs.rs"]
mod programs;
#[path = "it/writer.rs"]
mod writer;
