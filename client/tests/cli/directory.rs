//! The working directory: kept for a user, a server and a login session; what every verb makes of a
//! relative path; where it cannot be kept.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;
use std::process::Command;

use nix::unistd::{geteuid, getsid};
use serde_json::json;

use crate::fake::Fake;
use crate::fake::run::{Outcome, finished};

/// What the fake daemon calls the directory.
const NAME: &str = "/readings";

impl Fake {
    /// Runs it in a session of its own; `None`, loudly, where that cannot be done.
    fn run_in_new_session(&self, arguments: &[&str]) -> Option<Outcome> {
        let client = self.command(arguments);
        let mut command = Command::new("setsid");
        command.arg("--wait").arg(client.get_program());
        command.args(client.get_args());
        for (name, value) in client.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        command.current_dir(self.folder());
        if Command::new("setsid").arg("--version").output().is_err() {
            let required = std::env::var_os("MODEM_FTP_REQUIRE_ALL").is_some();
            assert!(!required, "this cannot be tested without setsid");
            eprintln!("SKIPPED: this cannot be tested without setsid");
            return None;
        }
        Some(finished(command))
    }

    /// The folder of the files.
    fn kept(&self) -> PathBuf {
        self.folder().join("modem-ftp/cwd")
    }

    fn kept_names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.kept()).into_iter().flatten();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect()
    }

    fn last_call(&self) -> String {
        self.script.calls().last().cloned().unwrap_or_default()
    }
}

#[test]
fn every_verb_resolves_relative_paths() {
    let fake = Fake::start();
    fake.local("a", b"x");
    let silent = fake.run(&["cd", "d"]).expect(0, "");
    assert!(silent.out.is_empty());
    assert_eq!(
        fake.script.calls(),
        ["ChangeDirectory(,d)", "WorkingDirectory()"]
    );
    for (verb, call) in [
        (&["rm", "a"][..], "Delete(,/readings/a)"),
        (&["rm", "/a"], "Delete(,/a)"),
        (&["rm", ""], "Delete(,)"),
        (&["mv", "a", "../b"], "Rename(,/readings/a,/readings/../b)"),
        (&["mkdir", "d"], "MakeDirectory(,/readings/d)"),
        (&["rmdir", "d"], "RemoveDirectory(,/readings/d)"),
        (&["stat", "a"], "Stat(,/readings/a)"),
        (&["ls"], "List(,/readings)"),
        (&["ls", "."], "List(,/readings)"),
        (&["ls", "-1", "d"], "ListNames(,/readings/d)"),
        (&["ls", "--raw", "/"], "ListFd(,/)"),
        (
            &["put", "a", "--detach"],
            "UploadFd(,/readings/a,spool=true)",
        ),
        (
            &["put", "a", "in/", "--detach"],
            "UploadFd(,/readings/in/a,spool=true)",
        ),
        (&["put", "a", "/b", "--detach"], "UploadFd(,/b,spool=true)"),
        (
            &["--server", "plant", "rm", "a"],
            "Delete(plant,/readings/a)",
        ),
    ] {
        fake.run(verb).expect(0, "");
        assert_eq!(fake.last_call(), call, "{verb:?}");
    }
    fake.run(&["get", "done/a", "b"]).expect(0, "");
    let calls = fake.script.calls();
    let call = "DownloadFd(,/readings/done/a,)".to_owned();
    assert!(calls.contains(&call), "{calls:?}");
    let local = fake.folder().join("c");
    let call = format!("Download(,/readings/a,{},)", local.display());
    fake.run(&["get", "a", "c", "--detach"]).expect(0, "");
    assert_eq!(fake.last_call(), call);
}

