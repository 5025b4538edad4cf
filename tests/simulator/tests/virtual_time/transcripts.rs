//! The transcripts of docs/module/at-ftp.md §3, with input in one piece and byte by byte.

use super::bench::{Arrival, Bench};

/// Both ways in which the module can receive bytes.
const BOTH: [Arrival; 2] = [Arrival::Whole, Arrival::ByteByByte];

/// 1000 bytes.
fn payload() -> Vec<u8> {
    (0..1000u32).map(|index| (index * 7) as u8).collect()
}

/// docs/module/at-ftp.md §3.1
#[test]
fn login_ftp() {
    for arrival in BOTH {
        let mut bench = Bench::new().arriving(arrival);
        bench.expect_lines("AT+QICSGP=1,1,\"UNINET\",\"\",\"\",1", &["OK"]);
        bench.expect_lines("AT+QIACT=1", &["OK"]);
        bench.expect_info("AT+QIACT?", &["+QIACT: 1,1,1,\"10.7.157.1\""]);
        bench.expect_lines("AT+QFTPCFG=\"contextid\",1", &["OK"]);
        bench.expect_lines("AT+QFTPCFG=\"account\",\"test\",\"test\"", &["OK"]);
        bench.expect_lines("AT+QFTPCFG=\"filetype\",1", &["OK"]);
        bench.expect_lines("AT+QFTPCFG=\"transmode\",1", &["OK"]);
        bench.expect_lines("AT+QFTPCFG=\"rsptimeout\",90", &["OK"]);
        bench.expect_bytes(
            "AT+QFTPOPEN=\"quectel.3322.org\",21",
            "\r\nOK\r\n\r\n+QFTPOPEN: 0,0\r\n",
        );
    }
}

/// docs/module/at-ftp.md §3.2. Only the settings are tested: the server in memory does no TLS.
#[test]
fn login_ftps() {
    let mut bench = Bench::online();
    bench.expect_lines("AT+QFTPCFG=\"ssltype\",1", &["OK"]);
    bench.expect_lines("AT+QFTPCFG=\"sslctxid\",1", &["OK"]);
    bench.expect_lines("AT+QSSLCFG=\"ciphersuite\",1,0xffff", &["OK"]);
    bench.expect_lines("AT+QSSLCFG=\"seclevel\",1,0", &["OK"]);
    bench.expect_lines("AT+QSSLCFG=\"sslversion\",1,1", &["OK"]);
    bench.expect_lines(
        "AT+QFTPOPEN=\"quectel.3322.org\",990",
        &["OK", "+QFTPOPEN: 0,0"],
    );
}

/// docs/module/at-ftp.md §3.3
#[test]
fn folders() {
    let mut bench = Bench::logged_in();
    bench.expect_lines("AT+QFTPCWD=\"/\"", &["OK", "+QFTPCWD: 0,0"]);
    bench.expect_lines("AT+QFTPPWD", &["OK", "+QFTPPWD: 0,/"]);
    bench.expect_lines("AT+QFTPMKDIR=\"TEST\"", &["OK", "+QFTPMKDIR: 0,0"]);
    bench.expect_lines(
        "AT+QFTPRENAME=\"TEST\",\"TEST_NEW\"",
        &["OK", "+QFTPRENAME: 0,0"],
    );
    bench.expect_lines("AT+QFTPRMDIR=\"TEST_NEW\"", &["OK", "+QFTPRMDIR: 0,0"]);
}

/// docs/module/at-ftp.md §3.4
#[test]
fn files() {
    let mut bench = Bench::logged_in();
    bench.server.put("/test_my1.txt", &payload());
    bench.expect_lines("AT+QFTPSIZE=\"test_my1.txt\"", &["OK", "+QFTPSIZE: 0,1000"]);
    bench.expect_lines(
        "AT+QFTPRENAME=\"test_my1.txt\",\"test_new.txt\"",
        &["OK", "+QFTPRENAME: 0,0"],
    );
    bench.expect_lines(
        "AT+QFTPMDTM=\"test_new.txt\"",
        &["OK", "+QFTPMDTM: 0,\"20140708110039\""],
    );
    bench.expect_lines("AT+QFTPDEL=\"test_new.txt\"", &["OK", "+QFTPDEL: 0,0"]);
    bench.expect_lines(
        "AT+QFTPSIZE=\"test_new.txt\"",
        &["OK", "+QFTPSIZE: 627,550"],
    );
}

/// docs/module/at-ftp.md §3.5
#[test]
fn listings() {
    for (command, listing) in [
        (
            "QFTPLIST",
            "-rw-r--r-- 1 ftp ftp          5 Jul 08 2014 f\r\n",
        ),
        ("QFTPNLST", "f\r\n"),
        ("QFTPMLSD", "type=file;size=5;modify=20140708110039; f\r\n"),
    ] {
        let mut bench = Bench::logged_in();
        bench.server.put("/TEST_2/f", b"12345");
        bench.expect_lines("AT+QFTPCWD=\"TEST_2\"", &["OK", "+QFTPCWD: 0,0"]);
        let count = listing.len();
        let wire = format!("\r\nCONNECT\r\n{listing}\r\nOK\r\n\r\n+{command}: 0,{count}\r\n");
        bench.expect_bytes(&format!("AT+{command}=\".\""), &wire);
        bench.expect_bytes(&format!("AT+{command}=\"/TEST_2\",\"COM:\""), &wire);
        bench.expect_lines(
            &format!("AT+{command}=\".\",\"list.txt\""),
            &["OK", &format!("+{command}: 0,{count}")],
        );
        bench.expect_info(
            "AT+QFLST=\"*\"",
            &[&format!("+QFLST: \"list.txt\",{count}")],
        );
    }
}

