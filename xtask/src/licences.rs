//! The licences of everything we ship with.

use spdx::Expression;

use crate::metadata::Metadata;

/// Permissive licences that ask for no more than a notice.
const PERMISSIVE: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Zlib",
    "bzip2-1.0.6",
];

/// Every crate whose licence is missing, unreadable or not permissive.
pub fn check(metadata: &Metadata) -> Vec<String> {
    metadata
        .packages
        .iter()
        .filter_map(|package| {
            let name = format!("`{}` {}", package.name, package.version);
            let Some(licence) = &package.license else { return Some(format!("{name} names no licence")) };
            // Old crates divide alternatives with a slash.
            match Expression::parse(&licence.replace('/', " OR ")) {
                Err(error) => {
                    Some(format!("{name}: the licence `{licence}` cannot be read: {}", error.reason))
                }
                Ok(expression) => (!expression.evaluate(|wanted| {
                    // Apache-2.0 WITH LLVM-exception is Apache-2.0 with fewer conditions.
                    wanted.license.id().is_some_and(|id| PERMISSIVE.contains(&id.name))
                }))
                .then(|| format!("{name}: `{licence}` is not permissive")),
            }
        })
        .collect()
}
