//! `qingyuan hj212`: frames of the stations' protocol, decoded, received, played back.

mod decode;
mod listen;
mod replay;
mod state;

use clap::{Args, Subcommand};
use message::Language;

use crate::failure::Failure;

/// The arguments.
#[derive(Args)]
pub struct Hj212 {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// 解析报文，每帧输出一行 JSON；拒收的说明原因 | decode frames, a line of JSON each; the refused ones with the reason
    Decode(decode::Decode),
    /// 接收现场机的报文，落盘后才应答 | receive the frames of devices, acknowledging only what is stored
    Listen(listen::Listen),
    /// 充当现场机，回放报文文件 | play a file of frames back as a device
    Replay(replay::Replay),
    /// 设备状态：离线、迟报、拒收 | the state of the devices: offline, late, refused
    State(state::State),
}

impl Hj212 {
    /// Does it.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        match self.command {
            Command::Decode(command) => command.run(language),
            Command::Listen(command) => command.run(language),
            Command::Replay(command) => command.run(language),
            Command::State(command) => command.run(language),
        }
    }
}
