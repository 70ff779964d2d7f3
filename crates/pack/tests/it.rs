//! The pack compiler from outside: cases as text files, hostile texts, and the JSON Schemas beside it.

#[path = "it/cases.rs"]
mod cases;
#[path = "it/hostile.rs"]
mod hostile;
#[path = "it/schema.rs"]
mod schema;
