//! The small language between `{{` and `}}`.
//!
//! ```text
//! call     = "{{" name "(" [ argument { "," argument } [","] ] ")" "}}"
//! argument = [ name "=" ] value
//! value    = '"' text '"' | number | "true" | "false"
//! ```
//!
//! A call may run over several lines, not over an empty one. `\{{` is text. Characters that a Chinese
//! keyboard gives in their full width (“ （ ， ＝) are named as such and read as meant, so that one
//! wrong key does not hide the next fault.

use std::iter::Peekable;
use std::sync::Arc;

use message::{Diagnostic, Source, Span, Text, text};

use super::call::{Argument, Call, CallBody, Value};

/// All calls of the body, in order, including those whose insides are faulty.
pub(super) fn find_calls(source: &Arc<Source>, body: Span, faults: &mut Vec<Diagnostic>) -> Vec<Call> {
    let text = source.text.as_str();
    let mut calls = Vec::new();
    let mut at = body.start;
    while let Some(found) = text[at..].find("{{") {
        let start = at + found;
        if text[..start].ends_with('\\') {
            at = start + 2;
            continue;
        }
        let (tokens, end, closed) = Lexer { source, at: start + 2, faults }.tokens();
        if !closed {
            faults.push(
                Diagnostic::error(
                    "unclosed-call",
                    source,
                    start..start + 2,
                    Text::new("`{{` 没有对应的 `}}`", "this `{{` has no `}}`"),
                )
                .hint(Text::new(
                    "若要写出花括号本身，请写 \\{{",
                    "to write the braces themselves, write `\\{{`",
                )),
            );
        }
        let span = start..end;
        let body = if closed { Parser::new(source, span.clone(), tokens, faults).call() } else { None };
        calls.push(Call { span, body });
        at = end;
    }
    calls
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Name(String),
    Text(String),
    Number(String),
    Open,
    Close,
    Comma,
    Equals,
}

struct Lexer<'a> {
    source: &'a Arc<Source>,
    at: usize,
    faults: &'a mut Vec<Diagnostic>,
}

impl Lexer<'_> {
    /// The tokens up to `}}`, the offset after it, and whether it was there at all.
    fn tokens(mut self) -> (Vec<(Token, Span)>, usize, bool) {
        let mut tokens = Vec::new();
        loop {
            let rest = &self.source.text[self.at..];
            let start = self.at;
            let Some(first) = rest.chars().next() else { return (tokens, start, false) };
            if rest.starts_with("}}") {
                return (tokens, start + 2, true);
            }
            if rest.starts_with("{{") {
                return (tokens, start, false);
            }
            if first == '\n' && rest[1..].trim_start_matches([' ', '\t', '\r']).starts_with('\n') {
                return (tokens, start, false);
            }
            self.at += first.len_utf8();
            let first = self.meant(first, start);
            let token = match first {
                _ if first.is_whitespace() => continue,
                '(' => Token::Open,
                ')' => Token::Close,
                ',' => Token::Comma,
                '=' => Token::Equals,
                '"' => Token::Text(self.text(start)),
                '0'..='9' | '-' | '+' | '.' => {
                    self.take(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
                    Token::Number(self.source.text[start..self.at].to_owned())
                }
                _ if first.is_alphabetic() || first == '_' => {
                    self.take(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'));
                    Token::Name(self.source.text[start..self.at].to_owned())
                }
                _ => {
                    let shown = first.escape_debug();
                    self.fault(
                        "syntax",
                        start,
                        text!("这里不应有字符 `{shown}`", "the character `{shown}` has no meaning here"),
                    );
                    continue;
                }
            };
            tokens.push((token, start..self.at));
        }
    }

    /// The rest of a text whose opening quote has been read.
    fn text(&mut self, start: usize) -> String {
        let mut out = String::new();
        loop {
            let rest = &self.source.text[self.at..];
            let mut characters = rest.chars();
            let Some(character) = characters.next().filter(|character| *character != '\n') else {
                self.fault(
                    "unclosed-text",
                    start,
                    Text::new("文本没有收尾的引号", "this text has no closing quote"),
                );
                return out;
            };
            let at = self.at;
            self.at += character.len_utf8();
            match character {
                '"' => return out,
                '”' | '＂' => {
                    self.meant(character, at);
                    return out;
                }
                '\\' => match characters.next() {
                    Some(escaped @ ('"' | '\\')) => {
                        self.at += 1;
                        out.push(escaped);
                    }
                    _ => out.push('\\'),
                },
                other => out.push(other),
            }
        }
    }

    fn take(&mut self, belongs: impl Fn(char) -> bool) {
        let rest = &self.source.text[self.at..];
        self.at += rest.find(|character| !belongs(character)).unwrap_or(rest.len());
    }

    /// The half-width character that a full-width one was meant to be.
    fn meant(&mut self, character: char, start: usize) -> char {
        let meant = match character {
            '（' => '(',
            '）' => ')',
            '，' => ',',
            '＝' => '=',
            '“' | '”' | '＂' => '"',
            other => return other,
        };
        let message = text!("全角字符 `{character}`", "a full-width `{character}`");
        let hint = text!("请写半角的 `{meant}`", "write the half-width `{meant}`");
        let end = start + character.len_utf8();
        self.faults.push(Diagnostic::error("full-width", self.source, start..end, message).hint(hint));
        meant
    }

    fn fault(&mut self, rule: &'static str, start: usize, message: Text) {
        self.faults.push(Diagnostic::error(rule, self.source, start..self.at, message));
    }
}

struct Parser<'a> {
    source: &'a Arc<Source>,
    span: Span,
    tokens: Peekable<std::vec::IntoIter<(Token, Span)>>,
    faults: &'a mut Vec<Diagnostic>,
}

