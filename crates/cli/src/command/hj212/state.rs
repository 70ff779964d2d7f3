//! `qingyuan hj212 state`: which devices are there, which are silent, whose data come late, what was refused.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use listener::{DeviceReport, StateFile};
use message::{Language, Text};

use super::listen::state_file;
use crate::failure::Failure;
use crate::home::HomeArgument;
use crate::output::{Format, say, table};

/// The arguments.
#[derive(Args)]
pub struct State {
    /// 监测数据存放目录，不需要城市 | the directory of the measurements, without a city
    #[arg(long, value_name = "DIR", conflicts_with = "home")]
    lake: Option<PathBuf>,
    #[command(flatten)]
    home: HomeArgument,
    /// 只列离线、迟报或有问题的设备 | only devices that are offline, late or in trouble
    #[arg(long)]
    trouble: bool,
    /// 输出形式 | how to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

impl State {
    /// Prints it.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let path = state_file(&self.lake.clone().unwrap_or_else(|| self.home.path()));
        let shown = path.display();
        let state = StateFile::read(&path)
            .map_err(|error| {
                Failure::Broken(message::text!(
                    "{shown} 无法读取（{error}）",
                    "{shown} cannot be read ({error})"
                ))
            })?
            .ok_or_else(|| {
                Failure::refused(message::text!(
                    "没有 {shown}：接收程序（qingyuan hj212 listen）还没有运行过",
                    "there is no {shown}: `qingyuan hj212 listen` has not run yet"
                ))
            })?;
        let now = Timestamp::now();
        let devices: Vec<&DeviceReport> =
            state.devices.iter().filter(|device| !self.trouble || in_trouble(device)).collect();
        match self.format {
            Format::Json => {
                let mut chosen = state.clone();
                chosen.devices = devices.into_iter().cloned().collect();
                println!("{}", serde_json::to_string_pretty(&chosen).map_err(Failure::broken)?);
            }
            Format::Csv => print_csv(&devices)?,
            Format::Table => {
                tell_listener(&state, now, language);
                println!("{}", as_table(&devices, language));
            }
        }
        Ok(())
    }
}

fn in_trouble(device: &DeviceReport) -> bool {
    device.last_seen.is_none()
        || device.offline_since.is_some()
        || device.late_frames > 0
        || !device.refused.is_empty()
        || !device.apart.is_empty()
        || device.flags.values().any(|flag| !matches!(flag.flag.as_str(), "" | "N"))
}

/// What concerns no single device.
fn tell_listener(state: &StateFile, now: Timestamp, language: Language) {
    let listener = &state.listener;
    let age = now.duration_since(state.written).as_secs();
    if age > 60 {
        let written = local(state.written);
        say(
            &message::text!(
                "接收程序没有在运行：以下是 {written} 的状态",
                "the listener does not run: this is the state of {written}"
            ),
            language,
        );
    }
    if let (Some(since), Some(why)) = (listener.cannot_store_since, &listener.cannot_store_because) {
        let since = local(since);
        say(
            &message::text!(
                "自 {since} 起不能存储，不作应答：{why}",
                "nothing can be stored or acknowledged since {since}: {why}"
            ),
            language,
        );
    }
    let (connections, rows) = (listener.connections, listener.rows);
    say(
        &message::text!(
            "{connections} 个连接，已存储 {rows} 个数值",
            "{connections} connections, {rows} values stored"
        ),
        language,
    );
    if !listener.refused.is_empty() {
        let refused = counts(&listener.refused);
        say(&message::text!("拒收：{refused}", "refused: {refused}"), language);
    }
    if !listener.closed.is_empty() {
        let closed = counts(&listener.closed);
        say(&message::text!("断开：{closed}", "closed: {closed}"), language);
    }
    for (mn, unknown) in &listener.unknown {
        let (frames, seen, mn) = (unknown.frames, local(unknown.last_seen), mn.escape_debug());
        say(
            &message::text!(
                "未登记的设备 `{mn}`：{frames} 帧，最近 {seen}",
                "unknown device `{mn}`: {frames} frames, the last at {seen}"
            ),
            language,
        );
    }
}

