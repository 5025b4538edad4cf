//! One control connection: reads commands, asks the script, and carries out what it leaves alone.

use super::data::Data;
use super::files::{absolute, listing, local, time};
use super::script::{Act, GREETING};
use super::{Account, Content};
use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// The longest command line.
const LINE: u64 = 64 * 1024;
/// Bytes that are read from or written to a file at once.
const BLOCK: usize = 32 * 1024;

/// A control connection and what its commands have set.
pub struct Session {
    control: BufReader<TcpStream>,
    account: Account,
    directory: Vec<u8>,
    data: Data,
    offset: u64,
    rename: Option<PathBuf>,
}

/// What follows a command.
enum Next {
    Reply(String),
    Close,
    /// Nothing is answered any more.
    Silence,
}

impl Session {
    pub fn new(stream: TcpStream, account: Account) -> Self {
        Self {
            control: BufReader::new(stream),
            account,
            directory: b"/".to_vec(),
            data: Data::None,
            offset: 0,
            rename: None,
        }
    }

    /// Answers commands until one of the ends closes.
    pub async fn run(mut self) -> io::Result<()> {
        let (mut verb, mut argument) = (GREETING.to_owned(), Vec::new());
        loop {
            let shown = format!("{verb} {}", String::from_utf8_lossy(&argument));
            let act = self.account.script.next(&verb, shown.trim_end());
            match Box::pin(self.act(act, &verb, &argument)).await? {
                Next::Reply(text) => self.reply(&text).await?,
                Next::Close => return Ok(()),
                Next::Silence => return self.closed().await,
            }
            let mut line = Vec::new();
            let mut limited = (&mut self.control).take(LINE);
            if limited.read_until(b'\n', &mut line).await? == 0 {
                return Ok(());
            }
            let line = line.trim_ascii_end();
            let end = line.iter().position(|byte| *byte == b' ');
            let (first, rest) = line.split_at(end.unwrap_or(line.len()));
            verb = String::from_utf8_lossy(first).to_ascii_uppercase();
            argument = rest.strip_prefix(b" ").unwrap_or(rest).to_vec();
        }
    }

    async fn act(&mut self, act: Option<Act>, verb: &str, argument: &[u8]) -> io::Result<Next> {
        Ok(match act {
            None if verb == "QUIT" => {
                self.reply("221 Bye.").await?;
                Next::Close
            }
            None => Next::Reply(self.carry_out(verb, argument).await?),
            Some(Act::Reply(text)) => Next::Reply(text),
            Some(Act::Flood(content)) => {
                content.write(self.control.get_mut()).await?;
                Next::Silence
            }
            Some(Act::Late(pause, act)) => {
                tokio::time::sleep(pause).await;
                return Box::pin(self.act(Some(*act), verb, argument)).await;
            }
            Some(Act::Silent) => Next::Silence,
            Some(Act::Close) => Next::Close,
            Some(Act::Deny(text)) => {
                self.carry_out(verb, argument).await?;
                Next::Reply(text)
            }
            Some(Act::Lose) => {
                self.carry_out(verb, argument).await?;
                Next::Close
            }
            Some(Act::Send(content)) => {
                self.offset = 0;
                let mut data = self.open().await?;
                // The client may close first; what follows is said all the same.
                let _ = content.write(&mut data).await;
                match content.reply() {
                    Some(text) => Next::Reply(text),
                    None => return self.hold(data).await,
                }
            }
            Some(Act::Swallow(count, text)) => {
                self.offset = 0;
                let mut data = self.open().await?.take(count);
                tokio::io::copy(&mut data, &mut tokio::io::sink()).await?;
                Next::Reply(text)
            }
            Some(Act::Take) => {
                let text = self.carry_out(verb, argument).await?;
                fs::remove_file(self.file(argument))?;
                Next::Reply(text)
            }
            Some(Act::Touch(text)) => {
                fs::File::create(self.file(argument))?;
                Next::Reply(text)
            }
            Some(Act::Stall) => {
                self.offset = 0;
                let data = self.open().await?;
                return self.hold(data).await;
            }
        })
    }

    /// Answers nothing until the client closes the control connection, with `_data` open.
    async fn hold(&mut self, _data: TcpStream) -> io::Result<Next> {
        self.closed().await?;
        Ok(Next::Close)
    }

    /// Waits until the client closes the control connection.
    async fn closed(&mut self) -> io::Result<()> {
        tokio::io::copy(&mut self.control, &mut tokio::io::sink()).await?;
        Ok(())
    }

    async fn reply(&mut self, text: &str) -> io::Result<()> {
        let line = format!("{text}\r\n");
        self.control.get_mut().write_all(line.as_bytes()).await
    }

    /// Announces and opens the data connection.
    async fn open(&mut self) -> io::Result<TcpStream> {
        self.reply("150 Here it comes.").await?;
        self.data.open().await
    }

    /// The file of this path.
    fn file(&self, argument: &[u8]) -> std::path::PathBuf {
        let path = absolute(&self.directory, argument);
        local(&self.account.root, &path)
    }

