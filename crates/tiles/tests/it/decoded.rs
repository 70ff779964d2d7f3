//! A reader of MVT of its own: protobuf by hand, the commands to the letter of the specification, 2.1.

use std::collections::BTreeMap;

/// A decoded layer.
#[derive(Debug, PartialEq, Eq)]
pub struct Read {
    pub name: String,
    pub version: u64,
    pub extent: u64,
    pub features: Vec<ReadFeature>,
}

/// A decoded feature.
#[derive(Debug, PartialEq, Eq)]
pub struct ReadFeature {
    pub id: u64,
    pub kind: u64,
    /// Points, lines or rings; a ring without its closing point.
    pub parts: Vec<Vec<(i64, i64)>>,
    pub properties: BTreeMap<String, String>,
}

enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// Every field of a message.
fn fields(mut bytes: &[u8]) -> Vec<(u64, Field<'_>)> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let tag = varint(&mut bytes);
        let field = match tag & 7 {
            0 => Field::Number(varint(&mut bytes)),
            2 => {
                let length = varint(&mut bytes) as usize;
                let (inner, rest) = bytes.split_at(length);
                bytes = rest;
                Field::Bytes(inner)
            }
            kind => panic!("no field of kind {kind} is ever written"),
        };
        fields.push((tag >> 3, field));
    }
    fields
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let (mut number, mut shift) = (0, 0);
    loop {
        let (first, rest) = bytes.split_first().expect("a number that ends");
        *bytes = rest;
        number |= u64::from(first & 0x7f) << shift;
        shift += 7;
        if first & 0x80 == 0 {
            return number;
        }
    }
}

fn zigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

pub fn read(bytes: &[u8]) -> Vec<Read> {
    let layers = fields(bytes).into_iter().map(|(tag, field)| match (tag, field) {
        (3, Field::Bytes(layer)) => read_layer(layer),
        (tag, _) => panic!("a tile has layers only, not {tag}"),
    });
    layers.collect()
}

fn read_layer(bytes: &[u8]) -> Read {
    let (mut name, mut version, mut extent) = (String::new(), 0, 0);
    let (mut features, mut keys, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for (tag, field) in fields(bytes) {
        match (tag, field) {
            (1, Field::Bytes(text)) => name = String::from_utf8(text.to_vec()).expect("text is UTF-8"),
            (2, Field::Bytes(feature)) => features.push(feature),
            (3, Field::Bytes(key)) => keys.push(String::from_utf8(key.to_vec()).expect("text is UTF-8")),
            (4, Field::Bytes(value)) => values.push(read_value(value)),
            (5, Field::Number(number)) => extent = number,
            (15, Field::Number(number)) => version = number,
            (tag, _) => panic!("no field {tag} in a layer"),
        }
    }
    let features = features.into_iter().map(|feature| read_feature(feature, &keys, &values)).collect();
    Read { name, version, extent, features }
}

fn read_value(bytes: &[u8]) -> String {
    let mut all = fields(bytes);
    assert_eq!(all.len(), 1, "exactly one value");
    match all.remove(0) {
        (1, Field::Bytes(text)) => String::from_utf8(text.to_vec()).expect("text is UTF-8"),
        (6, Field::Number(number)) => zigzag(number).to_string(),
        (7, Field::Number(flag)) => (flag == 1).to_string(),
        (tag, _) => panic!("no value of kind {tag} is ever written"),
    }
}

fn read_feature(bytes: &[u8], keys: &[String], values: &[String]) -> ReadFeature {
    let numbers = |mut bytes: &[u8]| {
        let mut numbers = Vec::new();
        while !bytes.is_empty() {
            numbers.push(varint(&mut bytes));
        }
        numbers
    };
    let (mut id, mut kind, mut tags, mut commands) = (0, 0, Vec::new(), Vec::new());
    for (tag, field) in fields(bytes) {
        match (tag, field) {
            (1, Field::Number(number)) => id = number,
            (2, Field::Bytes(packed)) => tags = numbers(packed),
            (3, Field::Number(number)) => kind = number,
            (4, Field::Bytes(packed)) => commands = numbers(packed),
            (tag, _) => panic!("no field {tag} in a feature"),
        }
    }
    let properties = tags
        .chunks(2)
        .map(|pair| (keys[pair[0] as usize].clone(), values[pair[1] as usize].clone()))
        .collect();
    ReadFeature { id, kind, parts: parts(kind, &commands), properties }
}

/// The parts, by the very grammar of the specification: anything else is a panic.
fn parts(kind: u64, commands: &[u64]) -> Vec<Vec<(i64, i64)>> {
    let mut commands = commands.iter().copied();
    let (mut x, mut y) = (0, 0);
    let mut parts: Vec<Vec<(i64, i64)>> = Vec::new();
    while let Some(command) = commands.next() {
        assert_eq!(command & 7, 1, "a part begins with MoveTo");
        let count = command >> 3;
        assert!(count >= 1 && (kind == 1 || count == 1), "MoveTo {count}");
        let mut part = Vec::new();
        let mut step = |commands: &mut dyn Iterator<Item = u64>, part: &mut Vec<(i64, i64)>| {
            x += zigzag(commands.next().expect("a command has its parameters"));
            y += zigzag(commands.next().expect("a command has its parameters"));
            part.push((x, y));
        };
        for _ in 0..count {
            step(&mut commands, &mut part);
        }
        if kind == 1 {
            assert!(parts.is_empty() && commands.next().is_none(), "points are one MoveTo");
            return vec![part];
        }
        let command = commands.next().expect("a command has its parameters");
        assert_eq!(command & 7, 2, "then comes LineTo");
        let count = command >> 3;
        assert!(count > u64::from(kind == 3), "LineTo {count}");
        for _ in 0..count {
            step(&mut commands, &mut part);
        }
        if kind == 3 {
            assert_eq!(commands.next(), Some(15), "a ring is closed");
            assert_ne!(part.first(), part.last(), "a ring does not repeat its first point");
        }
        assert!(part.windows(2).all(|pair| pair[0] != pair[1]), "no step of nought");
        parts.push(part);
    }
    assert!(!parts.is_empty(), "a feature has a shape");
    parts
}
