//! One test for every fault, and one that checks that every fault has a test.

mod device;
mod ftp;

use std::time::Duration;

use virtual_bg96::fault::KNOBS;
use virtual_bg96::module::Injection;

use super::bench::Bench;
use device::*;
use ftp::*;

/// A bench that is logged in, with a file `/f` on the server and this fault.
fn with(fault: &str) -> Bench {
    let mut bench = Bench::logged_in();
    bench.server.put("/f", b"0123456789");
    bench.fault(fault);
    bench
}

/// Restarts the module; returns the output.
fn reboot(bench: &mut Bench) -> String {
    bench.inject(Injection::Reset);
    bench.advance(Duration::from_secs(1))
}

macro_rules! knobs {
    ($($name:ident)*) => {
        $(mod $name {
            #[test]
            fn has_its_effect() {
                super::$name();
            }
        })*

        #[test]
        fn every_fault_has_a_test() {
            let tested: Vec<_> = [$(stringify!($name)),*].iter().map(|name| name.replace('_', "-")).collect();
            let known: Vec<_> = KNOBS.iter().map(|knob| knob.name().to_owned()).collect();
            assert_eq!(tested, known);
        }
    };
}

knobs! {
    busy_after_close data_refused data_dead abort_urc data_timeout get_missing empty_data reply_150 account_masked
    pwd_quoted stat_first no_nlst no_mlsd size_one_field late_type no_urc late_urc fail refuse tls_fails tls_wears
    segment_reconnects qfupl_timeout no_final_ack ufs_full get_exists corrupt_file qflst qiact_fails qiact_slow
    qiact_ghost address ping_lost pdpdeact_after reset_after ucs2 iccid prefixed_identity echo_on_boot
    echo_off_on_boot echo_always boot_signs boot_rate app_rdy sim_late power_text lose_bytes dtr_drop dtr_ignored
    urc_between fragment slow garbage strict_baud connect_text surplus announce stall mute
}
