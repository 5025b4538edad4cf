//! `Upload` and `Download` by path have access below the configured roots only.

use modem_ftp_dbus::proxies::Options;
use modem_ftp_tests::Bench;
use std::fs;
use std::os::unix::fs::symlink;
use zbus::Variant;

fn options() -> Options<'static> {
    Options::from([("wait", Variant::from(true))])
}

fn upload(bench: &Bench, local: &str) -> Result<(), String> {
    name_of(zbus::block_on(async {
        bench
            .daemon
            .front()
            .await?
            .upload("", local, "remote", &options())
            .await
    }))
}

fn download(bench: &Bench, local: &str) -> Result<(), String> {
    name_of(zbus::block_on(async {
        bench
            .daemon
            .front()
            .await?
            .download("", "secret", local, &options())
            .await
    }))
}

fn name_of<T>(result: zbus::Result<T>) -> Result<(), String> {
    match result {
        Ok(_) => Ok(()),
        Err(zbus::Error::MethodError(name, _, _)) => Err(name
            .as_str()
            .trim_start_matches("org.example.ModemFtp.Error.")
            .to_owned()),
        Err(other) => Err(other.to_string()),
    }
}

#[test]
fn paths_outside_the_roots_are_refused() {
    let bench = Bench::plain();
    let outside = bench.local("outside", b"not to be sent");
    let root = bench.daemon.root();
    fs::create_dir(root.join("sub")).unwrap();
    symlink(&outside, root.join("link")).unwrap();
    symlink(bench.folder.path(), root.join("folder-link")).unwrap();
    fs::write(bench.server.root().join("secret"), b"not to be written").unwrap();

    let (folder, below) = (bench.folder.path().display(), root.display());
    let outside_paths = [
        format!("{folder}/outside"),
        "/etc/passwd".to_owned(),
        format!("{below}/../../../etc/passwd"),
        format!("{below}/sub/../../root/../../etc/passwd"),
        format!("{below}/link"),
        format!("{below}/folder-link/outside"),
        format!("{below}x/outside"),
        "outside".to_owned(),
        "../outside".to_owned(),
        String::new(),
    ];
    for path in &outside_paths {
        let refused = upload(&bench, path).expect_err(path);
        assert!(
            ["LocalDenied", "InvalidArguments"].contains(&refused.as_str()),
            "{path}: {refused}"
        );
    }
    for path in outside_paths
        .iter()
        .filter(|path| !path.is_empty() && !path.ends_with("/link"))
    {
        let refused = download(&bench, &format!("{path}.new")).expect_err(path);
        let named = ["LocalDenied", "InvalidArguments"].contains(&refused.as_str());
        assert!(named, "{path}.new: {refused}");
    }
    // A download to a link that leads outside may be refused or replace the link, but not follow
    // it.
    let _ = download(&bench, &format!("{below}/link"));
    assert_eq!(bench.remote_names(), ["secret"]);
    assert_eq!(fs::read(&outside).unwrap(), b"not to be sent");
    assert_eq!(
        fs::read_dir(bench.folder.path()).unwrap().count(),
        1,
        "written outside"
    );
}

#[test]
fn paths_below_a_root_are_accepted() {
    let bench = Bench::plain();
    let root = bench.daemon.root();
    fs::create_dir(root.join("sub")).unwrap();
    fs::write(root.join("sub/file"), b"content").unwrap();
    upload(&bench, &root.join("sub/file").display().to_string()).unwrap();
    assert_eq!(bench.remote("remote"), b"content");
    fs::write(bench.server.root().join("secret"), b"fetched").unwrap();
    download(&bench, &root.join("sub/back").display().to_string()).unwrap();
    assert_eq!(fs::read(root.join("sub/back")).unwrap(), b"fetched");
    assert_eq!(
        upload(&bench, &root.join("nothing").display().to_string()),
        Err("LocalNotFound".to_owned())
    );
    // Only regular files are read.
    assert_eq!(
        upload(&bench, &root.join("sub").display().to_string()),
        Err("LocalDenied".to_owned())
    );
}
