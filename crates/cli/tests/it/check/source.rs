//! The report that the city was made for, and one more test's worth of waiting saved: `demo` founds the full city and
//! hands it over.

use std::path::PathBuf;

use super::super::city::{City, repository};
use super::json;

/// The source report against the full demo city: everything that a book can prove is proven, ranks are not, and
/// nothing is called wrong. The report lies outside the checkout, so that a checkout alone skips this.
pub fn the_source_report_is_true(city: &City) {
    let shared = std::env::var_os("QINGYUAN_SHARED")
        .map(PathBuf::from)
        .or_else(|| Some(repository().parent()?.join("shared")))
        .unwrap_or_default();
    let report = shared.join("source-report.txt");
    if !report.is_file() {
        eprintln!("skipped: {} is not here", report.display());
        return;
    }
    let report = report.to_string_lossy();
    let printed = city.try_at_home(&["check", &report, "--period", "2022", "--format", "json"]);
    assert_eq!(printed.status, 0, "{}{}", printed.out, printed.err);
    let all = json(&printed);
    let of = |verdict: &str| {
        let claims = all["claims"].as_array().expect("claims").iter();
        claims.filter(|claim| claim["verdict"] == verdict).map(|claim| &claim["stated"]).collect::<Vec<_>>()
    };
    assert_eq!(of("supported").len(), 34, "{:?}", of("supported"));
    assert_eq!(of("unsupported"), ["全國最大", "全國第一", "全國首創"]);
    assert_eq!(all["claims"].as_array().map(Vec::len), Some(37), "{}", printed.out);
    assert_eq!(all["inconsistencies"].as_array().map(Vec::len), Some(0), "{}", all["inconsistencies"]);
}
