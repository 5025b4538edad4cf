//! The module's own clock (docs/module/at-network.md §4, docs/module/at-ssl.md §5): CCLK, CTZU, CTZR, QLTS, QNTP.
//! It runs from the time the module is told, starts in 1980 without a network, and survives a reset.

use std::time::{Instant, UNIX_EPOCH};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use crate::at::parse::Form;
use crate::module::{Action, Answer, Config, Module, Outcome, Refusal};

/// 1980-01-06 00:00:00 UTC, where a module without time begins.
const COLD_START: i64 = 315_964_800;
/// Quarter hours of a time zone.
const ZONES: std::ops::RangeInclusive<i64> = -48..=56;

/// A clock that is right or not.
#[derive(Debug)]
pub(crate) struct Clock {
    /// When the clock was last set, and to what (Unix seconds).
    believed: (Instant, i64),
    /// When the module was made, and what the world's clocks showed.
    truth: (Instant, i64),
    zone: i64,
    synchronised: bool,
    ctzu: u8,
    ctzr: u8,
}

impl Clock {
    pub(crate) fn new(now: Instant, config: &Config) -> Self {
        let truth = config
            .wall_clock
            .duration_since(UNIX_EPOCH)
            .map_or(0, |time| time.as_secs().cast_signed());
        let believed = if config.network_time {
            truth
        } else {
            COLD_START
        };
        Self {
            believed: (now, believed),
            truth: (now, truth),
            zone: 0,
            synchronised: config.network_time,
            ctzu: 0,
            ctzr: 0,
        }
    }

    /// Unix seconds as the module believes.
    pub(crate) fn seconds(&self, now: Instant) -> i64 {
        advanced(self.believed, now)
    }

    /// Unix seconds as a time server would say.
    fn true_seconds(&self, now: Instant) -> i64 {
        advanced(self.truth, now)
    }

    fn local(&self, now: Instant) -> DateTime<Utc> {
        at(self.seconds(now) + self.zone * 900)
    }
}

fn advanced((since, seconds): (Instant, i64), now: Instant) -> i64 {
    seconds + now.duration_since(since).as_secs().cast_signed()
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}

/// `yy/MM/dd,hh:mm:ss` and an optional `±zz`, as Unix seconds and quarter hours.
fn parse(text: &str) -> Option<(i64, i64)> {
    let (time, zone) = match text.get(17..) {
        Some("") | None => (text, 0),
        Some(zone) if zone.len() == 3 && zone.starts_with(['+', '-']) => {
            (text.get(..17)?, zone.parse().ok()?)
        }
        Some(_) => return None,
    };
    let local = NaiveDateTime::parse_from_str(time, "%y/%m/%d,%H:%M:%S").ok()?;
    let zone = Some(zone).filter(|zone| ZONES.contains(zone))?;
    Some((
        (local.and_utc() - TimeDelta::minutes(15 * zone)).timestamp(),
        zone,
    ))
}

pub(crate) fn cclk(module: &mut Module, form: &Form) -> Answer {
    match form {
        Form::Test => Ok(Outcome::Ok),
        Form::Read => {
            let time = module.clock.local(module.now).format("%y/%m/%d,%H:%M:%S");
            let text = format!("+CCLK: \"{time}{:+03}\"", module.clock.zone);
            module.say([text])
        }
        Form::Write(args) if args.len() == 1 => {
            let (seconds, zone) = args.text(0, 20).and_then(parse).ok_or(Refusal::Error)?;
            module.clock.believed = (module.now, seconds);
            module.clock.zone = zone;
            Ok(Outcome::Ok)
        }
        _ => Err(Refusal::Error),
    }
}

pub(crate) fn ctzu(module: &mut Module, form: &Form) -> Answer {
    super::number_setting(module, form, "+CTZU", 0..=1, |module| {
        &mut module.clock.ctzu
    })
}

pub(crate) fn ctzr(module: &mut Module, form: &Form) -> Answer {
    super::number_setting(module, form, "+CTZR", 0..=2, |module| {
        &mut module.clock.ctzr
    })
}

/// The time of the last synchronisation is not kept apart from the current one.
pub(crate) fn qlts(module: &mut Module, form: &Form) -> Answer {
    let mode = match form {
        Form::Test => return module.say(["+QLTS: (0-2)"]),
        Form::Exec => 0,
        Form::Write(args) if args.len() == 1 => args.within(0, 0..=2).ok_or(Refusal::Error)?,
        _ => return Err(Refusal::Error),
    };
    if !module.clock.synchronised {
        return module.say(["+QLTS: \"\""]);
    }
    let time = if mode == 1 {
        at(module.clock.seconds(module.now))
    } else {
        module.clock.local(module.now)
    };
    let text = format!(
        "+QLTS: \"{}{:+03},0\"",
        time.format("%Y/%m/%d,%H:%M:%S"),
        module.clock.zone
    );
    module.say([text])
}

/// The time server is the host's own clock: UTC, tagged with the local zone as docs/module/quirks.md N10 has it.
pub(crate) fn qntp(module: &mut Module, form: &Form) -> Answer {
    match form {
        Form::Test => module.say(["+QNTP: (1-16),<server>,(1-65535),(0,1)"]),
        Form::Write(args) if (2..=4).contains(&args.len()) => {
            let server = args
                .text(1, 200)
                .filter(|server| !server.is_empty())
                .ok_or(Refusal::Error)?;
            args.within_or(2, 1..=65535, 123).ok_or(Refusal::Error)?;
            let set = args.within_or(3, 0..=1, 1).ok_or(Refusal::Error)? == 1;
            if !module.contexts.is_active(super::context::id(args, 0)?) {
                return Err(module.contexts.fail(561));
            }
            let truth = module.clock.true_seconds(module.now);
            let text = if server.ends_with(".invalid") {
                "+QNTP: 565".to_owned()
            } else {
                if set {
                    module.clock.believed = (module.now, truth);
                    module.clock.synchronised = true;
                }
                format!(
                    "+QNTP: 0,\"{}{:+03}\"",
                    at(truth).format("%Y/%m/%d,%H:%M:%S"),
                    module.clock.zone
                )
            };
            module.agenda.plan(module.now, Action::Urc(text));
            Ok(Outcome::Ok)
        }
        _ => Err(Refusal::Error),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn times_and_zones() {
        assert_eq!(parse("80/01/06,00:00:00+00"), Some((315_964_800, 0)));
        assert_eq!(parse("26/11/22,08:00:00+04"), Some((1_795_330_800, 4)));
        assert_eq!(parse("26/11/22,07:00:00"), Some((1_795_330_800, 0)));
        for bad in [
            "26/13/01,00:00:00+00",
            "26/11/22,08:00:00+57",
            "26/11/22",
            "26/11/22,08:00:00+4",
            "",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
