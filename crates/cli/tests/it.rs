//! The program from outside: what a user types, what it prints, what lies on the disk afterwards.

mod it {
    mod air;
    mod bad_input;
    mod check;
    mod city;
    mod crash;
    mod demo;
    mod hj212;
    mod lake;
    mod listen;
    mod noise;
    mod packs;
    mod story;
    mod water;
}
