//! The same exchange inside TLS.

use listener::load::Load;
use listener::simulate::{self, Options};

use super::support::{Running, at};

#[tokio::test]
async fn a_device_speaks_inside_tls() {
    let directory = tempfile::tempdir().expect("a directory");
    let certified = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    let (certificate, key) = (directory.path().join("cert.pem"), directory.path().join("key.pem"));
    std::fs::write(&certificate, certified.cert.pem()).expect("written");
    std::fs::write(&key, certified.signing_key.serialize_pem()).expect("written");
    let acceptor = listener::acceptor(&certificate, &key).expect("they go together");
    let load = Load { stations: 2, hours: 5, last: at("2026-02-28T20:00:00Z"), seed: 7 };
    let running = Running::start_with(
        &load.stations_file(),
        tempfile::tempdir().expect("a directory"),
        Some(acceptor),
        |_| {},
    )
    .await;
    let mut options = Options::new(running.address);
    let connector = listener::connector(&certificate).expect("it is trusted");
    options.tls = Some((connector, "localhost".try_into().expect("a name")));
    let summary = simulate::run(vec![Box::new(load.frames(0..2))], &options).await;
    assert_eq!(summary.acknowledged, 10);
    assert_eq!(running.disk.count(), 60);
    // Who speaks in the clear is not heard.
    let mut line = running.connect().await;
    line.send(b"##0087QN=20260301080000000;ST=91;CN=9015;PW=100000;MN=51A000000000000000000000;Flag=5;CP=&&&&4A40\r\n").await;
    assert!(line.is_closed().await);
    assert!(listener::acceptor(&key, &certificate).is_err());
    running.stop().await;
}
