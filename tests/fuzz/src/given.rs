//! Dictionaries of a method call, made of an input: as text, which a person can write and the
//! fuzzer can vary, or as the bytes that come from the bus.

use modem_ftpd::options::Given;
use std::collections::HashMap;
use zbus::wire::serialized::{Context, Data};
use zbus::wire::{BE, Endian, LE};
use zbus::{OwnedVariant, Str, Variant};

/// The byte order that an input names by the letter of the D-Bus format.
pub fn order(letter: u8) -> Option<Endian> {
    match letter {
        b'l' => Some(LE),
        b'B' => Some(BE),
        _ => None,
    }
}

/// A dictionary: after `l` or `B` its bytes, else rows `name=type:value`.
pub fn read(input: &[u8]) -> Option<Given> {
    let (letter, bytes) = input.split_first()?;
    match order(*letter) {
        Some(endian) => {
            let data = data(bytes, endian);
            let (given, _): (Given, _) = data.deserialize().ok()?;
            Some(given)
        }
        None => Some(text(&String::from_utf8_lossy(input))),
    }
}

/// The bytes of a body, without descriptors.
pub fn data(bytes: &[u8], endian: Endian) -> Data<'_, 'static> {
    Data::new(bytes, Context::new(endian, 0))
}

/// The bytes of a dictionary.
pub fn bytes(given: &Given, endian: Endian) -> Data<'static, 'static> {
    zbus::wire::to_bytes(Context::new(endian, 0), given).unwrap()
}

fn text(rows: &str) -> Given {
    let mut given = HashMap::new();
    for row in rows.split('\n') {
        let Some((name, value)) = row.split_once('=') else {
            continue;
        };
        if let Some(value) = variant(value) {
            given.insert(name.to_owned(), value);
        }
    }
    given
}

fn variant(text: &str) -> Option<OwnedVariant> {
    let (kind, value) = text.split_once(':')?;
    Some(match kind {
        "b" => (value == "true").into(),
        "y" => value.parse::<u8>().ok()?.into(),
        "n" => value.parse::<i16>().ok()?.into(),
        "i" => value.parse::<i32>().ok()?.into(),
        "u" => value.parse::<u32>().ok()?.into(),
        "x" => value.parse::<i64>().ok()?.into(),
        "t" => value.parse::<u64>().ok()?.into(),
        "d" => value.parse::<f64>().ok()?.into(),
        "s" => Str::from(value.to_owned()).into(),
        "v" => OwnedVariant::try_from(Variant::new(Variant::from(value.to_owned()))).ok()?,
        "as" => {
            let words: Vec<String> = value.split(',').map(str::to_owned).collect();
            OwnedVariant::try_from(Variant::from(words)).ok()?
        }
        _ => return None,
    })
}
