//! `[modem]` and `[network]`.

use std::path::PathBuf;

use modem_ftp_core::api::settings::{Authentication, DataModeExit, Modem, Network, PdpType};
use modem_ftp_core::at::quote::{ContextPassword, ContextText, Pin};

use super::secret::Sources;
use super::section::Section;

/// The baud rates of the module (docs/module/at-serial.md §2), in bits per second.
const RATES: [i64; 8] = [
    9600, 19200, 38400, 57600, 115_200, 230_400, 460_800, 921_600,
];

/// `[modem]`, and the power-cycle command, which the engine does not need to know.
pub fn modem(section: Section<'_, '_>, sources: &Sources) -> (Modem, Vec<String>) {
    let device = section.required_path("device");
    let sim_pin = sources.secret(&section, "sim_pin_file", "sim_pin_credential");
    if let Some(pin) = &sim_pin {
        section.check(["sim_pin_file", "sim_pin_credential"], Pin::new(pin));
    }
    let power_cycle = power_cycle(&section);
    let modem = Modem {
        device: device.to_string_lossy().into_owned(),
        baud: baud(&section),
        hardware_flow_control: section.choice(
            "flow_control",
            &[("hardware", true), ("none", false)],
            true,
        ),
        data_mode_exit: section.choice(
            "data_mode_exit",
            &[("dtr", DataModeExit::Dtr), ("escape", DataModeExit::Escape)],
            DataModeExit::Dtr,
        ),
        sim_pin,
        allow_raw_commands: section.boolean("allow_raw_commands", false),
        power_cycle: !power_cycle.is_empty(),
    };
    section.finish();
    (modem, power_cycle)
}

fn baud(section: &Section<'_, '_>) -> u32 {
    let baud = section.integer("baud", 0..=i64::MAX, 115_200);
    if !RATES.contains(&baud) {
        let known: Vec<_> = RATES.iter().map(ToString::to_string).collect();
        let text = format!("must be one of {}, not {baud}", known.join(", "));
        section.fault("baud", text);
    }
    u32::try_from(baud).unwrap_or(115_200)
}

fn power_cycle(section: &Section<'_, '_>) -> Vec<String> {
    let words = section.strings("power_cycle").unwrap_or_default();
    if let Some((offset, program)) = words.first()
        && !PathBuf::from(program).is_absolute()
    {
        let text = format!("must begin with the absolute path of a program, not \"{program}\"");
        section.fault_at(*offset, "power_cycle", text);
    }
    words.into_iter().map(|(_, word)| word).collect()
}

/// `[network]`.
pub fn network(section: Section<'_, '_>, sources: &Sources) -> Network {
    let apn = section.string("apn", "");
    section.check(["apn"], ContextText::or_empty("value", &apn));
    let user = section.string("user", "");
    section.check(["user"], ContextText::or_empty("value", &user));
    let password = sources
        .secret(&section, "password_file", "password_credential")
        .unwrap_or_default();
    section.check(
        ["password_file", "password_credential"],
        ContextPassword::new("content", &password),
    );
    let context = section.integer("context", 1..=16, 1);
    let authentication = section.choice(
        "authentication",
        &[
            ("none", Authentication::None),
            ("pap", Authentication::Pap),
            ("chap", Authentication::Chap),
            ("either", Authentication::Either),
        ],
        Authentication::None,
    );
    let pdp_type = section.choice(
        "pdp_type",
        &[
            ("ipv4", PdpType::Ipv4),
            ("ipv6", PdpType::Ipv6),
            ("ipv4v6", PdpType::Ipv4v6),
        ],
        PdpType::Ipv4,
    );
    section.finish();
    Network {
        context: u8::try_from(context).unwrap_or(1),
        pdp_type,
        apn,
        user,
        password,
        authentication,
    }
}
