//! The same names, octets and modes as `django-admin startproject --template` makes.
//!
//! What is rendered is compared elsewhere: these files have no syntax where they are rendered.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use rstest::rstest;

use super::{Place, argument, complaint};

/// Packs a tree. Arguments: the archive's name, how it is compressed, how its entries are named.
const PACK: &str = r##"
import bz2, gzip, io, lzma, sys, tarfile, zipfile

name, how, shape = sys.argv[1:]

# Path, mode, contents; nothing for a directory.
TREE = [
    ("manage.py", 0o755, b"#!/usr/bin/env python\nprint(1)\n"),
    ("README.md", 0o644, "é {{ project_name }} \x00\xff".encode("latin-1")),
    ("project_name", 0o755, None),
    ("project_name/__init__.py", 0o644, b""),
    ("project_name/settings.py-tpl", 0o664, b"NAME = 1\r\n"),
    ("project_name/project_name.txt", 0o640, b"{% not a tag"),
    ("private.txt", 0o700, b"everybody may not read this"),
    ("empty", 0o755, None),
    ("empty/within", 0o700, None),
    (".hidden", 0o755, None),
    (".hidden/file.txt", 0o644, b"left out"),
    (".env", 0o604, b"A=1\n"),
    ("deep/er/and/deeper.txt", 0o777, b"x" * 70000),
    ("cache/__pycache__/x.txt", 0o644, b"left out"),
    ("cache/x.pyc", 0o644, b"left out"),
    ("n" * 100 + "/" + "m" * 100 + ".txt", 0o644, b"long"),
    ("網站/été.txt", 0o644, b"names"),
]
prefix = {"leading": "the-leading-directory/", "dot": "./", "flat": "", "implied": "x/"}[shape]
if shape in ("leading", "dot"):
    TREE.insert(0, ("", 0o755, None))
if shape == "implied":
    TREE = [entry for entry in TREE if entry[2] is not None]
if shape == "flat":
    TREE.append(("manage.py", 0o600, b"again: the last one counts\n"))

if how.startswith("zip"):
    method = getattr(zipfile, "ZIP_" + how[4:].upper())
    if shape == "flat":
        TREE.pop()
    class Unseekable(io.RawIOBase):
        def __init__(self, file): self.file = file
        def writable(self): return True
        def write(self, octets): return self.file.write(octets)
    with open(name, "wb") as file:
        # Without seeking, sizes are in data descriptors.
        target = Unseekable(file) if shape == "leading" else file
        with zipfile.ZipFile(target, "w", method) as archive:
            for path, mode, contents in TREE:
                path = prefix + path
                kind = 0o100000
                if contents is None:
                    if not path: continue
                    path = path.rstrip("/") + "/"
                    kind = 0o040000
                info = zipfile.ZipInfo(path)
                info.external_attr = (kind | mode) << 16
                info.compress_type = method
                archive.writestr(info, contents or b"")
else:
    format = {"leading": tarfile.PAX_FORMAT, "dot": tarfile.GNU_FORMAT}.get(shape, tarfile.PAX_FORMAT)
    octets = io.BytesIO()
    with tarfile.open(fileobj=octets, mode="w", format=format) as archive:
        for path, mode, contents in TREE:
            info = tarfile.TarInfo((prefix + path).rstrip("/") or ".")
            info.mode = mode
            if contents is None:
                info.type = tarfile.DIRTYPE
                archive.addfile(info)
            else:
                info.size = len(contents)
                archive.addfile(info, io.BytesIO(contents))
    compress = {
        "none": lambda octets: octets,
        "gz": gzip.compress,
        "bz2": bz2.compress,
        "xz": lzma.compress,
        "lzma": lambda octets: lzma.compress(octets, format=lzma.FORMAT_ALONE),
    }[how]
    with open(name, "wb") as file:
        file.write(compress(octets.getvalue()))
"##;

