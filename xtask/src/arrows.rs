//! The dependency arrows between our crates.

use crate::metadata::Metadata;

/// Who may see whom. A new arrow is a decision about the design: change ARCHITECTURE.md with it.
const ALLOWED: &[(&str, &[&str])] = &[
    ("message", &[]),
    ("figure", &[]),
    ("geodesy", &[]),
    ("ledger", &[]),
    ("quantity", &["message"]),
    ("pack", &["message", "quantity"]),
    ("intake", &["geodesy", "ledger", "message", "pack", "quantity"]),
    ("standards", &[]),
    ("hj212", &[]),
    ("readings", &["message", "standards"]),
    ("evaluation", &["message", "readings", "standards"]),
    ("lake", &["message"]),
    ("listener", &["hj212", "lake", "message"]),
    ("figures", &["figure", "geodesy", "lake", "ledger", "message", "pack", "quantity", "standards"]),
    ("chart", &["figure", "message", "quantity"]),
    ("report", &["chart", "figure", "message", "quantity"]),
    ("assess", &["figure", "message"]),
    ("access", &["message"]),
    ("accounts", &["message"]),
    ("shelf", &["geodesy", "ledger", "message", "pack"]),
    ("tiles", &[]),
    (
        "city",
        &[
            "access",
            "check",
            "document",
            "figure",
            "figures",
            "geodesy",
            "intake",
            "lake",
            "ledger",
            "message",
            "pack",
            "quantity",
            "report",
            "standards",
        ],
    ),
    (
        "web",
        &[
            "access",
            "accounts",
            "assess",
            "chart",
            "check",
            "city",
            "document",
            "evaluation",
            "figure",
            "figures",
            "geodesy",
            "intake",
            "lake",
            "ledger",
            "message",
            "pack",
            "quantity",
            "report",
            "shelf",
            "standards",
            "tiles",
        ],
    ),
    ("document", &["figure", "message"]),
    ("check", &["figure", "message", "quantity"]),
    ("demo", &["geodesy", "intake", "lake", "ledger", "message", "pack"]),
    (
        "cli",
        &[
            "accounts",
            "check",
            "city",
            "demo",
            "document",
            "evaluation",
            "figure",
            "figures",
            "geodesy",
            "hj212",
            "intake",
            "lake",
            "ledger",
            "listener",
            "message",
            "pack",
            "quantity",
            "readings",
            "report",
            "standards",
            "web",
        ],
    ),
    ("xtask", &[]),
    // Not ours in spirit: see patches/option-ext.
    ("option-ext", &[]),
];

/// The crates that do no I/O: what would let them is named here and refused.
const PURE: &[&str] = &[
    "access",
    "assess",
    "chart",
    "check",
    "document",
    "figure",
    "geodesy",
    "hj212",
    "message",
    "quantity",
    "report",
    "standards",
    "tiles",
];
const RIM: &[&str] = &["rusqlite", "tokio", "datafusion", "tempfile", "getrandom", "indicatif"];

/// Every arrow that is not drawn, and every crate that is not listed.
pub fn check(metadata: &Metadata) -> Vec<String> {
    let ours: Vec<_> = metadata.packages.iter().filter(|package| package.source.is_none()).collect();
    let mut faults = Vec::new();
    for package in &ours {
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == package.name) else {
            faults.push(format!(
                "crate `{}` is not drawn: add it to xtask/src/arrows.rs and ARCHITECTURE.md",
                package.name
            ));
            continue;
        };
        // Tests may look further (a story needs a real book); what is shipped may not.
        for dependency in
            package.dependencies.iter().filter(|dependency| dependency.kind.as_deref() != Some("dev"))
        {
            let is_ours = ours.iter().any(|other| other.name == dependency.name);
            if is_ours && !allowed.contains(&dependency.name.as_str()) {
                faults.push(format!("`{}` must not see `{}`", package.name, dependency.name));
            }
            if PURE.contains(&package.name.as_str()) && RIM.contains(&dependency.name.as_str()) {
                faults.push(format!("`{}` does no I/O and must not see `{}`", package.name, dependency.name));
            }
        }
    }
    faults
}
