//! TLS as the module does it, within the limits of rustls: version 1.2, one of the module's cipher
//! suites, its three levels of verification, its own clock, no SNI, no session reuse
//! (docs/module/at-ssl.md §2, §3, §6).

use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::ring::cipher_suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, Error, RootCertStore,
    SignatureScheme, StreamOwned, version,
};
use suppaftp::{FtpError, FtpResult, TlsConnector, TlsStream};

use super::{Failure, TlsSettings, Verify};

/// The only cipher suite that both the module and rustls have (docs/module/at-ssl.md §3).
const SUITE: u16 = 0xC02F;
/// The code for all suites (docs/module/at-ssl.md §3).
const ANY_SUITE: u16 = 0xFFFF;

/// Creates the TLS configuration of one session.
///
/// # Errors
/// [`Failure::Tls`] for a version or suite that rustls lacks, and for files that are
/// missing or not PEM.
pub(super) fn configure(settings: &TlsSettings) -> Result<Arc<ClientConfig>, Failure> {
    if !settings.version_allowed || !matches!(settings.suite, SUITE | ANY_SUITE) {
        return Err(Failure::Tls);
    }
    let suites = vec![TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256];
    let provider = Arc::new(CryptoProvider {
        cipher_suites: suites,
        ..ring::default_provider()
    });
    let verifier = Verifier::new(settings, &provider)?;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&version::TLS12])
        .map_err(|_| Failure::Tls)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = match settings.verify {
        Verify::Mutual => {
            let (chain, key) = identity(settings).ok_or(Failure::Tls)?;
            builder
                .with_client_auth_cert(chain, key)
                .map_err(|_| Failure::Tls)?
        }
        Verify::None | Verify::Server => builder.with_no_client_auth(),
    };
    config.enable_sni = false;
    config.resumption = Resumption::disabled();
    Ok(Arc::new(config))
}

fn identity(
    settings: &TlsSettings,
) -> Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)> {
    let chain: Vec<_> = CertificateDer::pem_slice_iter(settings.certificate.as_deref()?)
        .collect::<Result<_, _>>()
        .ok()?;
    let key = PrivateKeyDer::from_pem_slice(settings.key.as_deref()?).ok()?;
    (!chain.is_empty()).then_some((chain, key))
}

/// Verifies the server as `seclevel` and `ignorelocaltime` require. The name in the certificate is
/// not compared: the module has no setting for that and sends no SNI.
#[derive(Debug)]
struct Verifier {
    chain: Option<Arc<WebPkiServerVerifier>>,
    algorithms: WebPkiSupportedAlgorithms,
    clock: Option<UnixTime>,
}

impl Verifier {
    fn new(settings: &TlsSettings, provider: &Arc<CryptoProvider>) -> Result<Self, Failure> {
        let chain = match settings.verify {
            Verify::None => None,
            Verify::Server | Verify::Mutual => {
                let mut roots = RootCertStore::empty();
                for certificate in
                    CertificateDer::pem_slice_iter(settings.ca.as_deref().ok_or(Failure::Tls)?)
                {
                    roots
                        .add(certificate.map_err(|_| Failure::Tls)?)
                        .map_err(|_| Failure::Tls)?;
                }
                let builder = WebPkiServerVerifier::builder_with_provider(
                    Arc::new(roots),
                    Arc::clone(provider),
                );
                Some(builder.build().map_err(|_| Failure::Tls)?)
            }
        };
        let clock = settings
            .clock
            .map(|seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds)));
        Ok(Self {
            chain,
            algorithms: provider.signature_verification_algorithms,
            clock,
        })
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(chain) = &self.chain else {
            return Ok(ServerCertVerified::assertion());
        };
        let mut time = self.clock.unwrap_or(now);
        // To ignore the dates, verification is repeated at a time at which the rejected certificate
        // is valid; every certificate of the chain may require that once at either end.
        for _ in 0..=2 * (intermediates.len() + 1) {
            let error = match chain.verify_server_cert(certificate, intermediates, name, ocsp, time)
            {
                Ok(verified) => return Ok(verified),
                Err(error) => error,
            };
            time = match error {
                Error::InvalidCertificate(CertificateError::NotValidForNameContext { .. }) => {
                    return Ok(ServerCertVerified::assertion());
                }
                Error::InvalidCertificate(CertificateError::ExpiredContext {
                    not_after, ..
                }) if self.clock.is_none() => not_after,
                Error::InvalidCertificate(CertificateError::NotValidYetContext {
                    not_before,
                    ..
                }) if self.clock.is_none() => not_before,
                error => return Err(error),
            };
        }
        Err(Error::InvalidCertificate(CertificateError::Expired))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// Completes the handshake when connecting, within its own time limit, so that its failure is
/// reported as a TLS failure.
#[derive(Debug)]
pub(super) struct Connector {
    pub(super) config: Arc<ClientConfig>,
    /// Time limit of the handshake.
    pub(super) handshake_timeout: Duration,
    /// Time limit for a reply afterwards.
    pub(super) reply_timeout: Duration,
}

impl TlsConnector for Connector {
    type Stream = Tls;

    fn connect(&self, domain: &str, stream: TcpStream) -> FtpResult<Tls> {
        let secure = |error: &dyn std::fmt::Display| FtpError::SecureError(error.to_string());
        let name = ServerName::try_from(domain.to_owned()).map_err(|error| secure(&error))?;
        let connection = ClientConnection::new(Arc::clone(&self.config), name)
            .map_err(|error| secure(&error))?;
        stream
            .set_read_timeout(Some(self.handshake_timeout))
            .map_err(FtpError::ConnectionError)?;
        let mut stream = StreamOwned::new(connection, stream);
        while stream.conn.is_handshaking() {
            stream
                .conn
                .complete_io(&mut stream.sock)
                .map_err(|error| secure(&error))?;
        }
        stream
            .sock
            .set_read_timeout(Some(self.reply_timeout))
            .map_err(FtpError::ConnectionError)?;
        Ok(Tls(stream))
    }
}

/// A TLS connection; sends close_notify when dropped.
#[derive(Debug)]
pub(super) struct Tls(StreamOwned<ClientConnection, TcpStream>);

impl TlsStream for Tls {
    type InnerStream = StreamOwned<ClientConnection, TcpStream>;

    fn tcp_stream(self) -> FtpResult<TcpStream> {
        self.0.sock.try_clone().map_err(FtpError::ConnectionError)
    }

    fn get_ref(&self) -> &TcpStream {
        &self.0.sock
    }

    fn mut_ref(&mut self) -> &mut Self::InnerStream {
        &mut self.0
    }
}

impl Drop for Tls {
    fn drop(&mut self) {
        self.0.conn.send_close_notify();
        // An error means that the peer has closed the connection already.
        let _ = self.0.conn.complete_io(&mut self.0.sock);
    }
}
