//! Requests on endpoint 0, read from the eight bytes of a setup packet (USB 2.0, 9.3 and 9.4; CDC PSTN 6.3).

use super::descriptors::Kind;

/// What the host asks of the device or of one interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// GET_DESCRIPTOR.
    Descriptor {
        /// Which kind.
        kind: Kind,
        /// Which one of them.
        index: u8,
    },
    /// GET_STATUS of the device, an interface or an endpoint.
    Status,
    /// GET_CONFIGURATION.
    Configuration,
    /// SET_CONFIGURATION; 0 takes it away.
    SetConfiguration(u8),
    /// GET_INTERFACE: which alternate setting.
    Alternate,
    /// SET_INTERFACE to this alternate setting.
    SetAlternate(u16),
    /// CLEAR_FEATURE or SET_FEATURE: a halt ended, remote wake-up switched.
    Feature,
    /// SET_CONTROL_LINE_STATE: the lines that the host drives.
    ControlLines {
        /// The interface that they belong to.
        interface: u16,
        /// The lines.
        lines: HostLines,
    },
    /// Anything else: the request stalls.
    Unsupported,
}

/// The modem lines that the host drives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HostLines {
    /// Data terminal ready.
    pub dtr: bool,
    /// Request to send.
    pub rts: bool,
}

const TO_DEVICE: u8 = 0x00;
const TO_INTERFACE: u8 = 0x01;
const TO_ENDPOINT: u8 = 0x02;
const FROM_DEVICE: u8 = 0x80;
const FROM_INTERFACE: u8 = 0x81;
const FROM_ENDPOINT: u8 = 0x82;
const CLASS_TO_INTERFACE: u8 = 0x21;

impl Request {
    /// Reads a setup packet.
    #[must_use]
    pub fn parse(setup: [u8; 8]) -> Self {
        let [
            kind,
            request,
            value_low,
            value_high,
            index_low,
            index_high,
            _,
            _,
        ] = setup;
        let value = u16::from_le_bytes([value_low, value_high]);
        match (kind, request) {
            (FROM_DEVICE | FROM_INTERFACE | FROM_ENDPOINT, 0) => Self::Status,
            (TO_DEVICE | TO_INTERFACE | TO_ENDPOINT, 1 | 3) => Self::Feature,
            (FROM_DEVICE, 6) => {
                Kind::from_number(value_high).map_or(Self::Unsupported, |kind| Self::Descriptor {
                    kind,
                    index: value_low,
                })
            }
            (FROM_DEVICE, 8) => Self::Configuration,
            (TO_DEVICE, 9) => Self::SetConfiguration(value_low),
            (FROM_INTERFACE, 10) => Self::Alternate,
            (TO_INTERFACE, 11) => Self::SetAlternate(value),
            (CLASS_TO_INTERFACE, 0x22) => Self::ControlLines {
                interface: u16::from_le_bytes([index_low, index_high]),
                lines: HostLines {
                    dtr: value & 1 != 0,
                    rts: value & 2 != 0,
                },
            },
            _ => Self::Unsupported,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_of_an_enumeration_and_of_option() {
        let table = [
            (
                [0x80, 6, 0, 1, 0, 0, 18, 0],
                Request::Descriptor {
                    kind: Kind::Device,
                    index: 0,
                },
            ),
            (
                [0x80, 6, 3, 3, 9, 4, 255, 0],
                Request::Descriptor {
                    kind: Kind::String,
                    index: 3,
                },
            ),
            // DEVICE_QUALIFIER and BOS: a high-speed-only 2.0 device has neither.
            ([0x80, 6, 0, 6, 0, 0, 10, 0], Request::Unsupported),
            ([0x80, 6, 0, 15, 0, 0, 5, 0], Request::Unsupported),
            ([0x00, 9, 1, 0, 0, 0, 0, 0], Request::SetConfiguration(1)),
            ([0x80, 8, 0, 0, 0, 0, 1, 0], Request::Configuration),
            ([0x80, 0, 0, 0, 0, 0, 2, 0], Request::Status),
            ([0x02, 1, 0, 0, 0x84, 0, 0, 0], Request::Feature),
            ([0x01, 11, 0, 0, 2, 0, 0, 0], Request::SetAlternate(0)),
            (
                [0x21, 0x22, 3, 0, 2, 0, 0, 0],
                Request::ControlLines {
                    interface: 2,
                    lines: HostLines {
                        dtr: true,
                        rts: true,
                    },
                },
            ),
            (
                [0x21, 0x22, 2, 0, 3, 0, 0, 0],
                Request::ControlLines {
                    interface: 3,
                    lines: HostLines {
                        dtr: false,
                        rts: true,
                    },
                },
            ),
            // SET_LINE_CODING: a vendor-specific port has no line coding.
            ([0x21, 0x20, 0, 0, 2, 0, 7, 0], Request::Unsupported),
        ];
        for (setup, expected) in table {
            assert_eq!(Request::parse(setup), expected, "{setup:02x?}");
        }
    }
}
