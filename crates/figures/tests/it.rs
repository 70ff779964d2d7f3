//! Figures from outside: tiny packs with their books and what comes of them, the folding rule against a
//! plain model of it, and what a broken cache may not do.

#[path = "it/book.rs"]
mod book;
#[path = "it/cached.rs"]
mod cached;
#[path = "it/cases.rs"]
mod cases;
#[path = "it/fold.rs"]
mod fold;
#[path = "it/growing.rs"]
mod growing;
#[path = "it/hostile.rs"]
mod hostile;
#[path = "it/kept.rs"]
mod kept;
#[path = "it/monitor.rs"]
mod monitor;
