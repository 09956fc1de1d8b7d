//! The contents of files: what `git cat-file --batch` is asked, and its answers.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, Read as _, Seek as _, Write as _},
    process::ChildStdout,
};

use super::tree::{Blob, Kind, Line};

/// A file with the names of all blobs, one on each line: more of them than fit into a pipe would
/// have to be written while the answer is read.
pub(super) fn names(lines: &[Line]) -> io::Result<File> {
    let mut names = io::BufWriter::new(tempfile::tempfile()?);
    for line in lines {
        if let Kind::File { blob, .. } | Kind::Link(blob) = &line.kind {
            writeln!(names, "{}", blob.name)?;
        }
    }
    let mut names = names.into_inner()?;
    names.rewind()?;
    Ok(names)
}

/// The next contents in the answer of `git cat-file --batch`; nothing where it is not about the
/// blob. No more is read than the blob's size.
pub(super) fn contents(
    answer: &mut BufReader<ChildStdout>,
    blob: &Blob,
) -> io::Result<Option<Vec<u8>>> {
    let expected = format!("{} blob {}\n", blob.name, blob.size);
    let mut head = String::new();
    let most = u64::try_from(expected.len()).unwrap_or(u64::MAX);
    answer.take(most).read_line(&mut head)?;
    if head != expected {
        return Ok(None);
    }
    let mut contents = Vec::new();
    let size = usize::try_from(blob.size).unwrap_or(usize::MAX);
    contents.try_reserve_exact(size)?;
    answer.take(blob.size).read_to_end(&mut contents)?;
    let mut end = [0];
    answer.read_exact(&mut end)?;
    Ok((contents.len() == size && end == *b"\n").then_some(contents))
}
