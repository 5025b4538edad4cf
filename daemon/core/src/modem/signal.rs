//! Signal strength as `AT+CSQ` counts it (docs/module/at-network.md §3).

/// dBm of an `<rssi>`: 0 is −113 or less, 31 is −51 or more, 99 is not known.
pub fn dbm(rssi: u8) -> Option<i32> {
    (rssi <= 31).then(|| -113 + 2 * i32::from(rssi))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_the_scale() {
        assert_eq!(dbm(0), Some(-113));
        assert_eq!(dbm(2), Some(-109));
        assert_eq!(dbm(30), Some(-53));
        assert_eq!(dbm(31), Some(-51));
        assert_eq!(dbm(32), None);
        assert_eq!(dbm(99), None);
    }
}
