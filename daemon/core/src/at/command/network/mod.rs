//! SIM, registration, signal, PDP context, clock, power and URC switches (at-network.md).

mod bearer;
mod clock;
mod lookup;
mod power;
mod registration;
mod signal;
mod sim;
mod urcs;

pub use bearer::{
    Activate, ActiveContexts, ConfigureContext, Context, ContextConfiguration, Deactivate,
    PdpConfiguration,
};
pub use clock::{Clock, NetworkTime, SetClock, ZoneUpdate};
pub use lookup::{Address, DnsServers, LastNetworkError};
pub use power::{DiscontinuousReception, Functionality, PowerDown, PowerSaving, RestartModule};
pub use registration::{
    Attach, Attached, Operator, OperatorSelection, RegistrationReports, RegistrationStatusOf,
};
pub use signal::{
    Measurement, NetworkInformation, Serving, SignalMeasurement, SignalQuality, Strength,
};
pub use sim::{EnterPin, InitialisationStatus, Initialised, PinStatus, PinTries};
pub use urcs::{SetUrcPort, SignalReports, UrcPort, UrcPortQuery};
