//! What is put on a map.

/// East and north in units of 1e-7 degrees, the precision of the book: CGCS2000, drawn as WGS 84 (the two differ
/// by centimetres).
pub type Place = (i32, i32);

/// A shape of one or several parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Places.
    Points(Vec<Place>),
    /// Lines.
    Lines(Vec<Vec<Place>>),
    /// Polygons, each an outer ring followed by its holes; whether a ring repeats its first place does not matter,
    /// and neither does the direction in which it runs.
    Polygons(Vec<Vec<Vec<Place>>>),
}

/// What is told of a thing beside its shape. Never a float: an amount is shown as its text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Words.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// Yes or no.
    Flag(bool),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Whole(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

/// One thing on the map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// Its number, unique in the layer; below 2^52, since browsers read it as a float.
    pub id: u64,
    /// Its place in [`Clustering::classes`](crate::Clustering::classes), most often its state. A cluster counts
    /// its things by class; a class that is not in the list is counted in none.
    pub class: usize,
    /// Where it is.
    pub shape: Shape,
    /// What is told of it.
    pub properties: Vec<(String, Value)>,
}
