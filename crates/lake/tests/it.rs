//! The lake as its users see it. Everything here goes through the public interface; what the lake must survive (killed
//! writers, full disks, altered bytes) is done to its files from outside.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod it {
    mod common;
    mod concurrency;
    mod crash;
    mod engines;
    mod model;
    mod story;
}
