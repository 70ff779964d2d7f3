//! `qingyuan hj212 replay`: devices for tests. Sends frames, waits for the answers, tells what was acknowledged.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use listener::load::Load;
use listener::simulate::{self, Options, Planned, Source};
use message::{Language, Text};
use serde_json::json;

use crate::failure::Failure;
use crate::output::say;

/// The arguments.
#[derive(Args)]
pub struct Replay {
    /// 报文文件，每行一帧 | a file of frames, a frame a line
    #[arg(required_unless_present = "generate")]
    file: Option<PathBuf>,
    /// 接收方地址 | where to
    #[arg(long, value_name = "ADDRESS:PORT", required_unless_present = "write_stations")]
    to: Option<SocketAddr>,
    /// 不用文件，生成若干点位、若干小时的空气数据，如 1500x24 | no file: generate hours of air stations, such as 1500x24
    #[arg(long, value_name = "STATIONSxHOURS", value_parser = stations_by_hours, conflicts_with = "file")]
    generate: Option<(u32, u32)>,
    /// 生成数据的种子 | the seed of what is generated
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// 最后一个小时的起始时刻；缺省为刚过去的整点 | the start of the last hour generated; else the last full hour
    #[arg(long, value_name = "TIMESTAMP")]
    last_hour: Option<Timestamp>,
    /// 写出所生成点位的配置文件，供 listen 使用 | write the stations file for what is generated, and end
    #[arg(long, value_name = "FILE", requires = "generate")]
    write_stations: Option<PathBuf>,
    /// 每秒帧数；缺省不限 | frames a second; else as fast as they are answered
    #[arg(long, value_name = "N")]
    rate: Option<u32>,
    /// 连接数；同一设备的报文走同一连接 | connections; the frames of one device share one
    #[arg(long, value_name = "N", default_value_t = 1)]
    connections: u32,
    /// 一条连接上可同时等待应答的帧数；真实设备为 1 | frames that may wait for their answers at once, on one connection; real devices: 1
    #[arg(long, value_name = "N", default_value_t = 1)]
    window: usize,
    /// 等待应答的秒数 | seconds to wait for an answer
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0)]
    timeout: f64,
    /// 重发次数 | how often a frame is sent again
    #[arg(long, value_name = "N", default_value_t = 3)]
    retries: u32,
    /// 反复发送，直到中止 | send again and again, until it is stopped
    #[arg(long = "loop")]
    again: bool,
    /// 错误的帧也照发 | send wrong frames too
    #[arg(long)]
    with_wrong: bool,
    /// 每次只发这么多字节，以检验拆包 | so many bytes at once, to test how frames are put together
    #[arg(long, value_name = "BYTES")]
    piece: Option<usize>,
    /// 中心要求补传时才发的报文 | frames that are sent only when the centre asks for their time
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
    /// 每得到一个应答，向文件写一行 JSON | write a line of JSON for each frame acknowledged
    #[arg(long, value_name = "FILE")]
    acks: Option<PathBuf>,
    /// 用 TLS，只信任此证书（PEM） | use TLS, and trust this certificate alone (PEM)
    #[arg(long, value_name = "FILE")]
    tls_trust: Option<PathBuf>,
    /// 证书上的名称 | the name on the certificate
    #[arg(long, value_name = "NAME", default_value = "localhost")]
    tls_name: String,
}

fn stations_by_hours(text: &str) -> Result<(u32, u32), String> {
    let wrong = || "点位数x小时数，如 1500x24 | stations x hours, such as 1500x24".to_owned();
    let (stations, hours) = text.split_once(['x', 'X', '×']).ok_or_else(wrong)?;
    match (stations.trim().parse(), hours.trim().parse()) {
        (Ok(stations @ 1..=999_999), Ok(hours @ 1..=1_000_000)) => Ok((stations, hours)),
        _ => Err(wrong()),
    }
}

