//! The bus name, object paths and interface names.

/// The well-known name the daemon owns.
pub const BUS_NAME: &str = "org.example.ModemFtp";

/// The manager object; also the `ObjectManager` of all others.
pub const ROOT_PATH: &str = "/org/example/ModemFtp";
/// The modem's object.
pub const MODEM_PATH: &str = "/org/example/ModemFtp/modem";
/// The parent of all transfer objects; a transfer's number is the last element of its path.
pub const TRANSFERS_PATH: &str = "/org/example/ModemFtp/transfer";

/// The manager's interface, on [`ROOT_PATH`].
pub const FRONT_INTERFACE: &str = "org.example.ModemFtp";
/// The modem's interface, on [`MODEM_PATH`].
pub const MODEM_INTERFACE: &str = "org.example.ModemFtp.Modem1";
/// The interface of each transfer.
pub const TRANSFER_INTERFACE: &str = "org.example.ModemFtp.Transfer1";

/// `Transfer1.Size` if the size is not known (a pipe; a server without SIZE).
pub const SIZE_UNKNOWN: u64 = u64::MAX;

/// The object path of transfer `number`.
#[must_use]
pub fn transfer_path(number: u64) -> String {
    format!("{TRANSFERS_PATH}/{number}")
}

/// The number in a transfer's object path; `None` if `path` is not a result of [`transfer_path`].
#[must_use]
pub fn transfer_number(path: &str) -> Option<u64> {
    let digits = path.strip_prefix(TRANSFERS_PATH)?.strip_prefix('/')?;
    let canonical = digits == "0" || !digits.starts_with(['0', '+']);
    canonical.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transfer_paths_and_numbers_correspond() {
        for n in [0, 7, u64::MAX] {
            assert_eq!(transfer_number(&transfer_path(n)), Some(n));
        }
        for wrong in [
            "",
            "7",
            "/07",
            "/+7",
            "/-7",
            "/7/x",
            "/18446744073709551616",
        ] {
            assert_eq!(
                transfer_number(&format!("{TRANSFERS_PATH}{wrong}")),
                None,
                "{wrong}"
            );
        }
        assert_eq!(transfer_number("/org/example/ModemFtp/modem"), None);
    }
}
