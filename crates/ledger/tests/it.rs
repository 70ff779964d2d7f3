//! The book as its users see it. Everything here goes through the public interface; what the book must survive
//! (altered bytes, killed writers, full disks) is done to its files from outside.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod it {
    mod backup;
    mod common;
    mod concurrency;
    mod crash;
    mod damage;
    mod evidence;
    mod layout;
    mod model;
    mod persons;
    mod proof;
    mod story;
}
