//! JSON Schemas for editors, written from the tables that the compiler reads.
//!
//! Draft 7, as Taplo and Even Better TOML understand it. What a schema accepts may still be refused by the
//! compiler (a reference to nothing); what the compiler accepts, its schema accepts too.

use serde_json::{Map, Value, json};

use crate::files::FileKind;
use crate::syntax::{Key, Own, Table, Variants, Wants, Word};
use crate::words::{DECIMAL, Pattern};

/// The JSON Schema of a kind of file; `None` for reports, which are Markdown.
pub fn json_schema(kind: FileKind) -> Option<Value> {
    let mut schema = of_table(kind.table()?);
    let (chinese, english) = match kind {
        FileKind::Public => ("向社会公开的内容", "what is open to everyone"),
        FileKind::Pack => ("城市包", "a city's pack"),
        FileKind::Organisation => ("组织机构", "the organisation tree"),
        FileKind::Register => ("台账", "a register"),
        FileKind::Indicators => ("指标", "indicators"),
        FileKind::Plan | FileKind::Report | FileKind::Policies => {
            ("规划、工程、项目、业务目标", "plans, programmes, projects, targets")
        }
    };
    schema.insert("$schema".to_owned(), json!("http://json-schema.org/draft-07/schema#"));
    schema.insert("title".to_owned(), json!(format!("{} · {english}", kind.glob())));
    schema.insert("description".to_owned(), json!(described(chinese, english)));
    Some(Value::Object(schema))
}

/// `.taplo.toml` for a pack's directory whose schemas lie in `schema/NAME.json`.
pub fn taplo_config() -> String {
    FileKind::TOML
        .into_iter()
        .map(|kind| {
            let (glob, name) = (kind.glob(), kind.name());
            format!("[[rule]]\ninclude = [\"{glob}\"]\nschema = {{ path = \"schema/{name}.json\" }}\n\n")
        })
        .collect()
}

fn described(chinese: &str, english: &str) -> String {
    format!("{chinese}。\n\n{}.", capital(english))
}

fn capital(english: &str) -> String {
    let mut letters = english.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn of_table(table: &Table) -> Map<String, Value> {
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    let mut properties: Map<String, Value> =
        table.keys.iter().map(|key| (key.name.to_owned(), of_key(key, table))).collect();
    if let Some(variants) = &table.variants {
        // A key of several variants is described once; each variant says what it really holds.
        for key in variants.list.iter().flat_map(|variant| variant.keys) {
            properties
                .entry(key.name)
                .or_insert_with(|| json!({ "description": described(key.chinese, key.english) }));
        }
        schema.insert("allOf".to_owned(), Value::Array(of_variants(variants, table)));
    }
    let required: Vec<&str> = table.keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    if !table.one_of.is_empty() {
        let groups: Vec<Value> = table.one_of.iter().map(|keys| json!({ "required": keys })).collect();
        schema.insert("oneOf".to_owned(), json!(groups));
    }
    schema.insert("properties".to_owned(), Value::Object(properties));
    if let Some(own) = table.own {
        own_keys(own, &mut schema);
    }
    schema.insert("additionalProperties".to_owned(), json!(false));
    schema
}

/// `if` the tag has this value, `then` these keys and none of the others'.
fn of_variants(variants: &Variants, table: &Table) -> Vec<Value> {
    let all: Vec<&str> = variants.list.iter().flat_map(|variant| variant.keys).map(|key| key.name).collect();
    variants
        .list
        .iter()
        .map(|variant| {
            let mut properties = Map::new();
            for &name in &all {
                let own = variant.keys.iter().find(|key| key.name == name);
                properties.insert(name.to_owned(), own.map_or(json!(false), |key| of_key(key, table)));
            }
            let required: Vec<&str> =
                variant.keys.iter().filter(|key| key.required).map(|key| key.name).collect();
            let mut tag = Map::new();
            tag.insert(variants.tag.to_owned(), json!({ "const": variant.value }));
            json!({
                "if": { "properties": tag, "required": [variants.tag] },
                "then": { "properties": properties, "required": required },
            })
        })
        .collect()
}

fn own_keys(own: &Own, schema: &mut Map<String, Value>) {
    let mut patterns = Map::new();
    patterns.insert(own.written.regex.to_owned(), Value::Object(of_table(own.table)));
    schema.insert("patternProperties".to_owned(), Value::Object(patterns));
}

fn of_key(key: &Key, table: &Table) -> Value {
    let mut schema = match of_wants(&key.wants, table) {
        Value::Object(schema) => schema,
        _ => Map::new(),
    };
    let mut text = described(key.chinese, key.english);
    let words = match &key.wants {
        Wants::OneOf(words) => words.iter().map(of_word).collect(),
        Wants::Tag => table
            .variants
            .iter()
            .flat_map(|variants| variants.list)
            .map(|variant| format!("- `{}`：{} · {}", variant.value, variant.chinese, variant.english))
            .collect(),
        _ => Vec::new(),
    };
    if !words.is_empty() {
        text = format!("{text}\n\n{}", words.join("\n"));
    }
    schema.insert("description".to_owned(), json!(text));
    Value::Object(schema)
}

fn of_word(word: &Word) -> String {
    format!("- `{}`：{} · {}", word.word, word.chinese, word.english)
}

fn of_wants(wants: &Wants, table: &Table) -> Value {
    match wants {
        Wants::Text => json!({ "type": "string", "pattern": "\\S" }),
        Wants::Written(pattern) => written(pattern),
        Wants::Decimal => json!({ "anyOf": [written(&DECIMAL), { "type": "integer" }] }),
        Wants::Whole(least, greatest) => {
            let mut schema = json!({ "type": "integer" });
            // Bounds that no number can break are left away; editors read them as floats and get them wrong.
            if *least > i64::MIN {
                schema["minimum"] = json!(least);
            }
            if *greatest < i64::MAX {
                schema["maximum"] = json!(greatest);
            }
            schema
        }
        Wants::YesNo => json!({ "type": "boolean" }),
        // Editors hand a TOML date to the schema as text.
        Wants::Day => json!({ "type": "string", "format": "date" }),
        Wants::Scalar => json!({ "type": ["string", "integer", "boolean"] }),
        Wants::OneOf(words) => {
            json!({ "type": "string", "enum": words.iter().map(|word| word.word).collect::<Vec<_>>() })
        }
        Wants::Tag => {
            let values =
                table.variants.iter().flat_map(|variants| variants.list).map(|variant| variant.value);
            json!({ "type": "string", "enum": values.collect::<Vec<_>>() })
        }
        Wants::Pair(each) => {
            json!({ "type": "array", "items": of_wants(each, table), "minItems": 2, "maxItems": 2 })
        }
        Wants::List(each) => json!({ "type": "array", "items": of_wants(each, table), "minItems": 1 }),
        Wants::Table(inner) => Value::Object(of_table(inner)),
        Wants::Own(own) => {
            let mut schema = Map::new();
            schema.insert("type".to_owned(), json!("object"));
            own_keys(own, &mut schema);
            schema.insert("additionalProperties".to_owned(), json!(false));
            schema.insert("minProperties".to_owned(), json!(1));
            Value::Object(schema)
        }
        Wants::Tables(inner) => json!({ "type": "array", "items": of_table(inner), "minItems": 1 }),
    }
}

fn written(pattern: &Pattern) -> Value {
    json!({ "type": "string", "pattern": pattern.regex })
}
