//! A stranger's tool reads the OpenAPI document and tries everything that it allows and forbids: no error of ours, no
//! status and no body that the document does not tell.
//!
//! Needs Python with `schemathesis` (`QINGYUAN_PEERS` names the interpreter); without it there is nothing to see.

use std::path::PathBuf;
use std::process::Command;

use web::limit::Rate;

use super::stage::Stage;

/// What is asked of each answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
     response_headers_conformance,response_schema_conformance,missing_required_header,unsupported_method,\
     allow_header_conformance,negative_data_rejection";

#[test]
fn the_api_does_what_its_document_says() {
    let python = std::env::var_os("QINGYUAN_PEERS").map(PathBuf::from).filter(|python| {
        let probe = Command::new(python).args(["-c", "import schemathesis"]).output();
        probe.is_ok_and(|output| output.status.success())
    });
    let Some(python) = python else {
        println!("skipped: no Python with schemathesis");
        return;
    };
    let often = Rate { a_second: 100_000, at_once: 100_000 };
    let stage = Stage::open_with(|settings| web::Settings {
        rate_of_strangers: often,
        rate_of_accounts: often,
        ..settings
    });
    // Whoever may do most: a tool that is refused everything finds nothing.
    let roles = stage.app.now().pack.roles.iter().map(|role| role.key.clone()).collect::<Vec<_>>();
    let grants: Vec<(&str, Option<&str>)> = roles.iter().map(|role| (role.as_str(), None)).collect();
    stage.signed_in("tool", &grants);
    let account = stage.app.accounts.account_named("tool").expect("accounts").expect("it was made");
    let scopes: Vec<String> = access::Action::ALL.iter().map(|action| action.key().to_owned()).collect();
    let token = stage.app.accounts.create_token(account.id, "tool", &scopes, None).expect("a token").secret;
    let folder = tempfile::tempdir().expect("a directory");
    let examples = std::env::var("QINGYUAN_SCHEMATHESIS").unwrap_or_else(|_| "20".to_owned());
    let output = Command::new(python)
        .args(["-m", "schemathesis.cli", "run"])
        .arg(format!("http://{}/api/v1/openapi.json", stage.address))
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .args(["--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "--max-examples", &examples])
        .args(["--seed", "1", "--generation-deterministic", "--continue-on-failure", "--no-color"])
        .args(["--suppress-health-check", "all", "--warnings", "off", "--request-timeout", "60"])
        .current_dir(folder.path())
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    println!(
        "{}",
        said.lines().rev().take(20).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n")
    );
}