#[test]
fn cd_goes_on_from_where_it_is_and_pwd_needs_no_server() {
    let fake = Fake::start();
    assert_eq!(fake.run(&["pwd"]).expect(0, "").text(), "/readings\n");
    assert_eq!(fake.last_call(), "WorkingDirectory()");
    fake.run(&["cd", "d"]).expect(0, "");
    let calls = fake.script.calls().len();
    assert_eq!(fake.run(&["pwd"]).expect(0, "").text(), "/readings\n");
    let json = fake.run(&["pwd", "--json"]).expect(0, "").json();
    assert_eq!(json, [json!({ "path": NAME })]);
    assert_eq!(fake.script.calls().len(), calls);
    fake.run(&["cd", ".."]).expect(0, "");
    assert!(
        fake.script
            .calls()
            .contains(&"ChangeDirectory(,/readings/..)".into())
    );
    fake.run(&["disconnect"]).expect(0, "");
    fake.run(&["rm", "a"]).expect(0, "");
    assert_eq!(fake.last_call(), "Delete(,/readings/a)");
    let json = fake.run(&["cd", "/", "--json"]).expect(0, "").json();
    assert_eq!(json, [json!({ "ok": true })]);
}

#[test]
fn a_directory_belongs_to_one_login_session() {
    let fake = Fake::start();
    fake.run(&["cd", "d"]).expect(0, "");
    let Some(other) = fake.run_in_new_session(&["rm", "a"]) else {
        return;
    };
    other.expect(0, "");
    assert_eq!(fake.last_call(), "Delete(,a)");
    fake.run(&["rm", "a"]).expect(0, "");
    assert_eq!(fake.last_call(), "Delete(,/readings/a)");
    let before = fake.kept_names();
    fake.run_in_new_session(&["cd", "d"]).unwrap().expect(0, "");
    assert_eq!(fake.kept_names().len(), 2);
    // That session has ended: what it left is removed by the next `cd`.
    fake.run(&["cd", "d"]).expect(0, "");
    assert_eq!(fake.kept_names(), before);
}

#[test]
fn a_directory_belongs_to_one_server_and_one_bus() {
    let (fake, other) = (Fake::start(), Fake::start());
    fake.run(&["cd", "d"]).expect(0, "");
    fake.run(&["--server", "other", "rm", "a"]).expect(0, "");
    assert_eq!(fake.last_call(), "Delete(other,a)");
    let mut command = other.command(&["rm", "a"]);
    command.env("XDG_RUNTIME_DIR", fake.folder());
    finished(command).expect(0, "");
    assert_eq!(other.last_call(), "Delete(,a)");
    assert_eq!(fake.kept_names().len(), 1);
    fake.run(&["--server", "other", "cd", "d"]).expect(0, "");
    assert_eq!(fake.kept_names().len(), 2);
}

#[test]
fn nothing_is_kept_unless_the_server_has_changed_to_it() {
    for method in ["ChangeDirectory", "WorkingDirectory"] {
        let fake = Fake::start();
        fake.script.refuse(method, "RemoteNotFound", "no d");
        fake.run(&["cd", "d"]).expect(6, "no d");
        assert!(fake.kept_names().is_empty(), "{method}");
        fake.run(&["rm", "a"]).expect(0, "");
        assert_eq!(fake.last_call(), "Delete(,a)");
    }
}

#[test]
fn cd_fails_where_others_could_change_what_is_kept() {
    let fake = Fake::start();
    let ours = fake.folder().join("modem-ftp");
    fs::create_dir(&ours).unwrap();
    fs::set_permissions(&ours, fs::Permissions::from_mode(0o770)).unwrap();
    fake.run(&["cd", "d"]).expect(7, "its mode is 0770");
    fs::remove_dir(&ours).unwrap();
    fs::create_dir(fake.folder().join("elsewhere")).unwrap();
    symlink("elsewhere", &ours).unwrap();
    fake.run(&["cd", "d"]).expect(7, "it is no directory");
    fs::remove_file(&ours).unwrap();
    fs::write(&ours, "").unwrap();
    fake.run(&["cd", "d"]).expect(7, "it is no directory");
    fs::remove_file(&ours).unwrap();
    assert!(fake.script.calls().is_empty());
    if geteuid().is_root() {
        fs::create_dir(&ours).unwrap();
        fs::set_permissions(&ours, fs::Permissions::from_mode(0o700)).unwrap();
        std::os::unix::fs::chown(&ours, Some(65_534), None).unwrap();
        fake.run(&["cd", "d"])
            .expect(7, "belongs to the user 65534");
        // What somebody else put there is nothing that this user has set.
        fake.run(&["rm", "a"]).expect(0, "");
        fs::remove_dir(&ours).unwrap();
    }
    // Once a directory is kept, a folder that got unsafe is no silent way back.
    fake.run(&["cd", "d"]).expect(0, "");
    fs::set_permissions(&ours, fs::Permissions::from_mode(0o755)).unwrap();
    let calls = fake.script.calls().len();
    fake.run(&["rm", "a"]).expect(7, "its mode is 0755");
    fake.run(&["rm", "/a"]).expect(0, "");
    assert_eq!(fake.script.calls().len(), calls + 1);
}

