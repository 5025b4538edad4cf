//! The module behind USB in virtual time, between a simulated kernel and a server in memory.

use super::*;
use crate::module::{Config, Module, PortName};
use crate::remote::memory::MemoryServer;
use crate::ufs::memory::MemoryStorage;
use crate::usb::kernel::{control, read, split, write};
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

const UNPACED: ByteCounts = ByteCounts {
    to_module: usize::MAX,
    to_host: usize::MAX,
};

/// A host with the AT port open, and the module behind it.
struct Host {
    kernel: UnixStream,
    attachment: Attachment,
    port: Port,
    now: Instant,
    next: u32,
    server: MemoryServer,
}

impl Host {
    /// A module that is logged in to a server.
    fn logged_in() -> Self {
        let (kernel, device) = UnixStream::pair().expect("a pair");
        kernel.set_nonblocking(true).expect("non-blocking");
        let now = Instant::now();
        let config = Config {
            port: PortName::UsbAt,
            ..Config::default()
        };
        let module = Module::new(now, config, Box::new(MemoryStorage::default()));
        let server = MemoryServer::new("u", "p");
        let port = Port::new(module, Box::new(server.connect()));
        let attachment = Attachment::attached_to(device);
        let mut host = Self {
            kernel,
            attachment,
            port,
            now,
            next: 0,
            server,
        };
        host.dtr(true);
        host.advance(2000);
        for line in [
            "ATE0&D1",
            r#"AT+QICSGP=1,1,"iot""#,
            "AT+QIACT=1",
            "AT+QFTPCFG=\"contextid\",1",
            "AT+QFTPCFG=\"account\",\"u\",\"p\"",
            "AT+QFTPOPEN=\"host\",21",
        ] {
            let answer = host.line(line);
            assert!(answer.contains("OK"), "{line}: {answer}");
        }
        host
    }

    fn number(&mut self, odd: u32) -> u32 {
        self.next += 2;
        self.next + odd
    }

    fn send(&mut self, message: &[u8]) {
        self.kernel.write_all(message).expect("sent");
        self.serve(UNPACED);
    }

    fn serve(&mut self, mut allowance: ByteCounts) {
        serve(
            &mut self.attachment,
            &mut self.port,
            self.now,
            &mut allowance,
        )
        .expect("good");
    }

    fn dtr(&mut self, on: bool) {
        let number = self.number(0);
        self.send(&control(number, [0x21, 0x22, u8::from(on), 0, 2, 0, 0, 0]));
    }

    /// Advances the time in steps of 10 ms.
    fn advance(&mut self, milliseconds: u64) {
        for _ in 0..milliseconds / 10 {
            self.now += Duration::from_millis(10);
            self.port.tick(self.now);
            self.serve(UNPACED);
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        let number = self.number(0);
        self.send(&write(number, 3, bytes));
    }

    /// What the host reads within one second.
    fn read(&mut self) -> Vec<u8> {
        for _ in 0..8 {
            let number = self.number(1);
            self.send(&read(number, 4, 4096));
        }
        self.advance(1000);
        let mut bytes = vec![0; 1 << 20];
        let count = self.kernel.read(&mut bytes).expect("replies");
        let replies = split(&bytes[..count]);
        replies
            .into_iter()
            .filter(|reply| reply.2 == 0)
            .flat_map(|reply| reply.3)
            .collect()
    }

    fn line(&mut self, line: &str) -> String {
        self.write(format!("{line}\r").as_bytes());
        String::from_utf8_lossy(&self.read()).into_owned()
    }
}

#[test]
fn dtr_pulse_ends_an_upload_without_losing_its_last_bytes() {
    let mut host = Host::logged_in();
    assert!(host.line("AT+QFTPPUT=\"a\",\"COM:\"").contains("CONNECT"));
    assert!(host.port.dcd());
    host.write(b"of unknown length+++");
    host.dtr(false);
    host.dtr(true);
    let end = String::from_utf8_lossy(&host.read()).into_owned();
    assert!(
        end.contains("OK") && end.contains("+QFTPPUT: 0,20"),
        "{end}"
    );
    assert!(!host.port.dcd());
    assert_eq!(
        host.server.get("/a").as_deref(),
        Some(&b"of unknown length+++"[..])
    );
}

#[test]
fn unplugging_in_data_mode_ends_data_mode() {
    let mut host = Host::logged_in();
    assert!(
        host.line("AT+QFTPPUT=\"a\",\"COM:\",0,100,1")
            .contains("CONNECT")
    );
    host.write(b"half");
    host.attachment.unplug();
    host.serve(UNPACED);
    assert!(host.attachment.device().is_none());
    host.advance(1000);
    assert!(!host.port.condition().data_mode);
}

#[test]
fn no_byte_moves_beyond_the_allowance() {
    let mut host = Host::logged_in();
    let number = host.number(0);
    host.kernel
        .write_all(&write(number, 3, b"ATI\r"))
        .expect("sent");
    let mut allowance = ByteCounts {
        to_module: 3,
        to_host: 5,
    };
    serve(
        &mut host.attachment,
        &mut host.port,
        host.now,
        &mut allowance,
    )
    .expect("good");
    assert_eq!(
        allowance,
        ByteCounts {
            to_module: 0,
            to_host: 5
        }
    );
    host.serve(ByteCounts {
        to_module: 1,
        to_host: 5,
    });
    let number = host.number(1);
    host.kernel.write_all(&read(number, 4, 4096)).expect("sent");
    host.serve(ByteCounts {
        to_module: 0,
        to_host: 0,
    });
    let mut bytes = [0; 4096];
    let count = host.kernel.read(&mut bytes).expect("replies");
    let read: Vec<u8> = split(&bytes[..count])
        .into_iter()
        .flat_map(|reply| reply.3)
        .collect();
    assert_eq!(read, b"\r\nQue");
}
