//! `parks.area / residents * 10000`: text → [`Formula`].

use message::{Span, Text};
use rust_decimal::Decimal;

use crate::model::{Formula, Operator};
use crate::words::INDICATOR;

/// A formula with the places where it names indicators.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Parsed {
    /// None if the text is no formula.
    pub(crate) formula: Option<Formula>,
    /// The indicators, in the order of the text.
    pub(crate) names: Vec<(String, Span)>,
    /// Places where a constant zero divides.
    pub(crate) zero_divisors: Vec<Span>,
}

/// What is wrong with a formula, and where in its text.
#[derive(Debug, PartialEq)]
pub(crate) struct FormulaFault {
    pub(crate) span: Span,
    pub(crate) message: Text,
    /// Boxed, since every step of the parser hands this on.
    pub(crate) hint: Option<Box<Text>>,
}

/// Reads a formula; spans are offsets in `text`.
pub(crate) fn parse(text: &str) -> Result<Parsed, FormulaFault> {
    let mut parser = Parser { text, tokens: tokens(text)?, next: 0, depth: 0, parsed: Parsed::default() };
    let formula = parser.sum()?;
    if let Some(token) = parser.peek() {
        return Err(fault(
            token.span.clone(),
            message::text!("此处应为运算符或结尾", "an operator or the end is wanted here"),
        ));
    }
    parser.parsed.formula = Some(formula);
    Ok(parser.parsed)
}

/// Longer or deeper formulas are nobody's, and would be evaluated by recursion.
const MOST_TOKENS: usize = 400;
const DEEPEST: usize = 30;

#[derive(Clone, Debug)]
struct Token<'t> {
    kind: Kind<'t>,
    span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind<'t> {
    Number(Decimal),
    Name(&'t str),
    Operator(Operator),
    Open,
    Close,
}

fn fault(span: Span, message: Text) -> FormulaFault {
    FormulaFault { span, message, hint: None }
}

fn tokens(text: &str) -> Result<Vec<Token<'_>>, FormulaFault> {
    let mut tokens = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((start, first)) = rest.next() {
        if first.is_whitespace() {
            continue;
        }
        let mut end = start + first.len_utf8();
        if is_word(first) {
            while let Some((at, _)) = rest.next_if(|(_, next)| is_word(*next)) {
                end = at + 1;
            }
        }
        let kind = match first {
            '+' => Kind::Operator(Operator::Add),
            '-' => Kind::Operator(Operator::Subtract),
            '*' => Kind::Operator(Operator::Multiply),
            '/' => Kind::Operator(Operator::Divide),
            '(' => Kind::Open,
            ')' => Kind::Close,
            _ if is_word(first) => word(&text[start..end], start..end)?,
            other => return Err(stray(other, start..end)),
        };
        if tokens.len() == MOST_TOKENS {
            return Err(fault(
                start..end,
                message::text!("公式超过 {MOST_TOKENS} 项", "the formula has more than {MOST_TOKENS} parts"),
            ));
        }
        tokens.push(Token { kind, span: start..end });
    }
    Ok(tokens)
}

/// Any run of these is one word, so that `12.5.1` and `Parks` are faults as a whole.
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '.'
}

fn word(word: &str, span: Span) -> Result<Kind<'_>, FormulaFault> {
    let is_number = word.starts_with(|c: char| c.is_ascii_digit())
        && word.chars().all(|c| c.is_ascii_digit() || c == '.')
        && !word.ends_with('.');
    if is_number {
        let number = Decimal::from_str_exact(word).ok();
        return number.map(Kind::Number).ok_or_else(|| {
            fault(
                span,
                message::text!(
                    "`{word}` 不是数，或位数过多",
                    "`{word}` is no number, or has too many digits"
                ),
            )
        });
    }
    if (INDICATOR.fits)(word) {
        return Ok(Kind::Name(word));
    }
    let (chinese, english) = (INDICATOR.chinese, INDICATOR.english);
    Err(FormulaFault {
        span,
        message: message::text!(
            "`{word}` 既不是指标也不是数",
            "`{word}` is neither an indicator nor a number"
        ),
        hint: Some(Box::new(message::text!("指标的写法：{chinese}", "an indicator is written in {english}"))),
    })
}

