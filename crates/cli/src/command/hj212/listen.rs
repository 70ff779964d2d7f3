//! `qingyuan hj212 listen`: receives what devices send; answers what is stored.

mod registered;

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use clap::Args;
use lake::{Lake, LakeError};
use listener::{Listener, Settings, Stations};
use message::{Language, Source, Text};

use crate::failure::Failure;
use crate::home::HomeArgument;
use crate::output::say;

/// The arguments.
#[derive(Args)]
pub struct Listen {
    /// 点位配置文件（TOML）；缺省为城市账本中登记的点位 | the stations file (TOML); else the stations registered in the city's book
    #[arg(long, value_name = "FILE")]
    stations: Option<PathBuf>,
    /// 监听地址；缺省只对本机开放，对外开放须明确写出 | where to listen; open to this machine alone unless an address is given
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8212")]
    bind: SocketAddr,
    /// 监测数据存放目录，不需要城市 | the directory of the measurements, without a city
    #[arg(long, value_name = "DIR", conflicts_with = "home")]
    lake: Option<PathBuf>,
    #[command(flatten)]
    home: HomeArgument,
    /// TLS 证书链（PEM） | the TLS certificate with its chain (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// TLS 私钥（PEM） | the TLS key (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// 同时连接数上限 | connections at once, at most
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    max_connections: usize,
    /// 同一地址的连接数上限；缺省不限 | connections from one address, at most; else any number
    #[arg(long, value_name = "N")]
    max_per_address: Option<u32>,
    /// 设备静默多少分钟后断开 | minutes after which a silent device's connection is closed
    #[arg(long, value_name = "MINUTES", default_value_t = 120)]
    idle: u64,
    /// 小时数据有缺时，向设备要求补传 | ask a device for the hours that are missing
    #[arg(long)]
    fill_gaps: bool,
    /// 每隔多少秒把已落盘的数据并入数据库 | seconds after which what is stored is moved into the table
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    flush_every: u64,
}

