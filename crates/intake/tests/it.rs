//! Files in, entries or faults out: each case is a file as its author would write it.

#[path = "it/city.rs"]
mod city;
#[path = "it/hostile.rs"]
mod hostile;
#[path = "it/imports.rs"]
mod imports;
#[path = "it/organisation.rs"]
mod organisation;
#[path = "it/scribe.rs"]
mod scribe;
#[path = "it/scribe_crash.rs"]
mod scribe_crash;
#[path = "it/workbooks.rs"]
mod workbooks;
#[path = "it/writing.rs"]
mod writing;