    async fn carry_out(&mut self, verb: &str, argument: &[u8]) -> io::Result<String> {
        let path = absolute(&self.directory, argument);
        let listed: &[u8] = match self.account.script.ignores_paths() {
            true => &self.directory,
            false => &path,
        };
        let listed = local(&self.account.root, listed);
        let file = local(&self.account.root, &path);
        let reply = match verb {
            GREETING => "220 bench".to_owned(),
            "USER" => "331 Password?".to_owned(),
            "PASS" if argument == self.account.options.password.as_bytes() => {
                "230 Hello.".to_owned()
            }
            "PASS" => "530 No.".to_owned(),
            "TYPE" | "MODE" | "STRU" | "OPTS" | "NOOP" | "ALLO" | "ABOR" => "200 OK.".to_owned(),
            "SYST" => "215 UNIX Type: L8".to_owned(),
            "FEAT" => {
                "211-Features\r\n MLSD\r\n SIZE\r\n MDTM\r\n REST STREAM\r\n211 End".to_owned()
            }
            "PASV" => self.data.passive().await?,
            "EPSV" => self.data.extended_passive().await?,
            "PORT" => self
                .data
                .active(&String::from_utf8_lossy(argument))
                .to_owned(),
            "REST" => {
                self.offset = String::from_utf8_lossy(argument).parse().unwrap_or(0);
                "350 Go on.".to_owned()
            }
            "PWD" => format!(
                "257 \"{}\"",
                String::from_utf8_lossy(&self.directory).replace('"', "\"\"")
            ),
            "CWD" if file.is_dir() => {
                self.directory = path;
                "250 OK.".to_owned()
            }
            "RNFR" if file.exists() => {
                self.rename = Some(file);
                "350 To?".to_owned()
            }
            "SIZE" | "MDTM" => facts(verb, &file),
            "MLSD" | "LIST" | "NLST" => match listing(verb, &listed) {
                Ok(text) => self.send(Content::of(text)).await?,
                Err(_) => "550 No directory.".to_owned(),
            },
            "RETR" => match fs::File::open(&file).and_then(|file| from(file, self.offset)) {
                Ok(content) => self.send(content).await?,
                Err(_) => "550 No file.".to_owned(),
            },
            "STOR" | "APPE" => self.store(&file, verb == "APPE").await?,
            _ => self.change(verb, &file),
        };
        if verb != "REST" {
            self.offset = 0;
        }
        Ok(reply)
    }

    /// The commands that only change the folder.
    fn change(&mut self, verb: &str, file: &Path) -> String {
        let done = match verb {
            "DELE" => fs::remove_file(file),
            "MKD" => fs::create_dir(file),
            "RMD" => fs::remove_dir(file),
            "RNTO" => match self.rename.take() {
                Some(from) => fs::rename(from, file),
                None => return "503 RNFR first.".to_owned(),
            },
            "CWD" | "RNFR" => return "550 Not there.".to_owned(),
            _ => return "502 Unknown.".to_owned(),
        };
        match done {
            Ok(()) if verb == "MKD" => "257 \"made\"".to_owned(),
            Ok(()) => "250 OK.".to_owned(),
            Err(error) => format!("550 {error}"),
        }
    }

    async fn send(&mut self, content: Content) -> io::Result<String> {
        let mut data = self.open().await?;
        Ok(match content.write(&mut data).await {
            Ok(()) => "226 Done.".to_owned(),
            Err(_) => "426 Broken.".to_owned(),
        })
    }

    async fn store(&mut self, path: &Path, append: bool) -> io::Result<String> {
        let mut options = fs::File::options();
        let opened = options.create(true).truncate(false).write(true).open(path);
        let Ok(mut file) = opened else {
            return Ok("553 No.".to_owned());
        };
        if append {
            file.seek(SeekFrom::End(0))?;
        } else {
            file.set_len(self.offset)?;
            file.seek(SeekFrom::Start(self.offset))?;
        }
        let mut data = self.open().await?;
        let mut block = vec![0; BLOCK];
        loop {
            match data.read(&mut block).await {
                Ok(0) => return Ok("226 Done.".to_owned()),
                Ok(count) => io::Write::write_all(&mut file, block.get(..count).unwrap_or(&[]))?,
                Err(_) => return Ok("426 Broken.".to_owned()),
            }
        }
    }
}

/// The reply to SIZE or MDTM.
fn facts(verb: &str, file: &Path) -> String {
    match fs::metadata(file) {
        Ok(facts) if verb == "MDTM" => format!("213 {}", time(&facts)),
        Ok(facts) if facts.is_file() => format!("213 {}", facts.len()),
        _ => "550 No file.".to_owned(),
    }
}

/// The content of a file from `offset` on, read while it is sent.
fn from(file: fs::File, offset: u64) -> io::Result<Content> {
    if !file.metadata()?.is_file() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let file = Arc::new(file);
    Ok(Content::pieces(move |index| {
        let mut block = Vec::new();
        let mut file = &*file;
        file.seek(SeekFrom::Start(offset + index * BLOCK as u64))
            .ok()?;
        file.take(BLOCK as u64).read_to_end(&mut block).ok()?;
        (!block.is_empty()).then_some(block)
    }))
}
