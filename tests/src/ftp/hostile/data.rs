//! The data connection of a session: passive or active, opened by the command that needs it.

use super::script::passive_reply;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use tokio::net::{TcpListener, TcpStream};

/// Where the next data connection comes from.
#[derive(Debug, Default)]
pub enum Data {
    /// Neither PASV nor PORT was sent.
    #[default]
    None,
    /// The client connects here.
    Passive(TcpListener),
    /// The client listens there.
    Active(SocketAddrV4),
}

impl Data {
    /// Listens; gives the reply to PASV.
    pub async fn passive(&mut self) -> io::Result<String> {
        let (listener, address) = listen().await?;
        *self = Self::Passive(listener);
        Ok(passive_reply(address))
    }

    /// Listens; gives the reply to EPSV.
    pub async fn extended_passive(&mut self) -> io::Result<String> {
        let (listener, address) = listen().await?;
        *self = Self::Passive(listener);
        Ok(format!("229 Extended (|||{}|)", address.port()))
    }

    /// Takes the argument of PORT.
    pub fn active(&mut self, argument: &str) -> &'static str {
        let numbers: Result<Vec<u8>, _> = argument.split(',').map(str::parse).collect();
        let Ok(&[a, b, c, d, high, low]) = numbers.as_deref() else {
            return "501 Not an address.";
        };
        let port = u16::from_be_bytes([high, low]);
        *self = Self::Active(SocketAddrV4::new(Ipv4Addr::new(a, b, c, d), port));
        "200 OK."
    }

    /// Opens the connection, once for each PASV or PORT.
    pub async fn open(&mut self) -> io::Result<TcpStream> {
        match std::mem::take(self) {
            Self::None => Err(io::ErrorKind::NotConnected.into()),
            Self::Passive(listener) => Ok(listener.accept().await?.0),
            Self::Active(address) => TcpStream::connect(address).await,
        }
    }
}

async fn listen() -> io::Result<(TcpListener, SocketAddrV4)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    match listener.local_addr()? {
        SocketAddr::V4(address) => Ok((listener, address)),
        SocketAddr::V6(_) => Err(io::ErrorKind::AddrNotAvailable.into()),
    }
}
