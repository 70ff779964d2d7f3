//! Signing in at a real provider of identities: `oidc-provider` (certified by the OpenID Foundation), run by node on this
//! machine. Where there is no node, the test says so and is skipped; in CI it must be there.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use super::http::blocking::{Client, Response};
use super::http::redirect::Policy;
use web::Settings;

use super::stage::{PASSPHRASE, Person, Stage};

/// The provider, until it is dropped.
struct Provider {
    process: Child,
    /// Held open: a provider whose words nobody hears ends.
    _words: BufReader<ChildStdout>,
    issuer: String,
}

impl Provider {
    fn start(redirect: &str) -> Option<Provider> {
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oidc");
        let Some(folder) = modules() else {
            assert!(std::env::var_os("CI").is_none(), "node and tests/oidc's modules are needed here");
            println!("SKIPPED: no modules of tests/oidc (npm ci --prefix $QINGYUAN_NODE/oidc)");
            return None;
        };
        let started = Command::new("node")
            .arg(scripts.join("provider.mjs"))
            .arg(redirect)
            .env("QINGYUAN_OIDC", folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut process = match started {
            Ok(process) => process,
            Err(error) => {
                assert!(std::env::var_os("CI").is_none(), "node is needed here: {error}");
                println!("SKIPPED: no node: {error}");
                return None;
            }
        };
        let mut issuer = String::new();
        let mut words = BufReader::new(process.stdout.take().expect("output"));
        words.read_line(&mut issuer).expect("the issuer");
        Some(Provider { process, _words: words, issuer: issuer.trim().to_owned() })
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where the modules of `tests/oidc` are installed.
fn modules() -> Option<PathBuf> {
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache/qingyuan/node"));
    let folder = std::env::var_os("QINGYUAN_NODE").map(PathBuf::from).or(home)?.join("oidc");
    folder.join("node_modules/oidc-provider").is_dir().then_some(folder)
}

/// A server that signs in at the provider.
fn stage() -> Option<(Stage, Provider)> {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let provider = Provider::start(&format!("http://{free}/sign-in/provider/answer"))?;
    let stage = Stage::open_with(|settings| {
        std::fs::write(
            settings.home.join("keys/provider.secret"),
            "a secret of the test, and of nothing else\n",
        )
        .expect("the secret");
        let text = format!(
            "[provider]\nlabel = {{ zh = \"市统一身份\", en = \"the city's account\" }}\nissuer = \"{}\"\n\
             client_id = \"qingyuan\"\nclient_secret_file = \"keys/provider.secret\"\n\
             require = {{ claim = \"department\", value = \"江城市\" }}\n",
            provider.issuer
        );
        std::fs::write(settings.home.join("sign-in.toml"), text).expect("the settings");
        Settings { listen: free, ..settings }
    });
    Some((stage, provider))
}

fn place(response: &Response) -> String {
    response.headers()["location"].to_str().expect("text").to_owned()
}

/// From our form to the provider's address, as the browser goes.
fn begin(person: &Person, fields: &[(&str, &str)]) -> String {
    let page = person.post("/sign-in/provider", fields);
    assert_eq!(page.status(), 200);
    let text = page.text().expect("text");
    let address =
        text.split("content=\"0;url=").nth(1).and_then(|rest| rest.split('"').next()).expect("an address");
    address.replace("&amp;", "&")
}

/// Signs in at the provider with its own pages, and says where it sends the browser: to us, with the answer.
fn at_the_provider(provider: &Provider, address: &str, login: &str) -> String {
    let browser = Client::builder().cookie_store(true).redirect(Policy::none()).build().expect("a browser");
    let mut address = address.to_owned();
    for _ in 0..12 {
        let response = browser.get(&address).send().expect("an answer");
        if response.status().is_redirection() {
            address = absolute(provider, &place(&response));
            if !address.starts_with(&provider.issuer) {
                return address;
            }
            continue;
        }
        let text = response.text().expect("text");
        let action = text.split("action=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a form");
        let fields: &[(&str, &str)] = if text.contains("value=\"login\"") {
            &[("prompt", "login"), ("login", login), ("password", "any")]
        } else {
            &[("prompt", "consent")]
        };
        let sent = browser.post(absolute(provider, action)).form(fields).send().expect("an answer");
        address = absolute(provider, &place(&sent));
    }
    panic!("the provider does not come to an end: {address}");
}

fn absolute(provider: &Provider, address: &str) -> String {
    if address.starts_with("http") { address.to_owned() } else { format!("{}{address}", provider.issuer) }
}

/// Our part of an address.
fn ours(address: &str) -> &str {
    let at = address.find("/sign-in/provider/answer").expect("our address");
    &address[at..]
}

#[test]
fn an_invitation_is_accepted_at_the_provider_and_then_it_is_enough() {
    let Some((stage, provider)) = stage() else { return };
    assert!(stage.anybody().page("/sign-in").contains("市统一身份"));

    // Whoever the provider knows is nobody here before somebody has invited them.
    let stranger = stage.anybody();
    let answer = at_the_provider(&provider, &begin(&stranger, &[("next", "/me")]), "s-1");
    let refused = stranger.get(ours(&answer));
    assert_eq!(refused.status(), 403);
    assert_eq!(stranger.get("/me").status(), 303);

    let invitation = stage.app.accounts.invite("zhang.wei", "张伟", &[], None).expect("an invitation");
    let person = stage.anybody();
    assert!(person.page(&format!("/invitation/{}", invitation.secret)).contains("市统一身份"));
    let answer = at_the_provider(&provider, &begin(&person, &[("invitation", &invitation.secret)]), "s-1");
    let accepted = person.get(ours(&answer));
    assert_eq!(accepted.status(), 303, "{}", accepted.text().unwrap_or_default());
    assert!(person.page("/me").contains("zhang.wei"));

    // The same answer again, and in another browser, counts for nothing.
    assert_eq!(person.get(ours(&answer)).status(), 400);
    assert_eq!(stage.anybody().get(ours(&answer)).status(), 400);

    let later = stage.anybody();
    let answer = at_the_provider(&provider, &begin(&later, &[("next", "/me")]), "s-1");
    let signed_in = later.get(ours(&answer));
    assert_eq!((signed_in.status().as_u16(), place(&signed_in).as_str()), (303, "/me"));
    assert_eq!(later.get("/me").status(), 200);
}

#[test]
fn an_answer_that_somebody_else_began_is_not_taken() {
    let Some((stage, provider)) = stage() else { return };
    let account = stage.app.accounts.invite("zhang.wei", "张伟", &[], None).expect("an invitation").account;
    stage.app.accounts.link_identity(account, &provider.issuer, "attacker").expect("linked");
    // The attacker begins, and lures the victim's browser to the end of it.
    let (attacker, victim) = (stage.anybody(), stage.anybody());
    let answer = at_the_provider(&provider, &begin(&attacker, &[]), "attacker");
    assert_eq!(victim.get(ours(&answer)).status(), 400);
    assert_eq!(victim.get("/me").status(), 303);

    // Made up, cut, or with another's state.
    let answer = at_the_provider(&provider, &begin(&attacker, &[]), "attacker");
    let other = begin(&attacker, &[]);
    let state = other.split("state=").nth(1).and_then(|rest| rest.split('&').next()).expect("a state");
    let code = answer.split("code=").nth(1).and_then(|rest| rest.split('&').next()).expect("a code");
    for path in [
        "/sign-in/provider/answer".to_owned(),
        "/sign-in/provider/answer?state=x&code=y".to_owned(),
        format!("/sign-in/provider/answer?state={state}&code={code}"),
        format!("/sign-in/provider/answer?state={state}&error=access_denied"),
    ] {
        assert_eq!(attacker.get(&path).status(), 400, "{path}");
    }
    assert_eq!(attacker.get("/me").status(), 303);
}

#[test]
fn who_lacks_the_claim_is_not_let_in() {
    let Some((stage, provider)) = stage() else { return };
    let invitation = stage.app.accounts.invite("outsider", "外人", &[], None).expect("an invitation");
    let person = stage.anybody();
    let answer =
        at_the_provider(&provider, &begin(&person, &[("invitation", &invitation.secret)]), "outsider");
    assert_eq!(person.get(ours(&answer)).status(), 403);
    assert!(
        stage.app.accounts.invitation(&invitation.secret).expect("accounts").is_some(),
        "it is not used up"
    );
}

#[test]
fn an_identity_is_linked_by_who_is_signed_in() {
    let Some((stage, provider)) = stage() else { return };
    stage.signed_in("wang.hua", &[("clerk", None)]);
    let person = stage.anybody();
    person.post("/sign-in", &[("name", "wang.hua"), ("password", PASSPHRASE)]);
    let answer = at_the_provider(&provider, &begin(&person, &[("link", "true"), ("next", "/me")]), "s-7");
    assert_eq!(person.get(ours(&answer)).status(), 303);
    assert!(person.page("/me").contains("s-7"));
    let later = stage.anybody();
    let answer = at_the_provider(&provider, &begin(&later, &[]), "s-7");
    assert_eq!(later.get(ours(&answer)).status(), 303);
    assert!(later.page("/me").contains("wang.hua"));
}

#[test]
fn a_provider_that_does_not_answer_is_said_so() {
    let Some((stage, provider)) = stage() else { return };
    drop(provider);
    let response = stage.anybody().post("/sign-in/provider", &[("next", "/")]);
    assert_eq!(response.status(), 502);
    assert_eq!(stage.anybody().get("/sign-in").status(), 200);
}
