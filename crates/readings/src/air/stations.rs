//! The stations that a thread has seen, numbered in the order of their first row.

use std::collections::HashMap;

/// A station and its city.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Station {
    /// Its code or name.
    pub name: String,
    /// The city, if the file or the options name one.
    pub city: Option<String>,
}

/// Stations by number and by name.
#[derive(Clone, Debug, Default)]
pub struct Stations {
    list: Vec<Station>,
    numbers: HashMap<String, u32>,
}

impl Stations {
    /// The number of a station; a new one gets the next.
    pub fn number(&mut self, name: &str) -> u32 {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = self.list.len() as u32;
        self.list.push(Station { name: name.to_owned(), city: None });
        self.numbers.insert(name.to_owned(), number);
        number
    }

    /// Says in which city a station lies; false if it is known to lie in another.
    pub fn place(&mut self, number: u32, city: &str) -> bool {
        match self.list.get_mut(number as usize) {
            None => false,
            Some(station) => match &station.city {
                Some(known) => known == city,
                None => {
                    station.city = Some(city.to_owned());
                    true
                }
            },
        }
    }

    /// A station.
    pub fn get(&self, number: u32) -> Option<&Station> {
        self.list.get(number as usize)
    }

    /// All of them, by number.
    pub fn all(&self) -> &[Station] {
        &self.list
    }
}
