//! FTPS with real servers: explicit TLS with libunftp, implicit TLS with the server in
//! common/implicit.rs (docs/module/at-ssl.md §2, §6).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use common::certificates::Certificates;
use common::host::Host;
use common::implicit;
use common::server::{PASSWORD, Server, Tls, USER};
use common::simulator::Simulator;

/// A module with the certificates in its UFS, an active PDP context and an account.
fn module(certificates: &Certificates, options: &[&str]) -> (Simulator, Host) {
    let simulator = Simulator::start(options);
    for name in ["ca.pem", "other.pem", "client.pem", "client.key"] {
        std::fs::write(simulator.path("ufs").join(name), certificates.bytes(name)).unwrap();
    }
    let mut host = Host::open(&simulator.path("tty"));
    host.expect_answer("AT+QICSGP=1,1,\"UNINET\"", "OK");
    host.expect_answer("AT+QIACT=1", "OK");
    host.expect_answer(
        &format!("AT+QFTPCFG=\"account\",\"{USER}\",\"{PASSWORD}\""),
        "OK",
    );
    host.expect_answer("AT+QFTPCFG=\"sslctxid\",1", "OK");
    (simulator, host)
}

fn server(certificates: &Certificates, clients: bool) -> Server {
    Server::start(Some(Tls {
        certificate: certificates.path("server.pem"),
        key: certificates.path("server.key"),
        clients: clients.then(|| certificates.path("ca.pem")),
    }))
}

/// Applies settings, opens a session, checks the result, and closes the session if it was opened.
fn open(host: &mut Host, port: u16, settings: &[&str], result: &str) {
    for setting in settings {
        host.expect_answer(&format!("AT+{setting}"), "OK");
    }
    host.expect_result(
        &format!("AT+QFTPOPEN=\"127.0.0.1\",{port}"),
        &format!("+QFTPOPEN: {result}"),
    );
    if result == "0,0" {
        host.expect_result("AT+QFTPCLOSE", "+QFTPCLOSE: 0,0");
    }
}

/// Uploads a file and downloads it again.
fn round_trip(host: &mut Host, bytes: &[u8]) {
    let count = bytes.len();
    host.expect_answer(&format!("AT+QFTPPUT=\"f\",\"COM:\",0,{count},1"), "CONNECT");
    host.send(bytes);
    host.wait_for(&format!("\r\nOK\r\n\r\n+QFTPPUT: 0,{count}\r\n"));
    host.expect_answer("AT+QFTPGET=\"f\",\"COM:\"", "CONNECT");
    assert!(host.data(count) == bytes);
    host.wait_for(&format!("\r\nOK\r\n\r\n+QFTPGET: 0,{count}\r\n"));
}

#[test]
fn explicit_tls_settings() {
    let Some(certificates) = Certificates::make() else {
        return;
    };
    let server = server(&certificates, false);
    let (_simulator, mut host) = module(&certificates, &["--clock", "cold"]);
    let mut check =
        |settings: &[&str], result: &str| open(&mut host, server.port, settings, result);

    check(&["QFTPCFG=\"ssltype\",0"], "601,534");
    check(&["QFTPCFG=\"ssltype\",2"], "0,0");
    // Versions and cipher suites that rustls does not have fail like a handshake with a strict
    // server.
    check(&["QSSLCFG=\"sslversion\",1,2"], "631,0");
    check(
        &[
            "QSSLCFG=\"sslversion\",1,3",
            "QSSLCFG=\"ciphersuite\",1,0X0035",
        ],
        "631,0",
    );
    check(&["QSSLCFG=\"ciphersuite\",1,0XC02F"], "0,0");
    check(&["QSSLCFG=\"ciphersuite\",1,0xffff"], "0,0");
    // Verification, with the files as they are at the time of the handshake.
    check(&["QSSLCFG=\"seclevel\",1,1"], "631,0");
    check(&["QSSLCFG=\"cacert\",1,\"none.pem\""], "631,0");
    check(&["QSSLCFG=\"cacert\",1,\"other.pem\""], "631,0");
    check(&["QSSLCFG=\"cacert\",1,\"ca.pem\""], "0,0");
    // Validity dates are compared with the module's clock, which started in 1980.
    check(&["QSSLCFG=\"ignorelocaltime\",1,0"], "631,0");
    check(&["CCLK=\"60/01/01,00:00:00+00\""], "631,0");
    check(&["QNTP=1,\"pool.ntp.org\",123,1"], "0,0");
    check(
        &[
            "CCLK=\"80/01/06,00:00:00+00\"",
            "QSSLCFG=\"ignorelocaltime\",1,1",
        ],
        "0,0",
    );
    // The settings of another SSL context are independent.
    check(
        &["QSSLCFG=\"seclevel\",2,1", "QFTPCFG=\"sslctxid\",2"],
        "631,0",
    );
}