/// Every entry with its mode and its octets.
fn tree(root: &Path) -> Vec<(String, u32, Vec<u8>)> {
    walkdir::WalkDir::new(root)
        .min_depth(1)
        .sort_by_file_name()
        .into_iter()
        .map(|entry| {
            let entry = entry.unwrap();
            let name = entry.path().strip_prefix(root).unwrap();
            let metadata = entry.path().symlink_metadata().unwrap();
            let contents = if metadata.is_dir() {
                Vec::new()
            } else {
                fs::read(entry.path()).unwrap()
            };
            let mode = metadata.permissions().mode();
            (name.to_str().unwrap().to_owned(), mode, contents)
        })
        .collect()
}

/// Packs the tree and compares what both programs make of it.
fn compare(name: &str, how: &str, shape: &str) {
    let place = Place::new();
    place.python(PACK, &[name, how, shape]);
    let expected = same(&place, name);
    assert!(expected.len() > 10, "{expected:?}");
}

/// Makes a project from an archive with both programs. Returns what both made.
fn same(place: &Place, name: &str) -> Vec<(String, u32, Vec<u8>)> {
    let archive = place.input().join(name);
    let arguments = ["mysite", "--template", argument(&archive)];
    let made = |output: Output| {
        assert!(output.status.success(), "{}", complaint(&output));
        let made = tree(&place.output().join("mysite"));
        fs::remove_dir_all(place.output().join("mysite")).unwrap();
        made
    };
    let expected = made(place.django(&arguments));
    assert_eq!(made(place.scaffold(&arguments)), expected);
    assert_eq!(place.written(), Vec::<PathBuf>::new());
    expected
}

#[test]
fn what_is_told_of_an_archive_is_what_django_tells() {
    let place = Place::new();
    place.python(PACK, &["t.tar.gz", "gz", "leading"]);
    let archive = place.input().join("t.tar.gz");
    let arguments = ["mysite", "--template", argument(&archive), "-v", "2"];
    let told = |output: Output| {
        assert!(output.status.success(), "{}", complaint(&output));
        fs::remove_dir_all(place.output().join("mysite")).unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let lines = text.lines().map(str::to_owned);
        let (mut files, steps): (Vec<_>, Vec<_>) =
            lines.partition(|line| line.starts_with("Creating "));
        // Django takes them as the system gives them.
        files.sort();
        (steps, files)
    };
    let (steps, files) = told(place.django(&arguments));
    assert_eq!(steps.len(), 4, "{steps:?}");
    assert!(files.len() > 5, "{files:?}");
    assert_eq!(told(place.scaffold(&arguments)), (steps, files));
}

#[rstest]
#[case("t.tar", "none")]
#[case("t.tar.gz", "gz")]
#[case("t.tgz", "gz")]
#[case("t.taz", "gz")]
#[case("t.tar.bz2", "bz2")]
#[case("t.tbz2", "bz2")]
#[case("t.tbz", "bz2")]
#[case("t.tz2", "bz2")]
#[case("t.tar.xz", "xz")]
#[case("t.txz", "xz")]
#[case("t.tar.lzma", "lzma")]
#[case("t.tlz", "lzma")]
#[case("T.TAR.GZ", "gz")]
// The octets, not the name, say how a tar is compressed.
#[case("t.tar", "xz")]
#[case("t.tgz", "none")]
#[case("t.zip", "zip_stored")]
#[case("t.zip", "zip_deflated")]
#[case("t.zip", "zip_bzip2")]
#[case("t.zip", "zip_lzma")]
fn every_kind_of_archive_makes_djangos_project(#[case] name: &str, #[case] how: &str) {
    compare(name, how, "leading");
}

#[rstest]
fn whatever_the_names_begin_with_the_project_is_djangos(
    #[values("t.tar", "t.zip")] name: &str,
    #[values("dot", "flat", "implied")] shape: &str,
) {
    let how = if name == "t.zip" {
        "zip_deflated"
    } else {
        "none"
    };
    compare(name, how, shape);
}

