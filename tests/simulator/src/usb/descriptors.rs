//! The USB descriptors: 2c7c:0296, high speed, one configuration with five interfaces.
//!
//! Layout as in docs/module/at-serial.md §1: interface 0 diagnostics, 1 NMEA, 2 AT, 3 modem,
//! 4 network. The kernel's `option` driver binds to 0 to 3 and leaves 4 to a network driver.

/// Quectel's vendor number.
pub const VENDOR: u16 = 0x2c7c;
/// The BG96's product number.
pub const PRODUCT: u16 = 0x0296;
/// The interface of the AT port, which the driver under test opens.
pub const AT_INTERFACE: u8 = 2;

/// Size of a high-speed bulk packet in bytes.
const BULK_PACKET: u16 = 512;
/// Packet size of a notification endpoint in bytes; SERIAL_STATE needs 8 bytes of header and 2 of
/// data.
const NOTIFICATION_PACKET: u16 = 16;
/// Polling interval of the notification endpoints: 2^(9-1) microframes, 32 ms.
const NOTIFICATION_INTERVAL: u8 = 9;

/// One interface; its number is its index in [`INTERFACES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interface {
    /// Its number, `bInterfaceNumber`.
    pub number: u8,
    /// Endpoint number of the bulk IN pipe.
    pub bulk_in: u8,
    /// Endpoint number of the bulk OUT pipe.
    pub bulk_out: u8,
    /// Endpoint number of the interrupt pipe for the modem lines, if there is one.
    pub notification: Option<u8>,
}

/// All interfaces, in the order of their numbers.
pub const INTERFACES: [Interface; 5] = [
    Interface {
        number: 0,
        bulk_in: 1,
        bulk_out: 1,
        notification: None,
    },
    Interface {
        number: 1,
        bulk_in: 2,
        bulk_out: 2,
        notification: Some(3),
    },
    Interface {
        number: AT_INTERFACE,
        bulk_in: 4,
        bulk_out: 3,
        notification: Some(5),
    },
    Interface {
        number: 3,
        bulk_in: 6,
        bulk_out: 4,
        notification: Some(7),
    },
    Interface {
        number: 4,
        bulk_in: 8,
        bulk_out: 5,
        notification: Some(9),
    },
];

const VENDOR_SPECIFIC: u8 = 0xff;
const ENDPOINT_IN: u8 = 0x80;
const BULK: u8 = 2;
const INTERRUPT: u8 = 3;

/// The descriptor type in a GET_DESCRIPTOR request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DescriptorType {
    /// DEVICE (1).
    Device,
    /// CONFIGURATION (2), with its interfaces and endpoints.
    Configuration,
    /// STRING (3).
    String,
}

impl DescriptorType {
    /// The type with this number; `None` for those that a BG96 does not have.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Device),
            2 => Some(Self::Configuration),
            3 => Some(Self::String),
            _ => None,
        }
    }
}

/// The descriptor of this type and index; `None` if there is none, and the request stalls.
///
/// `serial` is the device's serial number, string 3.
#[must_use]
pub fn descriptor(descriptor_type: DescriptorType, index: u8, serial: &str) -> Option<Vec<u8>> {
    match (descriptor_type, index) {
        (DescriptorType::Device, 0) => Some(device()),
        (DescriptorType::Configuration, 0) => Some(configuration()),
        (DescriptorType::String, 0) => Some(vec![4, 3, 0x09, 0x04]), // the language list: US English
        (DescriptorType::String, 1) => Some(string("Quectel")),
        (DescriptorType::String, 2) => Some(string("BG96")),
        (DescriptorType::String, 3) => Some(string(serial)),
        _ => None,
    }
}

fn device() -> Vec<u8> {
    let [vendor_low, vendor_high] = VENDOR.to_le_bytes();
    let [product_low, product_high] = PRODUCT.to_le_bytes();
    vec![
        18,
        1, // DEVICE
        0x00,
        0x02, // USB 2.0
        0,
        0,
        0,  // class: given by each interface
        64, // packet size of endpoint 0
        vendor_low,
        vendor_high,
        product_low,
        product_high, //
        0,
        0, // release
        1,
        2,
        3, // strings: manufacturer, product, serial number
        1, // configurations
    ]
}

