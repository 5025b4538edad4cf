//! libunftp on a thread of this process, with its own single-threaded runtime.

use super::place::Place;
use crate::Error;
use ::libunftp::ServerBuilder;
use ::libunftp::options::{FtpsClientAuth, FtpsRequired};
use async_trait::async_trait;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::oneshot;
use unftp_core::auth::{AuthenticationError, Authenticator, Credentials, Principal};
use unftp_sbe_fs::Filesystem;

/// A running server; dropping it ends the thread and every connection.
#[derive(Debug)]
pub struct Libunftp {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Libunftp {
    /// Starts the thread; the server listens soon after.
    pub fn start(place: &Place) -> Result<Self, Error> {
        if place.options.disk.is_some() {
            return Err(Error::failed(
                "libunftp runs inside this process and cannot have its own disk",
            ));
        }
        let server = builder(place)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let address = format!("127.0.0.1:{}", place.port);
        let thread = std::thread::Builder::new()
            .name("libunftp".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    tokio::select! {
                        ended = server.listen(address) => if let Err(error) = ended {
                            eprintln!("libunftp: {error}");
                        },
                        _ = stopped => {}
                    }
                });
                runtime.shutdown_background();
            })?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Ends the server and its connections.
    pub fn stop(&mut self) -> Result<(), Error> {
        if let Some(stop) = self.stop.take() {
            // An error means that it has ended already.
            let _ = stop.send(());
        }
        match self.thread.take().map(JoinHandle::join) {
            Some(Err(_)) => Err(Error::failed("libunftp panicked")),
            _ => Ok(()),
        }
    }
}

impl Drop for Libunftp {
    fn drop(&mut self) {
        let _ = self.stop();
    }
}

type Server = ::libunftp::Server<Filesystem, unftp_core::auth::DefaultUser>;

fn builder(place: &Place) -> Result<Server, Error> {
    let root: PathBuf = place.root.clone();
    // Checked here, because the closure below cannot return an error.
    Filesystem::new(root.clone())?;
    let account = Arc::new(Account {
        user: place.options.user.clone(),
        password: place.options.password.clone(),
    });
    let storage = Box::new(move || filesystem(&root));
    let mut builder = ServerBuilder::with_authenticator(storage, account).greeting("bench");
    if let Some(tls) = &place.tls {
        builder = builder
            .ftps(&tls.certificate, &tls.key)
            .ftps_required(FtpsRequired::All, FtpsRequired::All);
        if place.options.client_certificate {
            builder = builder
                .ftps_client_auth(FtpsClientAuth::Require)
                .ftps_trust_store(&tls.authority);
        }
    }
    builder
        .build()
        .map_err(|error| Error::failed(format!("libunftp: {error}")))
}

#[expect(
    clippy::expect_used,
    reason = "the folder was opened before and belongs to this test"
)]
fn filesystem(root: &PathBuf) -> Filesystem {
    Filesystem::new(root).expect("the root folder is gone")
}

/// The one account.
struct Account {
    user: String,
    password: String,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Account({}, ***)", self.user)
    }
}

#[async_trait]
impl Authenticator for Account {
    async fn authenticate(
        &self,
        user: &str,
        given: &Credentials,
    ) -> Result<Principal, AuthenticationError> {
        if user != self.user {
            Err(AuthenticationError::BadUser)
        } else if given.password.as_deref() != Some(self.password.as_str()) {
            Err(AuthenticationError::BadPassword)
        } else {
            Ok(Principal {
                username: user.to_owned(),
            })
        }
    }
}
