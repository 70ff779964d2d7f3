//! HJ 212 frames: decoding and replaying, from outside.
