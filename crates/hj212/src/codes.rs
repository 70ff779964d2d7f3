//! What the codes of the protocol mean: kinds of system, commands, data flags, answers, measured items.
//!
//! Sources: HJ 212-2017 tables 5 to 9 and annex B, HJ/T 212-2005 annex B, HJ 524-2009 for a05024; what is not in a
//! standard but met in practice has [`Edition::Practice`]. Printed units are what the standard prints beside a
//! code: **what a device sends has to be its own setting** (particles are printed in ng/m³ and sent in µg/m³, too).

mod items;

pub use items::{Edition, ItemCode, item, items};

/// A code with its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// The code as it is sent.
    pub code: &'static str,
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

/// The meaning of an `ST`: the kind of system.
pub fn system(code: &str) -> Option<&'static Code> {
    SYSTEMS.iter().find(|one| one.code == code)
}

/// The meaning of a `CN`: the command. What HJ/T 212-2005 alone knows, or HJ 212-2025 adds, says so.
pub fn command(code: &str) -> Option<&'static Code> {
    COMMANDS.iter().find(|one| one.code == code)
}

/// The meaning of a data flag of HJ 212-2017; those that only HJ/T 212-2005 knows are `P` and, of air stations, `0`–`3`.
pub fn data_flag(code: &str) -> Option<&'static Code> {
    DATA_FLAGS.iter().find(|one| one.code == code)
}

/// The meaning of a `QnRtn`: what becomes of a request.
pub fn request_return(code: &str) -> Option<&'static Code> {
    REQUEST_RETURNS.iter().find(|one| one.code == code)
}

/// The meaning of an `ExeRtn`: how a request ended.
pub fn execution_return(code: &str) -> Option<&'static Code> {
    EXECUTION_RETURNS.iter().find(|one| one.code == code)
}

const fn code(code: &'static str, zh: &'static str, en: &'static str) -> Code {
    Code { code, zh, en }
}

/// HJ 212-2017 table 5; 44 and 45 are added by HJ 212-2025.
pub static SYSTEMS: &[Code] = &[
    code("21", "地表水质量监测", "surface water"),
    code("22", "空气质量监测", "ambient air"),
    code("23", "声环境质量监测", "noise"),
    code("24", "地下水质量监测", "groundwater"),
    code("25", "土壤质量监测", "soil"),
    code("26", "海水质量监测", "sea water"),
    code("27", "挥发性有机物监测", "volatile organic compounds"),
    code("31", "大气环境污染源", "source of air pollution"),
    code("32", "地表水体环境污染源", "source of surface water pollution"),
    code("33", "地下水体环境污染源", "source of groundwater pollution"),
    code("34", "海洋环境污染源", "source of sea pollution"),
    code("35", "土壤环境污染源", "source of soil pollution"),
    code("36", "声环境污染源", "source of noise"),
    code("37", "振动环境污染源", "source of vibration"),
    code("38", "放射性环境污染源", "source of radioactivity"),
    code("39", "工地扬尘污染源", "dust of building sites"),
    code("41", "电磁环境污染源", "source of electromagnetic fields"),
    code("44", "用电监控（2025）", "electricity use (2025)"),
    code("45", "工况监控（2025）", "production condition (2025)"),
    code("51", "烟气排放过程监控", "process of flue gas"),
    code("52", "污水排放过程监控", "process of sewage"),
    code("91", "系统交互", "system interaction"),
];

