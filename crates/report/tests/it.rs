//! Reports from template to file, as their readers see them.

#[path = "it/common.rs"]
mod common;
#[path = "it/faults.rs"]
mod faults;
#[path = "it/files.rs"]
mod files;
#[path = "it/outputs.rs"]
mod outputs;
