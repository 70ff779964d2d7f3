//! Policies as text, asked.

mod it {
    mod cases;
    mod laws;
}
