//! Where measurements come from: the two questions that figures ask of a lake.

use arrow::record_batch::RecordBatch;
use lake::{Lake, LakeError, Query};

use crate::error::FigureError;

/// What is done with a batch of rows, of the columns of [`lake::schema`].
pub type OnRows<'a> = &'a mut dyn FnMut(&RecordBatch) -> Result<(), FigureError>;

/// A lake as figures see it. Tests have one in memory.
pub trait MeasurementSource: Send + Sync {
    /// How many batches there are.
    fn version(&self) -> Result<u64, FigureError>;
    /// A digest of all that is known now: two lakes that have it in common answer alike. None where that cannot be told
    /// cheaply; then no figure is kept that measurements enter.
    fn root(&self) -> Result<Option<[u8; 32]>, FigureError> {
        Ok(None)
    }
    /// Calls `each` with the rows that are meant: one for each station, item and time, in this order.
    fn read(&self, query: &Query, each: OnRows<'_>) -> Result<(), FigureError>;
}

impl MeasurementSource for Lake {
    fn version(&self) -> Result<u64, FigureError> {
        Lake::version(self).map_err(told)
    }

    fn root(&self) -> Result<Option<[u8; 32]>, FigureError> {
        Lake::fingerprint(self).map(Some).map_err(told)
    }

    fn read(&self, query: &Query, each: OnRows<'_>) -> Result<(), FigureError> {
        let mut ours = None;
        let done = Lake::read(self, query, &mut |batch| {
            each(&batch).map_err(|error| {
                let words = error.to_string();
                ours = Some(error);
                LakeError::Damaged(words)
            })
        });
        match ours {
            Some(error) => Err(error),
            None => done.map_err(told),
        }
    }
}

fn told(error: LakeError) -> FigureError {
    FigureError::Lake(error.to_string())
}
