//! Shows what the reader finds: the text with each quantity marked.
//!
//! `cargo run --release -p quantity --example read_show -- FILE`
fn main() {
    let path = std::env::args().nth(1).expect("a text file");
    let text = std::fs::read_to_string(&path).expect("the file can be read");
    let mut at = 0;
    for one in quantity::read::read_all(&text) {
        print!("{}", &text[at..one.bytes.start]);
        let (value, unit, word, kind) = (one.number, &one.unit, one.comparator().key(), one.kind.key());
        print!("⟦{}|{value}|{unit}|{word}|{kind}⟧", one.surface(&text));
        at = one.bytes.end;
    }
    println!("{}", &text[at..]);
}
