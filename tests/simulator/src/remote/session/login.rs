//! Connects to a server and logs in; sets transfer type and data connection mode.

use std::io;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use suppaftp::types::{FileType, FormatControl};
use suppaftp::{FtpError, FtpResult, Mode, Status};

use super::super::tls::{self, Connector};
use super::super::{Failure, Login, Security};
use super::encoding::{ByteEncoding, text};
use super::failure::{self, NoDataConnection};
use super::sockets::Sockets;
use super::worker::Ftp;

/// Connects and logs in. Registers the control connection with `sockets` as soon as it exists.
pub(super) fn connect(login: &Login, sockets: &Sockets) -> Result<Ftp, Failure> {
    let tls = match (&login.tls, login.security) {
        (Some(settings), Security::Implicit | Security::Explicit) => {
            let config = tls::configure(settings)?;
            Some(Connector {
                config,
                handshake_timeout: settings.handshake_timeout,
                reply_timeout: login.timeout,
            })
        }
        _ => None,
    };
    let addresses: Vec<SocketAddr> = match (login.host.as_str(), login.port).to_socket_addrs() {
        Ok(addresses) => addresses.collect(),
        Err(_) => return Err(Failure::Dns),
    };
    let address = *addresses
        .iter()
        .find(|address| address.is_ipv4())
        .or(addresses.first())
        .ok_or(Failure::Dns)?;
    log_in(login, sockets, address, tls).map_err(|error| failure::from_error(&error))
}

/// The type of files.
pub(super) fn file_type(login: &Login) -> FileType {
    match login.ascii {
        true => FileType::Ascii(FormatControl::NonPrint),
        false => FileType::Image,
    }
}

fn log_in(
    login: &Login,
    sockets: &Sockets,
    address: SocketAddr,
    tls: Option<Connector>,
) -> FtpResult<Ftp> {
    let mut ftp = match (tls, login.security) {
        (Some(connector), Security::Implicit) => {
            let mut ftp = Ftp::connect_secure_implicit(address, connector, &login.host)?;
            sockets.set_control(&ftp.get_ref());
            for line in ["PBSZ 0", "PROT P"] {
                ftp.custom_command(line, &[Status::CommandOk])?;
            }
            ftp
        }
        (tls, _) => {
            let stream = open(address, login.timeout).map_err(FtpError::ConnectionError)?;
            sockets.set_control(&stream);
            let ftp = Ftp::connect_with_stream(stream)?;
            match tls {
                Some(connector) => ftp.into_secure(connector, &login.host)?,
                None => ftp,
            }
        }
    };
    ftp.set_encoding(ByteEncoding);
    ftp.login(
        text(login.user.as_bytes()),
        text(login.password.reveal().as_bytes()),
    )?;
    if !login.late_type {
        ftp.transfer_type(file_type(login))?;
    }
    if !login.passive {
        return Ok(ftp.active_mode(login.timeout));
    }
    ftp.set_mode(Mode::Passive);
    ftp.set_passive_nat_workaround(login.control_address);
    let timeout = login.timeout;
    Ok(ftp.passive_stream_builder(move |address| {
        let stream = open(address, timeout);
        stream.map_err(|error| {
            FtpError::ConnectionError(io::Error::new(error.kind(), NoDataConnection))
        })
    }))
}

fn open(address: SocketAddr, timeout: Duration) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, timeout)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(timeout))?;
    Ok(stream)
}
