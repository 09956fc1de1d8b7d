//! What an archive must hash to before anything is read from it.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _},
    sync::atomic::{AtomicBool, Ordering},
};

use sha2::{Digest as _, Sha256};

/// How much is hashed between two looks at the flag that ends the work.
const BLOCK: usize = 64 << 10;

/// What a file must hash to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Checksum([u8; 32]);

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChecksumError {
    /// It is none that is known.
    #[error("`{}` is not a checksum", crate::template::shown::printable(text))]
    Malformed {
        /// What was given.
        text: String,
    },
    /// What was read is something else.
    #[error("the checksum of `{archive}` is sha256:{actual}, not sha256:{expected}")]
    Differs {
        /// The archive's name.
        archive: String,
        /// What it must be, in hexadecimal.
        expected: String,
        /// What it is.
        actual: String,
    },
    /// There is no file that could be hashed.
    #[error("a checksum is for an archive, and the template `{template}` is {what}")]
    NoArchive {
        /// The template.
        template: String,
        /// What it is.
        what: &'static str,
    },
}

impl ChecksumError {
    /// What the user can do next.
    pub(in crate::template) fn hint(&self) -> String {
        match self {
            Self::Malformed { .. } => {
                "write `sha256:` and 64 hexadecimal digits, as `sha256sum` prints them"
            }
            Self::Differs { .. } => {
                "nothing was read from it; ask its author which one is right, and whether it \
                 was changed"
            }
            Self::NoArchive { .. } => {
                "leave out `--checksum`; for a repository, `--ref` takes the full id of a commit"
            }
        }
        .to_owned()
    }
}

impl Checksum {
    /// Reads `sha256:` and 64 hexadecimal digits in upper or lower case.
    pub(super) fn parse(text: &str) -> Result<Self, ChecksumError> {
        let malformed = || ChecksumError::Malformed {
            text: text.to_owned(),
        };
        let (algorithm, digits) = text.split_once(':').ok_or_else(malformed)?;
        let digits = digits.as_bytes();
        if !algorithm.eq_ignore_ascii_case("sha256") || digits.len() != 64 {
            return Err(malformed());
        }
        let mut octets = [0; 32];
        for (octet, digits) in octets.iter_mut().zip(digits.chunks_exact(2)) {
            for digit in digits {
                let value = char::from(*digit).to_digit(16).ok_or_else(malformed)?;
                *octet = *octet << 4 | u8::try_from(value).map_err(|_| malformed())?;
            }
        }
        Ok(Self(octets))
    }

    /// Hashes all of a file and goes back to its beginning. `false` is the answer where the flag
    /// was set before the end.
    pub(super) fn verify(
        self,
        file: &mut File,
        archive: &str,
        stop: &AtomicBool,
    ) -> Result<bool, VerifyError> {
        file.rewind()?;
        let mut hash = Sha256::new();
        let mut block = vec![0; BLOCK];
        loop {
            if stop.load(Ordering::Relaxed) {
                return Ok(false);
            }
            match file.read(&mut block) {
                Ok(0) => break,
                Ok(count) => hash.update(block.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        file.rewind()?;
        let actual: [u8; 32] = hash.finalize().into();
        if actual != self.0 {
            return Err(VerifyError::Checksum(ChecksumError::Differs {
                archive: archive.to_owned(),
                expected: hexadecimal(&self.0),
                actual: hexadecimal(&actual),
            }));
        }
        Ok(true)
    }
}

/// Why a file could not be found to be the right one.
#[derive(Debug, thiserror::Error)]
pub(super) enum VerifyError {
    /// It is another one.
    #[error(transparent)]
    Checksum(#[from] ChecksumError),
    /// It cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

fn hexadecimal(octets: &[u8]) -> String {
    use std::fmt::Write as _;

    octets.iter().fold(String::new(), |mut text, octet| {
        let _ = write!(text, "{octet:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    /// Of no octets at all.
    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[rstest]
    #[case("")]
    #[case(EMPTY)]
    #[case("md5:d41d8cd98f00b204e9800998ecf8427e")]
    #[case("sha256:")]
    #[case("sha256:12")]
    #[case(&format!("sha256:{EMPTY}0"))]
    #[case(&format!("sha256: {}", &EMPTY[1..]))]
    #[case(&format!("sha256:+{}", &EMPTY[1..]))]
    #[case(&format!("sha256:é{}", &EMPTY[2..]))]
    #[case(&format!("sha256:{EMPTY}\n"))]
    fn what_is_no_checksum(#[case] text: &str) {
        assert!(matches!(
            Checksum::parse(text),
            Err(ChecksumError::Malformed { .. })
        ));
    }

    #[test]
    fn a_file_is_the_right_one_or_not() {
        let upper = format!("SHA256:{}", EMPTY.to_uppercase());
        let checksum = Checksum::parse(&upper).unwrap();
        assert_eq!(
            checksum,
            Checksum::parse(&format!("sha256:{EMPTY}")).unwrap()
        );
        let stop = AtomicBool::new(false);
        let mut file = tempfile::tempfile().unwrap();
        assert!(checksum.verify(&mut file, "x.zip", &stop).unwrap());
        file.write_all(b"x").unwrap();
        let error = checksum.verify(&mut file, "x.zip", &stop).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "the checksum of `x.zip` is sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db\
                 02258717921a4881, not sha256:{EMPTY}"
            )
        );
    }

    #[test]
    fn a_verified_file_is_read_from_its_beginning() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"x").unwrap();
        let checksum = Checksum::parse(
            "sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
        );
        let stop = AtomicBool::new(false);
        assert!(checksum.unwrap().verify(&mut file, "x", &stop).unwrap());
        assert_eq!(file.stream_position().unwrap(), 0);
    }

    #[test]
    fn hashing_ends_when_it_is_to_end() {
        let checksum = Checksum::parse(&format!("sha256:{EMPTY}")).unwrap();
        let mut file = tempfile::tempfile().unwrap();
        let stop = AtomicBool::new(true);
        assert!(!checksum.verify(&mut file, "x", &stop).unwrap());
    }

    proptest! {
        #[test]
        fn any_text_is_a_checksum_or_an_error(text in ".*|sha256:[0-9a-fA-F]{64}|[a-z0-9]{0,9}:.*") {
            if Checksum::parse(&text).is_ok() {
                prop_assert!(text.len() == 71 && text.is_ascii());
            }
        }
    }
}
