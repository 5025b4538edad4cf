//! The network side with real sockets: time-outs, interruption of blocked sessions, invalid names.
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

/// A [`SessionRemote`] and its wake-ups.
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
        self.woken.recv_timeout(common::SOON).expect("a response");
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
        late_type: false,
        ascii: false,
        timeout,
    }
}

/// What a [`scripted`] server does after its last reply.
#[derive(Clone, Copy)]
enum Afterwards {
    StayOpen,
    Close,
}

/// A server that sends `replies`: the first one at once, each further one after a line of the
/// client. `PORT` in a reply is replaced by the port of a data connection.
fn scripted(replies: &'static [&'static str], afterwards: Afterwards) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut control, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(control.try_clone().unwrap()).lines();
        let mut data = Vec::<TcpStream>::new();
        for reply in replies {
            let passive = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let port = passive.local_addr().unwrap().port();
            let is_passive = reply.contains("PORT");
            let reply = reply.replace("PORT", &format!("{},{}", port / 256, port % 256));
            control.write_all(reply.as_bytes()).unwrap();
            if is_passive {
                data.push(passive.accept().unwrap().0);
            }
            if lines.next().is_none() {
                return;
            }
        }
        if let Afterwards::StayOpen = afterwards {
            while lines.next().is_some() {}
        }
    });
    port
}

/// The replies to a login.
const LOGIN: [&str; 4] = [
    "220 hello\r\n",
    "331 password\r\n",
    "230 logged in\r\n",
    "200 type set\r\n",
];

#[test]
fn login_without_a_greeting_times_out_or_is_interrupted() {
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
fn closed_port_and_name_without_address() {
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
    // A label of more than 63 characters is invalid, so that no DNS server is asked.
    let host = "x".repeat(64);
    remote.request(Request::Resolve(host.clone()));
    assert!(matches!(
        remote.response(),
        Response::Resolved(Err(Failure::Dns))
    ));
    let login = Login {
        host,
        ..login(21, Duration::from_secs(1))
    };
    remote.request(Request::Open(2, Box::new(login)));
    assert!(matches!(
        remote.response(),
        Response::Opened(Err(Failure::Dns))
    ));
}

#[test]
fn stalled_download_can_be_ended() {
    static SCRIPT: [&str; 8] = [
        LOGIN[0],
        LOGIN[1],
        LOGIN[2],
        LOGIN[3],
        "227 passive (127,0,0,1,PORT)\r\n",
        "150 opening\r\n426 aborted\r\n",
        "213 5\r\n",
        "",
    ];
    let mut remote = TestRemote::new();
    remote.open(
        scripted(&SCRIPT, Afterwards::StayOpen),
        Duration::from_secs(20),
    );
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
fn closed_data_port_fails_the_transfer_only() {
    static SCRIPT: [&str; 6] = [
        LOGIN[0],
        LOGIN[1],
        LOGIN[2],
        LOGIN[3],
        "227 passive (127,0,0,1,0,1)\r\n",
        "213 5\r\n",
    ];
    let mut remote = TestRemote::new();
    remote.open(
        scripted(&SCRIPT, Afterwards::StayOpen),
        Duration::from_secs(20),
    );
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
fn command_times_out_or_fails_when_the_connection_is_closed() {
    static SCRIPT: [&str; 4] = LOGIN;
    for (afterwards, expected) in [
        (Afterwards::StayOpen, Failure::Timeout),
        (Afterwards::Close, Failure::ControlClosed),
    ] {
        let mut remote = TestRemote::new();
        remote.open(scripted(&SCRIPT, afterwards), Duration::from_millis(300));
        assert!(matches!(remote.response(), Response::Opened(Ok(()))));
        remote.request(Request::Command(FtpCommand::PrintDirectory));
        assert!(matches!(
            remote.response(),
            Response::Replied(Err(failure)) if failure == expected
        ));
        remote.request(Request::Close);
        assert!(matches!(remote.response(), Response::Closed(Err(_))));
    }
}

#[test]
fn line_ends_in_a_name_are_rejected() {
    static SCRIPT: [&str; 4] = LOGIN;
    let mut remote = TestRemote::new();
    remote.open(
        scripted(&SCRIPT, Afterwards::StayOpen),
        Duration::from_millis(300),
    );
    assert!(matches!(remote.response(), Response::Opened(Ok(()))));
    remote.request(Request::Command(FtpCommand::Delete(
        b"a\r\nDELE b".to_vec(),
    )));
    assert!(matches!(
        remote.response(),
        Response::Replied(Err(Failure::Reply(501)))
    ));
}
