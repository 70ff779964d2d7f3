//! The lake and its stations, from outside.
