//! The certificates of one test process: two authorities, and the certificates they signed.
//!
//! All keys are RSA: the module's suites for ephemeral keys are ECDHE_RSA only
//! (docs/module/at-ssl.md §3). rcgen cannot make RSA keys with ring, so `openssl` makes them and
//! rcgen signs.

use crate::{Error, Scratch, tools};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// A certificate and its private key, both PEM.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The certificate.
    pub certificate: String,
    /// The private key (PKCS #8, RSA 2048).
    pub key: String,
}

impl Identity {
    /// Writes `NAME.pem` and `NAME.key` into a folder and gives their paths.
    ///
    /// # Errors
    ///
    /// If they cannot be written.
    pub fn write(&self, scratch: &Scratch, name: &str) -> Result<(PathBuf, PathBuf), Error> {
        Ok((
            scratch.write(format!("{name}.pem"), &self.certificate)?,
            scratch.write_secret(format!("{name}.key"), &self.key)?,
        ))
    }
}

/// All certificates, made once per process.
#[derive(Clone, Debug)]
pub struct Certificates {
    /// The trusted authority.
    pub authority: Identity,
    /// An authority that is not trusted.
    pub stranger: Identity,
    /// The server's certificate, for `localhost` and 127.0.0.1, valid from 2020 to 2049.
    pub server: Identity,
    /// A certificate of the same server that expired at the end of 2021.
    pub expired: Identity,
    /// The client's certificate (`gw17`), signed by the trusted authority.
    pub client: Identity,
    /// A client's certificate, signed by the authority that is not trusted.
    pub intruder: Identity,
}

impl Certificates {
    /// The certificates of this process.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`] if there is no program `openssl`.
    pub fn shared() -> Result<&'static Self, Error> {
        static SHARED: OnceLock<Certificates> = OnceLock::new();
        if let Some(made) = SHARED.get() {
            return Ok(made);
        }
        let made = Self::make()?;
        Ok(SHARED.get_or_init(|| made))
    }

    fn make() -> Result<Self, Error> {
        let authority = Authority::new("ModemFtp Test Authority")?;
        let stranger = Authority::new("Somebody Else's Authority")?;
        Ok(Self {
            server: authority.sign("localhost", ExtendedKeyUsagePurpose::ServerAuth, 2049)?,
            expired: authority.sign("localhost", ExtendedKeyUsagePurpose::ServerAuth, 2021)?,
            client: authority.sign("gw17", ExtendedKeyUsagePurpose::ClientAuth, 2049)?,
            intruder: stranger.sign("gw17", ExtendedKeyUsagePurpose::ClientAuth, 2049)?,
            authority: authority.identity,
            stranger: stranger.identity,
        })
    }
}

struct Authority {
    identity: Identity,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new(name: &str) -> Result<Self, Error> {
        let (key, pem) = rsa_key()?;
        let mut params = params(name, 2049)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key)?.pem();
        let identity = Identity {
            certificate,
            key: pem,
        };
        Ok(Self {
            identity,
            issuer: Issuer::new(params, key),
        })
    }

    /// Signs an end-entity certificate valid from 2020 to the end of `year`.
    fn sign(
        &self,
        name: &str,
        usage: ExtendedKeyUsagePurpose,
        year: i32,
    ) -> Result<Identity, Error> {
        let (key, pem) = rsa_key()?;
        let mut params = params(name, year)?;
        params.key_usages = vec![
            KeyUsagePurpose::DigitalSignature,
            KeyUsagePurpose::KeyEncipherment,
        ];
        params.extended_key_usages = vec![usage];
        params.use_authority_key_identifier_extension = true;
        let certificate = params.signed_by(&key, &self.issuer)?.pem();
        Ok(Identity {
            certificate,
            key: pem,
        })
    }
}

fn params(name: &str, last_year: i32) -> Result<CertificateParams, Error> {
    let mut params = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()])?;
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(last_year, 12, 31);
    Ok(params)
}

fn rsa_key() -> Result<(KeyPair, String), Error> {
    let pem = tools::output(Command::new(tools::required("openssl")?).args([
        "genpkey",
        "-quiet",
        "-algorithm",
        "RSA",
        "-pkeyopt",
        "rsa_keygen_bits:2048",
    ]))?;
    Ok((KeyPair::from_pem(&pem)?, pem))
}
