//! The JSON Schemas accept what the compiler accepts, and refuse what is wrong in shape.

use message::Severity;
use pack::{FileKind, json_schema};
use regex::Regex;
use serde_json::{Value, json};

use crate::cases::cases;

/// The rules that a schema can see, being about one file's keys and types.
const SHAPE: &[&str] = &[
    "missing-translation",
    "unknown-key",
    "unknown-value",
    "out-of-bounds",
    "empty-text",
    "empty-list",
    "bad-decimal",
    "unquoted-key",
    "missing-key",
    "target-without-measure",
    "rows-or-formula",
    "statement-bound",
];

#[test]
fn a_schema_accepts_what_the_compiler_accepts() {
    let (mut accepted, mut refused) = (0, 0);
    for case in cases() {
        let (_, faults) = pack::compile(case.files.clone());
        for (path, text) in &case.files {
            let Some(schema) = FileKind::of(path).and_then(json_schema) else { continue };
            let Ok(table) = text.parse::<toml::Table>() else { continue };
            let rules: Vec<&str> = faults
                .iter()
                .filter(|fault| fault.severity == Severity::Error && fault.source.path == *path)
                .map(|fault| fault.rule)
                .collect();
            let found = check(&schema, &as_json(&toml::Value::Table(table)), "");
            let name = case.path.display();
            if rules.is_empty() {
                assert_eq!(found, Ok(()), "{name}: {path}");
                accepted += 1;
            } else if rules.iter().any(|rule| SHAPE.contains(rule)) {
                assert!(found.is_err(), "{name}: the schema accepts {path}, which has {rules:?}");
                refused += 1;
            }
        }
    }
    assert!(accepted > 100 && refused > 8, "{accepted} accepted, {refused} refused");
}

#[test]
fn every_key_is_described_in_both_languages() {
    fn walk(schema: &Value, at: &str) {
        match schema {
            Value::Object(map) => {
                for (key, property) in map.get("properties").and_then(Value::as_object).into_iter().flatten()
                {
                    if property.is_object() && property.get("const").is_none() {
                        let text = property["description"].as_str().unwrap_or_default();
                        assert!(text.contains('。') && text.contains('.'), "{at}/{key}: {text:?}");
                    }
                }
                map.iter().for_each(|(key, inner)| walk(inner, &format!("{at}/{key}")));
            }
            Value::Array(items) => items.iter().for_each(|inner| walk(inner, at)),
            _ => {}
        }
    }
    for kind in FileKind::TOML {
        walk(&json_schema(kind).expect("it is TOML"), kind.name());
    }
}

#[test]
fn editors_find_the_schemas_by_path() {
    let config: toml::Table = pack::taplo_config().parse().expect("it is TOML");
    assert_eq!(config["rule"].as_array().map(Vec::len), Some(FileKind::TOML.len()));
}

fn as_json(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(yes) => json!(yes),
        toml::Value::Datetime(time) => json!(time.to_string()),
        toml::Value::Array(items) => items.iter().map(as_json).collect(),
        toml::Value::Table(table) => {
            Value::Object(table.iter().map(|(key, value)| (key.clone(), as_json(value))).collect())
        }
    }
}

/// As much of JSON Schema as ours use. A word that is not understood fails, so that none goes unchecked.
fn check(schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let rules = match schema {
        Value::Bool(true) => return Ok(()),
        Value::Object(rules) => rules,
        _ => return Err(format!("{at}: nothing may be here")),
    };
    let refuse = |why: String| Err(format!("{at}: {why}"));
    let is_match = |pattern: &str, text: &str| Regex::new(pattern).expect("a pattern").is_match(text);
    for (word, rule) in rules {
        let is_right = match word.as_str() {
            "$schema" | "title" | "description" | "then" => true,
            "type" => match rule {
                Value::Array(types) => types.iter().any(|name| is_type(value, name)),
                name => is_type(value, name),
            },
            "const" => value == rule,
            "enum" => rule.as_array().expect("a list").contains(value),
            "pattern" => value.as_str().is_none_or(|text| is_match(rule.as_str().expect("text"), text)),
            "format" => {
                assert_eq!(rule, "date");
                value.as_str().is_none_or(|text| is_match("^\\d{4}-\\d{2}-\\d{2}$", text))
            }
            "minimum" => value.as_i64().is_none_or(|number| number >= rule.as_i64().expect("a number")),
            "maximum" => value.as_i64().is_none_or(|number| number <= rule.as_i64().expect("a number")),
            "minItems" => {
                value.as_array().is_none_or(|items| items.len() as u64 >= rule.as_u64().expect("a number"))
            }
            "maxItems" => {
                value.as_array().is_none_or(|items| items.len() as u64 <= rule.as_u64().expect("a number"))
            }
            "minProperties" => {
                value.as_object().is_none_or(|map| map.len() as u64 >= rule.as_u64().expect("a number"))
            }
            "required" => {
                let names = rule.as_array().expect("a list").iter().filter_map(Value::as_str);
                value.as_object().is_none_or(|map| names.into_iter().all(|name| map.contains_key(name)))
            }
            "items" => {
                for (number, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(rule, item, &format!("{at}[{number}]"))?;
                }
                true
            }
            "anyOf" => rule.as_array().expect("a list").iter().any(|one| check(one, value, at).is_ok()),
            "oneOf" => {
                rule.as_array().expect("a list").iter().filter(|one| check(one, value, at).is_ok()).count()
                    == 1
            }
            "allOf" => {
                for one in rule.as_array().expect("a list") {
                    check(one, value, at)?;
                }
                true
            }
            "if" => {
                if check(rule, value, at).is_ok() {
                    check(&rules["then"], value, at)?;
                }
                true
            }
            "properties" | "patternProperties" | "additionalProperties" => {
                properties(rules, value, at)?;
                true
            }
            other => panic!("{at}: `{other}` is not checked here"),
        };
        if !is_right {
            return refuse(format!("{value} breaks {word} {rule}"));
        }
    }
    Ok(())
}

fn properties(rules: &serde_json::Map<String, Value>, value: &Value, at: &str) -> Result<(), String> {
    for (key, inner) in value.as_object().into_iter().flatten() {
        let at = format!("{at}/{key}");
        let own = rules.get("patternProperties").and_then(Value::as_object).into_iter().flatten();
        let own = own.filter(|(pattern, _)| Regex::new(pattern).expect("a pattern").is_match(key));
        let named = rules.get("properties").and_then(|properties| properties.get(key));
        let all: Vec<&Value> = named.into_iter().chain(own.map(|(_, schema)| schema)).collect();
        if all.is_empty() && rules.get("additionalProperties") == Some(&Value::Bool(false)) {
            return Err(format!("{at}: unknown key"));
        }
        all.into_iter().try_for_each(|schema| check(schema, inner, &at))?;
    }
    Ok(())
}

fn is_type(value: &Value, name: &Value) -> bool {
    match name.as_str().expect("a type's name") {
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("type `{other}`"),
    }
}
