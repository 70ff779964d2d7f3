//! The pack compiler from outside: cases as text files, hostile texts, the JSON Schemas beside it, the demo pack's words.

#[path = "it/cases.rs"]
mod cases;
#[path = "it/hostile.rs"]
mod hostile;
#[path = "it/schema.rs"]
mod schema;
#[path = "it/wording.rs"]
mod wording;