impl Listen {
    /// Serves until it is told to end (SIGTERM, ctrl-c).
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let stations = self.read_stations()?;
        let home = self.lake.clone().unwrap_or_else(|| self.home.path());
        let lake = Arc::new(open_or_found(&home)?);
        let spool = Arc::new(lake.spool()?);
        let tls = match (&self.tls_cert, &self.tls_key) {
            (Some(certificate), Some(key)) => {
                Some(listener::acceptor(certificate, key).map_err(|error| Failure::Broken(error.text()))?)
            }
            _ => None,
        };
        self.warn(&stations, tls.is_some(), language);
        let settings = self.settings(&home, language);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let address = self.bind;
        runtime.block_on(async move {
            let listener =
                Listener::bind(address, settings, &stations, spool, tls).await.map_err(|error| {
                    Failure::Broken(message::text!(
                        "不能监听 {address}：{error}",
                        "cannot listen on {address}: {error}"
                    ))
                })?;
            let mut out = std::io::stdout();
            // The first line is the address, for whoever asked for any port.
            writeln!(out, "{}", listener.address()?)?;
            out.flush()?;
            let mover = Mover::start(lake, Duration::from_secs(self.flush_every.max(1)), language)?;
            let count = stations.len();
            say(&message::text!("已登记 {count} 台设备，等待连接", "waiting for {count} devices"), language);
            listener.run(told_to_end()?).await?;
            mover.end();
            say(&Text::new("已结束，收到的都已落盘", "ended; all that was acknowledged is stored"), language);
            Ok(())
        })
    }

    fn read_stations(&self) -> Result<Stations, Failure> {
        match (&self.stations, &self.lake) {
            (Some(file), _) => {
                let shown = file.display().to_string();
                let text = std::fs::read_to_string(file).map_err(|error| {
                    Failure::Broken(message::text!(
                        "{shown} 无法读取（{error}）",
                        "{shown} cannot be read ({error})"
                    ))
                })?;
                listener::read_stations(&Source::new(shown, text)).map_err(Failure::Diagnostics)
            }
            (None, None) => registered::stations(&self.home.open()?),
            (None, Some(_)) => Err(Failure::refused(Text::new(
                "没有城市时，请用 --stations 指明点位配置文件",
                "without a city, name the stations file with --stations",
            ))),
        }
    }

    fn settings(&self, home: &Path, language: Language) -> Settings {
        let mut settings = Settings::new(home.join("lake/quarantine"));
        settings.state_file = Some(state_file(home));
        settings.most_connections = self.max_connections;
        settings.most_by_address = self.max_per_address;
        settings.idle = Duration::from_secs(self.idle.max(1) * 60);
        settings.fill_gaps = self.fill_gaps;
        settings.log = Arc::new(move |text| {
            let now = jiff::Timestamp::now()
                .to_zoned(listener::time::zone())
                .strftime("%Y-%m-%d %H:%M:%S")
                .to_string();
            eprintln!("{now} {}", text.in_language(language));
        });
        settings
    }

    fn warn(&self, stations: &Stations, tls: bool, language: Language) {
        if let Some(most) = most_files()
            && most < self.max_connections as u64 + 64
        {
            let wanted = self.max_connections + 64;
            say(
                &message::text!(
                    "警告：本进程只能打开 {most} 个文件，连接数达不到上限；请先 ulimit -n {wanted}",
                    "warning: this process may open {most} files, fewer than its connections; run `ulimit -n {wanted}` first"
                ),
                language,
            );
        }
        let open = stations.iter().filter(|station| station.password.is_none()).count();
        if !self.bind.ip().is_loopback() && open > 0 {
            say(
                &message::text!(
                    "警告：有 {open} 台设备未设密码，知道其 MN 者均可代其上报",
                    "warning: {open} devices have no password; whoever knows their MN can report for them"
                ),
                language,
            );
        }
        if !self.bind.ip().is_loopback() && !tls {
            say(
                &Text::new(
                    "警告：对外开放而未用 TLS，报文及密码为明文",
                    "warning: open to others without TLS: frames and passwords are in the clear",
                ),
                language,
            );
        }
    }
}

/// Where the state of a city's devices is kept.
pub fn state_file(home: &Path) -> PathBuf {
    home.join("lake/devices.json")
}

fn open_or_found(home: &Path) -> Result<Lake, Failure> {
    match Lake::open(home) {
        Ok(lake) => Ok(lake),
        Err(LakeError::None(_)) => {
            std::fs::create_dir_all(home)?;
            Ok(Lake::found(home)?)
        }
        Err(error) => Err(error.into()),
    }
}

/// How many files this process may open, where the system says so.
fn most_files() -> Option<u64> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find(|line| line.starts_with("Max open files"))?;
    line.split_whitespace().nth(3)?.parse().ok()
}

/// Ready when the process is told to end.
fn told_to_end() -> Result<impl Future<Output = ()>, Failure> {
    #[cfg(unix)]
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    Ok(async move {
        #[cfg(unix)]
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    })
}

/// Moves what stands in the spool into the table now and then, and merges its files.
struct Mover {
    end: mpsc::Sender<()>,
    thread: JoinHandle<()>,
}

impl Mover {
    fn start(lake: Arc<Lake>, every: Duration, language: Language) -> Result<Self, Failure> {
        let (end, ended) = channel();
        let thread = std::thread::Builder::new().name("mover".into()).spawn(move || {
            let mut merged = Instant::now();
            loop {
                let over = ended.recv_timeout(every) != Err(RecvTimeoutError::Timeout);
                if let Err(error) = lake.flush() {
                    say(&error.text(), language);
                }
                if over {
                    return;
                }
                if merged.elapsed() >= every * 10 {
                    merged = Instant::now();
                    if let Err(error) = lake.maintain() {
                        say(&error.text(), language);
                    }
                }
            }
        })?;
        Ok(Self { end, thread })
    }

    /// Moves what is left, and ends.
    fn end(self) {
        drop(self.end);
        let _ = self.thread.join();
    }
}
