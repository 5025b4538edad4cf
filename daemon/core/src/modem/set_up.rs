//! Serial and reporting settings. All are volatile: they are set at every start, and nothing is
//! stored in the module (docs/module/at-serial.md §5 and §10, docs/module/quirks.md S4–S5).

use super::handle::Modem;
use crate::api::failure::Failure;
use crate::api::settings::DataModeExit;
use crate::at::command::network::{RegistrationReports, SignalReports};
use crate::at::command::serial::{
    ConnectText, DtrBehaviour, Echo, FlowControl, NumericErrors, ShowCarrier, SlowClock,
};
use crate::at::urc::Domain;
use crate::link::tolerate;

/// Sets them.
///
/// # Errors
/// A setting that is needed is refused.
pub async fn configure(modem: &Modem) -> Result<(), Failure> {
    let link = modem.link();
    link.send(Echo { on: false }).await?;
    link.send(NumericErrors).await?;
    link.note_echo_off();
    let settings = link.settings();
    let flow_control = settings.modem.hardware_flow_control;
    link.send(FlowControl {
        hardware: flow_control,
    })
    .await?;
    // DTR either leaves data mode or is ignored, whatever the stored profile says.
    let dtr = settings.modem.data_mode_exit == DataModeExit::Dtr && link.has_modem_lines();
    link.send(if dtr {
        DtrBehaviour::CommandMode
    } else {
        DtrBehaviour::Ignored
    })
    .await?;
    tolerate(link.send(ShowCarrier).await)?;
    tolerate(link.send(ConnectText { on: false }).await)?;
    // A module in sleep mode does not read commands (docs/module/quirks.md N13).
    tolerate(link.send(SlowClock { on: false }).await)?;
    for domain in [Domain::Lte, Domain::Packet, Domain::Circuit] {
        tolerate(link.send(RegistrationReports { domain }).await)?;
    }
    tolerate(link.send(SignalReports { on: true }).await)?;
    link.note_set_up().await
}
