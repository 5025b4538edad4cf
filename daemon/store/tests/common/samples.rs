//! Facts as they occur: of the usual length, different for each number.

use modem_ftp_core::api::fact::{
    Chore, ChoreId, Fact, Receipt, RemoteTraces, ServerTraits, StartPosition, StoredTransfer,
    Traffic,
};
use modem_ftp_core::api::local::LocalKey;
use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::status::{Direction, TransferId, TransferState, TransferStatus};
use modem_ftp_dbus::errors::ErrorName;

/// When the first sample was accepted.
pub const BEGIN: i64 = 1_780_000_000;

/// A transfer that was just accepted.
pub fn accepted(id: u64) -> StoredTransfer {
    StoredTransfer {
        status: TransferStatus {
            id: TransferId(id),
            direction: Direction::Upload,
            server: "plant".to_owned(),
            local: format!("/var/lib/logger/out/2026-05-30/meter-{id:07}.csv"),
            remote: format!("/incoming/readings/2026-05-30/meter-{id:07}.csv"),
            uid: 1000 + u32::try_from(id % 3).unwrap(),
            state: TransferState::Queued,
            error: None,
            size: Some(20_000 + id % 977),
            transferred: 0,
            attempts: 0,
            created: BEGIN + i64::try_from(id).unwrap(),
            started: 0,
            finished: 0,
        },
        options: Options::default(),
        local: Some(LocalKey(format!("spool:{id:08x}"))),
        due: 0,
        breakdowns: 0,
        remote: RemoteTraces::default(),
    }
}

/// The same when bytes go to its staging name.
pub fn staged(id: u64) -> StoredTransfer {
    let mut transfer = accepted(id);
    transfer.status.state = TransferState::Active;
    transfer.status.attempts = 1;
    transfer.status.started = transfer.status.created + 10;
    transfer.remote = RemoteTraces {
        staging: Some(format!("{}.{id:08x}.part", transfer.status.remote)),
        content: Some(hash(id)),
        ..RemoteTraces::default()
    };
    transfer
}

/// The same when it is being renamed.
pub fn renaming(id: u64) -> StoredTransfer {
    let mut transfer = staged(id);
    transfer.status.transferred = transfer.status.size.unwrap();
    transfer.remote.confirmed = transfer.status.transferred;
    transfer.remote.renaming = transfer.status.size;
    transfer
}

/// The same when it has ended: mostly well.
pub fn ended(id: u64) -> StoredTransfer {
    let mut transfer = renaming(id);
    transfer.remote = RemoteTraces::default();
    transfer.status.finished = transfer.status.started + 20;
    transfer.status.state = TransferState::Done;
    if id.is_multiple_of(50) {
        transfer.status.state = TransferState::Failed;
        transfer.status.error = Some((
            ErrorName::RemoteRefused,
            "QFTPRENAME: 627 file name not allowed (server said 553)".to_owned(),
        ));
    }
    transfer
}

/// Its receipt.
pub fn receipt(id: u64) -> Receipt {
    let status = ended(id).status;
    Receipt {
        id: status.id,
        direction: status.direction,
        server: status.server,
        local: status.local,
        remote: status.remote,
        uid: status.uid,
        state: status.state,
        error: status.error,
        size: status.size,
        hash: Some(hash(id)),
        attempts: status.attempts,
        created: status.created,
        finished: status.finished,
        traffic: Traffic {
            line: 20_000,
            air: 20_000,
            listings: 130,
        },
    }
}

/// A chore.
pub fn chore(id: u64) -> Chore {
    Chore {
        id: ChoreId(id),
        server: "plant".to_owned(),
        path: format!("/incoming/readings/meter.csv.{id:08x}.part"),
        restore_to: id
            .is_multiple_of(2)
            .then(|| "/incoming/readings/meter.csv".to_owned()),
        created: BEGIN,
    }
}

/// What is known of a server.
pub fn traits(number: u64) -> ServerTraits {
    ServerTraits {
        server: format!("server-{}", number % 4),
        fingerprint: hash(number),
        start_position: match number % 3 {
            0 => None,
            1 => Some(StartPosition::Continues),
            _ => Some(StartPosition::Breaks),
        },
    }
}

/// The four transactions of a transfer that goes well.
pub fn life(id: u64) -> [Vec<Fact>; 4] {
    [
        vec![Fact::Transfer(Box::new(accepted(id)))],
        vec![Fact::Transfer(Box::new(staged(id)))],
        vec![Fact::Transfer(Box::new(renaming(id)))],
        vec![
            Fact::Transfer(Box::new(ended(id))),
            Fact::Receipt(Box::new(receipt(id))),
        ],
    ]
}

/// Sixty-four hex digits that differ.
fn hash(number: u64) -> String {
    let mut text = String::new();
    for word in 0..4_u64 {
        let mixed = (number * 4 + word + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        text += &format!("{:016x}", mixed ^ (mixed >> 29));
    }
    text
}
