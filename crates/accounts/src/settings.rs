//! What a city may decide about its sign-in.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

/// Says what time it is.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How long things are good for.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// A session ends after so long without a request.
    pub idle: SignedDuration,
    /// A session ends after so long, used or not.
    pub absolute: SignedDuration,
    /// An invitation can be accepted for so long.
    pub invitation: SignedDuration,
    /// The second step of a sign-in, and a provider's answer, must come within this.
    pub step: SignedDuration,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            idle: SignedDuration::from_hours(12),
            absolute: SignedDuration::from_hours(7 * 24),
            invitation: SignedDuration::from_hours(7 * 24),
            step: SignedDuration::from_mins(10),
        }
    }
}

/// A duration in the store's microseconds.
pub(crate) fn microseconds(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX / 4)
}
