//! A minimal FTP server with implicit TLS: one account, passive mode only.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

type Stream = StreamOwned<ServerConnection, TcpStream>;
/// Files by name; the file "log" contains the commands received.
pub type Files = Arc<Mutex<HashMap<String, Vec<u8>>>>;

/// Starts the server on a free port; returns the port and the files.
pub fn start(certificate: &Path, key: &Path) -> (u16, Files) {
    let chain = CertificateDer::pem_file_iter(certificate)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let key = PrivateKeyDer::from_pem_file(key).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let files = Files::default();
    let shared = Arc::clone(&files);
    std::thread::spawn(move || {
        while let Ok((socket, _)) = listener.accept() {
            let (config, files) = (Arc::clone(&config), Arc::clone(&shared));
            std::thread::spawn(move || serve(tls_stream(&config, socket), &config, &files));
        }
    });
    (port, files)
}

fn tls_stream(config: &Arc<ServerConfig>, socket: TcpStream) -> Stream {
    StreamOwned::new(ServerConnection::new(Arc::clone(config)).unwrap(), socket)
}

/// Serves one control connection until it is closed.
fn serve(control: Stream, config: &Arc<ServerConfig>, files: &Files) -> Option<()> {
    let mut control = BufReader::new(control);
    let mut passive: Option<TcpListener> = None;
    let mut line = String::new();
    control.get_mut().write_all(b"220 hello\r\n").ok()?;
    loop {
        line.clear();
        if control.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let (verb, rest) = line
            .trim_end()
            .split_once(' ')
            .unwrap_or((line.trim_end(), ""));
        files
            .lock()
            .unwrap()
            .entry("log".into())
            .or_default()
            .extend(format!("{verb};").bytes());
        let answer = match verb {
            "USER" => "331 and?".to_owned(),
            "PASS" if rest == super::server::PASSWORD => "230 in".to_owned(),
            "PASS" => "530 no".to_owned(),
            "PBSZ" | "PROT" | "TYPE" => "200 fine".to_owned(),
            "PASV" => {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).ok()?;
                let port = listener.local_addr().ok()?.port();
                passive = Some(listener);
                format!("227 (127,0,0,1,{},{})", port / 256, port % 256)
            }
            "STOR" | "RETR" => {
                let (socket, _) = passive.take()?.accept().ok()?;
                control.get_mut().write_all(b"150 go\r\n").ok()?;
                let mut data = tls_stream(config, socket);
                if verb == "STOR" {
                    let mut bytes = Vec::new();
                    data.read_to_end(&mut bytes).ok()?;
                    files.lock().unwrap().insert(rest.to_owned(), bytes);
                } else {
                    let bytes = files.lock().unwrap().get(rest)?.clone();
                    data.write_all(&bytes).ok()?;
                    data.conn.send_close_notify();
                    data.flush().ok()?;
                }
                drop(data);
                "226 done".to_owned()
            }
            "QUIT" => "221 bye".to_owned(),
            _ => "502 what?".to_owned(),
        };
        control
            .get_mut()
            .write_all(format!("{answer}\r\n").as_bytes())
            .ok()?;
        control.get_mut().flush().ok()?;
    }
}
