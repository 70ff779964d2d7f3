//! Air quality from files, from outside.
