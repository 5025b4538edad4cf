//! The real remote side alone: what blocks can be cut, what stalls can be stopped.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use virtual_bg96::remote::session::SessionRemote;
use virtual_bg96::remote::{
    DataCommand, Failure, FtpCommand, Login, Remote, Request, Response, Secret, Security,
};

struct TestRemote {
    remote: SessionRemote,
    woken: Receiver<()>,
}

impl TestRemote {
    fn new() -> Self {
        let (wake, woken) = mpsc::channel();
        Self {
            remote: SessionRemote::new(Arc::new(move || wake.send(()).unwrap_or(()))),
            woken,
        }
    }

    fn request(&mut self, request: Request) {
        self.remote.request(Instant::now(), request);
    }

    fn response(&mut self) -> Response {
        self.woken.recv_timeout(common::SOON).expect("an answer");
        self.remote.poll(Instant::now()).unwrap().response
    }

    fn open(&mut self, port: u16, timeout: Duration) {
        self.request(Request::Open(1, Box::new(login(port, timeout))));
    }
}

fn login(port: u16, timeout: Duration) -> Login {
    Login {
        host: "127.0.0.1".into(),
        port,
        user: "u".into(),
        password: Secret::new("p"),
        security: Security::None,
        tls: None,
        passive: true,
        control_address: true,
        ascii: false,
        timeout,
    }
}

/// A server that says what it is told to: after each line of the client the next answer.
fn scripted(answers: &'static [&'static str]) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut control, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(control.try_clone().unwrap()).lines();
        let mut data = Vec::<TcpStream>::new();
        for answer in answers {
            let passive = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let port = passive.local_addr().unwrap().port();
            let offers = answer.contains("PORT");
            let answer = answer.replace("PORT", &format!("{},{}", port / 256, port % 256));
            control.write_all(answer.as_bytes()).unwrap();
            if offers {
                data.push(passive.accept().unwrap().0);
            }
            if lines.next().is_none() {
                return;
            }
        }
        // Says nothing more, but stays.
        while lines.next().is_some() {}
    });
    port
}

const LOGIN: [&str; 4] = [
    "220 hello\r\n",
    "331 and?\r\n",
    "230 in\r\n",
    "200 type\r\n",
];

#[test]
fn a_server_that_does_not_greet_times_out_or_is_cut() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut remote = TestRemote::new();
    remote.open(port, Duration::from_millis(200));
    assert!(matches!(
        remote.response(),
        Response::Opened(Err(Failure::Timeout))
    ));
    remote.open(port, Duration::from_secs(3600));
    listener.accept().unwrap();
    let (_held, _) = listener.accept().unwrap();
    remote.request(Request::Drop);
    assert!(matches!(
        remote.response(),
        Response::Opened(Err(Failure::ControlClosed))
    ));
}

#[test]
fn a_name_without_address_and_a_closed_port() {
    let mut remote = TestRemote::new();
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    remote.open(free, Duration::from_secs(1));
    assert!(matches!(
        remote.response(),
        Response::Opened(Err(Failure::Refused))
    ));
    remote.request(Request::Resolve("localhost".into()));
    assert!(
        matches!(remote.response(), Response::Resolved(Ok(addresses)) if !addresses.is_empty())
    );
}

#[test]
fn a_stalled_download_is_stopped() {
    static SCRIPT: [&str; 8] = [
        LOGIN[0],
        LOGIN[1],
        LOGIN[2],
        LOGIN[3],
        "227 here (127,0,0,1,PORT)\r\n",
        "150 soon\r\n426 oh\r\n",
        "213 5\r\n",
        "",
    ];
    let mut remote = TestRemote::new();
    remote.open(scripted(&SCRIPT), Duration::from_secs(20));
    assert!(matches!(remote.response(), Response::Opened(Ok(()))));
    remote.request(Request::Transfer(DataCommand::Retrieve(b"f".to_vec(), 0)));
    assert!(matches!(remote.response(), Response::Started(Ok(()))));
    remote.request(Request::Fetch);
    remote.request(Request::End);
    assert!(matches!(
        remote.response(),
        Response::Ended(Err(Failure::Reply(426)))
    ));
    remote.request(Request::Command(FtpCommand::Size(b"f".to_vec())));
    assert!(matches!(remote.response(), Response::Replied(Ok(size)) if size == b"5"));
}

#[test]
fn a_data_port_nobody_listens_at() {
    static SCRIPT: [&str; 6] = [
        LOGIN[0],
        LOGIN[1],
        LOGIN[2],
        LOGIN[3],
        "227 there (127,0,0,1,0,1)\r\n",
        "213 5\r\n",
    ];
    let mut remote = TestRemote::new();
    remote.open(scripted(&SCRIPT), Duration::from_secs(20));
    assert!(matches!(remote.response(), Response::Opened(Ok(()))));
    remote.request(Request::Transfer(DataCommand::List(b".".to_vec())));
    assert!(matches!(
        remote.response(),
        Response::Started(Err(Failure::DataOpen))
    ));
    remote.request(Request::Command(FtpCommand::Size(b"f".to_vec())));
    assert!(matches!(remote.response(), Response::Replied(Ok(_))));
}

#[test]
fn a_server_that_hangs_up_is_gone() {
    static SCRIPT: [&str; 4] = LOGIN;
    let mut remote = TestRemote::new();
    remote.open(scripted(&SCRIPT), Duration::from_millis(300));
    assert!(matches!(remote.response(), Response::Opened(Ok(()))));
    remote.request(Request::Command(FtpCommand::PrintDirectory));
    assert!(matches!(
        remote.response(),
        Response::Replied(Err(Failure::Timeout))
    ));
    remote.request(Request::Close);
    assert!(matches!(remote.response(), Response::Closed(Err(_))));
}

#[test]
fn lines_cannot_be_smuggled_into_a_name() {
    static SCRIPT: [&str; 4] = LOGIN;
    let mut remote = TestRemote::new();
    remote.open(scripted(&SCRIPT), Duration::from_millis(300));
    assert!(matches!(remote.response(), Response::Opened(Ok(()))));
    remote.request(Request::Command(FtpCommand::Delete(
        b"a\r\nDELE b".to_vec(),
    )));
    assert!(matches!(
        remote.response(),
        Response::Replied(Err(Failure::Reply(501)))
    ));
}
