//! The program from outside: what a user types, what it prints, what lies on the disk afterwards.

mod it {
    mod bad_input;
    mod check;
    mod city;
    mod crash;
    mod demo;
    mod packs;
    mod story;
}
