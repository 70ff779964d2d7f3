//! The commands, one file each.

mod account;
mod air;
mod backup;
mod check;
mod demo;
mod diff;
mod evidence;
mod figures;
mod found;
mod hj212;
mod import;
mod lake;
mod next;
mod noise;
mod pack;
mod person;
mod prove;
mod quantities;
mod record;
mod report;
mod serve;
mod stations;
mod template;
mod trace;
mod unit;
mod verify;
mod water;

use clap::Subcommand;
use message::Language;

use crate::failure::Failure;

/// What can be asked of the program.
#[derive(Subcommand)]
pub enum Command {
    /// 建立城市：空账本和城市包 | found a city: an empty book and a pack
    Found(found::Found),
    /// 建立演示城市江城（数据由种子生成） | found the demo city Jiangcheng (records generated from a seed)
    Demo(demo::Demo),
    /// 检查、安装城市包，输出编辑器用的 JSON Schema | check or install a pack, print its JSON Schemas
    #[command(subcommand)]
    Pack(pack::Pack),
    /// 导入台账：XLSX、CSV 或 GeoJSON，全部成功或全部不入 | import records: XLSX, CSV or GeoJSON, all or nothing
    Import(import::Import),
    /// 输出一个台账的 Excel 填报模板 | write the Excel template of a register
    Template(template::Template),
    /// 查看、核实、退回、变更或撤回一条记录 | show, verify, return, advance or withdraw a record
    #[command(subcommand)]
    Record(record::Record),
    /// 机构调整：划转、合并、拆分 | re-organise units: move, merge, split
    #[command(subcommand)]
    Unit(unit::Unit),
    /// 计算指标 | compute figures
    Figures(figures::Figures),
    /// 追溯一个数值：逐行逐条列出依据并复算 | follow a figure to its rows and entries, and recompute it
    Trace(trace::Trace),
    /// 比较一个数值当时与现在，指出造成差异的入账 | how a figure would read now, and which entries made the difference
    Diff(diff::Diff),
    /// 按模板生成汇报材料 | write a report from its template
    Report(report::Report),
    /// 读出 DOCX 中每个数值的编号和现有文字 | list the figures tagged in a DOCX, with the text they show now
    Tags(report::Tags),
    /// 核验任意汇报材料：逐个数与账本比对，查文内矛盾 | check any report: each figure against the book, the text against itself
    Check(check::Check),
    /// 启动网页应用 | serve the web application
    Serve(serve::Serve),
    /// 找出文本中的每个数量 | find every quantity of a text
    Quantities(quantities::Quantities),
    /// 空气质量：实时、日、年评价，日历图 | air quality: real-time, daily and annual evaluation, calendars
    Air(air::Air),
    /// 地表水：断面水质类别 | surface water: classes of sections
    Water(water::Water),
    /// 声环境：昼夜等效声级、功能区达标 | noise: day and night levels, attainment of functional areas
    Noise(noise::Noise),
    /// HJ 212 报文：解析、接收、回放 | HJ 212 frames: decode, listen, replay
    Hj212(hj212::Hj212),
    /// 监测点位：登记、列出 | monitoring stations: register, list
    #[command(subcommand)]
    Stations(stations::Stations),
    /// 监测数据库：导入、整理、导出、版本历史 | the lake of measurements: import, compact, export, history
    Lake(lake::Lake),
    /// 重新推导整本账，指出第一条被改动的入账 | re-derive the whole book and name the first entry that was tampered with
    Verify(verify::Verify),
    /// 导出一条记录的存在证明，可离线验证 | export the proof of a record, to be checked offline
    Prove(prove::Prove),
    /// 离线验证存在证明，不需要账本 | check a proof offline, without the book
    CheckProof(prove::CheckProof),
    /// 存入佐证文件并给出其内容散列 | store an evidence file and print its content hash
    Evidence(evidence::Evidence),
    /// 个人信息：查看、删除 | personal data: show, erase
    #[command(subcommand)]
    Person(person::Person),
    /// 备份城市，使用中亦可 | back a city up, also while it is in use
    Backup(backup::Backup),
    /// 从备份恢复到新目录 | restore a backup into a new directory
    Restore(backup::Restore),
    /// 账号：首个账号、邀请、停用、找回 | accounts: the first one, invitations, closing, the way back in
    #[command(subcommand)]
    Account(account::Account),
    /// 提示下一步可以做什么 | say what to try next
    #[command(hide = true)]
    Next(next::Next),
}

impl Command {
    /// Does it.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        match self {
            Self::Found(command) => command.run(language),
            Self::Demo(command) => command.run(language),
            Self::Pack(command) => command.run(language),
            Self::Import(command) => command.run(language),
            Self::Template(command) => command.run(language),
            Self::Record(command) => command.run(language),
            Self::Unit(command) => command.run(language),
            Self::Figures(command) => command.run(language),
            Self::Trace(command) => command.run(language),
            Self::Diff(command) => command.run(language),
            Self::Report(command) => command.run(language),
            Self::Tags(command) => command.run(language),
            Self::Check(command) => command.run(language),
            Self::Serve(command) => command.run(language),
            Self::Quantities(command) => command.run(language),
            Self::Air(command) => command.run(language),
            Self::Water(command) => command.run(language),
            Self::Noise(command) => command.run(language),
            Self::Hj212(command) => command.run(language),
            Self::Stations(command) => command.run(language),
            Self::Lake(command) => command.run(language),
            Self::Verify(command) => command.run(language),
            Self::Prove(command) => command.run(language),
            Self::CheckProof(command) => command.run(language),
            Self::Evidence(command) => command.run(language),
            Self::Person(command) => command.run(language),
            Self::Backup(command) => command.run(language),
            Self::Restore(command) => command.run(language),
            Self::Account(command) => command.run(language),
            Self::Next(command) => command.run(language),
        }
    }
}
