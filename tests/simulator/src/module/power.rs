//! Start, reset and power-down with their URCs (docs/module/at-network.md §6).

use std::time::Duration;

use super::{Action, Mode, Module, Statistics};
use crate::at::profile::Profile;
use crate::fault::Knob;
use crate::remote::Request;

/// Pause between two boot URCs.
const STEP: Duration = Duration::from_millis(10);

/// Whether there is anybody to talk to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Power {
    Off,
    Starting,
    On,
}

impl Module {
    /// Begins a start: everything volatile is as new, RDY comes after the boot delay.
    pub(crate) fn start(&mut self) {
        self.stop();
        self.power = Power::Starting;
        self.agenda
            .plan(self.now + self.config.boot_delay, Action::Booted);
    }

    /// Loses everything that a loss of power loses.
    fn stop(&mut self) {
        if self.ftp.is_open() || self.ftp.is_busy() {
            self.requests.push_back(Request::Drop);
        }
        self.power = Power::Off;
        self.agenda.clear();
        self.te.silence();
        self.forget_line();
        self.mode = Mode::Command;
        self.te.profile = self.stored.recalled();
        if self.faults.is_on(Knob::EchoOnBoot) {
            self.te.profile.echo = Profile::default().echo;
        }
        self.line_rate = self.stored_rate;
        self.ftp.power_loss();
        self.contexts = crate::cmd::context::Contexts::default();
        self.ssl = crate::cmd::ssl::SslContexts::default();
        self.configuration.power_loss();
        self.ufs.handles.close_all();
        self.network.power_loss();
        self.sim.power_loss();
        self.statistics.data_mode = Statistics::default().data_mode;
    }

    /// A restart nobody asked for, or the second half of one somebody did.
    pub(crate) fn restart(&mut self, why: &str) {
        self.te.transcript.note(&format!("the module {why}"));
        self.te.drop_output();
        self.start();
    }

    /// QPOWD, CFUN=1,1 or the power key: POWERED DOWN, and silence.
    pub(crate) fn power_down(&mut self) {
        self.act(Action::PoweredDown { restart: false });
    }

    pub(super) fn act(&mut self, action: Action) {
        match action {
            Action::Booted => self.booted(),
            Action::SimRead => self.announce_sim(),
            Action::Start => self.start(),
            Action::Urc(text) => self.urc(&text),
            Action::Line(text) => self.te.urc(&text),
            Action::Complete(answer) => self.complete(answer),
            Action::Activate(context) => self.finish_activation(context),
            Action::Deactivate(context) => self.finish_deactivation(context),
            Action::SessionClosed => self.session_closed(),
            Action::PoweredDown { restart } => {
                let text = self
                    .faults
                    .text(Knob::PowerText, "POWERED DOWN")
                    .unwrap_or("POWERED DOWN")
                    .to_owned();
                self.stop();
                self.te.urc(&text);
                if restart {
                    self.agenda.plan(self.now + STEP, Action::Start);
                }
            }
        }
    }

    /// `RDY` and what follows. These come on every port, whatever AT+QURCCFG says.
    fn booted(&mut self) {
        self.power = Power::On;
        self.booted_at = Some(self.now);
        self.fresh = true;
        self.te.urc("RDY");
        self.te.urc("+CFUN: 1");
        self.agenda.plan(self.now + STEP, Action::SimRead);
    }

    fn announce_sim(&mut self) {
        let text = self.sim.urc();
        self.te.urc(&text);
        if self.sim.is_present() {
            self.te.urc("+QUSIM: 1");
        }
        if self.sim.is_ready() {
            self.register();
            for text in ["+QIND: SMS DONE", "+QIND: PB DONE"] {
                self.te.urc(text);
            }
        }
        if self.faults.is_on(Knob::AppRdy) {
            self.te.urc("APP RDY");
        }
    }
}