#[test]
fn without_a_runtime_folder_of_its_own_the_one_for_temporary_files_is_used() {
    let fake = Fake::start();
    let folder = fake.folder().join(format!("modem-ftp-{}/cwd", geteuid()));
    let open = fake.folder().join("open");
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
    for runtime in ["", "relative", "/none/such", open.to_str().unwrap()] {
        let mut command = fake.command(&["cd", "d"]);
        command
            .env("TMPDIR", fake.folder())
            .env("XDG_RUNTIME_DIR", runtime);
        finished(command).expect(0, "");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "{runtime}");
        let mut command = fake.command(&["rm", "a"]);
        command
            .env("TMPDIR", fake.folder())
            .env_remove("XDG_RUNTIME_DIR");
        finished(command).expect(0, "");
        assert_eq!(fake.last_call(), "Delete(,/readings/a)");
        fs::remove_dir_all(folder.parent().unwrap()).unwrap();
    }
    let mut command = fake.command(&["cd", "d"]);
    command
        .env("TMPDIR", "/none/such")
        .env_remove("XDG_RUNTIME_DIR");
    let outcome = finished(command).expect(7, "the working directory cannot be kept in /none/such");
    assert!(outcome.err.contains("No such file"), "{outcome:?}");
}

#[test]
fn the_file_is_private_and_one_that_is_spoilt_fails_every_relative_path() {
    let fake = Fake::start();
    fake.run(&["cd", "d"]).expect(0, "");
    let names = fake.kept_names();
    assert_eq!(names.len(), 1, "{names:?}");
    let file = fake.kept().join(&names[0]);
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(fs::read_to_string(&file).unwrap(), "/readings\n");
    let calls = fake.script.calls().len();
    for content in ["", "/cut", "relative\n", "/a\u{1b}b\n", &"/a".repeat(5000)] {
        fs::write(&file, content).unwrap();
        let failure = fake.run(&["rm", "a"]).expect(7, "not a working directory");
        assert!(failure.err.contains(&names[0]), "{failure:?}");
        fake.run(&["ls"]).expect(7, "not a working directory");
    }
    assert_eq!(fake.script.calls().len(), calls);
    fake.run(&["cd", "/d"]).expect(0, "");
    assert_eq!(fs::read_to_string(&file).unwrap(), "/readings\n");
}

#[test]
fn what_ended_sessions_and_killed_clients_left_is_removed() {
    let fake = Fake::start();
    fake.run(&["cd", "d"]).expect(0, "");
    let own = getsid(None).unwrap();
    let kept = format!("{own}-0-0123456789abcdef");
    let left = ["999999999-0-0a", "999999999-7-0a", "new-999999999"];
    let earlier = format!("{own}-1-0123456789abcdef");
    for name in left.into_iter().chain([kept.as_str(), &earlier, "foreign"]) {
        fs::write(fake.kept().join(name), "/x\n").unwrap();
    }
    fake.run(&["cd", "d"]).expect(0, "");
    let names = fake.kept_names();
    assert!(names.contains(&kept) && names.contains(&"foreign".into()));
    assert!(!left.iter().any(|name| names.contains(&(*name).into())));
    // A session of the same number that began at another time is another one.
    if fs::read(format!("/proc/{own}/stat")).is_ok() {
        assert!(!names.contains(&earlier), "{names:?}");
    }
}
