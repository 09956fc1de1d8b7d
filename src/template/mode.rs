//! Who may execute a file: all of the permission bits that templates, Git and updates look at.

/// The bits that executable files have on top of the others.
pub(super) const EXECUTABLE: u32 = 0o111;

/// Whether somebody may execute a file with these permission bits.
pub(super) fn is_executable(mode: u32) -> bool {
    mode & EXECUTABLE != 0
}
