//! A real FTP server: libunftp on a thread, with one account and a folder.

use std::fmt;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use async_trait::async_trait;
use libunftp::ServerBuilder;
use libunftp::options::{ActivePassiveMode, FtpsClientAuth, FtpsRequired};
use tempfile::TempDir;
use tokio::sync::oneshot;
use unftp_core::auth::{AuthenticationError, Authenticator, Credentials, Principal};
use unftp_sbe_fs::Filesystem;

pub const USER: &str = "gw17";
pub const PASSWORD: &str = "s3cret";

#[derive(Debug)]
struct Account;

#[async_trait]
impl Authenticator for Account {
    async fn authenticate(
        &self,
        user: &str,
        creds: &Credentials,
    ) -> Result<Principal, AuthenticationError> {
        if user == USER && creds.password.as_deref() == Some(PASSWORD) {
            Ok(Principal {
                username: user.to_owned(),
            })
        } else {
            Err(AuthenticationError::BadPassword)
        }
    }
}

/// PEM files of a server with TLS.
pub struct Tls {
    pub certificate: PathBuf,
    pub key: PathBuf,
    /// If set, clients must present a certificate of this CA.
    pub clients: Option<PathBuf>,
}

/// A running server.
pub struct Server {
    pub port: u16,
    root: TempDir,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "server at {}", self.port)
    }
}

impl Server {
    pub fn start(tls: Option<Tls>) -> Self {
        let root = tempfile::tempdir().unwrap();
        // The port is free again when the server binds it, as the kernel does not reuse it so soon.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let folder = root.path().to_owned();
        let mut builder =
            ServerBuilder::new(Box::new(move || Filesystem::new(folder.clone()).unwrap()))
                .authenticator(std::sync::Arc::new(Account))
                .active_passive_mode(ActivePassiveMode::ActiveAndPassive)
                .greeting("test server");
        if let Some(tls) = tls {
            builder = builder
                .ftps(&tls.certificate, &tls.key)
                .ftps_required(FtpsRequired::All, FtpsRequired::All);
            if let Some(clients) = &tls.clients {
                builder = builder
                    .ftps_client_auth(FtpsClientAuth::Require)
                    .ftps_trust_store(clients);
            }
        }
        let server = builder.build().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    ended = server.listen(format!("127.0.0.1:{port}")) => ended.unwrap(),
                    _ = stopped => {}
                }
            });
            runtime.shutdown_background();
        });
        super::wait_for("the server", || {
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()
        });
        Self {
            port,
            root,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    pub fn root(&self) -> &Path {
        self.root.path()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
