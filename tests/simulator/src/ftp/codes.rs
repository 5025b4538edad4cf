//! Translates failures to `<err>` (docs/module/at-ftp.md §4) and `<protocol_error>`
//! (docs/module/at-ftp.md §5).

use crate::remote::Failure;

/// The `<err>` values that do not come from a reply code of the server.
pub(super) mod code {
    pub(crate) const UNKNOWN: u16 = 601;
    pub(crate) const BUSY: u16 = 603;
    pub(crate) const DNS: u16 = 604;
    pub(crate) const NETWORK: u16 = 605;
    pub(crate) const NOT_OPEN: u16 = 606;
    pub(crate) const DATA_CLOSED: u16 = 607;
    pub(crate) const TIMEOUT: u16 = 609;
    pub(crate) const PARAMETER: u16 = 610;
    pub(crate) const LOCAL_OPEN: u16 = 611;
    pub(crate) const POSITION: u16 = 612;
    pub(crate) const LOCAL: u16 = 613;
    pub(crate) const SERVICE: u16 = 614;
    pub(crate) const NO_DATA_CONNECTION: u16 = 615;
    pub(crate) const ACTION: u16 = 627;
    pub(crate) const TLS: u16 = 631;
}

/// Reply codes of the server and their `<err>`; other reply codes give 601.
const REPLIES: [(u16, u16); 17] = [
    (421, 614),
    (425, 615),
    (426, 616),
    (450, 617),
    (451, 618),
    (452, 619),
    (500, 620),
    (501, 621),
    (502, 622),
    (503, 623),
    (504, 624),
    (530, 625),
    (532, 626),
    (550, 627),
    (551, 628),
    (552, 629),
    (553, 630),
];

/// `<err>` and `<protocol_error>` of a failure.
pub(super) fn from_failure(failure: Failure) -> (u16, u16) {
    match failure {
        Failure::Reply(reply) => {
            let known = REPLIES.iter().find(|(code, _)| *code == reply);
            (known.map_or(code::UNKNOWN, |(_, err)| *err), reply)
        }
        Failure::Dns => (code::DNS, 0),
        Failure::Network => (code::NETWORK, 0),
        // A closed port gives 606 (docs/module/quirks.md F15).
        Failure::Refused | Failure::ControlClosed => (code::NOT_OPEN, 0),
        Failure::Timeout => (code::TIMEOUT, 0),
        Failure::DataOpen => (code::NO_DATA_CONNECTION, 0),
        Failure::DataClosed => (code::DATA_CLOSED, 0),
        Failure::Tls => (code::TLS, 0),
        Failure::InvalidReply => (code::UNKNOWN, 0),
    }
}

/// Whether the control connection cannot be used after this `<err>`.
pub(super) fn ends_session(err: u16) -> bool {
    matches!(err, code::NOT_OPEN | 608 | code::TIMEOUT | code::SERVICE)
}

#[cfg(test)]
mod tests {
    use super::from_failure;
    use crate::remote::Failure;

    #[test]
    fn reply_codes_map_to_614_to_630_in_order() {
        let replies = [
            421, 425, 426, 450, 451, 452, 500, 501, 502, 503, 504, 530, 532, 550, 551, 552, 553,
        ];
        for (err, reply) in (614..).zip(replies) {
            assert_eq!(from_failure(Failure::Reply(reply)), (err, reply));
        }
        assert_eq!(from_failure(Failure::Reply(522)), (601, 522));
        assert_eq!(from_failure(Failure::Tls), (631, 0));
    }
}
