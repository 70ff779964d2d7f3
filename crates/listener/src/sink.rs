//! Where data become durable.

use lake::{Kind, LakeError, Measurement, Spool};

/// What the listener stores into: on return the rows are on the disk, all of them or none.
pub trait Sink: Send + Sync + 'static {
    /// Stores rows of one kind of stations. Several threads call at once.
    fn store(&self, kind: Kind, rows: Vec<Measurement>) -> Result<(), SinkError>;
}

/// Why nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum SinkError {
    /// It may work later: the disk is full, the store is away. Nothing is acknowledged until it does.
    #[error("{0}")]
    Later(String),
    /// These rows will never be taken.
    #[error("{0}")]
    Never(String),
}

impl Sink for Spool {
    fn store(&self, kind: Kind, rows: Vec<Measurement>) -> Result<(), SinkError> {
        Spool::store(self, kind, rows).map_err(|error| match error {
            LakeError::Row { .. } => SinkError::Never(error.to_string()),
            error => SinkError::Later(error.to_string()),
        })
    }
}
