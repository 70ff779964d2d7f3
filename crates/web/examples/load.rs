//! Asks a running server for pages at a constant rate and says how long it took.
//!
//! ```text
//! load BASE COOKIE RATE SECONDS [CONNECTIONS] < addresses, a line each, asked in turn
//! ```
//!
//! A request's time counts from when it was due, not from when it could be sent: a server that stands still for a second
//! does not get that second for nothing. Prints the statuses, bytes and percentiles in milliseconds.

use std::collections::BTreeMap;
use std::io::{BufRead, stdin};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::sleep_until;

/// What came of a request: milliseconds, status, bytes.
type Answer = (f64, u16, usize);

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [base, cookie, rate, seconds, rest @ ..] = words.as_slice() else {
        anyhow::bail!("load BASE COOKIE RATE SECONDS [CONNECTIONS] < addresses")
    };
    let (rate, seconds): (u32, u32) = (rate.parse()?, seconds.parse()?);
    let connections: u32 = rest.first().map_or(Ok(20), |count| count.parse())?;
    let addresses: Vec<String> = stdin().lock().lines().collect::<Result<_, _>>()?;
    anyhow::ensure!(!addresses.is_empty() && rate > 0 && connections > 0, "nothing to ask");
    let host = base.trim_start_matches("http://").to_owned();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let answers = runtime.block_on(async {
        let begun = Instant::now() + Duration::from_millis(50);
        let addresses = Arc::new(addresses);
        let asking = (0..connections).map(|own| {
            let (addresses, host, cookie) = (Arc::clone(&addresses), host.clone(), cookie.clone());
            let turns = (own..rate * seconds).step_by(connections as usize);
            let turns = turns.map(move |turn| (turn as usize, begun + Duration::from_secs(1) * turn / rate));
            tokio::spawn(async move { ask(&host, &cookie, &addresses, turns).await })
        });
        let mut answers = Vec::new();
        for one in asking.collect::<Vec<_>>() {
            answers.extend(one.await??);
        }
        anyhow::Ok(answers)
    })?;
    println!("{}", told(answers, seconds));
    Ok(())
}

/// Asks over one connection, each when it is due.
async fn ask(
    host: &str,
    cookie: &str,
    addresses: &[String],
    turns: impl Iterator<Item = (usize, Instant)>,
) -> anyhow::Result<Vec<Answer>> {
    let stream = TcpStream::connect(host).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let mut answers = Vec::new();
    for (turn, due) in turns {
        sleep_until(due.into()).await;
        let request = Request::get(&addresses[turn % addresses.len()])
            .header(header::HOST, host)
            .header(header::COOKIE, cookie)
            .header(header::ACCEPT, "text/html,application/xhtml+xml")
            .body(Body::empty())?;
        sender.ready().await?;
        let answer = sender.send_request(request).await?;
        let status = answer.status().as_u16();
        let bytes = to_bytes(Body::new(answer.into_body()), usize::MAX).await?;
        answers.push((due.elapsed().as_secs_f64() * 1e3, status, bytes.len()));
    }
    Ok(answers)
}

fn told(mut answers: Vec<Answer>, seconds: u32) -> String {
    answers.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut statuses: BTreeMap<u16, usize> = BTreeMap::new();
    answers.iter().for_each(|(_, status, _)| *statuses.entry(*status).or_default() += 1);
    let statuses: Vec<String> = statuses.iter().map(|(status, count)| format!("{count}×{status}")).collect();
    let bytes: usize = answers.iter().map(|(_, _, bytes)| bytes).sum();
    let at = |percent: usize| answers.get((answers.len() * percent).div_ceil(100).saturating_sub(1));
    let at = |percent: usize| at(percent).map_or(0.0, |answer| answer.0);
    format!(
        "{}/s  {}  {} bytes each  p50 {:.1}  p95 {:.1}  p99 {:.1}  most {:.1} ms",
        answers.len() / (seconds as usize).max(1),
        statuses.join(" "),
        bytes / answers.len().max(1),
        at(50),
        at(95),
        at(99),
        at(100)
    )
}
