//! Addresses of PDP contexts, as the module writes them.

use std::net::{IpAddr, Ipv6Addr};

use crate::at::fields::Fields;

/// The address in the rest of an answer's parameters; an IPv4 one if there are two. `None`: there is none,
/// or one that stands for none (`0.0.0.0`, `::`).
pub(super) fn of(fields: Fields<'_>) -> Option<IpAddr> {
    // A context with both kinds has two parameters, or both in one.
    let all: Vec<IpAddr> = fields
        .flat_map(|field| field.text.split([',', ' ', ';']))
        .filter_map(parse)
        .filter(|address| !address.is_unspecified())
        .collect();
    let first = all.first().copied();
    all.into_iter().find(IpAddr::is_ipv4).or(first)
}

/// Reads an address. 3GPP TS 27.007 writes IPv6 as 16 numbers with points between them, a mask may follow
/// in as many more.
fn parse(text: &str) -> Option<IpAddr> {
    let text = text.split(['/', '%']).next()?;
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    let numbers: Result<Vec<u8>, _> = text.split('.').map(str::parse).collect();
    let numbers = numbers.ok()?;
    match numbers.len() {
        // An IPv4 address and its mask.
        8 => Some(<[u8; 4]>::try_from(numbers.get(..4)?).ok()?.into()),
        16 | 32 => {
            let octets = <[u8; 16]>::try_from(numbers.get(..16)?).ok()?;
            Some(Ipv6Addr::from(octets).into())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_every_form() {
        for (text, address) in [
            (r#""10.7.157.1""#, Some("10.7.157.1")),
            ("10.7.157.1", Some("10.7.157.1")),
            ("10.7.157.1.255.255.255.0", Some("10.7.157.1")),
            (r#""2001:db8::17""#, Some("2001:db8::17")),
            (r#""2001:DB8:0:0:0:0:0:17/64""#, Some("2001:db8::17")),
            (
                r#""32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.23""#,
                Some("2001:db8::17"),
            ),
            (
                "32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.23.255.255.255.255.255.255.255.255.0.0.0.0.0.0.0.0",
                Some("2001:db8::17"),
            ),
            (r#""2001:db8::17","10.7.157.1""#, Some("10.7.157.1")),
            (r#""10.7.157.1,2001:db8::17""#, Some("10.7.157.1")),
            (r#""0.0.0.0","2001:db8::17""#, Some("2001:db8::17")),
            ("0.0.0.0", None),
            (r#""0.0.0.0","0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0""#, None),
            (r#""::""#, None),
            (r#""""#, None),
            ("", None),
            ("1.2.3", None),
            ("256.1.1.1", None),
        ] {
            let address = address.map(|address| address.parse().unwrap());
            assert_eq!(of(Fields::of(text)), address, "{text}");
        }
    }
}
