//! QFLDS, QFLST, QFDEL, QFUPL and QFDWL (docs/module/at-file.md §3.1, §3.2, §3.3, §3.4, §3.5), and
//! transfers between the UFS and the server (docs/module/at-file.md §6).

use std::time::Duration;

use virtual_bg96::module::{Config, Injection};

use super::bench::{Bench, framed};

/// Uploads a file with QFUPL.
pub fn upload(bench: &mut Bench, name: &str, bytes: &[u8]) {
    bench.expect_lines(
        &format!("AT+QFUPL=\"{name}\",{}", bytes.len()),
        &["CONNECT"],
    );
    let output = bench.send_bytes(bytes);
    assert!(output.ends_with("\r\nOK\r\n"), "{output}");
}

#[test]
fn qfupl_and_qfdwl_print_the_checksum() {
    for (bytes, sum) in [
        (&b"1234567890"[..], "3938"),
        (b"abc", "262"),
        (b"A", "4100"),
        (b"Hello, BG96\r\n", "1053"),
    ] {
        let mut bench = Bench::new();
        let count = bytes.len();
        bench.expect_lines(&format!("AT+QFUPL=\"test1.txt\",{count}"), &["CONNECT"]);
        assert_eq!(
            bench.send_bytes(bytes),
            format!("\r\n+QFUPL: {count},{sum}\r\n\r\nOK\r\n")
        );
        let text = str::from_utf8(bytes).unwrap();
        let wire = format!("\r\nCONNECT\r\n{text}\r\n+QFDWL: {count},{sum}\r\n\r\nOK\r\n");
        bench.expect_bytes("AT+QFDWL=\"test1.txt\"", &wire);
    }
}

#[test]
fn test_forms() {
    let mut bench = Bench::new();
    for command in ["QFLDS", "QFLST"] {
        bench.expect_lines(&format!("AT+{command}=?"), &["OK"]);
    }
    for text in [
        "+QFDEL: <filename>",
        "+QFDWL: <filename>",
        "+QFOPEN: <filename>[,(0-2)]",
        "+QFREAD: <filehandle>[,<length>]",
        "+QFWRITE: <filehandle>[,<length>[,<timeout>]]",
        "+QFSEEK: <filehandle>,<offset>[,<position>]",
        "+QFPOSITION: <filehandle>",
        "+QFTUCAT: <filehandle>",
        "+QFCLOSE: <filehandle>",
    ] {
        let command = text[1..].split(':').next().unwrap();
        bench.expect_info(&format!("AT+{command}=?"), &[text]);
    }
    bench.expect_info(
        "AT+QFUPL=?",
        &["+QFUPL: <filename>[,(1-14483456)[,(1-65535)[,(0,1)]]]"],
    );
    for absent in ["QFMOV", "QFCPY", "QFCRC", "QFFLUSH", "QFMKDIR", "QFTRUNC"] {
        bench.expect_lines(&format!("AT+{absent}=\"x\""), &["ERROR"]);
    }
}

#[test]
fn free_space_is_counted_in_blocks() {
    let mut bench = Bench::with(Config {
        storage_limit: 5 * 4096,
        ..Config::default()
    });
    bench.expect_info("AT+QFLDS=\"UFS\"", &["+QFLDS: 20480,20480"]);
    upload(&mut bench, "a", b"1");
    upload(&mut bench, "b", &[0; 4097]);
    bench.expect_info("AT+QFLDS=\"UFS\"", &["+QFLDS: 8192,20480"]);
    bench.expect_info("AT+QFLDS", &["+QFLDS: 4098,2"]);
    bench.expect_lines("AT+QFUPL=\"c\",8193", &["+CME ERROR: 423"]);
    upload(&mut bench, "c", &[0; 8192]);
    bench.expect_lines("AT+QFUPL=\"d\",1", &["+CME ERROR: 420"]);
    bench.expect_lines("AT+QFLDS=\"RAM\"", &["+CME ERROR: 400"]);
}

#[test]
fn checks_names_and_ranges() {
    let mut bench = Bench::new();
    let (fits, too_long) = ("n".repeat(80), "n".repeat(81));
    upload(&mut bench, &fits, b"1");
    for name in [
        too_long.as_str(),
        "",
        "RAM:x",
        "UFS:x",
        "../x",
        "a/b",
        "..",
        ".",
    ] {
        bench.expect_lines(&format!("AT+QFUPL=\"{name}\",1"), &["+CME ERROR: 406"]);
    }
    for arguments in [
        "\"x\",0",
        "\"x\",1,0",
        "\"x\",1,65536",
        "\"x\",1,5,2",
        "\"x\",y",
    ] {
        bench.expect_lines(&format!("AT+QFUPL={arguments}"), &["+CME ERROR: 400"]);
    }
    bench.expect_lines(&format!("AT+QFUPL=\"{fits}\",1"), &["+CME ERROR: 407"]);
}

