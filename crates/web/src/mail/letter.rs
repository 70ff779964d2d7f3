//! What a letter says: counts by register and where to see to them, as plain text and as simple HTML of the same words.

use jiff::civil::Date;
use maud::{DOCTYPE, Markup, html};
use message::{Language, Text};

use crate::ui::{Speak, date_in_words, grouped};

/// A letter in one language.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) subject: String,
    pub(crate) plain: String,
    pub(crate) html: String,
}

/// How much there is to do in a register.
pub(super) struct Line {
    /// What the register is called.
    pub(super) label: Text,
    /// How many records.
    pub(super) records: usize,
    /// After how many days it is late; nothing where that does not matter.
    pub(super) within: Option<u16>,
    /// The address of the list, without the server's.
    pub(super) list: String,
}

/// What somebody is reminded of.
pub(super) struct Reminder {
    /// The city's name.
    pub(super) city: Text,
    /// What is said of made-up data.
    pub(super) notice: Option<Text>,
    /// Today.
    pub(super) day: Date,
    /// What waits to be verified for too long.
    pub(super) late: Vec<Line>,
    /// What was sent back.
    pub(super) back: Vec<Line>,
    /// Where people reach the server; without it there are no links.
    pub(super) server: Option<String>,
}

impl Reminder {
    /// The letter in a language.
    pub(super) fn in_language(&self, l: Language) -> Letter {
        let sum = |lines: &[Line]| lines.iter().map(|line| line.records).sum::<usize>();
        let parts = [
            (sum(&self.late), l.t("条核验超期", "late to verify")),
            (sum(&self.back), l.t("条被退回", "sent back")),
        ];
        let parts = parts.iter().filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts.map(|(count, words)| format!("{} {words}", grouped(count))).collect();
        let (city, name) = (l.say(&self.city), l.t("清源", "Qingyuan"));
        let subject =
            format!("{city}{}{name}{}{}", l.t("", " "), l.t("：", ": "), parts.join(l.t("，", ", ")));
        let day = date_in_words(l, self.day);
        let sections = [
            (l.t("等待您核验，已超过期限", "Waiting for you to verify, and late"), &self.late),
            (l.t("您录入的内容被退回，等待更改", "Entered by you and sent back to be amended"), &self.back),
        ];
        let mut letter = Body::new(l, self.server.as_deref());
        letter.paragraph(
            &l.say(&message::text!("截至{day}，下列事项等待您办理：", "As of {day}, this waits for you:")),
        );
        for (title, lines) in sections.iter().filter(|(_, lines)| !lines.is_empty()) {
            letter.list(title, lines);
        }
        if let Some(notice) = &self.notice {
            letter.paragraph(&l.say(notice));
        }
        letter.paragraph(l.t(
            "此邮件由系统每天至多发送一次，只列数目。不再需要时，可在“我的账户”中移除邮件地址。",
            "This mail comes at most once a day and has counts only. To end it, remove your address under “My account”.",
        ));
        letter.link("/me");
        letter.done(subject)
    }
}

/// The letter by which somebody tries an address.
pub(super) fn trial(l: Language, city: &Text, server: Option<&str>) -> Letter {
    let city = l.say(city);
    let mut letter = Body::new(l, server);
    letter.paragraph(l.t(
        "这是一封测试邮件。收到它，说明提醒可以送达此地址。",
        "This is a letter to try your address. Since you read it, reminders will reach you here.",
    ));
    letter.link("/me");
    letter.done(format!(
        "{city}{}{}",
        l.t("", " "),
        l.t("清源：测试邮件", "Qingyuan: a letter to try your address")
    ))
}

/// The same words in both forms, as they are put together.
struct Body<'s> {
    l: Language,
    server: Option<&'s str>,
    plain: String,
    html: Vec<Markup>,
}

impl<'s> Body<'s> {
    fn new(l: Language, server: Option<&'s str>) -> Self {
        Self { l, server, plain: String::new(), html: Vec::new() }
    }

    fn paragraph(&mut self, words: &str) {
        self.plain.push_str(&format!("{words}\n\n"));
        self.html.push(html! { p { (words) } });
    }

    fn list(&mut self, title: &str, lines: &[Line]) {
        let l = self.l;
        self.plain.push_str(&format!("{title}\n"));
        let mut items = Vec::new();
        for line in lines {
            let (label, records) = (l.say(&line.label), grouped(line.records));
            let within = line.within.map(|days| {
                l.say(&message::text!("（期限{days}天）", " (to be verified within {days} days)"))
                    .into_owned()
            });
            let count = format!("{records}{}{}", l.t(" 条", ""), within.unwrap_or_default());
            let address = self.server.map(|server| format!("{server}{}", line.list));
            self.plain.push_str(&format!("- {label}{}{count}\n", l.t("：", ": ")));
            if let Some(address) = &address {
                self.plain.push_str(&format!("  {address}\n"));
            }
            items.push(html! {
                li {
                    @if let Some(address) = &address { a href=(address) { (label) } } @else { (label) }
                    (l.t("：", ": ")) (count)
                }
            });
        }
        self.plain.push('\n');
        self.html.push(html! { h2 { (title) } ul { @for item in &items { (item) } } });
    }

    fn link(&mut self, path: &str) {
        if let Some(server) = self.server {
            let address = format!("{server}{path}");
            self.plain.push_str(&format!("{address}\n"));
            self.html.push(html! { p { a href=(address) { (address) } } });
        }
    }