fn configuration() -> Vec<u8> {
    let mut interfaces = Vec::new();
    for interface in INTERFACES {
        let endpoints = if interface.notification.is_some() {
            3
        } else {
            2
        };
        interfaces.extend([9, 4, interface.number, 0, endpoints]);
        interfaces.extend([VENDOR_SPECIFIC, VENDOR_SPECIFIC, VENDOR_SPECIFIC, 0]);
        if let Some(number) = interface.notification {
            endpoint(
                &mut interfaces,
                ENDPOINT_IN | number,
                INTERRUPT,
                NOTIFICATION_PACKET,
                NOTIFICATION_INTERVAL,
            );
        }
        endpoint(
            &mut interfaces,
            ENDPOINT_IN | interface.bulk_in,
            BULK,
            BULK_PACKET,
            0,
        );
        endpoint(&mut interfaces, interface.bulk_out, BULK, BULK_PACKET, 0);
    }
    let total = u16::try_from(9 + interfaces.len()).unwrap_or(u16::MAX);
    let [total_low, total_high] = total.to_le_bytes();
    let count = u8::try_from(INTERFACES.len()).unwrap_or(u8::MAX);
    // Bus-powered with remote wake-up, 500 mA (in units of 2 mA), configuration 1.
    let mut all = vec![9, 2, total_low, total_high, count, 1, 0, 0xa0, 250];
    all.append(&mut interfaces);
    all
}

fn endpoint(out: &mut Vec<u8>, address: u8, attributes: u8, packet: u16, interval: u8) {
    let [low, high] = packet.to_le_bytes();
    out.extend([7, 5, address, attributes, low, high, interval]);
}

/// A string descriptor: UTF-16LE, cut at the 126 units that fit its length byte.
fn string(text: &str) -> Vec<u8> {
    let mut descriptor = vec![0, 3];
    descriptor.extend(text.encode_utf16().take(126).flat_map(u16::to_le_bytes));
    let length = u8::try_from(descriptor.len()).unwrap_or(u8::MAX);
    if let Some(first) = descriptor.first_mut() {
        *first = length;
    }
    descriptor
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_descriptor_has_the_ids_of_a_bg96() {
        let device = descriptor(DescriptorType::Device, 0, "").expect("a descriptor");
        assert_eq!(device.len(), 18);
        assert_eq!(device[8..12], [0x7c, 0x2c, 0x96, 0x02]);
    }

    #[test]
    fn configuration_is_well_formed_and_endpoint_addresses_are_unique() {
        let all = descriptor(DescriptorType::Configuration, 0, "").expect("a descriptor");
        assert_eq!(usize::from(u16::from_le_bytes([all[2], all[3]])), all.len());
        let (mut at, mut interfaces, mut endpoints, mut declared) = (0, vec![], vec![], 0);
        while at < all.len() {
            let one = &all[at..at + usize::from(all[at])];
            match one[1] {
                4 => {
                    interfaces.push(one[2]);
                    declared += usize::from(one[4]);
                }
                5 => endpoints.push(one[2]),
                _ => {}
            }
            at += one.len();
        }
        assert_eq!(interfaces, [0, 1, 2, 3, 4]);
        assert_eq!(endpoints.len(), declared);
        endpoints.sort_unstable();
        endpoints.dedup();
        assert_eq!(endpoints.len(), declared, "an address is used twice");
    }

    #[test]
    fn strings_have_their_length_and_are_truncated() {
        let serial = descriptor(DescriptorType::String, 3, "ab").expect("a descriptor");
        assert_eq!(serial, [6, 3, b'a', 0, b'b', 0]);
        let long = descriptor(DescriptorType::String, 3, &"x".repeat(400)).expect("a descriptor");
        assert_eq!((long[0], long.len()), (254, 254));
        assert_eq!(descriptor(DescriptorType::String, 9, ""), None);
    }
}