#[test]
fn lists_and_deletes_files() {
    let mut bench = Bench::new();
    bench.expect_lines("AT+QFLST", &["OK"]);
    bench.expect_lines("AT+QFLST=\"x\"", &["+CME ERROR: 405"]);
    bench.expect_lines("AT+QFDEL=\"x\"", &["+CME ERROR: 405"]);
    upload(&mut bench, "a.txt", b"123");
    upload(&mut bench, "b.txt", b"4567");
    bench.expect_info("AT+QFLST", &["+QFLST: \"a.txt\",3", "+QFLST: \"b.txt\",4"]);
    bench.expect_info("AT+QFLST=\"b.txt\"", &["+QFLST: \"b.txt\",4"]);
    bench.expect_info("AT+QFOPEN=\"b.txt\",2", &["+QFOPEN: 0"]);
    bench.expect_lines("AT+QFDEL=\"b.txt\"", &["+CME ERROR: 426"]);
    bench.expect_lines("AT+QFCLOSE=0", &["OK"]);
    bench.expect_lines("AT+QFDEL=\"b.txt\"", &["OK"]);
    bench.expect_lines("AT+QFDEL=\"*\"", &["OK"]);
    bench.expect_lines("AT+QFLST", &["OK"]);
}

#[test]
fn ack_mode() {
    for (count, acks) in [(1000, 0), (1024, 1), (3000, 2), (3072, 3)] {
        let mut bench = Bench::new();
        bench.expect_lines(&format!("AT+QFUPL=\"f\",{count},300,1"), &["CONNECT"]);
        let mut acknowledged = 0;
        let mut last = String::new();
        for block in vec![7u8; count].chunks(1024) {
            last = bench.send_bytes(block);
            acknowledged += usize::from(last.starts_with('A'));
        }
        assert_eq!(acknowledged, acks, "{count}");
        assert!(
            last.trim_start_matches('A')
                .starts_with(&format!("\r\n+QFUPL: {count},")),
            "{last}"
        );
    }
    let mut bench = Bench::new();
    bench.fault("no-final-ack");
    bench.expect_lines("AT+QFUPL=\"f\",2048,300,1", &["CONNECT"]);
    assert_eq!(bench.send_bytes(&[7; 1024]), "A");
    assert_eq!(
        bench.send_bytes(&[7; 1024]),
        "\r\n+QFUPL: 2048,0\r\n\r\nOK\r\n"
    );
}

#[test]
fn upload_timeout() {
    for (fault, lines) in [
        ("", &["+QFUPL: 2,3132", "+CME ERROR: 421"][..]),
        ("qfupl-timeout=ok", &["+QFUPL: 2,3132", "OK"]),
        ("qfupl-timeout=cme", &["+CME ERROR: 421"]),
    ] {
        let mut bench = Bench::new();
        if !fault.is_empty() {
            bench.fault(fault);
        }
        bench.expect_lines("AT+QFUPL=\"f\",10", &["CONNECT"]);
        assert_eq!(bench.send("12"), "");
        assert_eq!(bench.advance(Duration::from_secs(4)), "");
        assert_eq!(bench.advance(Duration::from_secs(1)), framed(lines));
        bench.expect_info("AT+QFLST", &["+QFLST: \"f\",2"]);
    }
}

#[test]
fn interrupted_upload_keeps_the_bytes_received() {
    let mut bench = Bench::new();
    bench.expect_lines("AT+QFUPL=\"f\",10,300", &["CONNECT"]);
    bench.send("12");
    assert_eq!(bench.send_escape(), framed(&["OK"]));
    bench.expect_info("AT+QFLST", &["+QFLST: \"f\",2"]);
    bench.expect_lines("AT+QFUPL=\"g\",10,300", &["CONNECT"]);
    bench.send("345");
    assert_eq!(bench.pulse_dtr(), framed(&["OK"]));
    bench.expect_lines("ATO", &["NO CARRIER"]);
    bench.expect_info("AT+QFLST=\"g\"", &["+QFLST: \"g\",3"]);
}

#[test]
fn bytes_after_the_file_size_reach_the_command_parser() {
    let mut bench = Bench::new();
    bench.expect_lines("AT+QFUPL=\"f\",2", &["CONNECT"]);
    assert_eq!(
        bench.send("12AT\r"),
        "\r\n+QFUPL: 2,3132\r\n\r\nOK\r\n\r\nOK\r\n"
    );
}

#[test]
fn ufs_becoming_full_ends_an_upload() {
    let mut bench = Bench::new();
    bench.expect_lines("AT+QFUPL=\"f\",10000,300", &["CONNECT"]);
    assert_eq!(bench.send_bytes(&[0; 5000]), "");
    bench.fault("ufs-full");
    assert_eq!(bench.send_bytes(&[0; 4000]), framed(&["+CME ERROR: 420"]));
    bench.expect_lines("AT+QFUPL=\"g\",1", &["+CME ERROR: 420"]);
    bench.expect_info("AT+QFLDS=\"UFS\"", &["+QFLDS: 0,14483456"]);
    bench.inject(Injection::ClearAll);
    upload(&mut bench, "g", b"1");
}

#[test]
fn download_that_does_not_fit_is_613() {
    let mut bench = Bench::logged_in();
    bench.server.put("/f", &[0; 9000]);
    bench.fault("ufs-full");
    bench.expect_lines("AT+QFTPGET=\"f\",\"local\"", &["OK", "+QFTPGET: 613,0"]);
    bench.inject(Injection::ClearAll);
    bench.expect_lines("AT+QFTPGET=\"f\",\"local\"", &["OK", "+QFTPGET: 0,9000"]);
    bench.expect_lines(
        "AT+QFTPPUT=\"g\",\"local\",8000",
        &["OK", "+QFTPPUT: 0,1000"],
    );
    bench.expect_lines("AT+QFTPPUT=\"g\",\"local\",9001", &["+CME ERROR: 612"]);
}
