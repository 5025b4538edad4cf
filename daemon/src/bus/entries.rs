//! The replies of `List` and `ListNames`. They are written one entry after the other: neither the
//! entries nor their dictionaries ever exist at the same time.

use std::collections::HashMap;

use modem_ftp_core::api::listing::{Listing, Names};
use modem_ftp_core::api::reply::Entry;
use modem_ftp_dbus::words::key;
use serde::ser::{Error as _, Serialize, SerializeMap, SerializeSeq, Serializer};
use zbus::wire::{Signature, Type};
use zbus::{OwnedVariant, Str, Variant};

use super::call::LARGEST_REPLY;

/// Least bytes that a dictionary, and each of its values, takes beside the texts in it.
const OVERHEAD: usize = 12;

/// The reply of `List`.
pub struct Entries(pub Listing);

impl Type for Entries {
    const SIGNATURE: &'static Signature = <Vec<HashMap<String, OwnedVariant>> as Type>::SIGNATURE;
}

impl Serialize for Entries {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sequence = serializer.serialize_seq(Some(self.0.len()))?;
        let (mut size, mut result) = (0, Ok(()));
        self.0.visit(|entry| {
            size += least_size(&entry);
            result = match size {
                ..=LARGEST_REPLY => sequence.serialize_element(&Attributes(&entry)),
                _ => Err(S::Error::custom("the listing is too large for a reply")),
            };
            result.is_ok()
        });
        result.and_then(|()| sequence.end())
    }
}

/// No more than the entry takes in a message.
fn least_size(entry: &Entry) -> usize {
    let facts = entry.more.iter();
    let facts = facts.map(|(name, value)| OVERHEAD + name.len() + value.len());
    2 * OVERHEAD + entry.name.len() + facts.sum::<usize>()
}

/// The dictionary of one entry.
struct Attributes<'e>(&'e Entry);

impl Type for Attributes<'_> {
    const SIGNATURE: &'static Signature = <HashMap<String, OwnedVariant> as Type>::SIGNATURE;
}

impl Serialize for Attributes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entry = self.0;
        let mut attributes = serializer.serialize_map(None)?;
        attributes.serialize_entry(key::NAME, &text(&entry.name))?;
        attributes.serialize_entry(key::TYPE, &text(entry.kind.as_str()))?;
        if let Some(size) = entry.size {
            attributes.serialize_entry(key::SIZE, &Variant::U64(size))?;
        }
        if let Some(modified) = entry.modified {
            attributes.serialize_entry(key::MODIFIED, &Variant::I64(modified))?;
        }
        // Facts that the server adds do not replace the keys that are documented.
        let known = [key::NAME, key::TYPE, key::SIZE, key::MODIFIED];
        for (name, value) in &entry.more {
            if !known.contains(&name.as_str()) {
                attributes.serialize_entry(name, &text(value))?;
            }
        }
        attributes.end()
    }
}

fn text(text: &str) -> Variant<'_> {
    Variant::Str(Str::from(text))
}

/// The reply of `ListNames`.
pub struct AllNames(pub Names);

impl Type for AllNames {
    const SIGNATURE: &'static Signature = <Vec<String> as Type>::SIGNATURE;
}

impl Serialize for AllNames {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter())
    }
}

#[cfg(test)]
mod tests {
    use modem_ftp_core::api::reply::EntryType;
    use zbus::message::Message;

    use super::*;

    fn listing(count: usize) -> Listing {
        // As many facts as rows have.
        let read = |bytes: &[u8], _: i64, visit: &mut dyn FnMut(Entry) -> bool| {
            for number in 0..bytes.len() {
                let entry = Entry {
                    name: format!("real {number}"),
                    kind: EntryType::File,
                    size: Some(5),
                    modified: (number > 0).then_some(-1),
                    more: vec![
                        ("Name".into(), "forged".into()),
                        ("mode".into(), "0644".into()),
                    ],
                };
                if !visit(entry) {
                    break;
                }
            }
            Ok(())
        };
        Listing::new(vec![0; count], 0, read, usize::MAX)
            .unwrap()
            .unwrap()
    }

    fn message(body: &(impl Serialize + zbus::DynamicType)) -> zbus::Result<Message> {
        Message::signal("/a", "a.b", "C").build(body)
    }

    #[test]
    fn a_fact_of_the_server_does_not_replace_a_documented_key() {
        let sent = message(&Entries(listing(2))).unwrap();
        let read: Vec<HashMap<String, OwnedVariant>> = sent.body().deserialize().unwrap();
        let [first, second] = read.as_slice() else {
            panic!("{read:?}");
        };
        assert_eq!(*first["Name"], text("real 0"));
        assert_eq!(*first["Type"], text("file"));
        assert_eq!(*first["Size"], Variant::U64(5));
        assert_eq!(*first["mode"], text("0644"));
        assert_eq!(first.len(), 4);
        assert_eq!(*second["Modified"], Variant::I64(-1));
    }

    #[test]
    fn a_listing_that_is_too_large_is_not_built() {
        assert!(message(&Entries(listing(100_000))).is_ok());
        assert!(message(&Entries(listing(400_000))).is_err());
    }

    #[test]
    fn all_names_are_sent() {
        let names: Names = ["a", "ä b"].into_iter().collect();
        let sent = message(&AllNames(names)).unwrap();
        let read: Vec<String> = sent.body().deserialize().unwrap();
        assert_eq!(read, ["a", "ä b"]);
    }
}
