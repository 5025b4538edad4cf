//! Requests on endpoint 0, parsed from the eight bytes of a setup packet (Universal Serial Bus
//! Specification 2.0 §9.3, §9.4; USB CDC PSTN Subclass 1.2 §6.3).

use super::descriptors::DescriptorType;

/// A request of the host to the device, an interface or an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ControlRequest {
    /// GET_DESCRIPTOR.
    Descriptor {
        /// Its type.
        descriptor_type: DescriptorType,
        /// Its index among those of the type.
        index: u8,
    },
    /// GET_STATUS of the device, an interface or an endpoint.
    Status,
    /// GET_CONFIGURATION.
    Configuration,
    /// SET_CONFIGURATION; 0 deconfigures the device.
    SetConfiguration(u8),
    /// GET_INTERFACE: the alternate setting.
    Alternate,
    /// SET_INTERFACE to this alternate setting.
    SetAlternate(u16),
    /// CLEAR_FEATURE or SET_FEATURE: endpoint halt, remote wake-up.
    Feature,
    /// SET_CONTROL_LINE_STATE: the modem lines that the host drives.
    ControlLines {
        /// The interface to which they belong.
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

impl ControlRequest {
    /// Parses a setup packet.
    #[must_use]
    pub fn parse(setup: [u8; 8]) -> Self {
        let [
            request_type,
            request,
            value_low,
            value_high,
            index_low,
            index_high,
            _,
            _,
        ] = setup;
        let value = u16::from_le_bytes([value_low, value_high]);
        match (request_type, request) {
            (FROM_DEVICE | FROM_INTERFACE | FROM_ENDPOINT, 0) => Self::Status,
            (TO_DEVICE | TO_INTERFACE | TO_ENDPOINT, 1 | 3) => Self::Feature,
            (FROM_DEVICE, 6) => DescriptorType::from_number(value_high).map_or(
                Self::Unsupported,
                |descriptor_type| Self::Descriptor {
                    descriptor_type,
                    index: value_low,
                },
            ),
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
    fn parses_the_requests_of_enumeration_and_of_the_option_driver() {
        let table = [
            (
                [0x80, 6, 0, 1, 0, 0, 18, 0],
                ControlRequest::Descriptor {
                    descriptor_type: DescriptorType::Device,
                    index: 0,
                },
            ),
            (
                [0x80, 6, 3, 3, 9, 4, 255, 0],
                ControlRequest::Descriptor {
                    descriptor_type: DescriptorType::String,
                    index: 3,
                },
            ),
            // DEVICE_QUALIFIER and BOS: a high-speed-only 2.0 device has neither.
            ([0x80, 6, 0, 6, 0, 0, 10, 0], ControlRequest::Unsupported),
            ([0x80, 6, 0, 15, 0, 0, 5, 0], ControlRequest::Unsupported),
            (
                [0x00, 9, 1, 0, 0, 0, 0, 0],
                ControlRequest::SetConfiguration(1),
            ),
            ([0x80, 8, 0, 0, 0, 0, 1, 0], ControlRequest::Configuration),
            ([0x80, 0, 0, 0, 0, 0, 2, 0], ControlRequest::Status),
            ([0x02, 1, 0, 0, 0x84, 0, 0, 0], ControlRequest::Feature),
            (
                [0x01, 11, 0, 0, 2, 0, 0, 0],
                ControlRequest::SetAlternate(0),
            ),
            (
                [0x21, 0x22, 3, 0, 2, 0, 0, 0],
                ControlRequest::ControlLines {
                    interface: 2,
                    lines: HostLines {
                        dtr: true,
                        rts: true,
                    },
                },
            ),
            (
                [0x21, 0x22, 2, 0, 3, 0, 0, 0],
                ControlRequest::ControlLines {
                    interface: 3,
                    lines: HostLines {
                        dtr: false,
                        rts: true,
                    },
                },
            ),
            // SET_LINE_CODING: a vendor-specific port has no line coding.
            ([0x21, 0x20, 0, 0, 2, 0, 7, 0], ControlRequest::Unsupported),
        ];
        for (setup, expected) in table {
            assert_eq!(ControlRequest::parse(setup), expected, "{setup:02x?}");
        }
    }
}
