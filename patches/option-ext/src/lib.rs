//! The one method of `option-ext` that `dirs-sys` (below Delta) calls.
//!
//! The published crate is under MPL-2.0, and everything that we ship is to be permissive. This was written from
//! the call alone, not from that crate's source.

/// Asks an option about the value that it may hold.
pub trait OptionExt<T> {
    /// Whether there is a value, and it equals this one.
    fn contains<U: PartialEq<T>>(&self, value: &U) -> bool;
}

impl<T> OptionExt<T> for Option<T> {
    fn contains<U: PartialEq<T>>(&self, value: &U) -> bool {
        self.as_ref().is_some_and(|held| value == held)
    }
}
