//! An ordinary FTP client: suppaftp with rustls and TLS 1.2, the newest version of the module.

use modem_ftp_tests::{Certificates, FtpServer, Identity, Kind, Options, Security, need};
use rustls::client::Resumption;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;
use suppaftp::types::FileType;
use suppaftp::{FtpError, FtpResult, RustlsConnector, RustlsFtpStream};

/// The time-out of a read.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The client's TLS settings.
#[derive(Clone)]
pub struct Tls {
    /// The trusted authority; `None` on a machine that cannot make certificates, where TLS is not
    /// possible.
    pub authority: Option<Identity>,
    /// The client certificate, if there is one.
    pub client: Option<Identity>,
    /// Whether data connections resume the TLS session of the control connection.
    pub resume: bool,
}

impl Tls {
    /// Trusts the authority of the servers, has no client certificate, resumes sessions.
    pub fn trusting() -> Self {
        let authority = Certificates::shared().ok().map(|all| all.authority.clone());
        Self {
            authority,
            client: None,
            resume: true,
        }
    }

    fn connector(&self) -> RustlsConnector {
        let mut roots = RootCertStore::empty();
        roots
            .add(certificate(self.authority.as_ref().expect("an authority")))
            .unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS12])
            .unwrap()
            .with_root_certificates(roots);
        let mut config = match &self.client {
            None => builder.with_no_client_auth(),
            Some(client) => {
                let key = PrivateKeyDer::from_pem_slice(client.key.as_bytes()).unwrap();
                builder
                    .with_client_auth_cert(vec![certificate(client)], key)
                    .unwrap()
            }
        };
        if !self.resume {
            config.resumption = Resumption::disabled();
        }
        RustlsConnector::from(Arc::new(config))
    }
}

fn certificate(identity: &Identity) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(identity.certificate.as_bytes()).unwrap()
}

/// Starts a server; `None` if it is not installed.
pub fn server(kind: Kind, options: Options) -> Option<FtpServer> {
    need(FtpServer::start(kind, options))
}

/// Connects, with TLS if the server has it, without a login.
pub fn connect(server: &FtpServer, tls: &Tls) -> FtpResult<RustlsFtpStream> {
    let ftp = open(server, tls)?;
    ftp.get_ref().set_read_timeout(Some(TIMEOUT)).unwrap();
    Ok(ftp.passive_stream_builder(connect_with_timeout))
}

fn connect_with_timeout(address: SocketAddr) -> FtpResult<TcpStream> {
    let stream = TcpStream::connect(address).map_err(FtpError::ConnectionError)?;
    stream
        .set_read_timeout(Some(TIMEOUT))
        .map_err(FtpError::ConnectionError)?;
    Ok(stream)
}

fn open(server: &FtpServer, tls: &Tls) -> FtpResult<RustlsFtpStream> {
    let plain = || RustlsFtpStream::connect_with_stream(connect_with_timeout(server.address())?);
    match server.options().security {
        Security::None => plain(),
        Security::Explicit => plain()?.into_secure(tls.connector(), "localhost"),
        Security::Implicit => {
            let connector = tls.connector();
            let mut ftp =
                RustlsFtpStream::connect_secure_implicit(server.address(), connector, "localhost")?;
            ftp.custom_command("PBSZ 0", &[suppaftp::Status::CommandOk])?;
            ftp.custom_command("PROT P", &[suppaftp::Status::CommandOk])?;
            Ok(ftp)
        }
    }
}

/// Connects, logs in and sets TYPE I.
pub fn login(server: &FtpServer, tls: &Tls) -> FtpResult<RustlsFtpStream> {
    let mut ftp = connect(server, tls)?;
    ftp.login(
        server.options().user.as_str(),
        server.options().password.as_str(),
    )?;
    ftp.transfer_type(FileType::Binary)?;
    Ok(ftp)
}

/// The same; it must succeed.
pub fn session(server: &FtpServer) -> RustlsFtpStream {
    login(server, &Tls::trusting()).unwrap_or_else(|error| panic!("{error}\n{}", server.log()))
}

/// The reply code of a refusal.
pub fn refusal<T: std::fmt::Debug>(result: FtpResult<T>) -> u32 {
    match result {
        // From the text, since suppaftp does not know some of the codes.
        Err(FtpError::UnexpectedResponse(response)) => String::from_utf8_lossy(&response.body)[..3]
            .parse()
            .unwrap(),
        other => panic!("not a refusal: {other:?}"),
    }
}