impl Replay {
    /// Sends all; the answer is "no" (1) if a frame stayed without its answer.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let load = self.generate.map(|(stations, hours)| Load {
            stations,
            hours,
            last: self.last_hour.unwrap_or_else(last_full_hour),
            seed: self.seed,
        });
        if let (Some(file), Some(load)) = (&self.write_stations, load) {
            std::fs::write(file, load.stations_file())?;
            if self.to.is_none() {
                return Ok(());
            }
        }
        let Some(address) = self.to else { return Ok(()) };
        let acks = self.acks.as_ref().map(File::create).transpose()?;
        let acks = acks.map(|file| Arc::new(Mutex::new(BufWriter::new(file))));
        let options = self.options(address, acks.clone())?;
        let sources = self.sources(load)?;
        let begun = Instant::now();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let summary = runtime.block_on(simulate::run(sources, &options));
        let seconds = begun.elapsed().as_secs_f64();
        if let Some(acks) = acks {
            acks.lock().unwrap_or_else(PoisonError::into_inner).flush()?;
        }
        println!(
            "{}",
            json!({
                "sent": summary.sent, "acknowledged": summary.acknowledged, "points": summary.points,
                "unanswered": summary.unanswered, "again": summary.again, "reconnected": summary.reconnected,
                "requests": summary.requests, "seconds": (seconds * 1000.0).round() / 1000.0,
                "frames_per_second": (summary.acknowledged as f64 / seconds).round(),
                "points_per_second": (summary.points as f64 / seconds).round(),
            })
        );
        if let Some(why) = &summary.why_lost {
            let count = summary.lost;
            say(
                &message::text!(
                    "{count} 条连接没有建立：{why}",
                    "{count} connections could not be made: {why}"
                ),
                language,
            );
        }
        if summary.lost > 0 && summary.unanswered == 0 {
            return Err(Failure::Told(1));
        }
        if summary.unanswered > 0 {
            let count = summary.unanswered;
            say(&message::text!("{count} 帧没有得到应答", "{count} frames were not answered"), language);
            return Err(Failure::Told(1));
        }
        Ok(())
    }

    fn options(
        &self,
        address: SocketAddr,
        acks: Option<Arc<Mutex<BufWriter<File>>>>,
    ) -> Result<Options, Failure> {
        let mut options = Options::new(address);
        options.window = self.window.max(1);
        options.timeout = Duration::try_from_secs_f64(self.timeout).map_err(Failure::broken)?;
        options.retries = self.retries;
        options.piece = self.piece;
        options.pace = self.rate.map(|rate| {
            Duration::from_secs(1).mul_f64(f64::from(self.connections.max(1)) / f64::from(rate.max(1)))
        });
        if let Some(trusted) = &self.tls_trust {
            options =
                options.with_tls(trusted, &self.tls_name).map_err(|error| Failure::Broken(error.text()))?;
        }
        if let Some(file) = &self.history {
            options.history = Planned::read(&read(file)?, false).into();
        }
        if let Some(acks) = acks {
            options.acknowledged = Arc::new(move |planned| {
                let line = json!({
                    "mn": planned.mn, "cn": planned.cn, "data_time": planned.data_time, "qn": planned.qn,
                });
                // Written at once: a test that kills this program has to see it.
                let mut acks = acks.lock().unwrap_or_else(PoisonError::into_inner);
                let _ = writeln!(acks, "{line}").and_then(|()| acks.flush());
            });
        }
        Ok(options)
    }

    /// The frames of each connection.
    fn sources(&self, load: Option<Load>) -> Result<Vec<Source>, Failure> {
        let connections = self.connections.max(1);
        if let Some(load) = load {
            let (again, step) = (self.again, connections as usize);
            let line = |first: u32| -> Source {
                let frames = move || load.frames((first..load.stations).step_by(step));
                if again { Box::new(std::iter::repeat_with(frames).flatten()) } else { Box::new(frames()) }
            };
            return Ok((0..connections.min(load.stations)).map(line).collect());
        }
        let Some(file) = &self.file else { return Ok(Vec::new()) };
        let frames = Planned::read(&read(file)?, self.with_wrong);
        if frames.is_empty() {
            return Err(Failure::refused(Text::new("文件里没有正确的帧", "the file has no right frame")));
        }
        let mut lines: Vec<Vec<Planned>> = vec![Vec::new(); connections as usize];
        let mut devices: Vec<String> = Vec::new();
        for frame in frames {
            let device = devices.iter().position(|mn| *mn == frame.mn).unwrap_or_else(|| {
                devices.push(frame.mn.clone());
                devices.len() - 1
            });
            lines[device % connections as usize].push(frame);
        }
        let line = |frames: Vec<Planned>| -> Source {
            if self.again { Box::new(frames.into_iter().cycle()) } else { Box::new(frames.into_iter()) }
        };
        Ok(lines.into_iter().filter(|frames| !frames.is_empty()).map(line).collect())
    }
}

fn read(file: &PathBuf) -> Result<Vec<u8>, Failure> {
    std::fs::read(file).map_err(|error| {
        let shown = file.display();
        Failure::Broken(message::text!("{shown} 无法读取（{error}）", "{shown} cannot be read ({error})"))
    })
}

fn last_full_hour() -> Timestamp {
    let now = Timestamp::now().as_second();
    let hour = Timestamp::from_second(now - now.rem_euclid(3600)).unwrap_or(Timestamp::UNIX_EPOCH);
    hour - SignedDuration::from_hours(1)
}
