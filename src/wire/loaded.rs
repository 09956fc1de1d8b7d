//! What a worker has loaded: the payload of `LOADED`, pure.

use std::{ffi::OsString, os::unix::ffi::OsStringExt as _, path::PathBuf};

use bytes::Bytes;

use super::marshal::{DecodeError, Decoder};

/// Most files, or directories, and most names in one frame. The worker keeps to it, and sends several.
const MAX_FILES: usize = 2048;
/// See [`MAX_FILES`].
const MAX_NAMES: usize = 4096;

/// Most octets of a path that the system opens (`PATH_MAX` of Linux); longer ones name no file.
const MAX_PATH: usize = 4096;

/// Most octets of a module's name: far more than anyone writes.
const MAX_NAME: usize = 1024;

/// Most files and modules that are remembered of one worker until somebody asks: more than the
/// largest projects have.
const MAX_WAITING: usize = 100_000;

/// What a worker has loaded since it last said so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// The user's own source files: the project, and what is installed for editing. Also those that
    /// a failure to load led through.
    pub files: Vec<PathBuf>,
    /// Names of modules of the standard library and of `site-packages`, each after those that it
    /// imports.
    pub modules: Vec<String>,
    /// Directories that the application has its templates in, whatever they are called.
    pub templates: Vec<PathBuf>,
    /// Directories into which the application writes what its users upload.
    pub uploads: Vec<PathBuf>,
}

impl Loaded {
    /// The payload of a `LOADED` frame.
    pub fn decode(payload: Bytes) -> Result<Self, DecodeError> {
        let mut decoder = Decoder::new(payload);
        decoder.tuple_of(4)?;
        let files = paths(&mut decoder)?;
        let mut modules = Vec::new();
        for _ in 0..decoder.list_of_at_most(MAX_NAMES)? {
            let name = decoder.text()?;
            if name.len() <= MAX_NAME {
                modules.push(name);
            }
        }
        let templates = paths(&mut decoder)?;
        let uploads = paths(&mut decoder)?;
        decoder.finish()?;
        Ok(Self {
            files,
            modules,
            templates,
            uploads,
        })
    }

    /// Adds what was loaded later.
    pub(super) fn extend(&mut self, later: Self) {
        self.files.extend(later.files);
        self.files.truncate(MAX_WAITING);
        self.modules.extend(later.modules);
        self.modules.truncate(MAX_WAITING);
        self.templates.extend(later.templates);
        self.templates.truncate(MAX_WAITING);
        self.uploads.extend(later.uploads);
        self.uploads.truncate(MAX_WAITING);
    }
}

fn paths(decoder: &mut Decoder) -> Result<Vec<PathBuf>, DecodeError> {
    let mut paths = Vec::new();
    for _ in 0..decoder.list_of_at_most(MAX_FILES)? {
        let path = decoder.bytes()?;
        if path.len() <= MAX_PATH {
            paths.push(OsString::from_vec(path.into()).into());
        }
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `marshal.dumps(([b"/p/a.py", b"/p/\xff.py"], ["json", "é"], [b"/p/t"], [b"/p/m"]), 2)` of CPython 3.12.
    const PAYLOAD: &[u8] = b"(\x04\0\0\0[\x02\0\0\0s\x07\0\0\0/p/a.pys\x07\0\0\0/p/\xff.py\
        [\x02\0\0\0u\x04\0\0\0jsonu\x02\0\0\0\xc3\xa9\
        [\x01\0\0\0s\x04\0\0\0/p/t\
        [\x01\0\0\0s\x04\0\0\0/p/m";

    #[test]
    fn paths_are_octets_and_names_are_text() {
        let loaded = Loaded::decode(Bytes::from_static(PAYLOAD)).unwrap();
        assert_eq!(loaded.files[0].to_str(), Some("/p/a.py"));
        assert_eq!(
            loaded.files[1].as_os_str().as_encoded_bytes(),
            b"/p/\xff.py"
        );
        assert_eq!(loaded.modules, ["json", "é"]);
        assert_eq!(loaded.templates, [PathBuf::from("/p/t")]);
        assert_eq!(loaded.uploads, [PathBuf::from("/p/m")]);
    }

    #[test]
    fn data_cut_at_any_octet_is_an_error() {
        for length in 0..PAYLOAD.len() {
            assert!(Loaded::decode(Bytes::from_static(&PAYLOAD[..length])).is_err());
        }
    }

    #[test]
    fn more_than_a_frame_may_have_is_refused() {
        let payload = |count: usize| {
            let mut octets = b"(\x04\0\0\0[".to_vec();
            octets.extend(u32::try_from(count).unwrap().to_le_bytes());
            octets.extend(b"s\0\0\0\0".repeat(count));
            octets.extend(b"[\0\0\0\0".repeat(3));
            Loaded::decode(octets.into())
        };
        assert!(payload(MAX_FILES).is_ok());
        assert_eq!(payload(MAX_FILES + 1), Err(DecodeError::Excess(2049)));
    }

    #[test]
    fn a_tuple_of_another_length_is_refused() {
        let octets = [b"(\x02\0\0\0".as_slice(), &b"[\0\0\0\0".repeat(4)].concat();
        assert_eq!(Loaded::decode(octets.into()), Err(DecodeError::Excess(2)));
    }

    #[test]
    fn what_is_too_long_to_be_a_path_or_a_name_is_left_out() {
        let mut octets = b"(\x04\0\0\0[\x01\0\0\0s\x01\x10\0\0".to_vec();
        octets.extend([b'x'; 4097]);
        octets.extend(b"[\x01\0\0\0u\x01\x04\0\0");
        octets.extend([b'x'; 1025]);
        octets.extend(b"[\0\0\0\0[\0\0\0\0");
        assert_eq!(Loaded::decode(octets.into()), Ok(Loaded::default()));
    }

    #[test]
    fn nothing_is_remembered_without_end() {
        let mut loaded = Loaded::default();
        for _ in 0..3 {
            loaded.extend(Loaded {
                files: vec![PathBuf::new(); 50_000],
                modules: vec![String::new(); 50_000],
                templates: vec![PathBuf::new(); 50_000],
                uploads: vec![PathBuf::new(); 50_000],
            });
        }
        assert_eq!(loaded.files.len(), MAX_WAITING);
        assert_eq!(loaded.modules.len(), MAX_WAITING);
        assert_eq!(loaded.templates.len(), MAX_WAITING);
        assert_eq!(loaded.uploads.len(), MAX_WAITING);
    }

    proptest! {
        #[test]
        fn no_octets_make_it_panic(octets in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Loaded::decode(octets.into());
        }
    }
}
