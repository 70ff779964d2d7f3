//! What Cedar finds wrong, said as the pack's other faults are: place, message, hint, in every language.

use std::sync::Arc;

use cedar_policy::{ValidationError, ValidationWarning};
use message::{Diagnostic, Source, Span, Text, did_you_mean};

use crate::action::Action;
use crate::compile::Placed;
use crate::words::Vocabulary;

const SYNTAX: &str = "policy-syntax";
const TEMPLATE: &str = "policy-template";
const DUPLICATE: &str = "duplicate-policy";
const TRANSLATION: &str = "missing-translation";
const UNKNOWN_ROLE: &str = "unknown-role";
const UNKNOWN_REGISTER: &str = "unknown-register";
const UNKNOWN_STATE: &str = "unknown-state";
const UNKNOWN_ACTION: &str = "unknown-action";
const UNKNOWN_TYPE: &str = "unknown-entity-type";
const UNKNOWN_ATTRIBUTE: &str = "unknown-attribute";
const OPTIONAL: &str = "optional-attribute";
const TYPE: &str = "policy-type";
const WORDS: &str = "policy-words";
const IMPOSSIBLE: &str = "impossible-policy";
const DISGUISED: &str = "disguised-text";

/// The stable names of all rules of this crate.
pub const RULES: &[&str] = &[
    SYNTAX,
    TEMPLATE,
    DUPLICATE,
    TRANSLATION,
    UNKNOWN_ROLE,
    UNKNOWN_REGISTER,
    UNKNOWN_STATE,
    UNKNOWN_ACTION,
    UNKNOWN_TYPE,
    UNKNOWN_ATTRIBUTE,
    OPTIONAL,
    TYPE,
    WORDS,
    IMPOSSIBLE,
    DISGUISED,
];

/// A text that is no policy.
pub(crate) fn syntax(source: &Arc<Source>, error: &(impl miette::Diagnostic + ?Sized)) -> Diagnostic {
    let span = label(error).unwrap_or(0..0);
    let english = error.to_string();
    let message = match quoted_after(&english, "unexpected token ") {
        Some(token) => message::text!("此处不应出现 `{token}`", "`{token}` should not be here"),
        None if english == "unexpected end of input" => {
            Text::new("文件在此处意外结束", "the file ends in the middle of a policy")
        }
        None => message::text!("策略的写法不对：{english}", "{english}"),
    };
    let expected = error
        .labels()
        .and_then(|mut labels| labels.next())
        .and_then(|label| label.label().map(str::to_owned))
        .filter(|label| label.starts_with("expected "));
    let fault = Diagnostic::error(SYNTAX, source, span, message);
    let fault = match expected {
        Some(expected) => {
            let what = expected.trim_start_matches("expected ").to_owned();
            fault.hint(message::text!("此处应为 {what}", "{expected}"))
        }
        None => fault,
    };
    helped(fault, error)
}

/// A policy with slots, which nothing fills.
pub(crate) fn template(source: &Arc<Source>, span: Span) -> Diagnostic {
    let message = Text::new(
        "策略模板不会生效：没有什么会填入 `?principal` 或 `?resource`",
        "a template has no effect: nothing fills `?principal` or `?resource`",
    );
    Diagnostic::error(TEMPLATE, source, span, message).hint(Text::new(
        "写成具体的策略，如 `principal in Role::\"clerk\"`",
        "write a policy such as `principal in Role::\"clerk\"`",
    ))
}

/// Two policies of one `@id`.
pub(crate) fn duplicate(one: &Placed, id: &str, first: &Placed) -> Diagnostic {
    let message = message::text!("`@id(\"{id}\")` 已经用过", "`@id(\"{id}\")` is taken already");
    let fault = Diagnostic::error(DUPLICATE, &one.source, one.span.clone(), message);
    let (line, column) = first.source.line_column(first.span.start);
    let path = &first.source.path;
    fault.hint(message::text!("先在 {path}:{line}:{column}", "first at {path}:{line}:{column}"))
}

/// A reason in one language only.
pub(crate) fn translation(one: &Placed, missing: &str) -> Diagnostic {
    let message = message::text!("缺少 `@{missing}`", "`@{missing}` is missing");
    Diagnostic::error(TRANSLATION, &one.source, one.span.clone(), message).hint(Text::new(
        "给被拒绝者看的理由要同时有 `@zh` 和 `@en`",
        "a reason for those who are refused has both `@zh` and `@en`",
    ))
}

