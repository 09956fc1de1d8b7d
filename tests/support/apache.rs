//! Apache with `mod_wsgi`, as an unprivileged user: both are Debian's, and so is the Python.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use super::{
    Daemon, Venv, free_port,
    unprivileged::{as_nobody, give_to_nobody},
};

const PROGRAM: &str = "/usr/sbin/apache2";

const MODULES: &str = "/usr/lib/apache2/modules";

/// Modules that Debian's configuration has switched on, and `mod_wsgi`.
const NEEDED: [&str; 9] = [
    "mpm_event",
    "authn_core",
    "authz_core",
    "authz_user",
    "auth_basic",
    "alias",
    "mime",
    "headers",
    "wsgi",
];

/// Where one of them is at home.
pub(crate) struct Place {
    /// What everybody can look into; removed at the end.
    pub(crate) directory: TempDir,
    /// Where it listens.
    pub(crate) port: u16,
    address: String,
    logs: String,
}

impl Place {
    /// A new one, at a port that nobody has.
    pub(crate) fn new() -> Self {
        let directory = tempfile::Builder::new()
            .prefix("apache-")
            .tempdir()
            .unwrap();
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let logs = directory.path().join("logs");
        fs::create_dir(&logs).unwrap();
        give_to_nobody(&logs);
        let port = free_port();
        Self {
            directory,
            port,
            address: format!("127.0.0.1:{port}"),
            logs: logs.to_str().unwrap().to_owned(),
        }
    }

    /// A path in it.
    pub(crate) fn join(&self, path: &str) -> PathBuf {
        self.directory.path().join(path)
    }

    /// A virtual environment of Debian's Python, or where it is in somebody's home a copy that
    /// everybody can read.
    pub(crate) fn environment(&self, venv: &Venv) -> PathBuf {
        let can_look = as_nobody(Path::new("/usr/bin/test"))
            .args(["-r".as_ref(), venv.as_ref().as_os_str()])
            .status();
        if can_look.unwrap().success() {
            return venv.dir().to_owned();
        }
        let place = self.join("venv");
        let copied = Command::new("cp")
            .arg("-r")
            .arg(venv.dir())
            .arg(&place)
            .status();
        assert!(copied.unwrap().success());
        place
    }

    /// What `scaffold deploy apache` has to know of it.
    pub(crate) fn variables(&self) -> [(&'static str, &str); 4] {
        [
            ("address", &self.address),
            ("log_directory", &self.logs),
            ("user", "nobody"),
            ("group", "nogroup"),
        ]
    }

    /// Starts it with a configuration.
    #[track_caller]
    pub(crate) fn start(&self, configuration: &str) -> Daemon {
        for file in [PROGRAM, "/usr/lib/apache2/modules/mod_wsgi.so"] {
            let there = Path::new(file).is_file();
            assert!(
                there,
                "`{file}` (Debian's packages `apache2` and `libapache2-mod-wsgi-py3`)"
            );
        }
        let own = self.join("apache");
        fs::create_dir(&own).unwrap();
        give_to_nobody(&own);
        let (place, address) = (own.display(), &self.address);
        let modules =
            NEEDED.map(|name| format!("LoadModule {name}_module {MODULES}/mod_{name}.so\n"));
        let text = format!(
            "{}ServerRoot {place}\nPidFile {place}/pid\nDefaultRuntimeDir {place}\n\
             Mutex file:{place} default\nWSGISocketPrefix {place}/wsgi\n\
             Listen {address}\nServerName localhost\nTypesConfig /etc/mime.types\n\
             ErrorLog \"|/bin/cat\"\nLogFormat \"%h %t \\\"%r\\\" %>s %b\" combined\n\
             ServerLimit 1\nStartServers 1\nThreadsPerChild 4\nMaxRequestWorkers 4\n\
             {configuration}",
            modules.concat()
        );
        let file = own.join("apache.conf");
        fs::write(&file, text).unwrap();
        let mut command = as_nobody(Path::new(PROGRAM));
        command.arg("-f").arg(&file).arg("-DFOREGROUND");
        let apache = Daemon::start(command);
        apache.wait_for_output("resuming normal operations");
        apache
    }
}
