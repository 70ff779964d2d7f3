//! The application from outside: a small demo city, a server on a free port, and what it answers.

mod it {
    pub mod http;
    pub mod stage;

    mod administration;
    mod api;
    mod browser;
    mod check;
    mod entry;
    mod exports;
    mod figures;
    mod ground;
    mod map;
    mod overview;
    mod provider;
    mod registers;
    mod reminders;
    mod reports;
    mod rights;
    mod schemathesis;
    mod security;
}