fn as_table(devices: &[&DeviceReport], language: Language) -> String {
    let headings = [
        Text::new("点位", "station"),
        Text::new("设备", "device"),
        Text::new("状态", "state"),
        Text::new("最近报文", "last frame"),
        Text::new("最近小时", "last hour"),
        Text::new("延迟（秒）", "delay (s)"),
        Text::new("时钟差（秒）", "clock (s)"),
        Text::new("帧数", "frames"),
        Text::new("重复", "repeated"),
        Text::new("迟报", "late"),
        Text::new("缺时", "missing hours"),
        Text::new("拒收", "refused"),
        Text::new("另存", "kept apart"),
        Text::new("标记", "flags"),
    ];
    let rows = devices.iter().map(|device| cells(device, language)).collect();
    table(&headings, &[5, 6, 7, 8, 9, 10], rows, language)
}

fn cells(device: &DeviceReport, language: Language) -> Vec<String> {
    let number = |number: Option<i64>| number.map_or_else(String::new, |number| number.to_string());
    vec![
        device.station.clone(),
        device.mn.clone(),
        word(device).in_language(language).into_owned(),
        device.last_seen.map(local).unwrap_or_default(),
        device.last_data.get("hour").copied().map(local).unwrap_or_default(),
        number(device.delay_seconds),
        number(device.clock_ahead_seconds),
        device.frames.to_string(),
        device.repeated.to_string(),
        device.late_frames.to_string(),
        device.missing_hours.to_string(),
        counts(&device.refused),
        counts(&device.apart),
        flags(device),
    ]
}

fn word(device: &DeviceReport) -> Text {
    match (device.last_seen, device.offline_since) {
        (None, _) => Text::new("从未报到", "never heard of"),
        (_, Some(since)) => {
            let since = local(since);
            message::text!("离线（自 {since}）", "offline since {since}")
        }
        _ => Text::new("在线", "online"),
    }
}

/// The items whose flag is not normal.
fn flags(device: &DeviceReport) -> String {
    let odd = device.flags.iter().filter(|(_, flag)| !matches!(flag.flag.as_str(), "" | "N"));
    odd.map(|(item, flag)| format!("{item} {}", flag.flag)).collect::<Vec<_>>().join(", ")
}

fn counts(counts: &BTreeMap<String, u64>) -> String {
    counts.iter().map(|(reason, count)| format!("{reason} {count}")).collect::<Vec<_>>().join(", ")
}

fn local(instant: Timestamp) -> String {
    instant.to_zoned(listener::time::zone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn print_csv(devices: &[&DeviceReport]) -> Result<(), Failure> {
    let mut out = csv::Writer::from_writer(std::io::stdout().lock());
    out.write_record([
        "station",
        "mn",
        "kind",
        "connections",
        "last_seen",
        "offline_since",
        "last_hour",
        "delay_seconds",
        "clock_ahead_seconds",
        "frames",
        "repeated",
        "rows",
        "late_frames",
        "missing_hours",
        "refused",
        "kept_apart",
        "flags",
    ])
    .map_err(Failure::broken)?;
    let time = |time: Option<Timestamp>| time.map_or_else(String::new, |time| time.to_string());
    let number = |number: Option<i64>| number.map_or_else(String::new, |number| number.to_string());
    for device in devices {
        out.write_record([
            device.station.clone(),
            device.mn.clone(),
            device.kind.clone(),
            device.connections.to_string(),
            time(device.last_seen),
            time(device.offline_since),
            time(device.last_data.get("hour").copied()),
            number(device.delay_seconds),
            number(device.clock_ahead_seconds),
            device.frames.to_string(),
            device.repeated.to_string(),
            device.rows.to_string(),
            device.late_frames.to_string(),
            device.missing_hours.to_string(),
            counts(&device.refused),
            counts(&device.apart),
            flags(device),
        ])
        .map_err(Failure::broken)?;
    }
    out.flush()?;
    Ok(())
}