fn stray(character: char, span: Span) -> FormulaFault {
    let meant = match character {
        '×' | '·' | '＊' => Some('*'),
        '÷' | '／' => Some('/'),
        '（' => Some('('),
        '）' => Some(')'),
        '＋' => Some('+'),
        '－' | '−' | '–' => Some('-'),
        _ => None,
    };
    FormulaFault {
        span,
        message: message::text!("公式中不能有 `{character}`", "`{character}` has no meaning in a formula"),
        hint: Some(Box::new(match meant {
            Some(meant) => message::text!("应写 `{meant}`", "write `{meant}`"),
            None => message::text!(
                "只有指标、数、+ - * / 和圆括号",
                "there are indicators, numbers, + - * / and parentheses"
            ),
        })),
    }
}

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Token<'t>>,
    next: usize,
    depth: usize,
    parsed: Parsed,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&Token<'t>> {
        self.tokens.get(self.next)
    }

    fn operator(&mut self, wanted: [Operator; 2]) -> Option<Operator> {
        match self.peek()?.kind {
            Kind::Operator(operator) if wanted.contains(&operator) => {
                self.next += 1;
                Some(operator)
            }
            _ => None,
        }
    }

    fn sum(&mut self) -> Result<Formula, FormulaFault> {
        let mut left = self.product()?;
        while let Some(operator) = self.operator([Operator::Add, Operator::Subtract]) {
            let right = self.product()?;
            left = Formula::Binary(Box::new(left), operator, Box::new(right));
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Formula, FormulaFault> {
        let mut left = self.factor()?;
        while let Some(operator) = self.operator([Operator::Multiply, Operator::Divide]) {
            let start = self.peek().map_or(0, |token| token.span.start);
            let right = self.factor()?;
            if operator == Operator::Divide && matches!(&right, Formula::Number(number) if number.is_zero()) {
                let end = self.tokens.get(self.next - 1).map_or(start, |token| token.span.end);
                self.parsed.zero_divisors.push(start..end);
            }
            left = Formula::Binary(Box::new(left), operator, Box::new(right));
        }
        Ok(left)
    }

    fn factor(&mut self) -> Result<Formula, FormulaFault> {
        let Some(token) = self.peek().cloned() else {
            let end = self.text.trim_end().len();
            return Err(fault(end..end, message::text!("公式没有写完", "the formula ends too early")));
        };
        self.next += 1;
        match token.kind {
            Kind::Number(number) => Ok(Formula::Number(number)),
            Kind::Name(name) => {
                self.parsed.names.push((name.to_owned(), token.span));
                Ok(Formula::Indicator(name.to_owned()))
            }
            Kind::Operator(Operator::Subtract) => {
                // The model knows no sign: `-a` is `0 - a`, and a number takes its sign itself.
                Ok(match self.nested(&token.span, Self::factor)? {
                    Formula::Number(number) => Formula::Number(-number),
                    other => Formula::Binary(
                        Box::new(Formula::Number(Decimal::ZERO)),
                        Operator::Subtract,
                        Box::new(other),
                    ),
                })
            }
            Kind::Open => {
                let inner = self.nested(&token.span, Self::sum)?;
                match self.peek().map(|token| token.kind) {
                    Some(Kind::Close) => {
                        self.next += 1;
                        Ok(inner)
                    }
                    _ => Err(fault(
                        token.span,
                        message::text!("括号没有配对", "this parenthesis is not closed"),
                    )),
                }
            }
            Kind::Close | Kind::Operator(_) => Err(fault(
                token.span,
                message::text!("此处应为指标或数", "an indicator or a number is wanted here"),
            )),
        }
    }

    fn nested(
        &mut self,
        span: &Span,
        inner: fn(&mut Self) -> Result<Formula, FormulaFault>,
    ) -> Result<Formula, FormulaFault> {
        if self.depth == DEEPEST {
            return Err(fault(
                span.clone(),
                message::text!("嵌套超过 {DEEPEST} 层", "this is nested more than {DEEPEST} deep"),
            ));
        }
        self.depth += 1;
        let formula = inner(self);
        self.depth -= 1;
        formula
    }
}

#[cfg(test)]
mod tests {
    use super::{FormulaFault, parse};

    fn check(text: &str, expected: &str) {
        let found = match parse(text) {
            Ok(parsed) => parsed.formula.expect("it parsed").to_string(),
            Err(FormulaFault { span, message, .. }) => format!("{}..{}: {message}", span.start, span.end),
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn the_usual_precedence_holds() {
        check("parks.area / residents * 10000", "((parks.area / residents) * 10000)");
        check("a + b * c - d", "((a + (b * c)) - d)");
        check("(a + b) * 2.50", "((a + b) * 2.50)");
        check("-3 * a", "(-3 * a)");
        check("-a / b", "((0 - a) / b)");
        check("a - -b", "(a - (0 - b))");
        check("a_1.b2", "a_1.b2");
    }

    #[test]
    fn a_fault_has_its_place() {
        check("", "0..0: the formula ends too early");
        check("a + ", "3..3: the formula ends too early");
        check("a b", "2..3: an operator or the end is wanted here");
        check("(a + b", "0..1: this parenthesis is not closed");
        check("a )", "2..3: an operator or the end is wanted here");
        check("a * / b", "4..5: an indicator or a number is wanted here");
        check("面积 / b", "0..3: `面` has no meaning in a formula");
        check("parks. / b", "0..6: `parks.` is neither an indicator nor a number");
        check("Parks / b", "0..5: `Parks` is neither an indicator nor a number");
        check("1.2.3", "0..5: `1.2.3` is no number, or has too many digits");
        check(&"(".repeat(100), "30..31: this is nested more than 30 deep");
        check(&"1+".repeat(1000), "400..401: the formula has more than 400 parts");
    }

    #[test]
    fn a_constant_zero_that_divides_is_found() {
        assert_eq!(parse("a / 0 + b / 0.00").expect("it parses").zero_divisors, [4..5, 12..16]);
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "[a-c0-9.+*/() ×-]{0,40}|.{0,20}") {
            if let Err(fault) = parse(&text) {
                assert!(text.get(fault.span.clone()).is_some(), "{text:?} {fault:?}");
            }
        }
    }
}
