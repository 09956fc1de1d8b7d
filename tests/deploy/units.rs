//! What systemd itself says of the generated units.

use std::process::Command;

use super::site::Site;
use crate::support::{Packages, newest};

#[test]
fn systemd_takes_the_units() {
    let site = Site::new(newest().venv(Packages::Django).dir());
    // It looks whether the programs are there.
    let program = newest().as_ref().to_str().unwrap();
    let program = [("uwsgi", program)];
    let site = site.deploy("gunicorn", &[]);
    let site = site.deploy("uwsgi", &program).deploy("fastcgi", &program);
    for units in [
        &["gunicorn/mysite.service", "gunicorn/mysite.socket"][..],
        &["uwsgi/mysite.service"],
        &["fastcgi/mysite.service"],
    ] {
        let mut command = Command::new("systemd-analyze");
        command.args(["verify", "--man=no"]);
        command.args(
            units
                .iter()
                .map(|unit| site.dir().join("deploy").join(unit)),
        );
        let output = command
            .output()
            .expect("`systemd-analyze` (Debian's package `systemd`)");
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && complaint.is_empty(),
            "{units:?}: {complaint}"
        );
    }
}