    fn done(self, subject: String) -> Letter {
        let page = html! {
            (DOCTYPE)
            html lang=(self.l.tag()) {
                head { meta charset="utf-8"; title { (subject) } }
                body { @for part in &self.html { (part) } }
            }
        };
        Letter { subject, plain: format!("{}\n", self.plain.trim_end()), html: page.into_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reminder(server: Option<&str>) -> Reminder {
        let line = |zh: &str, en: &str, records, within, list: &str| Line {
            label: Text::new(zh, en),
            records,
            within,
            list: list.to_owned(),
        };
        Reminder {
            city: Text::new("江城", "Jiangcheng"),
            notice: None,
            day: jiff::civil::date(2026, 11, 24),
            late: vec![
                line("码头", "Docks", 1_204, Some(5), "/inbox?register=docks"),
                line("执法案件", "Enforcement cases", 1, Some(3), "/inbox?register=enforcement_cases"),
            ],
            back: vec![line("污水处理厂", "Plants <A & B>", 2, None, "/inbox/returned?register=plants")],
            server: server.map(str::to_owned),
        }
    }

    #[test]
    fn a_reminder_is_in_the_readers_language() {
        let told = |l| {
            let letter = reminder(Some("https://qingyuan.example.gov.cn")).in_language(l);
            format!("{}\n\n{}", letter.subject, letter.plain)
        };
        insta::assert_snapshot!(told(Language::Simplified), @"
        江城清源：1,205 条核验超期，2 条被退回

        截至2026年11月24日，下列事项等待您办理：

        等待您核验，已超过期限
        - 码头：1,204 条（期限5天）
          https://qingyuan.example.gov.cn/inbox?register=docks
        - 执法案件：1 条（期限3天）
          https://qingyuan.example.gov.cn/inbox?register=enforcement_cases

        您录入的内容被退回，等待更改
        - 污水处理厂：2 条
          https://qingyuan.example.gov.cn/inbox/returned?register=plants

        此邮件由系统每天至多发送一次，只列数目。不再需要时，可在“我的账户”中移除邮件地址。

        https://qingyuan.example.gov.cn/me
        ");
        insta::assert_snapshot!(told(Language::Traditional), @"
        江城清源：1,205 條核驗超期，2 條被退回

        截至2026年11月24日，下列事項等待您辦理：

        等待您核驗，已超過期限
        - 碼頭：1,204 條（期限5天）
          https://qingyuan.example.gov.cn/inbox?register=docks
        - 執法案件：1 條（期限3天）
          https://qingyuan.example.gov.cn/inbox?register=enforcement_cases

        您錄入的內容被退回，等待更改
        - 污水處理廠：2 條
          https://qingyuan.example.gov.cn/inbox/returned?register=plants

        此郵件由系統每天至多發送一次，只列數目。不再需要時，可在“我的賬戶”中移除郵件地址。

        https://qingyuan.example.gov.cn/me
        ");
        insta::assert_snapshot!(told(Language::English), @"
        Jiangcheng Qingyuan: 1,205 late to verify, 2 sent back

        As of 24 November 2026, this waits for you:

        Waiting for you to verify, and late
        - Docks: 1,204 (to be verified within 5 days)
          https://qingyuan.example.gov.cn/inbox?register=docks
        - Enforcement cases: 1 (to be verified within 3 days)
          https://qingyuan.example.gov.cn/inbox?register=enforcement_cases

        Entered by you and sent back to be amended
        - Plants <A & B>: 2
          https://qingyuan.example.gov.cn/inbox/returned?register=plants

        This mail comes at most once a day and has counts only. To end it, remove your address under “My account”.

        https://qingyuan.example.gov.cn/me
        ");
    }

    #[test]
    fn without_an_address_of_ours_there_are_no_links() {
        let letter = reminder(None).in_language(Language::English);
        assert!(!letter.plain.contains("http") && !letter.html.contains("href"), "{}", letter.html);
        assert!(letter.plain.contains("- Docks: 1,204 (to be verified within 5 days)"), "{}", letter.plain);
    }

    #[test]
    fn the_html_says_the_same_and_nothing_is_fetched() {
        let letter = reminder(Some("https://qingyuan.example.gov.cn")).in_language(Language::English);
        // Broken into lines, as nobody reads it in one.
        let html = ["<p>", "<h2>", "<li>", "</body>"]
            .iter()
            .fold(letter.html, |html, tag| html.replace(tag, &format!("\n{tag}")));
        insta::assert_snapshot!(html, @r#"
        <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Jiangcheng Qingyuan: 1,205 late to verify, 2 sent back</title></head><body>
        <p>As of 24 November 2026, this waits for you:</p>
        <h2>Waiting for you to verify, and late</h2><ul>
        <li><a href="https://qingyuan.example.gov.cn/inbox?register=docks">Docks</a>: 1,204 (to be verified within 5 days)</li>
        <li><a href="https://qingyuan.example.gov.cn/inbox?register=enforcement_cases">Enforcement cases</a>: 1 (to be verified within 3 days)</li></ul>
        <h2>Entered by you and sent back to be amended</h2><ul>
        <li><a href="https://qingyuan.example.gov.cn/inbox/returned?register=plants">Plants &lt;A &amp; B&gt;</a>: 2</li></ul>
        <p>This mail comes at most once a day and has counts only. To end it, remove your address under “My account”.</p>
        <p><a href="https://qingyuan.example.gov.cn/me">https://qingyuan.example.gov.cn/me</a></p>
        </body></html>
        "#);
    }
}
