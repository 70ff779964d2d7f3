//! Answers that are kept for whoever asks the same next: the next page of a filtered list, the counts beside it.
//!
//! A key says everything that an answer depends on, so nothing ever has to be thrown away because it became wrong;
//! only the oldest make room.

use std::sync::{Arc, Mutex, PoisonError};

/// The latest answers.
#[derive(Debug)]
pub(crate) struct Kept<T> {
    most: usize,
    answers: Mutex<Vec<(String, Arc<T>)>>,
}

impl<T> Kept<T> {
    /// Keeps at most so many.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, answers: Mutex::default() }
    }

    /// The answer to a question, given now if it is not kept. Two who ask at once may both work it out: better than
    /// one waiting while the other does something else.
    pub(crate) fn get<E>(&self, key: &str, answer: impl FnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        {
            let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(at) = answers.iter().position(|(known, _)| known == key) {
                let found = answers.remove(at);
                let answer = Arc::clone(&found.1);
                answers.push(found);
                return Ok(answer);
            }
        }
        let answer = Arc::new(answer()?);
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= self.most {
            answers.remove(0);
        }
        answers.push((key.to_owned(), Arc::clone(&answer)));
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::Kept;

    #[test]
    fn the_latest_are_kept() {
        let kept = Kept::new(2);
        let ask =
            |key: &str, value: u8| *kept.get(key, || Ok::<_, Infallible>(value)).expect("it cannot fail");
        assert_eq!([ask("a", 1), ask("b", 2), ask("a", 9), ask("c", 3)], [1, 2, 1, 3]);
        // b was asked for the longest time ago.
        assert_eq!([ask("a", 8), ask("b", 7)], [1, 7]);
    }
}
