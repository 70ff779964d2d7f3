//! A progress bar on standard error, drawn only where somebody looks.

use indicatif::{ProgressBar, ProgressStyle};
use message::{Language, Text};

/// A bar whose stages are named as they come.
pub struct Progress {
    bar: ProgressBar,
    language: Language,
    stage: Option<Text>,
}

impl Progress {
    /// An empty bar.
    pub fn new(language: Language) -> Self {
        let style = ProgressStyle::with_template("{msg:24} {bar:36} {human_pos}/{human_len} {elapsed}")
            .expect("the template is constant and names known keys");
        Self { bar: ProgressBar::new(0).with_style(style), language, stage: None }
    }

    /// Shows a stage and how far it is.
    pub fn show(&mut self, stage: &Text, done: u64, total: u64) {
        if self.stage.as_ref() != Some(stage) {
            self.bar.set_message(stage.in_language(self.language).into_owned());
            self.stage = Some(stage.clone());
        }
        self.bar.set_length(total);
        self.bar.set_position(done);
    }

    /// Removes the bar.
    pub fn finish(self) {
        self.bar.finish_and_clear();
    }
}
