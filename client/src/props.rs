//! Reads D-Bus dictionaries (`a{sv}`): properties of objects, entries of listings.

use modem_ftp_dbus::names::SIZE_UNKNOWN;
use modem_ftp_dbus::proxies::Attributes;
use serde_json::{Map, Value, json};
use zbus::Variant;

/// The string of `key`; "" if it is missing or no string.
pub fn text<'a>(attributes: &'a Attributes, key: &str) -> &'a str {
    match attributes.get(key).map(|v| &**v) {
        Some(Variant::Str(text)) => text,
        _ => "",
    }
}

/// The strings of `key`; none if it is missing or no array.
pub fn texts(attributes: &Attributes, key: &str) -> Vec<String> {
    match attributes.get(key).map(|v| &**v) {
        Some(Variant::Array(array)) => array.iter().map(words).collect(),
        _ => Vec::new(),
    }
}

/// The integer of `key`, of any D-Bus integer type.
pub fn number(attributes: &Attributes, key: &str) -> Option<i128> {
    Some(match **attributes.get(key)? {
        Variant::U8(n) => n.into(),
        Variant::I16(n) => n.into(),
        Variant::U16(n) => n.into(),
        Variant::I32(n) => n.into(),
        Variant::U32(n) => n.into(),
        Variant::I64(n) => n.into(),
        Variant::U64(n) => n.into(),
        _ => return None,
    })
}

/// A number of bytes; `None` if it is not known.
pub fn octets(attributes: &Attributes, key: &str) -> Option<u64> {
    number(attributes, key)
        .and_then(|n| u64::try_from(n).ok())
        .filter(|&n| n != SIZE_UNKNOWN)
}

/// Name and text of an `Error` as JSON; null if there is none.
pub fn error(attributes: &Attributes) -> Value {
    match pair(attributes, "Error") {
        (name, _) if name.is_empty() => Value::Null,
        (name, text) => json!({ "name": name, "text": text }),
    }
}

/// Unix seconds; `None` if the key is missing.
pub fn time(attributes: &Attributes, key: &str) -> Option<i64> {
    number(attributes, key).and_then(|n| i64::try_from(n).ok())
}

/// The two strings of a `(ss)`.
pub fn pair(attributes: &Attributes, key: &str) -> (String, String) {
    let field = |structure: &zbus::Structure<'_>, n: usize| match structure.fields().get(n) {
        Some(Variant::Str(text)) => text.to_string(),
        _ => String::new(),
    };
    match attributes.get(key).map(|v| &**v) {
        Some(Variant::Structure(structure)) => (field(structure, 0), field(structure, 1)),
        _ => Default::default(),
    }
}

/// The dictionary as a JSON object, keys in snake_case.
pub fn object(attributes: &Attributes) -> Map<String, Value> {
    attributes
        .iter()
        .map(|(key, value)| (snake(key), value_of(value)))
        .collect()
}

/// A D-Bus value as JSON; a file descriptor is null.
pub fn value_of(value: &Variant<'_>) -> Value {
    match value {
        Variant::U8(n) => json!(n),
        Variant::Bool(b) => json!(b),
        Variant::I16(n) => json!(n),
        Variant::U16(n) => json!(n),
        Variant::I32(n) => json!(n),
        Variant::U32(n) => json!(n),
        Variant::I64(n) => json!(n),
        Variant::U64(n) => json!(n),
        Variant::F64(n) => json!(n),
        Variant::Str(text) => json!(text.as_str()),
        Variant::Signature(signature) => json!(signature.to_string()),
        Variant::ObjectPath(path) => json!(path.as_str()),
        Variant::Variant(inner) => value_of(inner),
        Variant::Array(array) => array.iter().map(value_of).collect(),
        Variant::Structure(structure) => structure.fields().iter().map(value_of).collect(),
        Variant::Dict(dict) => Value::Object(
            dict.iter()
                .map(|(key, value)| match value_of(key) {
                    Value::String(key) => (key, value_of(value)),
                    key => (key.to_string(), value_of(value)),
                })
                .collect(),
        ),
        Variant::Fd(_) => Value::Null,
    }
}

/// A D-Bus value as text: strings without quotes, everything else as JSON.
pub fn words(value: &Variant<'_>) -> String {
    match value_of(value) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// `AccessTechnology` → `access_technology`.
fn snake(key: &str) -> String {
    let mut snake = String::with_capacity(key.len() + 4);
    let mut after_small = false;
    for c in key.chars() {
        if c.is_uppercase() && after_small {
            snake.push('_');
        }
        after_small = c.is_lowercase() || c.is_ascii_digit();
        snake.extend(c.to_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes<const N: usize>(pairs: [(&str, Variant<'static>); N]) -> Attributes {
        pairs
            .into_iter()
            .map(|(k, v)| (k.into(), v.try_into().unwrap()))
            .collect()
    }

    #[test]
    fn integers_of_every_type_are_read() {
        let a = attributes([
            ("Size", Variant::U64(SIZE_UNKNOWN)),
            ("Small", Variant::U32(7)),
            ("SignalDbm", Variant::I32(-71)),
            ("Name", Variant::from("x")),
        ]);
        assert_eq!(octets(&a, "Size"), None);
        assert_eq!(octets(&a, "Small"), Some(7));
        assert_eq!(number(&a, "SignalDbm"), Some(-71));
        assert_eq!(octets(&a, "SignalDbm"), None);
        assert_eq!(number(&a, "Name"), None);
        assert_eq!(time(&a, "Modified"), None);
    }

    #[test]
    fn keys_become_snake_case() {
        for (key, snaked) in [
            ("AccessTechnology", "access_technology"),
            ("UserId", "user_id"),
            ("SignalDbm", "signal_dbm"),
            ("unix.mode", "unix.mode"),
            ("UNIX", "unix"),
        ] {
            assert_eq!(snake(key), snaked);
        }
    }

    #[test]
    fn structures_and_dictionaries_become_json() {
        let a = attributes([
            ("Error", Variant::new(("name", "text"))),
            (
                "Settings",
                Variant::new(std::collections::HashMap::from([("rsptimeout", 90u32)])),
            ),
        ]);
        assert_eq!(pair(&a, "Error"), ("name".into(), "text".into()));
        assert_eq!(pair(&a, "Nothing"), Default::default());
        assert_eq!(
            Value::Object(object(&a)),
            json!({"error": ["name", "text"], "settings": {"rsptimeout": 90}})
        );
    }
}
