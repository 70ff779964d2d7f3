//! What a person typed: kept as it was, so that nothing is lost when it is refused, and read into an [`intake::Form`].

use std::collections::BTreeMap;

use axum::body::Bytes;
use intake::{Form, RawValue};
use jiff::civil::Date;
use ledger::{EvidenceHash, RecordId};
use pack::{FieldKind, Register};

/// The fields of a form by name, as they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Typed(BTreeMap<String, Vec<String>>);

impl Typed {
    /// What a form sent without files.
    pub(crate) fn from_form(body: &Bytes) -> Self {
        let mut typed = Self::default();
        for (name, value) in url::form_urlencoded::parse(body) {
            typed.add(name.into_owned(), value.into_owned());
        }
        typed
    }

    pub(crate) fn add(&mut self, name: String, value: String) {
        self.0.entry(name).or_default().push(value);
    }

    pub(crate) fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.insert(name.into(), vec![value.into()]);
    }

    /// The first value of a field, without blanks at its ends; nothing is empty.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.get(name).and_then(|values| values.first()).map_or("", |value| value.trim())
    }

    pub(crate) fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// As a draft is kept: without what belongs to the page and not to the person.
    pub(crate) fn to_draft(&self) -> serde_json::Value {
        let own = |name: &str| !matches!(name, "csrf" | "key" | "@base" | "do" | "@stay");
        let kept = self.0.iter().filter(|(name, _)| own(name));
        kept.map(|(name, values)| (name.clone(), serde_json::Value::from(values.clone()))).collect()
    }

    /// A draft again.
    pub(crate) fn from_draft(draft: &serde_json::Value) -> Self {
        let mut typed = Self::default();
        for (name, values) in draft.as_object().into_iter().flatten() {
            for value in values.as_array().into_iter().flatten().filter_map(|value| value.as_str()) {
                typed.add(name.clone(), value.to_owned());
            }
        }
        typed
    }

    /// The hashes of evidence that was uploaded with an earlier attempt; their names stand behind a blank.
    pub(crate) fn kept_evidence(&self) -> Vec<(EvidenceHash, String)> {
        let read = |value: &String| {
            let (hash, name) = value.split_once(' ').unwrap_or((value, ""));
            Some((hash.parse().ok()?, name.to_owned()))
        };
        self.all("@kept").iter().filter_map(read).collect()
    }

    /// What the form states. `before` is what it showed when it was opened: a field that still says so states nothing,
    /// one that was emptied is cleared.
    pub(crate) fn form(&self, register: &Register, before: Option<&Typed>) -> Form {
        let mut form = Form {
            owner: self.stated("@owner", before),
            effective: self.get("@effective").parse::<Date>().ok(),
            evidence: Vec::new(),
            note: Some(self.get("@note").to_owned()).filter(|note| !note.is_empty()),
            ..Form::default()
        };
        for (hash, _) in self.kept_evidence() {
            if !form.evidence.contains(&hash) {
                form.evidence.push(hash);
            }
        }
        for field in &register.fields {
            if let Some(value) = self.value(field, before) {
                form.values.push((field.key.clone(), value));
            }
        }
        form
    }

    fn stated(&self, name: &str, before: Option<&Typed>) -> Option<String> {
        let now = self.get(name);
        (!now.is_empty() && before.is_none_or(|before| before.get(name) != now)).then(|| now.to_owned())
    }

    fn value(&self, field: &pack::Field, before: Option<&Typed>) -> Option<RawValue<'static>> {
        if field.kind == FieldKind::Person {
            let (name, phone) = (self.get(&person_name(&field.key)), self.get(&person_phone(&field.key)));
            let blank = name.is_empty() && phone.is_empty();
            let person = || RawValue::Person { name: name.to_owned().into(), phone: phone.to_owned().into() };
            return (!blank).then(person);
        }
        let now = self.get(&field.key);
        let was = before.map_or("", |before| before.get(&field.key));
        if now == was {
            return None;
        }
        if now.is_empty() {
            return Some(RawValue::Clear);
        }
        // `#12 name` is how a chosen record stands in its field.
        if let FieldKind::Reference { .. } = field.kind
            && let Some(number) = now.strip_prefix('#').and_then(|rest| rest.split_whitespace().next())
            && let Ok(number) = number.parse()
        {
            return Some(RawValue::Record(RecordId(number)));
        }
        Some(RawValue::from(now.to_owned()))
    }
}

/// The name of the input of a person's name.
pub(crate) fn person_name(field: &str) -> String {
    format!("{field}.name")
}

/// The name of the input of a person's telephone number.
pub(crate) fn person_phone(field: &str) -> String {
    format!("{field}.phone")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_keeps_what_was_typed_and_nothing_of_the_page() {
        let typed =
            Typed::from_form(&Bytes::from_static(b"csrf=s&key=k&name=%E4%B8%80&name=two&%40note=+a+"));
        assert_eq!(typed.to_draft().to_string(), r#"{"@note":[" a "],"name":["一","two"]}"#);
        let again = Typed::from_draft(&typed.to_draft());
        assert_eq!((again.get("name"), again.get("@note"), again.get("csrf")), ("一", "a", ""));
    }
}
