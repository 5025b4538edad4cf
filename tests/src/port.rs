//! Free TCP ports for servers, and the addresses on which a port is open.

use crate::Error;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU16, Ordering};

/// Ports are below the kernel's ephemeral range, so that no outgoing connection gets one before the
/// server has bound it.
const FIRST: u16 = 12_000;
const COUNT: u16 = 20_000;

static NEXT: AtomicU16 = AtomicU16::new(0);

/// A port of 127.0.0.1 that is not open and that this process did not get before.
///
/// # Errors
///
/// If none is free.
pub fn free_port() -> Result<u16, Error> {
    // Test processes that run at the same time start at different ports.
    let start = u16::try_from(std::process::id() * 37 % u32::from(COUNT)).unwrap_or(0);
    for _ in 0..COUNT {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = FIRST + start.wrapping_add(step) % COUNT;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    Err(Error::failed("no free TCP port on 127.0.0.1"))
}

/// Every address on which `port` is open, from `/proc/net/tcp` and `tcp6`.
///
/// # Errors
///
/// If `/proc` cannot be read.
pub fn listeners(port: u16) -> Result<Vec<SocketAddr>, Error> {
    let mut found = Vec::new();
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        let Ok(text) = fs::read_to_string(table) else {
            continue; // a kernel without IPv6
        };
        found.extend(
            text.lines()
                .skip(1)
                .filter_map(listening)
                .filter(|a| a.port() == port),
        );
    }
    Ok(found)
}

/// The local address of a row in state LISTEN (0A), proc(5).
fn listening(row: &str) -> Option<SocketAddr> {
    let mut fields = row.split_whitespace();
    let (address, port) = fields.nth(1)?.split_once(':')?;
    if fields.nth(1)? != "0A" {
        return None;
    }
    let port = u16::from_str_radix(port, 16).ok()?;
    // Each 32-bit word is written in the host's byte order.
    let mut bytes = Vec::with_capacity(16);
    for word in address.as_bytes().chunks(8) {
        let word = u32::from_str_radix(std::str::from_utf8(word).ok()?, 16).ok()?;
        bytes.extend(word.to_ne_bytes());
    }
    let address = match <[u8; 4]>::try_from(bytes.as_slice()) {
        Ok(v4) => IpAddr::from(Ipv4Addr::from(v4)),
        Err(_) => IpAddr::from(Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?)),
    };
    Some(SocketAddr::new(address, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_is_found_with_its_address() {
        let here = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = here.local_addr().unwrap();
        assert_eq!(listeners(address.port()).unwrap(), [address]);
        let everywhere = TcpListener::bind(("0.0.0.0", 0)).unwrap();
        let address = everywhere.local_addr().unwrap();
        assert_eq!(listeners(address.port()).unwrap(), [address]);
        drop(everywhere);
        assert_eq!(listeners(address.port()).unwrap(), []);
    }

    #[test]
    fn no_port_is_given_twice() {
        let mut ports: Vec<u16> = (0..50).map(|_| free_port().unwrap()).collect();
        ports.sort_unstable();
        ports.dedup();
        assert_eq!(ports.len(), 50);
    }
}