/// What Git and the programs of the system pack.
#[rstest]
#[case("t.tar.gz", "git archive --format=tar.gz --prefix=t-1.0/ -o $0 HEAD")]
#[case("t.zip", "git archive --format=zip --prefix=t-1.0/ -o $0 HEAD")]
#[case("t.tar", "tar --format=gnu -cf $0 .")]
#[case("t.tar.gz", "tar --format=posix -czf $0 .")]
#[case("t.tar.xz", "tar --format=ustar -cJf $0 .")]
#[case("t.tar", "tar --format=v7 -cf $0 manage.py d e")]
fn what_other_programs_pack_makes_djangos_project(#[case] name: &str, #[case] pack: &str) {
    let place = Place::new();
    let archive = place.input().join(name);
    let script = format!(
        "set -e; mkdir ../work; cd ../work; mkdir d e; echo a >d/a.txt; echo b >manage.py; \
         chmod 755 manage.py; ln manage.py d/hard.py; export GIT_CONFIG_GLOBAL=/dev/null; \
         git init -q; git add .; git -c user.name=n -c user.email=e commit -qm m; {pack}"
    );
    let packed = Command::new("sh")
        .args(["-c", &script, argument(&archive)])
        .current_dir(place.input())
        .output()
        .unwrap();
    assert!(packed.status.success(), "{}", complaint(&packed));
    let expected = same(&place, name);
    assert!(expected.len() > 3, "{expected:?}");
}

/// Zips of other systems: names in the character set of DOS, no modes, and comments.
#[test]
fn zips_of_other_systems_make_djangos_project() {
    let place = Place::new();
    place.python(
        r#"
import zipfile
with zipfile.ZipFile("t.zip", "w") as archive:
    archive.comment = b"a comment"
    for name in ["t/", "t/caf?.txt", "t/manage.py", "t/__x__/", "t/__x__/y.txt"]:
        info = zipfile.ZipInfo(name)
        info.create_system = 0
        info.external_attr = 0x10 if name.endswith("/") else 0x20
        archive.writestr(info, b"" if name.endswith("/") else b"text")
with open("t.zip", "rb") as file: octets = file.read()
with open("t.zip", "wb") as file: file.write(octets.replace(b"caf?", b"caf\x82"))
"#,
        &[],
    );
    let expected = same(&place, "t.zip");
    assert!(expected.iter().any(|(name, ..)| name == "café.txt"));
}

/// Links in a tar are the files that they lead to, with these files' modes; Django gives them the
/// mode of the link, with which anybody may execute them.
#[test]
fn links_are_files() {
    let place = Place::new();
    place.python(
        "import tarfile, io\n\
         with tarfile.open('t.tar', 'w') as archive:\n    \
         for name, kind, link in [('t/d/a.txt', tarfile.REGTYPE, ''),\n                             \
         ('t/l.txt', tarfile.SYMTYPE, 'd/a.txt'), ('t/d/up.txt', tarfile.SYMTYPE, '../l.txt'),\n  \
         ('t/h.txt', tarfile.LNKTYPE, 't/d/a.txt'), ('t/dir', tarfile.SYMTYPE, 'd')]:\n        \
         info = tarfile.TarInfo(name)\n        \
         info.type, info.linkname, info.mode = kind, link, 0o644\n        \
         info.size = 4 if kind == tarfile.REGTYPE else 0\n        \
         archive.addfile(info, io.BytesIO(b'text'))\n",
        &[],
    );
    let archive = place.input().join("t.tar");
    let output = place.scaffold(&["mysite", "--template", argument(&archive)]);
    assert!(output.status.success(), "{}", complaint(&output));
    let made = tree(&place.output().join("mysite"));
    let files: Vec<_> = made
        .iter()
        .filter(|(_, mode, _)| mode & 0o100_000 != 0)
        .collect();
    let names: Vec<_> = files.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, ["d/a.txt", "d/up.txt", "h.txt", "l.txt"]);
    for (name, mode, contents) in &files {
        assert_eq!(
            (mode & 0o777, contents.as_slice()),
            (0o644, &b"text"[..]),
            "{name}"
        );
    }
    assert_eq!(
        made.len(),
        files.len() + 1,
        "the link to a directory is left out"
    );
}
