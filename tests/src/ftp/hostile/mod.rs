//! A hostile FTP server: an ordinary one over a folder, until the test's [`Script`] says how a
//! command is answered instead. It runs on a thread of this process.

mod content;
mod data;
mod files;
mod script;
mod session;

use super::{Options, Security, place::Place};
use crate::Error;
pub use content::Content;
pub use script::{ANY, Act, GREETING, Script};
use session::Session;
use std::path::PathBuf;
use std::thread::JoinHandle;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// A running server; dropping it ends the thread and every connection.
#[derive(Debug)]
pub struct Hostile {
    script: Script,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What every connection needs.
#[derive(Clone, Debug)]
struct Account {
    root: PathBuf,
    options: Options,
    script: Script,
}

impl Hostile {
    /// Starts the thread; the server listens when this returns.
    pub fn start(place: &Place) -> Result<Self, Error> {
        let options = place.options.clone();
        if options.security != Security::None || options.disk.is_some() {
            return Err(Error::failed(
                "the hostile server has neither TLS nor a disk",
            ));
        }
        let script = Script::default();
        let account = Account {
            root: place.root.clone(),
            options,
            script: script.clone(),
        };
        let listener = std::net::TcpListener::bind(("127.0.0.1", place.port))?;
        listener.set_nonblocking(true)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("hostile".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    tokio::select! {
                        ended = serve(listener, account) => if let Err(error) = ended {
                            eprintln!("hostile server: {error}");
                        },
                        _ = stopped => {}
                    }
                });
                runtime.shutdown_background();
            })?;
        Ok(Self {
            script,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// How it answers.
    pub fn script(&self) -> &Script {
        &self.script
    }

    /// Ends the server and its connections.
    pub fn stop(&mut self) -> Result<(), Error> {
        if let Some(stop) = self.stop.take() {
            // An error means that it has ended already.
            let _ = stop.send(());
        }
        match self.thread.take().map(JoinHandle::join) {
            Some(Err(_)) => Err(Error::failed("the hostile server panicked")),
            _ => Ok(()),
        }
    }
}

impl Drop for Hostile {
    fn drop(&mut self) {
        let _ = self.stop();
    }
}

async fn serve(listener: std::net::TcpListener, account: Account) -> std::io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        let account = account.clone();
        tokio::spawn(async move {
            // An error means that the client closed the connection.
            let _ = Session::new(stream, account).run().await;
        });
    }
}
