//! The crate from outside: vectors, reasons, streams in pieces, mutated frames, listings.

mod it {
    mod answers;
    mod assembly;
    mod encoding;
    mod listing;
    mod material;
    mod mutants;
    mod reasons;
    mod segments;
    mod streams;
}
