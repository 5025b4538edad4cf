//! `doctor`: checks everything that a transfer needs, from the daemon to the network, and tells
//! what to do about what is wrong.

use std::cmp::Ordering;

use modem_ftp_dbus::errors::{ErrorName, exit};
use modem_ftp_dbus::proxies::Attributes;
use modem_ftp_dbus::words::ModemState;
use serde_json::json;

use crate::client::Client;
use crate::failure::Failure;
use crate::props::{number, text, texts};
use crate::text::printable;

/// Below this, in dBm, the link is likely to break. 0 means that the signal is not known.
const WEAK: i128 = -105;

/// The result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// It is in order.
    Good,
    /// Transfers are possible, but somebody should look at it.
    Warning,
    /// No transfer is possible.
    Bad,
    /// It cannot be told, because something before it is bad.
    Unknown,
}

/// One line of the report.
struct Check {
    name: &'static str,
    verdict: Verdict,
    text: String,
}

/// Prints the checks in the order in which one depends on the other.
///
/// # Errors
/// Something is bad (exit code 4), or there are warnings (exit code 1).
pub async fn run(client: &Client<'_>) -> Result<(), Failure> {
    let front = client.front_properties().await?;
    let modem = client.modem_properties().await?;
    let checks = checks(&front, &modem);
    for Check {
        name,
        verdict,
        text,
    } in &checks
    {
        let word = verdict.word();
        client.output.either(
            &json!({ "check": name, "verdict": word, "text": text }),
            format!("{word:<8} {name:<10} {}", printable(text)).trim_end(),
        )?;
    }
    let count = |verdict| checks.iter().filter(|c| c.verdict == verdict).count();
    let (bad, warnings) = (count(Verdict::Bad), count(Verdict::Warning));
    let (exit, text) = match (bad, warnings) {
        (0, 0) => return Ok(()),
        (0, _) => (exit::FAILURE, format!("warnings: {warnings}")),
        _ => (exit::MODEM, "no transfer is possible at present".into()),
    };
    Err(Failure {
        exit,
        ..Failure::new(ErrorName::Failed, text)
    })
}

fn checks(front: &Attributes, modem: &Attributes) -> Vec<Check> {
    let version = text(front, "Version");
    let mut checks = vec![Check::new(
        "daemon",
        Verdict::Good,
        format!("modem-ftpd {version}"),
    )];
    let servers = texts(front, "Servers");
    checks.push(if servers.is_empty() {
        let text = "none is configured: add one to the configuration, then modem-ftp reload";
        Check::new("servers", Verdict::Warning, text.into())
    } else {
        Check::new("servers", Verdict::Good, servers.join(", "))
    });
    checks.extend(of_modem(modem));
    let warnings = texts(front, "Warnings");
    checks.extend(
        warnings
            .into_iter()
            .map(|text| Check::new("warning", Verdict::Warning, text)),
    );
    checks
}

/// Serial port, module, SIM and network: bring-up goes through them in this order, so that those
/// before the one at which it is are in order.
fn of_modem(modem: &Attributes) -> Vec<Check> {
    let state = text(modem, "State");
    let reason = text(modem, "StateReason");
    let known = ModemState::from_word(state);
    // At which check bring-up is, and what to do.
    let (at, advice) = match known {
        Some(ModemState::Absent) => (0, "connect the modem, or correct device in [modem]"),
        Some(ModemState::Starting) => (1, "wait: it is being initialised"),
        Some(ModemState::Failed) => (1, "try modem-ftp reset; see the journal of modem-ftpd"),
        Some(ModemState::Locked) => (2, "insert the SIM, or correct its PIN"),
        Some(ModemState::Searching) => (3, "check the antenna and the coverage"),
        Some(ModemState::Registered) => (3, "check apn in [network] if this lasts"),
        Some(ModemState::Online) => (4, ""),
        None => (
            1,
            "modem-ftpd reports a state that this version does not know",
        ),
    };
    let module = [
        text(modem, "Manufacturer"),
        text(modem, "Model"),
        text(modem, "Revision"),
    ];
    let network = [text(modem, "Operator"), text(modem, "AccessTechnology")];
    let facts = [
        ("port", text(modem, "Device").to_owned()),
        ("module", module.join(" ")),
        ("SIM", text(modem, "Iccid").to_owned()),
        ("network", network.join(" ")),
    ];
    let mut checks = Vec::with_capacity(5);
    for (index, (name, fact)) in facts.into_iter().enumerate() {
        checks.push(match index.cmp(&at) {
            Ordering::Less => Check::new(name, Verdict::Good, fact.trim().to_owned()),
            Ordering::Equal => {
                let why = if reason.is_empty() { state } else { reason };
                Check::new(name, Verdict::Bad, format!("{why}: {advice}"))
            }
            Ordering::Greater => Check::new(name, Verdict::Unknown, String::new()),
        });
    }
    checks.push(signal(modem));
    checks
}

fn signal(modem: &Attributes) -> Check {
    let dbm = number(modem, "SignalDbm").unwrap_or(0);
    let (verdict, text) = match dbm {
        0 => (Verdict::Unknown, String::new()),
        _ if dbm < WEAK => (
            Verdict::Warning,
            format!("{dbm} dBm is weak: check the antenna"),
        ),
        _ => (Verdict::Good, format!("{dbm} dBm")),
    };
    Check::new("signal", verdict, text)
}

impl Check {
    fn new(name: &'static str, verdict: Verdict, text: String) -> Self {
        Self {
            name,
            verdict,
            text,
        }
    }
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Warning => "warning",
            Self::Bad => "bad",
            Self::Unknown => "unknown",
        }
    }
}