/// Words from which no schema can be made.
pub(crate) fn schema(why: &str) -> Diagnostic {
    let source = Source::new("policies", "");
    let message = message::text!(
        "城市包的角色、台账或状态不能用于策略：{why}",
        "the pack's roles, registers or states cannot be used in policies: {why}"
    );
    Diagnostic::error(WORDS, &source, 0..0, message)
}

/// What the validator refuses.
pub(crate) fn invalid(one: &Placed, error: &ValidationError, words: &Vocabulary) -> Diagnostic {
    let source = &one.source;
    let span = label(error).unwrap_or_else(|| one.span.clone());
    let english = without_policy(error.to_string());
    let fault = |rule, message| Diagnostic::error(rule, source, span.clone(), message);
    match error {
        ValidationError::InvalidEnumEntity(_) => match literal(source, &span, &english) {
            Some(("Role", name, span)) => unknown(
                Diagnostic::error(
                    UNKNOWN_ROLE,
                    source,
                    span,
                    message::text!("没有角色 `{name}`", "there is no role `{name}`"),
                ),
                &name,
                words.roles.iter().map(String::as_str).collect(),
            ),
            Some(("Register", name, span)) => unknown(
                Diagnostic::error(
                    UNKNOWN_REGISTER,
                    source,
                    span,
                    message::text!("没有台账 `{name}`", "there is no register `{name}`"),
                ),
                &name,
                words.register_keys().collect(),
            ),
            Some((_, name, span)) => unknown(
                Diagnostic::error(
                    UNKNOWN_STATE,
                    source,
                    span,
                    message::text!("没有状态 `{name}`", "there is no state `{name}`"),
                ),
                &name,
                words.states(),
            ),
            None => fault(TYPE, message::text!("策略不合法：{english}", "{english}")),
        },
        ValidationError::UnrecognizedActionId(_) => {
            let actions = Action::ALL.iter().map(|action| action.key()).collect();
            match quoted_after(&english, "unrecognized action ").and_then(|whole| name_in(&whole)) {
                Some(name) => {
                    let span = find(source, &one.span, &format!("Action::\"{name}\"")).unwrap_or(span);
                    let message = message::text!("没有操作 `{name}`", "there is no action `{name}`");
                    unknown(Diagnostic::error(UNKNOWN_ACTION, source, span, message), &name, actions)
                }
                None => fault(UNKNOWN_ACTION, message::text!("没有这样的操作：{english}", "{english}")),
            }
        }
        ValidationError::UnrecognizedEntityType(_) => {
            match quoted_after(&english, "unrecognized entity type ") {
                Some(name) => {
                    let span = find(source, &one.span, &format!("{name}::")).unwrap_or(span);
                    let message = message::text!("没有类型 `{name}`", "there is no type `{name}`");
                    let types = vec!["Role", "Unit", "Register", "State", "Account", "Grant", "Resource"];
                    unknown(Diagnostic::error(UNKNOWN_TYPE, source, span, message), &name, types)
                }
                None => fault(UNKNOWN_TYPE, message::text!("没有这样的类型：{english}", "{english}")),
            }
        }
        ValidationError::UnsafeAttributeAccess(_) => {
            let name = quoted_after(&english, "attribute ").unwrap_or_else(|| english.clone());
            let message = message::text!("没有属性 `{name}`", "there is no attribute `{name}`");
            let known = vec!["account", "unit", "register", "state", "authors", "two_person"];
            unknown(fault(UNKNOWN_ATTRIBUTE, message), &name, known)
        }
        ValidationError::UnsafeOptionalAttributeAccess(_) => {
            let name = quoted_after(&english, "optional attribute ").unwrap_or_else(|| english.clone());
            let message = message::text!("属性 `{name}` 可能没有", "the attribute `{name}` may be absent");
            fault(OPTIONAL, message).hint(message::text!(
                "先写 `resource has {name} &&`",
                "write `resource has {name} &&` before it"
            ))
        }
        other => helped(fault(TYPE, message::text!("策略不合法：{english}", "{english}")), other),
    }
}

