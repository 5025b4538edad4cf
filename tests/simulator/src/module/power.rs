//! Start, restart and power-down with their URCs (docs/module/at-network.md §6).

use std::time::Duration;

use super::{Mode, Module, Statistics, TimedAction};
use crate::at::profile::Profile;
use crate::fault::{BootSign, Knob, boot_signs};
use crate::remote::Request;

/// Pause between two steps of the start.
const STEP: Duration = Duration::from_millis(10);

/// The power state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Power {
    Off,
    Starting,
    On,
}

impl Module {
    /// Starts the module: volatile settings get their defaults, RDY comes after the boot delay.
    pub(crate) fn start(&mut self) {
        self.stop();
        self.power = Power::Starting;
        self.timers
            .schedule(self.now + self.config.boot_delay, TimedAction::Booted);
    }

    /// Switches off: loses all volatile state.
    fn stop(&mut self) {
        if self.ftp.is_open() || self.ftp.is_busy() {
            self.requests.push_back(Request::Drop);
        }
        self.power = Power::Off;
        for argument in ["context", "restart"] {
            self.faults.heal(Knob::DataDead, argument);
        }
        self.timers.clear();
        self.dce.reset();
        self.discard_line();
        self.mode = Mode::Command;
        self.dce.profile = self.stored_profile.recalled();
        if self.faults.is_on(Knob::EchoOnBoot) {
            self.dce.profile.echo = Profile::default().echo;
        }
        if self.faults.is_on(Knob::EchoOffOnBoot) {
            self.dce.profile.echo = false;
        }
        self.line_rate = self.stored_rate;
        if let Some(rate) = self.faults.number(Knob::BootRate, 0) {
            self.line_rate = u32::try_from(rate).unwrap_or(self.stored_rate);
        }
        self.ftp.power_loss();
        self.contexts = crate::cmd::context::Contexts::default();
        self.ssl = crate::cmd::ssl::SslContexts::default();
        self.configuration.power_loss();
        self.ufs.handles.close_all();
        self.network.power_loss();
        self.sim.power_loss();
        self.statistics.data_mode = Statistics::default().data_mode;
    }

    /// Restarts without POWERED DOWN; `why` is for the transcript.
    pub(crate) fn restart(&mut self, why: &str) {
        self.dce.transcript.note(&format!("the module {why}"));
        self.dce.drop_output();
        self.start();
    }

    /// Switches off with POWERED DOWN.
    pub(crate) fn power_down(&mut self) {
        self.act(TimedAction::PoweredDown { restart: false });
    }

    /// Executes a scheduled action.
    pub(super) fn act(&mut self, action: TimedAction) {
        match action {
            TimedAction::Booted => self.booted(),
            TimedAction::SimRead => self.announce_sim(),
            TimedAction::PowerOn => self.start(),
            TimedAction::Urc(text) => self.urc(&text),
            TimedAction::ResultLine(text) => self.dce.urc(&text),
            TimedAction::Complete(answer) => self.complete_command(answer),
            TimedAction::Activate(context) => self.finish_activation(context),
            TimedAction::Deactivate(context) => self.finish_deactivation(context),
            TimedAction::SessionClosed => self.session_closed(),
            TimedAction::PoweredDown { restart } => {
                let text = self
                    .faults
                    .text(Knob::PowerText, "POWERED DOWN")
                    .unwrap_or("POWERED DOWN")
                    .to_owned();
                self.stop();
                self.dce.urc(&text);
                if restart {
                    self.timers.schedule(self.now + STEP, TimedAction::PowerOn);
                } else {
                    self.faults.heal(Knob::DataDead, "power");
                }
            }
        }
    }

    /// Prints RDY and +CFUN: 1. Boot URCs are printed on every port, whatever AT+QURCCFG is set to.
    fn booted(&mut self) {
        self.power = Power::On;
        self.booted_at = Some(self.now);
        self.unanswered_since_boot = true;
        match self.faults.text(Knob::BootSigns, "").and_then(boot_signs) {
            Some(signs) => self.give_signs(&signs),
            None => {
                self.dce.urc("RDY");
                self.dce.urc("+CFUN: 1");
            }
        }
        self.timers.schedule(self.now + STEP, TimedAction::SimRead);
    }

    /// The fault `boot-signs`.
    fn give_signs(&mut self, signs: &[BootSign]) {
        for sign in signs {
            match sign {
                BootSign::Noise => self.dce.noise_before_urc(),
                BootSign::Urc(text) => self.dce.urc(text),
            }
        }
    }

    /// Prints the SIM's boot URCs and registers.
    fn announce_sim(&mut self) {
        if self.faults.is_on(Knob::BootSigns) {
            if self.sim.is_ready() {
                self.register();
            }
            return;
        }
        let text = self.sim.urc();
        self.dce.urc(&text);
        if self.sim.is_present() {
            self.dce.urc("+QUSIM: 1");
        }
        if self.sim.is_ready() {
            self.register();
            for text in ["+QIND: SMS DONE", "+QIND: PB DONE"] {
                self.dce.urc(text);
            }
        }
        if self.faults.is_on(Knob::AppRdy) {
            self.dce.urc("APP RDY");
        }
    }
}
