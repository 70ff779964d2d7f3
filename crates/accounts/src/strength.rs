//! Which passwords are too easy to guess.
//!
//! Length is what counts (NIST SP 800-63B: no rules about kinds of characters, no change by date); what is refused
//! beside short ones is what guessing begins with: the commonest passwords and what is made of them, one's own name,
//! rows of keys, repetitions.

use message::Text;

/// The least length in characters.
pub(crate) const LEAST: usize = 12;
/// Enough for any sentence, and no work for an attacker to give us.
const MOST_BYTES: usize = 1024;

/// The commonest passwords, and the words that the commonest long ones are made of; digits and signs around them and
/// between them do not make them better.
const COMMON: &[&str] = &[
    "abc",
    "abcd",
    "abcde",
    "access",
    "account",
    "admin",
    "administrator",
    "aini",
    "asdf",
    "asdfgh",
    "asdfghjkl",
    "baseball",
    "changeme",
    "changjiang",
    "chongqing",
    "computer",
    "default",
    "dragon",
    "football",
    "guest",
    "guanliyuan",
    "hello",
    "iloveyou",
    "jiangcheng",
    "letmein",
    "login",
    "love",
    "master",
    "mima",
    "monkey",
    "mypassword",
    "nihao",
    "pass",
    "passw",
    "passwd",
    "password",
    "princess",
    "qazwsx",
    "qazwsxedc",
    "qingyuan",
    "qwe",
    "qwer",
    "qwert",
    "qwerty",
    "qwertyuiop",
    "root",
    "secret",
    "shadow",
    "sunshine",
    "superman",
    "system",
    "taobao",
    "temp",
    "test",
    "trustno",
    "user",
    "welcome",
    "woaini",
    "wodemima",
    "woshishui",
    "wuhan",
    "zaq",
    "zaqwsx",
    "zhongguo",
    "zxc",
    "zxcv",
    "zxcvbn",
    "zxcvbnm",
    "清源",
    "江城",
    "密码",
    "管理员",
];

/// Rows that fingers follow.
const ROWS: &[&str] = &[
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1q2w3e4r5t6y7u8i9o0p",
    "qazwsxedcrfvtgbyhnujm",
    "!@#$%^&*()",
];

/// Why a password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// Fewer than twelve characters.
    Short,
    /// Longer than is looked at.
    Long,
    /// One of the commonest, or made of their words.
    Common,
    /// The name of the account with little else.
    Name,
    /// A few characters over and over, or a row of keys.
    Pattern,
}

impl Weakness {
    /// What is said to the person.
    pub fn text(self) -> Text {
        match self {
            Self::Short => {
                message::text!("密码至少{LEAST}个字符", "a password has at least {LEAST} characters")
            }
            Self::Long => {
                message::text!("密码最长{MOST_BYTES}字节", "a password has at most {MOST_BYTES} bytes")
            }
            Self::Common => Text::new(
                "这个密码太常见，请换一个，例如几个互不相关的词",
                "this password is too common; take another, such as some words that do not belong together",
            ),
            Self::Name => {
                Text::new("密码不要由用户名构成", "a password must not be made of the account's name")
            }
            Self::Pattern => Text::new(
                "密码不要用重复字符或键盘顺序",
                "a password must not be a repetition or a row of keys",
            ),
        }
    }
}

/// Is the password good enough for an account of these names?
pub(crate) fn check(password: &str, names: &[&str]) -> Result<(), Weakness> {
    if password.chars().count() < LEAST {
        return Err(Weakness::Short);
    }
    if password.len() > MOST_BYTES {
        return Err(Weakness::Long);
    }
    let lower = plain(password);
    if patterned(&lower) {
        return Err(Weakness::Pattern);
    }
    if left_over(&lower, COMMON.iter().copied()) < 4 {
        return Err(Weakness::Common);
    }
    let names: Vec<String> = names.iter().map(|name| plain(name)).collect();
    let parts = names.iter().flat_map(|name| {
        name.split(['.', '_', '-', ' ']).chain([name.as_str()]).filter(|part| part.chars().count() >= 2)
    });
    if left_over(&lower, parts) < 6 {
        return Err(Weakness::Name);
    }
    Ok(())
}

/// Lower case, with the signs that stand for letters read as letters.
fn plain(text: &str) -> String {
    text.to_lowercase()
        .chars()
        .map(|character| match character {
            '@' => 'a',
            '$' => 's',
            '0' => 'o',
            other => other,
        })
        .collect()
}

/// How many different characters are left when the words are taken out, and digits and signs with them.
fn left_over<'a>(text: &str, words: impl Iterator<Item = &'a str>) -> usize {
    let mut words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    // The longest first, so that no word is cut by a shorter one inside it.
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let mut rest = text.to_owned();
    let mut found = false;
    for word in words {
        if rest.contains(word) {
            found = true;
            rest = rest.replace(word, "\u{0}");
        }
    }
    if !found {
        return usize::MAX;
    }
    let mut left: Vec<char> = rest.chars().filter(|character| character.is_alphabetic()).collect();
    left.sort_unstable();
    left.dedup();
    left.len()
}

/// Few different characters, something repeated, or rows of keys from end to end.
fn patterned(text: &str) -> bool {
    let characters: Vec<char> =
        text.chars().map(|character| if character == 'o' { '0' } else { character }).collect();
    let mut different = characters.clone();
    different.sort_unstable();
    different.dedup();
    let period = (1..=characters.len() / 2)
        .find(|&period| characters.iter().zip(characters.iter().skip(period)).all(|(a, b)| a == b));
    if different.len() < 5 || period.is_some_and(|period| period <= 6) {
        return true;
    }
    let follows = |a: char, b: char| {
        ROWS.iter().any(|row| {
            let row: Vec<char> = row.chars().collect();
            row.windows(2).any(|pair| pair == [a, b] || pair == [b, a])
        }) || a == b
    };
    let steps = characters.windows(2).filter(|pair| follows(pair[0], pair[1])).count();
    // Two breaks (`qwertyuiopasdf`, `123456qwerty`) do not make a row another thing.
    steps + 3 >= characters.len()
}

#[cfg(test)]
mod tests {
    use super::Weakness::{Common, Long, Name, Pattern, Short};
    use super::{Weakness, check};

    #[test]
    fn what_guessing_begins_with_is_refused() {
        fn expect(password: &str, expected: Option<Weakness>) {
            assert_eq!(check(password, &["wang.hua", "水利局王华"]).err(), expected, "{password}");
        }
        expect("短密码", Some(Short));
        expect("elevenchars", Some(Short));
        expect("password1234", Some(Common));
        expect("P@ssw0rd!2026", Some(Common));
        expect("Admin@123456", Some(Common));
        expect("woaini1314520", Some(Common));
        expect("qingyuan-2026!", Some(Common));
        expect("123456789012", Some(Pattern));
        expect("aaaaaaaaaaaaaaa", Some(Pattern));
        expect("abcabcabcabc", Some(Pattern));
        expect("qwertyuiop[]12", Some(Common));
        expect("1qaz2wsx3edc4rfv", Some(Pattern));
        expect("wang.hua.1990", Some(Name));
        expect("Wanghua20261123", Some(Name));
        expect(&"江水东流去不回头，".repeat(200), Some(Long));

        expect("长江 白鹭 竹筏 月亮 1954", None);
        expect("correct horse battery staple", None);
        expect("vP3#kd9Qz!mW", None);
        expect("夏天的码头没有风也没有船", None);
    }
}
