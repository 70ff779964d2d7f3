//! The application from outside: a small demo city, a server on a free port, and what it answers.

mod it {
    pub mod stage;

    mod entry;
    mod ground;
}
