//! Readings as a Parquet file of their own, for whoever wants a file and not a table.

use std::io::Write;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::error::LakeError;
use crate::lake::Lake;
use crate::query::{Query, schema};

impl Lake {
    /// Reads into a Parquet file, with the columns of [`crate::schema`] as plain strings. Returns the number of rows. The
    /// file is whole only if this returns Ok: its footer comes last.
    pub fn export_parquet(&self, query: &Query, to: impl Write + Send) -> Result<u64, LakeError> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_created_by("qingyuan".to_owned())
            .build();
        let schema = plain();
        let mut writer =
            ArrowWriter::try_new(to, Arc::clone(&schema), Some(properties)).map_err(LakeError::table)?;
        let mut rows = 0;
        self.read(query, &mut |batch| {
            rows += batch.num_rows() as u64;
            let columns = batch.columns().iter().zip(schema.fields()).map(|(column, field)| {
                if column.data_type() == field.data_type() {
                    Ok(Arc::clone(column))
                } else {
                    cast(column, field.data_type()).map_err(LakeError::table)
                }
            });
            let columns: Vec<ArrayRef> = columns.collect::<Result<_, _>>()?;
            let batch = RecordBatch::try_new(Arc::clone(&schema), columns).map_err(LakeError::table)?;
            writer.write(&batch).map_err(LakeError::table)
        })?;
        writer.close().map_err(LakeError::table)?;
        Ok(rows)
    }
}

fn plain() -> SchemaRef {
    let schema = schema();
    let fields = schema.fields().iter().map(|field| match field.data_type() {
        DataType::Dictionary(_, words) => Field::new(field.name(), (**words).clone(), field.is_nullable()),
        _ => field.as_ref().clone(),
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}
