//! Any sequence of facts, joined and reopened in any way, leaves what a plain model has.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod common;

use common::model::{Model, all_history};
use common::open_sound;
use modem_ftp_core::api::fact::{
    Chore, ChoreId, Fact, Receipt, RemoteTraces, ServerTraits, StartPosition, StoredTransfer,
    Traffic,
};
use modem_ftp_core::api::local::LocalKey;
use modem_ftp_core::api::options::{IfExists, Options, Verify, Via};
use modem_ftp_core::api::status::{Direction, TransferId, TransferState, TransferStatus};
use modem_ftp_dbus::errors::ErrorName;
use modem_ftp_store::HistoryFilter;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// Any text, NUL and all.
fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(any::<char>(), 0..12).prop_map(String::from_iter)
}

/// One of few names, so that they meet.
fn server() -> impl Strategy<Value = String> {
    select(&["plant", "", "o'ffice", "büro"][..]).prop_map(str::to_owned)
}

/// A time, often the same one.
fn time() -> impl Strategy<Value = i64> {
    prop_oneof![0..5_i64, any::<i64>()]
}

fn error() -> impl Strategy<Value = Option<(ErrorName, String)>> {
    option::of((select(ErrorName::ALL), text()))
}

fn options() -> impl Strategy<Value = Options> {
    (
        select(IfExists::ALL),
        any::<bool>(),
        select(Verify::ALL),
        select(Via::ALL),
        any::<i32>(),
        any::<u32>(),
        time(),
    )
        .prop_map(
            |(if_exists, atomic, verify, via, priority, retries, expires)| Options {
                if_exists,
                atomic,
                verify,
                via,
                priority,
                retries,
                expires,
                ..Options::default()
            },
        )
}

fn status() -> impl Strategy<Value = TransferStatus> {
    (
        (1..20_u64, select(Direction::ALL), server(), text(), text()),
        (0..3_u32, select(TransferState::ALL), error()),
        (any::<Option<u64>>(), any::<u64>(), any::<u32>()),
        (time(), time(), time()),
    )
        .prop_map(|(names, state, amounts, times)| TransferStatus {
            id: TransferId(names.0),
            direction: names.1,
            server: names.2,
            local: names.3,
            remote: names.4,
            uid: state.0,
            state: state.1,
            error: state.2,
            size: amounts.0,
            transferred: amounts.1,
            attempts: amounts.2,
            created: times.0,
            started: times.1,
            finished: times.2,
        })
}

fn transfer() -> impl Strategy<Value = StoredTransfer> {
    let remote = (
        option::of(text()),
        option::of(text()),
        any::<u64>(),
        any::<bool>(),
        any::<Option<u64>>(),
        option::of(text()),
    )
        .prop_map(
            |(staging, content, confirmed, partial, renaming, backup)| RemoteTraces {
                staging,
                content,
                confirmed,
                partial,
                renaming,
                backup,
            },
        );
    let local = option::of(text().prop_map(LocalKey));
    (status(), options(), local, time(), any::<u32>(), remote).prop_map(
        |(status, options, local, due, breakdowns, remote)| StoredTransfer {
            status,
            options,
            local,
            due,
            breakdowns,
            remote,
        },
    )
}

fn receipt() -> impl Strategy<Value = Receipt> {
    (status(), option::of(text()), any::<(u64, u64, u64)>()).prop_map(
        |(status, hash, (line, air, listings))| Receipt {
            id: status.id,
            direction: status.direction,
            server: status.server,
            local: status.local,
            remote: status.remote,
            uid: status.uid,
            state: status.state,
            error: status.error,
            size: status.size,
            hash,
            attempts: status.attempts,
            created: status.created,
            finished: status.finished,
            traffic: Traffic {
                line,
                air,
                listings,
            },
        },
    )
}

fn fact() -> impl Strategy<Value = Fact> {
    let chore = (1..9_u64, server(), text(), option::of(text()), time()).prop_map(
        |(id, server, path, restore_to, created)| Chore {
            id: ChoreId(id),
            server,
            path,
            restore_to,
            created,
        },
    );
    let position = select(&[StartPosition::Continues, StartPosition::Breaks][..]);
    let traits = (server(), text(), option::of(position)).prop_map(
        |(server, fingerprint, start_position)| ServerTraits {
            server,
            fingerprint,
            start_position,
        },
    );
    prop_oneof![
        4 => transfer().prop_map(|transfer| Fact::Transfer(Box::new(transfer))),
        2 => (1..25_u64).prop_map(|id| Fact::Forgotten(TransferId(id))),
        2 => chore.prop_map(Fact::Chore),
        1 => (1..12_u64).prop_map(|id| Fact::ChoreDone(ChoreId(id))),
        1 => traits.prop_map(Fact::Server),
        4 => receipt().prop_map(|receipt| Fact::Receipt(Box::new(receipt))),
    ]
}

fn filter() -> impl Strategy<Value = HistoryFilter> {
    (
        option::of(time()),
        option::of(server()),
        option::of(0..3_u32),
        any::<bool>(),
        1..5_u32,
    )
        .prop_map(|(since, server, uid, failed, limit)| HistoryFilter {
            since,
            before: None,
            server,
            uid,
            failed,
            limit: Some(limit),
        })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_applied_is_restored(
        // Transactions of outputs of facts; after each transaction, whether to reopen.
        transactions in prop::collection::vec(
            (prop::collection::vec(prop::collection::vec(fact(), 0..4), 0..4), any::<bool>()),
            0..8,
        ),
        filters in prop::collection::vec(filter(), 4),
    ) {
        let directory = tempfile::tempdir().unwrap();
        let mut store = open_sound(directory.path());
        let mut model = Model::default();
        for (outputs, reopen) in &transactions {
            store.apply(outputs.iter().map(Vec::as_slice)).unwrap();
            outputs.iter().flatten().for_each(|fact| model.apply(fact));
            if *reopen {
                drop(store);
                store = open_sound(directory.path());
            }
            let restored = store.restore().unwrap();
            prop_assert_eq!(&restored.damaged, &[]);
            prop_assert_eq!(&restored.stored, &model.stored());
        }
        for filter in &filters {
            prop_assert_eq!(all_history(&store, filter), model.history(filter));
        }
    }
}
