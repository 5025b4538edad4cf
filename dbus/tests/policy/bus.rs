//! A dbus-daemon with the rules of the system bus and the policy under test.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use zbus::{Connection, connection, interface};

/// Stands for the user modem-ftp.
const SERVICE_USER: &str = "daemon";
/// Stands for the group modem-ftp-users.
const GROUP: &str = "games";
/// The longest wait of a test.
pub const DEADLINE: Duration = Duration::from_secs(20);

struct Front;

#[interface(name = "org.example.ModemFtp")]
impl Front {
    async fn reload(&self) {}
}

struct Modem;

#[interface(name = "org.example.ModemFtp.Modem1")]
impl Modem {
    async fn reset(&self) {}
    async fn command(&self, _line: &str, _timeout_ms: u32) -> String {
        "OK".into()
    }
}

/// A dbus-daemon with the rules of the system bus and the policy under test.
pub struct Bus {
    folder: TempDir,
    daemon: Child,
}

impl Bus {
    /// `None`, with a message, if something that is needed is missing.
    pub fn start() -> Option<Self> {
        let missing = if nix::unistd::getuid().is_root() {
            ["dbus-daemon", "dbus-send", "dbus-monitor", "setpriv"]
                .into_iter()
                .find(|tool| !is_there(tool))
        } else {
            Some("root")
        };
        if let Some(missing) = missing {
            assert!(
                std::env::var_os("MODEM_FTP_REQUIRE_ALL").is_none(),
                "the bus policy cannot be tested without {missing}"
            );
            eprintln!("SKIPPED: the bus policy cannot be tested without {missing}");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let policy = include_str!("../../org.example.ModemFtp.conf")
            .replace("user=\"modem-ftp\"", &format!("user=\"{SERVICE_USER}\""))
            .replace("group=\"modem-ftp-users\"", &format!("group=\"{GROUP}\""));
        let at = |name: &str| folder.path().join(name);
        fs::write(at("policy.conf"), policy).unwrap();
        fs::write(
            at("bus.conf"),
            system_like(&at("bus").display().to_string()),
        )
        .unwrap();
        // The bus is killed if the test is killed.
        let mut daemon = Command::new("setpriv")
            .args(["--pdeathsig=KILL", "dbus-daemon"])
            .arg(format!("--config-file={}", at("bus.conf").display()))
            .args(["--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(daemon.stdout.take().unwrap())
            .read_line(&mut ready)
            .unwrap();
        assert!(ready.starts_with("unix:"), "dbus-daemon does not start");
        Some(Self { folder, daemon })
    }

    pub fn address(&self) -> String {
        format!("unix:path={}", self.folder.path().join("bus").display())
    }

    /// The D-Bus tool `program`, run as `who`.
    pub fn tool(&self, program: &str, who: &[&str]) -> Command {
        let mut command = Command::new("setpriv");
        command
            .args(who)
            .arg(program)
            .arg(format!("--bus={}", self.address()));
        command
    }

    /// Calls `call` ("path interface.member arguments…") of `destination` as `who`.
    pub fn call(&self, who: &[&str], destination: &str, call: &str) -> Output {
        let mut command = self.tool("dbus-send", who);
        command.args(["--print-reply", "--reply-timeout=20000"]);
        command
            .arg(format!("--dest={destination}"))
            .args(call.split(' '));
        command.output().unwrap()
    }

    #[track_caller]
    pub fn allows(&self, who: &[&str], call: &str) {
        let output = self.call(who, "org.example.ModemFtp", call);
        assert!(output.status.success(), "{who:?} {call}: {output:?}");
    }

    #[track_caller]
    pub fn refuses(&self, who: &[&str], call: &str) {
        let output = self.call(who, "org.example.ModemFtp", call);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(
            error.contains("org.freedesktop.DBus.Error.AccessDenied"),
            "{who:?} {call}: {output:?}"
        );
    }

    /// Whether the bus lets `who` own the name.
    pub fn owns(&self, who: &[&str]) -> bool {
        let request = "/ org.freedesktop.DBus.RequestName string:org.example.ModemFtp uint32:4";
        let output = self.call(who, "org.freedesktop.DBus", request);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() || error.contains("AccessDenied"),
            "{output:?}"
        );
        output.status.success()
    }

    pub async fn serve(&self) -> Connection {
        connection::Builder::address(self.address().as_str())
            .serve_at("/org/example/ModemFtp", Front)
            .serve_at("/org/example/ModemFtp/modem", Modem)
            .name("org.example.ModemFtp")
            .build()
            .await
            .unwrap()
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

impl Bus {
    pub fn tool_monitor(&self, who: &[&str]) -> Command {
        let mut command = Command::new("setpriv");
        command
            .args(who)
            .arg("dbus-monitor")
            .arg("--address")
            .arg(self.address());
        command.args(["--monitor", "type='signal',interface='org.example.Test'"]);
        command
    }
}

fn is_there(tool: &str) -> bool {
    Command::new(tool)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok()
}

/// The rules every system bus has (dbus's own system.conf), for a bus at `path`.
fn system_like(path: &str) -> String {
    format!(
        r#"<busconfig>
  <type>system</type>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <deny own="*"/>
    <deny send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus"/>
  </policy>
  <include>policy.conf</include>
</busconfig>
"#
    )
}