/// HJ 212-2017 table 6, HJ/T 212-2005 and HJ 212-2025.
pub static COMMANDS: &[Code] = &[
    code("1000", "设置超时时间及重发次数", "set timeout and tries"),
    code("1001", "设置报警限值时间间隔（2005）", "alarm interval (2005); hardware number (2025)"),
    code("1002", "设置设备唯一标识（2025）", "set the device's identity (2025)"),
    code("1011", "提取或上传现场机时间", "the device's time"),
    code("1012", "设置现场机时间", "set the device's time"),
    code("1013", "现场机时间校准请求", "the device asks for time calibration"),
    code("1014", "密钥（2025）", "key (2025)"),
    code("1021", "提取污染物报警门限值（2005）", "alarm limits (2005)"),
    code("1022", "设置污染物报警门限值（2005）", "set alarm limits (2005)"),
    code("1031", "提取上位机地址（2005）", "the centre's address (2005)"),
    code("1032", "设置上位机地址（2005）", "set the centre's address (2005)"),
    code("1041", "提取数据上报时间（2005）", "reporting time (2005)"),
    code("1042", "设置数据上报时间（2005）", "set reporting time (2005)"),
    code("1061", "提取或上传实时数据间隔", "interval of real-time data"),
    code("1062", "设置实时数据间隔", "set the interval of real-time data"),
    code("1063", "提取或上传分钟数据间隔", "interval of minute data"),
    code("1064", "设置分钟数据间隔", "set the interval of minute data"),
    code("1072", "设置现场机密码", "set the device's password"),
    code("2011", "取或上传实时数据", "real-time data"),
    code("2012", "停止察看实时数据", "stop real-time data"),
    code("2013", "原始数据（2025）", "raw data (2025)"),
    code("2021", "取或上传设备运行状态", "states of facilities"),
    code("2022", "停止察看设备运行状态", "stop states of facilities"),
    code("2031", "取或上传日历史数据", "daily data"),
    code("2041", "取或上传设备运行时间日历史数据", "running hours of facilities by day"),
    code("2051", "取或上传分钟数据", "minute data"),
    code("2052", "单个噪声事件（2025）", "single noise events (2025)"),
    code("2061", "取或上传小时数据", "hourly data"),
    code("2062", "标样核查（2025）", "standard check (2025)"),
    code("2071", "取或上传报警记录（2005）", "alarm records (2005)"),
    code("2072", "上传报警事件（2005）", "alarm event (2005)"),
    code("2081", "上传数采仪开机时间", "start time of the logger"),
    code("2111", "炉温（2025）", "furnace temperature (2025)"),
    code("3011", "零点校准量程校准", "zero and span calibration"),
    code("3012", "即时采样", "sample at once"),
    code("3013", "启动清洗或反吹", "clean or blow back"),
    code("3014", "比对采样", "comparison sample"),
    code("3015", "超标留样", "keep a sample when exceeding"),
    code("3016", "设置采样时间周期", "set the sampling period"),
    code("3017", "提取采样时间周期", "the sampling period"),
    code("3018", "提取出样时间", "time of the result"),
    code("3019", "提取或上传设备唯一标识", "the device's identity"),
    code("3020", "提取或上传现场机信息", "field information"),
    code("3021", "设置现场机参数", "set field parameters"),
    code("9011", "请求应答", "request answer"),
    code("9012", "执行结果", "execution result"),
    code("9013", "通知应答", "notice answer"),
    code("9014", "数据应答", "data answer"),
    code("9015", "心跳（2025）", "heartbeat (2025)"),
];

/// HJ 212-2017 table 8; `P` and the digits are those of HJ/T 212-2005 (the digits of its air stations).
pub static DATA_FLAGS: &[Code] = &[
    code("N", "在线监控（监测）仪器仪表工作正常", "instrument normal"),
    code("F", "在线监控（监测）仪器仪表停运", "instrument stopped"),
    code("M", "处于维护期间产生的数据", "produced in maintenance"),
    code("S", "手工输入的设定值", "set by hand"),
    code("D", "在线监控（监测）仪器仪表故障", "instrument fault"),
    code("C", "处于校准状态", "calibrating"),
    code("T", "超过测量上限", "above the measuring range"),
    code("B", "与仪器仪表通讯异常", "no communication between instrument and logger"),
    code("P", "电源故障（2005）", "power loss (2005)"),
    code("0", "校准数据（2005）", "calibration (2005)"),
    code("1", "气象参数（2005）", "meteorology (2005)"),
    code("2", "异常数据（2005）", "abnormal (2005)"),
    code("3", "正常数据（2005）", "normal (2005)"),
];

/// HJ 212-2017 table 9.
pub static REQUEST_RETURNS: &[Code] = &[
    code("1", "准备执行请求", "ready"),
    code("2", "请求被拒绝", "refused"),
    code("3", "PW 错误", "wrong PW"),
    code("4", "MN 错误", "wrong MN"),
    code("5", "ST 错误", "wrong ST"),
    code("6", "Flag 错误", "wrong Flag"),
    code("7", "QN 错误", "wrong QN"),
    code("8", "CN 错误", "wrong CN"),
    code("9", "CRC 校验错误", "wrong CRC"),
    code("100", "未知错误", "unknown"),
];

/// HJ 212-2017 table 7.
pub static EXECUTION_RETURNS: &[Code] = &[
    code("1", "执行成功", "done"),
    code("2", "执行失败，原因未知", "failed, cause unknown"),
    code("3", "命令请求条件错误", "wrong conditions"),
    code("4", "通讯超时", "timeout"),
    code("5", "系统繁忙不能执行", "busy"),
    code("6", "系统故障", "fault"),
    code("100", "没有数据", "no data"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_is_listed_twice() {
        for codes in [SYSTEMS, COMMANDS, DATA_FLAGS, REQUEST_RETURNS, EXECUTION_RETURNS] {
            let mut seen: Vec<&str> = codes.iter().map(|one| one.code).collect();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), codes.len());
        }
    }

    #[test]
    fn meanings() {
        let meaning = |found: Option<&Code>| found.map_or("-", |one| one.en).to_owned();
        assert_eq!(meaning(system("22")), "ambient air");
        assert_eq!(meaning(command("2061")), "hourly data");
        assert_eq!(meaning(data_flag("T")), "above the measuring range");
        assert_eq!(meaning(request_return("9")), "wrong CRC");
        assert_eq!(meaning(execution_return("100")), "no data");
        assert_eq!(meaning(system("101")), "-");
    }
}