#[test]
fn explicit_tls_transfers() {
    let Some(certificates) = Certificates::make() else {
        return;
    };
    let server = server(&certificates, false);
    let (_simulator, mut host) = module(&certificates, &[]);
    for setting in [
        "QFTPCFG=\"ssltype\",2",
        "QSSLCFG=\"seclevel\",1,1",
        "QSSLCFG=\"cacert\",1,\"ca.pem\"",
    ] {
        host.expect_answer(&format!("AT+{setting}"), "OK");
    }
    host.expect_result(
        &format!("AT+QFTPOPEN=\"localhost\",{}", server.port),
        "+QFTPOPEN: 0,0",
    );
    let bytes: Vec<u8> = (0..200_000u32).map(|index| (index % 251) as u8).collect();
    round_trip(&mut host, &bytes);
    assert!(std::fs::read(server.root().join("f")).unwrap() == bytes);
    host.expect_answer("AT+QFTPPUT=\"empty\",\"COM:\",0,0,1", "CONNECT");
    host.wait_for("\r\n+QFTPPUT: 0,0\r\n");
    host.expect_result("AT+QFTPSIZE=\"empty\"", "+QFTPSIZE: 0,0");
    host.expect_answer("AT+QFTPNLST=\".\"", "CONNECT");
    host.wait_for("\r\n+QFTPNLST: 0,10\r\n");
}

#[test]
fn client_certificate() {
    let Some(certificates) = Certificates::make() else {
        return;
    };
    let server = server(&certificates, true);
    let (_simulator, mut host) = module(&certificates, &[]);
    let mut check =
        |settings: &[&str], result: &str| open(&mut host, server.port, settings, result);
    check(&["QFTPCFG=\"ssltype\",2"], "631,0");
    check(
        &[
            "QSSLCFG=\"cacert\",1,\"ca.pem\"",
            "QSSLCFG=\"seclevel\",1,2",
        ],
        "631,0",
    );
    check(
        &[
            "QSSLCFG=\"clientcert\",1,\"client.pem\"",
            "QSSLCFG=\"clientkey\",1,\"client.key\"",
        ],
        "0,0",
    );
    check(&["QSSLCFG=\"clientkey\",1,\"ca.pem\""], "631,0");
}

#[test]
fn implicit_tls_transfers() {
    let Some(certificates) = Certificates::make() else {
        return;
    };
    let (port, files) = implicit::start(
        &certificates.path("server.pem"),
        &certificates.path("server.key"),
    );
    let (_simulator, mut host) = module(&certificates, &[]);
    for setting in [
        "QFTPCFG=\"ssltype\",1",
        "QSSLCFG=\"seclevel\",1,1",
        "QSSLCFG=\"cacert\",1,\"ca.pem\"",
    ] {
        host.expect_answer(&format!("AT+{setting}"), "OK");
    }
    host.expect_result(
        &format!("AT+QFTPOPEN=\"127.0.0.1\",{port}"),
        "+QFTPOPEN: 0,0",
    );
    let bytes = vec![b'+'; 50_000];
    round_trip(&mut host, &bytes);
    assert!(files.lock().unwrap().get("f").unwrap() == &bytes);
    let log = String::from_utf8(files.lock().unwrap().get("log").unwrap().clone()).unwrap();
    assert!(
        log.starts_with("PBSZ;PROT;USER;PASS;TYPE;PASV;STOR;"),
        "{log}"
    );
    host.expect_result("AT+QFTPCLOSE", "+QFTPCLOSE: 0,0");
}

#[test]
fn tls_to_a_server_without_tls() {
    let Some(certificates) = Certificates::make() else {
        return;
    };
    let server = Server::start(None);
    let (_simulator, mut host) = module(&certificates, &[]);
    open(&mut host, server.port, &["QFTPCFG=\"ssltype\",1"], "631,0");
    open(
        &mut host,
        server.port,
        &["QFTPCFG=\"ssltype\",2"],
        "622,502",
    );
}
