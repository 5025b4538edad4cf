//! The module's clock: CCLK, CTZU, CTZR, QLTS (docs/module/at-network.md §4), QNTP
//! (docs/module/at-network.md §1). Without network time it starts in 1980
//! (docs/module/at-ssl.md §5); it keeps running during a reset.

use std::time::{Instant, UNIX_EPOCH};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use crate::at::parse::Form;
use crate::module::{CommandError, CommandResult, Config, Module, Outcome, TimedAction};

/// 1980-01-06 00:00:00 UTC, the time at a cold start without network time.
const COLD_START: i64 = 315_964_800;
/// Valid time zones in quarter hours.
const ZONES: std::ops::RangeInclusive<i64> = -48..=56;

/// The module's clock, and the true time for QNTP.
#[derive(Debug)]
pub(crate) struct Clock {
    /// When the clock was last set, and to which Unix time.
    module_time: (Instant, i64),
    /// When the module was created, and the true Unix time at that moment.
    true_time: (Instant, i64),
    zone: i64,
    synchronised: bool,
    ctzu: u8,
    ctzr: u8,
}

impl Clock {
    pub(crate) fn new(now: Instant, config: &Config) -> Self {
        let true_time = config
            .wall_clock
            .duration_since(UNIX_EPOCH)
            .map_or(0, |time| time.as_secs().cast_signed());
        let module_time = if config.network_time {
            true_time
        } else {
            COLD_START
        };
        Self {
            module_time: (now, module_time),
            true_time: (now, true_time),
            zone: 0,
            synchronised: config.network_time,
            ctzu: 0,
            ctzr: 0,
        }
    }

    /// The module's time in Unix seconds.
    pub(crate) fn seconds(&self, now: Instant) -> i64 {
        advanced(self.module_time, now)
    }

    /// The true time in Unix seconds.
    fn true_seconds(&self, now: Instant) -> i64 {
        advanced(self.true_time, now)
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

pub(crate) fn cclk(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => Ok(Outcome::Ok),
        Form::Read => {
            let time = module.clock.local(module.now).format("%y/%m/%d,%H:%M:%S");
            let text = format!("+CCLK: \"{time}{:+03}\"", module.clock.zone);
            module.answer([text])
        }
        Form::Write(args) if args.len() == 1 => {
            let (seconds, zone) = args
                .text(0, 20)
                .and_then(parse)
                .ok_or(CommandError::Error)?;
            module.clock.module_time = (module.now, seconds);
            module.clock.zone = zone;
            Ok(Outcome::Ok)
        }
        _ => Err(CommandError::Error),
    }
}

pub(crate) fn ctzu(module: &mut Module, form: &Form) -> CommandResult {
    super::number_setting(module, form, "+CTZU", 0..=1, |module| {
        &mut module.clock.ctzu
    })
}

pub(crate) fn ctzr(module: &mut Module, form: &Form) -> CommandResult {
    super::number_setting(module, form, "+CTZR", 0..=2, |module| {
        &mut module.clock.ctzr
    })
}

/// AT+QLTS. Mode 0 (time of the last synchronisation) prints the current time.
pub(crate) fn qlts(module: &mut Module, form: &Form) -> CommandResult {
    let mode = match form {
        Form::Test => return module.answer(["+QLTS: (0-2)"]),
        Form::Exec => 0,
        Form::Write(args) if args.len() == 1 => args.within(0, 0..=2).ok_or(CommandError::Error)?,
        _ => return Err(CommandError::Error),
    };
    if !module.clock.synchronised {
        return module.answer(["+QLTS: \"\""]);
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
    module.answer([text])
}

/// AT+QNTP. The time server's time is that of the host: UTC, printed with the local time zone
/// (docs/module/quirks.md N10).
pub(crate) fn qntp(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => module.answer(["+QNTP: (1-16),<server>,(1-65535),(0,1)"]),
        Form::Write(args) if (2..=4).contains(&args.len()) => {
            let server = args
                .text(1, 200)
                .filter(|server| !server.is_empty())
                .ok_or(CommandError::Error)?;
            args.within_or(2, 1..=65535, 123)
                .ok_or(CommandError::Error)?;
            let set = args.within_or(3, 0..=1, 1).ok_or(CommandError::Error)? == 1;
            if !module.contexts.is_active(super::context::id(args, 0)?) {
                return Err(module.contexts.fail(561));
            }
            let true_time = module.clock.true_seconds(module.now);
            let text = if server.ends_with(".invalid") {
                "+QNTP: 565".to_owned()
            } else {
                if set {
                    module.clock.module_time = (module.now, true_time);
                    module.clock.synchronised = true;
                }
                format!(
                    "+QNTP: 0,\"{}{:+03}\"",
                    at(true_time).format("%Y/%m/%d,%H:%M:%S"),
                    module.clock.zone
                )
            };
            module.timers.schedule(module.now, TimedAction::Urc(text));
            Ok(Outcome::Ok)
        }
        _ => Err(CommandError::Error),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn parses_times_and_time_zones() {
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