impl<'a> Parser<'a> {
    fn new(
        source: &'a Arc<Source>,
        span: Span,
        tokens: Vec<(Token, Span)>,
        faults: &'a mut Vec<Diagnostic>,
    ) -> Self {
        Self { source, span, tokens: tokens.into_iter().peekable(), faults }
    }

    fn call(mut self) -> Option<CallBody> {
        let (name, name_span) = match self.tokens.next() {
            Some((Token::Name(name), span)) => (name, span),
            other => {
                self.unexpected(
                    other,
                    Text::new("函数名（fig、table 或 chart）", "a function (`fig`, `table` or `chart`)"),
                );
                return None;
            }
        };
        if !self.accept(&Token::Open) {
            let found = self.tokens.next();
            self.unexpected(found, Text::new("`(`", "`(`"));
            return None;
        }
        let mut arguments = Vec::new();
        let mut sound = true;
        while !self.accept(&Token::Close) {
            match self.argument() {
                Some(argument) => arguments.push(argument),
                None => {
                    sound = false;
                    self.skip_argument();
                }
            }
            if self.accept(&Token::Comma) {
                continue;
            }
            if !self.accept(&Token::Close) {
                let found = self.tokens.next();
                self.unexpected(found, Text::new("`,` 或 `)`", "`,` or `)`"));
                return None;
            }
            break;
        }
        if let Some(extra) = self.tokens.next() {
            self.unexpected(Some(extra), Text::new("`}}`", "`}}`"));
            return None;
        }
        sound.then_some(CallBody { name, name_span, arguments })
    }

    fn argument(&mut self) -> Option<Argument> {
        let key = match self.tokens.peek() {
            Some((Token::Name(name), _)) if name != "true" && name != "false" => {
                let (Token::Name(name), span) = self.tokens.next()? else { return None };
                if !self.accept(&Token::Equals) {
                    let message =
                        text!("`{name}` 既不是值，也没有赋值", "`{name}` is neither a value nor given one");
                    let hint = text!("文本须加引号：\"{name}\"", "a text needs quotes: \"{name}\"");
                    self.faults.push(Diagnostic::error("syntax", self.source, span, message).hint(hint));
                    return None;
                }
                Some((name, span))
            }
            _ => None,
        };
        let (value, span) = match self.tokens.peek().cloned() {
            Some((Token::Text(text), span)) => (Value::Text(text), span),
            Some((Token::Number(number), span)) => (Value::Number(number), span),
            Some((Token::Name(name), span)) if name == "true" || name == "false" => {
                (Value::Flag(name == "true"), span)
            }
            other => {
                self.unexpected(other, Text::new("一个值", "a value"));
                return None;
            }
        };
        self.tokens.next();
        Some(Argument { key, value, span })
    }

    /// Goes on after a faulty argument, so that the faults of the next ones are found as well.
    fn skip_argument(&mut self) {
        while self.tokens.next_if(|(token, _)| !matches!(token, Token::Comma | Token::Close)).is_some() {}
    }

    fn accept(&mut self, wanted: &Token) -> bool {
        self.tokens.next_if(|(token, _)| token == wanted).is_some()
    }

    fn unexpected(&mut self, found: Option<(Token, Span)>, wanted: Text) {
        let place = found.map_or(self.span.end.saturating_sub(2)..self.span.end, |(_, span)| span);
        let (chinese, english) = (wanted.simplified, wanted.english);
        let message = text!("这里应为{chinese}", "expected {english}");
        self.faults.push(Diagnostic::error("syntax", self.source, place, message));
    }
}
