//! `History`: a receipt of every transfer that has ended.

use modem_ftp_dbus::proxies::{Attributes, Options};
use modem_ftp_tests::Bench;
use zbus::Variant;

pub fn history(bench: &Bench, filter: &Options<'_>) -> Vec<Attributes> {
    zbus::block_on(async {
        let front = bench.daemon.front().await.unwrap();
        front.history(filter).await.unwrap()
    })
}

pub fn number(receipt: &Attributes, key: &str) -> u64 {
    match *receipt[key] {
        Variant::U64(number) => number,
        ref other => panic!("{key}: {other:?}"),
    }
}

#[test]
fn the_history_has_a_receipt_of_every_end() {
    let mut bench = Bench::plain();
    bench.local("file", b"abc");
    bench.ok(&["put", "file"]);
    bench.fails(&["get", "missing"], 6);
    bench.daemon.crash().unwrap();
    let receipts = history(&bench, &Options::new());
    assert_eq!(receipts.len(), 2);
    let text = |receipt: &Attributes, key: &str| match &*receipt[key] {
        Variant::Str(text) => text.as_str().to_owned(),
        other => panic!("{key}: {other:?}"),
    };
    let [failed, done] = receipts.as_slice() else {
        panic!("{receipts:?}");
    };
    assert_eq!(text(failed, "State"), "failed");
    assert_eq!(text(failed, "Direction"), "download");
    assert_eq!((number(done, "Id"), number(done, "Size")), (1, 3));
    assert_eq!(text(done, "Remote"), "file");
    // The example of FIPS 180-2, appendix B.1.
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(text(done, "Sha256"), abc);

    let only = |filter: Options<'_>| {
        let receipts = history(&bench, &filter);
        receipts
            .iter()
            .map(|it| number(it, "Id"))
            .collect::<Vec<_>>()
    };
    assert_eq!(only(Options::from([("failed", Variant::from(true))])), [2]);
    assert_eq!(only(Options::from([("limit", Variant::from(1_u32))])), [2]);
    let row = Variant::from(number(failed, "Row"));
    assert_eq!(only(Options::from([("before", row)])), [1]);
    assert_eq!(
        only(Options::from([("since", Variant::from(u64::MAX))])),
        [0; 0]
    );
    assert_eq!(
        only(Options::from([("server", Variant::from("none"))])),
        [0; 0]
    );
    let wrong = zbus::block_on(async {
        let front = bench.daemon.front().await.unwrap();
        let filter = Options::from([("colour", Variant::from(1_u32))]);
        front.history(&filter).await.unwrap_err().to_string()
    });
    assert!(wrong.contains("unknown filter"), "{wrong}");
}
