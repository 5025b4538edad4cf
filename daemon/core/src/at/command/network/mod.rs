//! SIM, registration, signal, PDP context, clock, restart and URC settings
//! (docs/module/at-network.md).

mod address;
mod clock;
mod pdp_context;
mod ping;
mod power;
mod registration;
mod signal;
mod sim;
mod urcs;

pub use clock::{Clock, NetworkTime, SetClock};
pub use pdp_context::{
    Activate, ActiveContexts, ConfigureContext, Context, ContextAddress, ContextConfiguration,
    Deactivate, LastNetworkError, PdpConfiguration,
};
pub use ping::Ping;
pub use power::RestartModule;
pub use registration::{Operator, OperatorSelection, RegistrationReports, RegistrationStatusOf};
pub use signal::{NetworkInformation, Serving, SignalQuality, Strength};
pub use sim::{EnterPin, PinStatus, PinTries};
pub use urcs::{SetUrcPort, SignalReports, UrcPort, UrcPortQuery};
