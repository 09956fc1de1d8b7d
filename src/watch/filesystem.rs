//! File systems whose changes do not all show as events: those that another machine, or a
//! program outside the kernel, can change too.

use std::path::Path;

/// The numbers by which `statfs` names such file systems (`linux/magic.h` and the modules' own
/// sources), with the names that people know.
#[cfg(target_os = "linux")]
const WITHOUT_EVENTS: &[(u32, &str)] = &[
    (0x6969, "NFS"),
    (0x517B, "SMB"),
    (0xFE53_4D42, "SMB"),
    (0xFF53_4D42, "CIFS"),
    (0x0102_1997, "9p"),
    (0x6573_5546, "FUSE"),
    (0x6A65_6A63, "virtiofs"),
    (0x786F_4256, "vboxsf"),
    (0xBACB_ACBC, "vmhgfs"),
    (0x7C7C_6673, "prl_fs"),
    (0x00C3_6400, "Ceph"),
    (0x5346_414F, "AFS"),
    (0x7375_7245, "Coda"),
    (0x0BD0_0BD0, "Lustre"),
    (0x0116_1970, "GFS2"),
    (0x7461_636F, "OCFS2"),
    (0x00C0_FFEE, "hostfs"),
];

/// The name of the file system that a directory is on, if events cannot be relied on there.
#[cfg(target_os = "linux")]
pub(super) fn without_events(directory: &Path) -> Option<&'static str> {
    let found = rustix::fs::statfs(directory).ok()?;
    name(u64::try_from(found.f_type).ok()?)
}

/// Elsewhere all is polled, for another reason.
#[cfg(not(target_os = "linux"))]
pub(super) fn without_events(_: &Path) -> Option<&'static str> {
    None
}

/// The number has 32 bits, but comes in a word that may be longer and signed.
#[cfg(target_os = "linux")]
fn name(magic: u64) -> Option<&'static str> {
    let (_, name) = WITHOUT_EVENTS
        .iter()
        .find(|(one, _)| u64::from(*one) == magic & u64::from(u32::MAX))?;
    Some(name)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn network_file_systems_are_known() {
        assert_eq!(name(0x6969), Some("NFS"));
        assert_eq!(name(0xFF53_4D42), Some("CIFS"));
        assert_eq!(name(0xFFFF_FFFF_FF53_4D42), Some("CIFS"));
        assert_eq!(name(0xEF53), None, "ext4");
        assert_eq!(without_events(Path::new("/proc")), None);
    }
}