/// docs/module/at-ftp.md §3.6, without a length
#[test]
fn upload_until_the_escape() {
    for arrival in BOTH {
        let mut bench = Bench::logged_in().arriving(arrival);
        bench.expect_lines("AT+QFTPPUT=\"test_my.txt\",\"COM:\",0", &["CONNECT"]);
        assert_eq!(bench.send_bytes(&payload()), "");
        assert_eq!(bench.send_escape(), "\r\nOK\r\n\r\n+QFTPPUT: 0,1000\r\n");
        bench.expect_lines("AT+QFTPLEN", &["OK", "+QFTPLEN: 0,1000"]);
        bench.expect_lines("AT+QFTPSIZE=\"test_my.txt\"", &["OK", "+QFTPSIZE: 0,1000"]);
        assert_eq!(bench.server.get("/test_my.txt").unwrap(), payload());

        bench.expect_lines("AT+QFTPPUT=\"test_my.txt\",\"COM:\",1000", &["CONNECT"]);
        assert_eq!(bench.send_bytes(&payload()[..500]), "");
        assert_eq!(bench.send_escape(), "\r\nOK\r\n\r\n+QFTPPUT: 0,500\r\n");
        bench.expect_lines("AT+QFTPSIZE=\"test_my.txt\"", &["OK", "+QFTPSIZE: 0,1500"]);
    }
}

/// docs/module/at-ftp.md §3.6, two segments
#[test]
fn upload_in_segments() {
    for arrival in BOTH {
        let mut bench = Bench::logged_in().arriving(arrival);
        bench.expect_lines("AT+QFTPPUT=\"test.txt\",\"COM:\",0,1024,0", &["CONNECT"]);
        assert_eq!(
            bench.send_bytes(&[b'a'; 1024]),
            "\r\nOK\r\n\r\n+QFTPPUT: 0,1024\r\n"
        );
        bench.expect_lines("AT+QFTPPUT=\"test.txt\",\"COM:\",1024,1024,1", &["CONNECT"]);
        assert_eq!(
            bench.send_bytes(&[b'b'; 1024]),
            "\r\nOK\r\n\r\n+QFTPPUT: 0,1024\r\n"
        );
        let stored = bench.server.get("/test.txt").unwrap();
        assert_eq!(stored, [[b'a'; 1024], [b'b'; 1024]].concat());
    }
}

/// docs/module/at-ftp.md §3.6, from a UFS file
#[test]
fn upload_from_a_file() {
    let mut bench = Bench::logged_in();
    bench.expect_lines("AT+QFUPL=\"test_ufs.txt\",1000,300,1", &["CONNECT"]);
    assert_eq!(
        bench.send_bytes(&payload()),
        "\r\n+QFUPL: 1000,d880\r\n\r\nOK\r\n"
    );
    bench.expect_info("AT+QFLST=\"*\"", &["+QFLST: \"test_ufs.txt\",1000"]);
    bench.expect_lines(
        "AT+QFTPPUT=\"test_my1.txt\",\"test_ufs.txt\",0",
        &["OK", "+QFTPPUT: 0,1000"],
    );
    bench.expect_lines("AT+QFTPLEN", &["OK", "+QFTPLEN: 0,1000"]);
    bench.expect_lines("AT+QFTPSIZE=\"test_my1.txt\"", &["OK", "+QFTPSIZE: 0,1000"]);
    bench.expect_lines("AT+QFDEL=\"test_ufs.txt\"", &["OK"]);
    assert_eq!(bench.server.get("/test_my1.txt").unwrap(), payload());
}

/// docs/module/at-ftp.md §3.7
#[test]
fn download() {
    let mut bench = Bench::logged_in();
    let text: String = ('a'..='z').cycle().take(1000).collect();
    for name in ["/test_my.txt", "/test.txt", "/test_my1.txt"] {
        bench.server.put(name, text.as_bytes());
    }
    let wire = |data: &str| {
        format!(
            "\r\nCONNECT\r\n{data}\r\nOK\r\n\r\n+QFTPGET: 0,{}\r\n",
            data.len()
        )
    };
    bench.expect_bytes("AT+QFTPGET=\"test_my.txt\",\"COM:\"", &wire(&text));
    bench.expect_bytes(
        "AT+QFTPGET=\"test.txt\",\"COM:\",0,500",
        &wire(&text[..500]),
    );
    bench.expect_bytes(
        "AT+QFTPGET=\"test.txt\",\"COM:\",500,500",
        &wire(&text[500..]),
    );
    bench.expect_lines(
        "AT+QFTPGET=\"test_my1.txt\",\"test.txt\"",
        &["OK", "+QFTPGET: 0,1000"],
    );
    bench.expect_lines(
        "AT+QFTPGET=\"test_my1.txt\",\"test1.txt\",450",
        &["OK", "+QFTPGET: 0,550"],
    );
    bench.expect_lines("AT+QFTPLEN", &["OK", "+QFTPLEN: 0,550"]);
    bench.expect_info(
        "AT+QFLST=\"*\"",
        &["+QFLST: \"test.txt\",1000", "+QFLST: \"test1.txt\",550"],
    );
}

/// docs/module/at-ftp.md §3.8
#[test]
fn logout() {
    let mut bench = Bench::logged_in();
    bench.expect_lines("AT+QFTPCLOSE", &["OK", "+QFTPCLOSE: 0,0"]);
    bench.expect_lines("AT+QIDEACT=1", &["OK"]);
    bench.expect_lines("AT+QIACT?", &["OK"]);
}