/// What the validator finds odd; `None` for what is usual here.
pub(crate) fn suspicious(one: &Placed, warning: &ValidationWarning) -> Option<Diagnostic> {
    let span = label(warning).unwrap_or_else(|| one.span.clone());
    let (rule, message) = match warning {
        // Chinese beside Latin letters is how people write here.
        ValidationWarning::MixedScriptString(_) | ValidationWarning::MixedScriptIdentifier(_) => return None,
        ValidationWarning::BidiCharsInString(_) | ValidationWarning::BidiCharsInIdentifier(_) => (
            DISGUISED,
            Text::new(
                "含有改变书写方向的字符，所见与所写可能不同",
                "characters that turn the direction of writing make this read as something else",
            ),
        ),
        ValidationWarning::ConfusableIdentifier(_) => (
            DISGUISED,
            Text::new("含有易与其他字符混淆的字符", "characters here are easily taken for others"),
        ),
        _ => (
            IMPOSSIBLE,
            Text::new("这条策略在任何情况下都不会生效", "this policy never applies, whatever is asked"),
        ),
    };
    Some(Diagnostic::warning(rule, &one.source, span, message))
}

/// The first place that Cedar points to.
fn label(error: &(impl miette::Diagnostic + ?Sized)) -> Option<Span> {
    let label = error.labels()?.next()?;
    Some(label.offset()..label.offset() + label.len())
}

/// What Cedar advises, where we have no words of our own.
fn helped(fault: Diagnostic, error: &(impl miette::Diagnostic + ?Sized)) -> Diagnostic {
    match error.help().map(|help| help.to_string()) {
        Some(help) => {
            let help = without_policy(help);
            fault.hint(message::text!("Cedar 的说明：{help}", "{help}"))
        }
        None => fault,
    }
}

/// The nearest name, else all that there are.
fn unknown(fault: Diagnostic, name: &str, mut candidates: Vec<&str>) -> Diagnostic {
    const SHOWN: usize = 12;
    if let Some(near) = did_you_mean(name, candidates.iter().copied()) {
        return fault.hint(message::text!("是否想写 `{near}`？", "did you mean `{near}`?"));
    }
    let more = candidates.len() > SHOWN;
    candidates.truncate(SHOWN);
    let mut all: Vec<String> = candidates.iter().map(|candidate| format!("`{candidate}`")).collect();
    if more {
        all.push("…".to_owned());
    }
    match all.join(", ") {
        none if none.is_empty() => fault.hint(Text::new("目前一个也没有声明", "none is declared yet")),
        all => fault.hint(message::text!("可用的有：{all}", "there are: {all}")),
    }
}

/// Cedar names the policy before everything it says about it; here the place does that.
fn without_policy(english: String) -> String {
    let Some(rest) = english.strip_prefix("for policy `") else { return english };
    let end = rest.find("`, ").or_else(|| rest.find("`: "));
    end.map_or_else(|| english.clone(), |end| rest[end + 3..].to_owned())
}

/// What stands in back-ticks after these words.
fn quoted_after(english: &str, words: &str) -> Option<String> {
    let (_, rest) = english.split_once(words)?;
    let rest = rest.strip_prefix('`')?;
    rest.split_once('`').map(|(inside, _)| inside.to_owned()).filter(|inside| !inside.is_empty())
}

/// `clerk` of `Role::"clerk"`.
fn name_in(literal: &str) -> Option<String> {
    let (_, rest) = literal.split_once("::\"")?;
    rest.strip_suffix('"').map(str::to_owned)
}

/// The entity that an enumeration does not have: its type, its name, its place inside the fault's.
fn literal(source: &Arc<Source>, span: &Span, english: &str) -> Option<(&'static str, String, Span)> {
    for kind in ["Role", "Register", "State"] {
        let start = format!("{kind}::\"");
        let Some(at) = english.find(&start) else { continue };
        let name = english[at + start.len()..].split('"').next()?.to_owned();
        let place = find(source, span, &format!("{start}{name}\"")).unwrap_or_else(|| span.clone());
        return Some((kind, name, place));
    }
    None
}

/// The first place of a text inside a stretch of the source.
fn find(source: &Arc<Source>, span: &Span, text: &str) -> Option<Span> {
    let found = source.text.get(span.clone())?.find(text)?;
    Some(span.start + found..span.start + found + text.len())
}
