//! What a centre asks of a device.

use crate::encode::{EncodeError, Head, encode};
use crate::flag::Version;
use crate::moment::Moment;

/// The device that is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Device<'a> {
    /// The edition it speaks.
    pub version: Version,
    /// Its kind of system, e.g. `22`.
    pub st: &'a str,
    /// Its password.
    pub pw: &'a str,
    /// Its identity.
    pub mn: &'a str,
}

/// A request or notice from the centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// 1000: how long to wait for an answer, in seconds, and how often to try again.
    SetTimeouts {
        /// Seconds, up to five digits.
        over_time: u16,
        /// Tries, up to two digits.
        tries: u8,
    },
    /// 1011: what time is it there?
    AskTime,
    /// 1012: set the clock.
    SetTime(Moment),
    /// 1062: seconds between real-time data, 30 to 3600.
    SetRealTimeInterval(u16),
    /// 1064: minutes of "minute data": 1, 2, 3, 4, 5, 6, 10, 12, 15, 20 or 30.
    SetMinuteInterval(u8),
    /// 1072: a new password.
    SetPassword(String),
    /// 2011: send real-time data.
    RealTime,
    /// 2012: stop sending real-time data.
    StopRealTime,
    /// 2021: send the states of the facilities.
    States,
    /// 2022: stop sending them.
    StopStates,
    /// 2031: the days from … to.
    Days(Moment, Moment),
    /// 2051: the minute data from … to.
    Minutes(Moment, Moment),
    /// 2061: the hours from … to.
    Hours(Moment, Moment),
}

impl Request {
    /// The command, four digits.
    pub fn command(&self) -> &'static str {
        match self {
            Self::SetTimeouts { .. } => "1000",
            Self::AskTime => "1011",
            Self::SetTime(_) => "1012",
            Self::SetRealTimeInterval(_) => "1062",
            Self::SetMinuteInterval(_) => "1064",
            Self::SetPassword(_) => "1072",
            Self::RealTime => "2011",
            Self::StopRealTime => "2012",
            Self::States => "2021",
            Self::StopStates => "2022",
            Self::Days(..) => "2031",
            Self::Minutes(..) => "2051",
            Self::Hours(..) => "2061",
        }
    }

    /// The frame that asks it, an answer wanted.
    pub fn encode(&self, device: &Device<'_>, qn: Moment) -> Result<Vec<u8>, EncodeError> {
        let head = Head {
            version: device.version,
            qn: Some(qn),
            st: device.st,
            cn: self.command(),
            pw: Some(device.pw),
            mn: Some(device.mn),
            answer: true,
            part: None,
        };
        encode(&head, &self.data()?)
    }

    fn data(&self) -> Result<String, EncodeError> {
        let wrong = |field, value: String| Err(EncodeError::Field { field, value });
        Ok(match self {
            Self::SetTimeouts { tries, .. } if *tries > 99 => return wrong("ReCount", tries.to_string()),
            Self::SetTimeouts { over_time, tries } => format!("OverTime={over_time};ReCount={tries}"),
            Self::SetTime(time) => format!("SystemTime={}", seconds(time)),
            Self::SetRealTimeInterval(interval) if !(30..=3600).contains(interval) => {
                return wrong("RtdInterval", interval.to_string());
            }
            Self::SetRealTimeInterval(interval) => format!("RtdInterval={interval}"),
            Self::SetMinuteInterval(interval) if *interval == 60 || *interval == 0 || 60 % interval != 0 => {
                return wrong("MinInterval", interval.to_string());
            }
            Self::SetMinuteInterval(interval) => format!("MinInterval={interval}"),
            Self::SetPassword(new)
                if new.len() != 6 || !new.bytes().all(|byte| byte.is_ascii_alphanumeric()) =>
            {
                return wrong("NewPW", new.clone());
            }
            Self::SetPassword(new) => format!("NewPW={new}"),
            Self::Days(begin, end) | Self::Minutes(begin, end) | Self::Hours(begin, end) => {
                if begin > end {
                    return wrong("EndTime", end.to_string());
                }
                format!("BeginTime={},EndTime={}", seconds(begin), seconds(end))
            }
            Self::AskTime | Self::RealTime | Self::StopRealTime | Self::States | Self::StopStates => {
                String::new()
            }
        })
    }
}

/// Fourteen digits, whatever the moment knows.
fn seconds(moment: &Moment) -> String {
    let mut text = moment.to_string();
    text.truncate(14);
    text
}
