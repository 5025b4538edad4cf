//! Target `urc`: lines that no command asked for.

use crate::bounds::bounded;
use crate::exchange::{Kept, event};
use modem_ftp_core::at::urc::PinState;
use modem_ftp_core::at::{Channel, Conversation, Event, Lines, Urc};

/// Reads an input: lines, each ended by LF.
pub fn run(input: &[u8]) {
    for line in input.split(|byte| matches!(byte, b'\r' | b'\n')) {
        let events = bounded(line.len(), || idle(line));
        assert!(events.len() <= 1, "{} events of one line", events.len());
        let Some(first) = events.first() else {
            assert!(
                line.iter().all(|byte| *byte == 0),
                "a line without an event"
            );
            continue;
        };
        event(first);
        if let Event::Urc(urc) = first {
            let line: Vec<u8> = line.iter().copied().filter(|byte| *byte != 0).collect();
            check(urc, &String::from_utf8_lossy(&line));
        }
        // While a command without information lines waits it is the same, unless it ends it.
        if let Some(during) = during(line) {
            assert_eq!(events, during);
        }
    }
}

fn idle(line: &[u8]) -> Vec<Event> {
    fed(&mut Channel::new(), line)
}

/// `None` if the line is part of the exchange: its echo or its end.
fn during(line: &[u8]) -> Option<Vec<Event>> {
    let mut channel = Channel::new();
    channel.begin("AT+X", Conversation::Plain { lines: Lines::None });
    let events = fed(&mut channel, line);
    let ended = |event: &Event| matches!(event, Event::Finished(_));
    (!channel.echoed() && !events.iter().any(ended)).then_some(events)
}

fn fed(channel: &mut Channel, line: &[u8]) -> Vec<Event> {
    let mut kept = Kept::default();
    channel.receive(line, &mut kept);
    channel.receive(b"\r\n", &mut kept);
    assert!(kept.0.is_empty(), "a line is data");
    std::iter::from_fn(|| channel.poll()).collect()
}

/// What a URC says stands in its line.
fn check(urc: &Urc, line: &str) {
    match urc {
        Urc::Other(text) => assert_eq!(text, line),
        Urc::Late { prefix, text } => {
            assert!(prefix.starts_with("+QFTP") && prefix != "+QFTPCFG");
            assert_eq!(text, text.trim());
            assert!(line.starts_with(prefix.as_str()) && line.contains(text.as_str()));
        }
        Urc::Pin(PinState::Other(text)) => assert!(line.contains(text.as_str())),
        Urc::Registration(registration) => {
            let texts = [&registration.area, &registration.cell];
            for text in texts.into_iter().flatten() {
                assert!(!text.is_empty() && line.contains(text.as_str()));
            }
        }
        Urc::Functionality(number) | Urc::SimFound(number) | Urc::PdpDeactivated(number) => {
            assert!(line.contains(&number.to_string()));
        }
        Urc::SignalQuality { rssi, ber } => {
            assert!(line.contains(&rssi.to_string()) && line.contains(&ber.to_string()));
        }
        Urc::Ready => assert!(line.ends_with("RDY")),
        Urc::Garbled => {
            let text = ' '..='~';
            let is_text = line.chars().all(|char| text.contains(&char));
            assert!(!is_text || line.ends_with("RDY"), "{line:?}");
        }
        Urc::AppReady | Urc::Initialised | Urc::PoweredDown | Urc::Scrub(_) | Urc::Pin(_) => {}
    }
}
