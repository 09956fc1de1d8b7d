//! Archives that are made to do harm, damaged, or nothing that a template can be made from: each is
//! refused with a message that names what is wrong, and nothing is written anywhere.

use std::fs;

use rstest::rstest;

use super::{Place, argument, complaint};

/// What makes the archives. `A` is the archive's path.
const HELPERS: &str = r#"
import bz2, gzip, io, lzma, struct, sys, tarfile, warnings, zipfile, zlib
warnings.simplefilter("ignore")
A = sys.argv[1]

def tar(*entries, end=True, name=A, format=tarfile.GNU_FORMAT):
    octets = b""
    for path, contents, *rest in entries:
        info = tarfile.TarInfo(path)
        info.mode = 0o644
        for key, value in (rest[0] if rest else {}).items():
            setattr(info, key, value)
        if info.type == tarfile.REGTYPE and not info.size:
            info.size = len(contents)
        octets += info.tobuf(format) + contents + b"\0" * (-len(contents) % 512)
    write(octets + b"\0" * 1024 * end)

def zip(*entries, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(A, "w", method) as archive:
        for path, contents, *rest in entries:
            info = zipfile.ZipInfo("placeholder")
            info.filename = path
            info.compress_type = method
            info.external_attr = 0o100644 << 16
            for key, value in (rest[0] if rest else {}).items():
                setattr(info, key, value)
            archive.writestr(info, contents)

def read():
    with open(A, "rb") as file: return file.read()

def write(octets):
    with open(A, "wb") as file: file.write(octets)

def link(to): return {"type": tarfile.SYMTYPE, "linkname": to}
def hard(to): return {"type": tarfile.LNKTYPE, "linkname": to}
def zip_link(): return {"external_attr": 0o120777 << 16}

G = ("t/good.txt", b"good")
"#;

/// Makes an archive, tries to make a project from it, and returns the complaint without the
/// archive's path.
fn refused(name: &str, code: &str) -> String {
    let place = Place::new();
    let archive = place.input().join(name);
    place.python(&format!("{HELPERS}\n{code}"), &[argument(&archive)]);
    let output = place.scaffold(&["mysite", "--template", argument(&archive)]);
    let complaint = complaint(&output);
    assert_eq!(output.status.code(), Some(1), "{complaint}");
    assert!(output.stdout.is_empty());
    assert!(
        complaint.chars().all(|it| it == '\n' || !it.is_control()),
        "{complaint:?}"
    );
    assert_eq!(place.written(), Vec::<std::path::PathBuf>::new());
    let beside = fs::read_dir(place.input()).unwrap().count();
    assert_eq!(beside, 1, "something was written beside the archive");
    complaint.replace(argument(&archive), "A")
}

#[rstest]
// Names that lead elsewhere.
#[case(
    "a.tar",
    "tar(G, ('../evil', b'x'))",
    "Archive contains invalid path: '../evil' (it leads out of its directory)"
)]
#[case(
    "a.tar",
    "tar(G, ('t/../../evil', b'x'))",
    "invalid path: 't/../../evil'"
)]
#[case(
    "a.tar",
    "tar(('../a', b'x'), ('../b', b'x'))",
    "invalid path: '../a'|it leads"
)]
#[case("a.tar", "tar(G, ('t/x/..', b'x'))", "invalid path: 't/x/..'")]
#[case(
    "a.tar",
    "tar(G, ('/tmp/evil', b'x'))",
    "invalid path: '/tmp/evil' (it is absolute)"
)]
#[case(
    "a.tar",
    "tar(G, ('t//evil', b'x'))",
    "invalid path: 't//evil' (it is absolute)"
)]
#[case(
    "a.tar",
    "tar(G, ('t/..\\\\evil', b'x'))",
    "(it has a backslash in it)"
)]
#[case(
    "a.tar",
    "tar(G, ('t/C:/evil', b'x'))",
    "invalid path: 't/C:/evil' (it names a drive)"
)]
#[case("a.tar", "tar(G, ('', b'x'))", "invalid path: '' (it is empty)")]
#[case(
    "a.tar",
    "tar(G, ('../' + 'd/' * 200, b'x'))",
    "invalid path: '../d/d/"
)]
#[case(
    "a.tar",
    "tar(G, ('../' + 'd/' * 200, b'x'), format=tarfile.PAX_FORMAT)",
    "invalid path: '../d/d/"
)]
#[case(
    "a.zip",
    "zip(G, ('../evil', b'x'))",
    "Archive contains invalid path: '../evil' (it leads out of its directory)"
)]
#[case(
    "a.zip",
    "zip(G, ('/tmp/evil', b'x'))",
    "invalid path: '/tmp/evil' (it is absolute)"
)]
#[case(
    "a.zip",
    "zip(G, ('t//tmp/evil', b'x'))",
    "invalid path: 't//tmp/evil' (it is absolute)"
)]
#[case(
    "a.zip",
    "zip(G, ('t\\\\..\\\\evil', b'x'))",
    "(it has a backslash in it)"
)]
#[case("a.zip", "zip(G, ('c:evil', b'x'))", "(it names a drive)")]
#[case(
    "a.zip",
    "zip(G, ('t/nul?', b'x')); write(read().replace(b'nul?', b'nul\\0'))",
    "(it has a NUL in it)"
)]
#[case("a.zip", "zip(('', b'x'))", "invalid path: '' (it is empty)")]
#[case("a.tar", "tar(G, ('t/' + 'x' * 2000, b'x'))", "is too long)")]
// What would do something to a terminal is shown and does nothing.
#[case(
    "a.tar",
    "tar(G, ('t/\\x1b]0;evil\\x07/..', b'x'))",
    "'t/\\u{1b}]0;evil\\u{7}/..'"
)]
#[case(
    "a.zip",
    "zip(G, ('t/\\u202etxt.exe/..', b'x'))",
    "'t/\\u{202e}txt.exe/..'"
)]
#[case("a.tar", "tar(G, ('t/a\\nb', b'x'))", "`a\\nb`|control character")]
// Links.
#[case(
    "a.tar",
    "tar(G, ('t/l', b'', link('/etc/passwd')))",
    "`A/l` links to `/etc/passwd`, which is outside the template"
)]
#[case(
    "a.tar",
    "tar(G, ('t/l', b'', link('../../../etc/passwd')))",
    "which is outside the template"
)]
#[case(
    "a.tar",
    "tar(G, ('t/l', b'', link('nowhere')))",
    "`A/l` links to `nowhere`, which is not there"
)]
#[case(
    "a.tar",
    "tar(G, ('t/l', b'', link('m')), ('t/m', b'', link('l')))",
    "`A/l` is a link that leads back to itself"
)]
#[case(
    "a.tar",
    "tar(G, ('t/d', b'', link('/tmp')), ('t/d/evil', b'x'))",
    "`d` is both a file and a directory"
)]
#[case(
    "a.tar",
    "tar(G, ('t/d', b'', link('.')), ('t/d/evil', b'x'))",
    "`d` is both a file and a directory"
)]
#[case(
    "a.tar",
    "tar(G, ('t/d', b'', link('/tmp/evil')), ('t/h', b'', hard('t/d')))",
    "`t/h` is a hard link to `t/d`, which is no file before it"
)]
#[case(
    "a.tar",
    "tar(G, ('t/h', b'', hard('/etc/passwd')))",
    "is a hard link to `/etc/passwd`"
)]
#[case(
    "a.tar",
    "tar(G, ('t/h', b'', hard('t/later')), ('t/later', b'x'))",
    "is a hard link to `t/later`"
)]
#[case(
    "a.tar",
    "tar(G, ('t/h', b'', hard('other/good.txt')))",
    "is a hard link to `other/good.txt`"
)]
#[case(
    "a.zip",
    "zip(G, ('t/l', b'/etc/passwd', zip_link()))",
    "`A/l` links to `/etc/passwd`, which is outside the template"
)]
#[case(
    "a.zip",
    "zip(G, ('t/l', b'l', zip_link()))",
    "`A/l` is a link that leads back to itself"
)]
#[case(
    "a.zip",
    "zip(G, ('t/l', b'/tmp', zip_link()), ('t/l/evil', b'x'))",
    "`l` is both a file and a directory"
)]
// What is neither file nor directory.
#[case(
    "a.tar",
    "tar(G, ('t/null', b'', {'type': tarfile.CHRTYPE, 'devmajor': 1, 'devminor': 3}))",
    "`t/null` is neither a file nor a directory"
)]
#[case(
    "a.tar",
    "tar(G, ('t/disk', b'', {'type': tarfile.BLKTYPE}))",
    "`t/disk` is neither a file nor a directory"
)]
#[case(
    "a.tar",
    "tar(G, ('t/pipe', b'', {'type': tarfile.FIFOTYPE}))",
    "`t/pipe` is neither a file nor a directory"
)]
#[case(
    "a.tar",
    "tar(G, ('t/s', b'', {'type': tarfile.GNUTYPE_SPARSE}))",
    "`t/s` is a sparse file, which is not supported"
)]
#[case(
    "a.tar",
    "tar(G, ('t/s', b'', {'pax_headers': {'GNU.sparse.major': '1'}}), format=tarfile.PAX_FORMAT)",
    "`t/s` is a sparse file, which is not supported"
)]
#[case(
    "a.zip",
    "zip(G, ('t/pipe', b'', {'external_attr': 0o010644 << 16}))",
    "`t/pipe` is neither a file nor a directory"
)]
// Files in each other's way.
#[case(
    "a.tar",
    "tar(G, ('t/d', b'x'), ('t/d/e', b'x'))",
    "`d` is both a file and a directory"
)]
#[case(
    "a.tar",
    "tar(G, ('t/d/e', b'x'), ('t/d', b'x'))",
    "`d` is both a file and a directory"
)]
#[case(
    "a.zip",
    "zip(G, ('t/d/', b''), ('t/d', b'x'))",
    "`d` is both a file and a directory"
)]
#[case("a.zip", "zip(G, ('t/d', b'x'), ('t/d', b'y'))", "duplicate")]
#[case(
    "a.tar",
    "tar(('file.txt', b'x'))",
    "`file.txt` is not in the directory that all the rest is in"
)]
#[case(
    "a.zip",
    "zip(('file.txt', b'x'))",
    "`file.txt` is not in the directory that all the rest is in"
)]
fn entries(#[case] name: &str, #[case] code: &str, #[case] expected: &str) {
    let complaint = refused(name, code);
    for part in expected.split('|') {
        assert!(complaint.contains(part), "{complaint}");
    }
    // Links and names that no archive is to blame for are refused in words of their own.
    if !complaint.contains("`A/") && !complaint.contains("control character") {
        assert!(
            complaint.starts_with("CommandError: couldn't extract file A: "),
            "{complaint}"
        );
    }
}

#[rstest]
// Nothing of an archive, or nothing in it.
#[case("a.zip", "write(b'')", "it is damaged: ")]
#[case("a.tar", "write(b'')", "it is damaged: it is cut short")]
#[case("a.tar", "write(b'no archive at all' * 100)", "it is damaged: ")]
#[case("a.zip", "write(b'no archive at all' * 100)", "it is damaged: ")]
#[case("a.tar.gz", "write(b'\\x1f\\x8b\\x08')", "it is damaged: ")]
#[case("a.tar", "tar()", "it is empty")]
#[case("a.zip", "zip()", "it is empty")]
#[case("a.rar", "write(b'Rar!')", "Path not a recognized archive format: A")]
#[case("a.gz", "write(b'')", "Path not a recognized archive format: A")]
#[case("archive", "write(b'')", "Path not a recognized archive format: A")]
// Cut short.
#[case("a.tar", "tar(G, end=False)", "it is damaged: it is cut short")]
#[case("a.tar", "tar(G); write(read()[:514])", "it is damaged: ")]
#[case(
    "a.tar.gz",
    "tar(G); write(gzip.compress(read())[:-9])",
    "it is damaged: "
)]
#[case(
    "a.tar.bz2",
    "tar(G); write(bz2.compress(read())[:-9])",
    "it is damaged: "
)]
#[case(
    "a.tar.xz",
    "tar(G); write(lzma.compress(read())[:-20])",
    "it is damaged: "
)]
#[case(
    "a.tar.lzma",
    "tar(G); write(lzma.compress(read(), format=lzma.FORMAT_ALONE)[:-20])",
    "it is damaged: "
)]
#[case("a.zip", "zip(G); write(read()[:-30])", "it is damaged: ")]
#[case("a.zip", "zip(G); write(read()[4:])", "it is damaged: ")]
#[case(
    "a.tar",
    "tar(G, ('', b'', {'type': tarfile.XHDTYPE}))",
    "it is damaged: it ends in the middle of an entry"
)]
// Checksums.
#[case(
    "a.tar",
    "tar(G); o = bytearray(read()); o[3] ^= 1; write(o)",
    "it is damaged: "
)]
#[case(
    "a.tar.gz",
    "tar(G); o = bytearray(gzip.compress(read())); o[-6] ^= 1; write(o)",
    "it is damaged: "
)]
#[case(
    "a.tar.bz2",
    "tar(G); o = bytearray(bz2.compress(read())); o[-3] ^= 1; write(o)",
    "it is damaged: "
)]
#[case(
    "a.tar.xz",
    "tar(G); o = bytearray(lzma.compress(read())); o[-12 - 16] ^= 1; write(o)",
    "it is damaged: "
)]
#[case(
    "a.zip",
    "zip(G, method=zipfile.ZIP_STORED); write(read().replace(b'good', b'evil', 2).replace(b'evil.txt', b'good.txt'))",
    "it is damaged: "
)]
// Something after the end.
#[case(
    "a.tar",
    "tar(G); write(read() + b'garbage')",
    "there is something after its end"
)]
#[case(
    "a.tar",
    "tar(G); write(read() * 2)",
    "there is something after its end"
)]
#[case(
    "a.tar.gz",
    "tar(G); write(gzip.compress(read()) + b'garbage')",
    "it is damaged: "
)]
#[case(
    "a.tar.bz2",
    "tar(G); write(bz2.compress(read()) + b'garbage')",
    "it is damaged: "
)]
#[case(
    "a.tar.xz",
    "tar(G); write(lzma.compress(read()) + b'garbage')",
    "it is damaged: "
)]
// Two ways to read an archive.
#[case(
    "a.zip",
    "zip(G); write(read().replace(b't/good.txt', b't/evil.txt', 1))",
    "it is damaged: "
)]
#[case(
    "a.tar",
    "tar(('t/a', b'x', {'pax_headers': {'size': '1024'}}), format=tarfile.PAX_FORMAT)",
    "an entry with two sizes"
)]
#[case(
    "a.tar",
    "tar(('t/d', b'x' * 512, {'type': tarfile.DIRTYPE, 'size': 512}))",
    "contents of an entry that can have none"
)]
#[case(
    "a.tar",
    "tar(('g', b'19 path=t/evil.txt\\n', {'type': tarfile.XGLTYPE, 'size': 19}), G)",
    "a global header that names entries"
)]
#[case(
    "a.tar",
    "tar(('x', b'19 path=t/evil.txt\\n', {'type': tarfile.XHDTYPE, 'size': 19}), ('y', b't/a\\0', {'type': tarfile.GNUTYPE_LONGNAME, 'size': 4}), G)",
    "an entry with two names"
)]
// Secrets, and ways to compress that are not known.
#[case(
    "a.zip",
    "zip(G); o = bytearray(read()); o[6] |= 1; o[o.index(b'PK\\1\\2') + 8] |= 1; write(o)",
    "`t/good.txt` is encrypted"
)]
#[case(
    "a.zip",
    "zip(G); o = bytearray(read()); o[8] = 93; o[o.index(b'PK\\1\\2') + 10] = 93; write(o)",
    "`t/good.txt` is compressed in an uncommon way"
)]
fn damage(#[case] name: &str, #[case] code: &str, #[case] expected: &str) {
    let complaint = refused(name, code);
    assert!(
        complaint.starts_with("CommandError: couldn't extract file A: "),
        "{complaint}"
    );
    assert!(complaint.contains(expected), "{complaint}");
}

#[rstest]
// More octets than any template has, in few.
#[case(
    "a.tar.gz",
    "tar(('t/zeros', b'\\0' * (100 << 20))); write(gzip.compress(read()))",
    "octets expand to more than"
)]
#[case(
    "a.tar.bz2",
    "tar(('t/zeros', b'\\0' * (80 << 20))); write(bz2.compress(read()))",
    "octets expand to more than 64 MiB"
)]
#[case(
    "a.tar.xz",
    "tar(('t/zeros', b'\\0' * (80 << 20))); write(lzma.compress(read(), preset=0))",
    "octets expand to more than"
)]
#[case(
    "a.tar.lzma",
    "tar(('t/zeros', b'\\0' * (80 << 20))); write(lzma.compress(read(), format=lzma.FORMAT_ALONE, preset=0))",
    "octets expand to more than"
)]
#[case(
    "a.zip",
    "zip(('t/zeros', b'\\0' * (100 << 20)))",
    "octets expand to more than"
)]
#[case(
    "a.zip",
    "zip(*((f't/{i}', b'\\0' * (5 << 20)) for i in range(20)))",
    "octets expand to more than"
)]
#[case(
    "a.zip",
    "zip(('t/zeros', b'\\0' * (80 << 20)), method=zipfile.ZIP_LZMA)",
    "octets expand to more than"
)]
// The end of the stream is read too: there is the checksum.
#[case(
    "a.tar.gz",
    "tar(G); write(gzip.compress(read() + b'\\0' * (100 << 20)))",
    "octets expand to more than"
)]
// What is declared costs nothing.
#[case(
    "a.tar",
    "tar(('t/a', b'x', {'size': 2 ** 62}))",
    "holds more than 100000 files or 512 MiB"
)]
#[case(
    "a.tar",
    "tar(('t/a', b'x', {'size': 400 << 20}))",
    "octets expand to more than 64 MiB"
)]
#[case(
    "a.tar",
    "tar(('t/a', b'x', {'size': 60 << 20}))",
    "it is damaged: an entry is not as long as the archive says"
)]
#[case(
    "a.tar",
    "tar(('././@LongLink', b'x', {'type': tarfile.GNUTYPE_LONGNAME, 'size': 1 << 30}))",
    "a header of 1073741824 octets"
)]
#[case(
    "a.tar",
    "tar(('x', b'x', {'type': tarfile.XHDTYPE, 'size': 1 << 30}))",
    "a header of 1073741824 octets"
)]
#[case(
    "a.zip",
    "zip(G, method=zipfile.ZIP_STORED); o = bytearray(read()); i = o.index(b'PK\\1\\2'); o[22:26] = o[i + 24:i + 28] = b'\\xff\\xff\\xff\\x7f'; write(o)",
    "holds more than 100000 files or 512 MiB"
)]
// Decoders that want memory.
#[case(
    "a.tar.lzma",
    "write(b']\\0\\0\\0\\x80' + b'\\xff' * 8 + b'\\0' * 100)",
    "it is damaged: "
)]
#[case(
    "a.tar.xz",
    "o = bytearray(lzma.compress(b'x' * 1000)); o[12 + 4] = 40; o[20:24] = struct.pack('<I', zlib.crc32(o[12:20])); write(o)",
    "it is damaged: needed memory too big"
)]
// Entries that share their octets.
#[case(
    "a.zip",
    "
zip(('t/a', b'x' * 100), ('t/b', b'x' * 100), method=zipfile.ZIP_STORED)
o = bytearray(read())
first = o.index(b'PK\\1\\2'); second = o.index(b'PK\\1\\2', first + 4)
local = bytes(o[:33]).replace(b't/a', b't/b')
# The local header of b is in the octets of a.
o[50:83] = local
o[second + 42:second + 46] = struct.pack('<I', 50)
crc = zlib.crc32(bytes(o[33:133]))
o[14:18] = o[first + 16:first + 20] = struct.pack('<I', crc)
body = bytes(o[83:183]); crc = zlib.crc32(body)
o[64:68] = o[second + 16:second + 20] = struct.pack('<I', crc)
crc = zlib.crc32(bytes(o[33:133])); o[14:18] = o[first + 16:first + 20] = struct.pack('<I', crc)
write(o)
",
    "its entries overlap"
)]
// Names without end.
#[case(
    "a.tar",
    "write(b''.join(tarfile.TarInfo(f't/{i}').tobuf() for i in range(100001)) + bytes(1024))",
    "holds more than 100000 files or 512 MiB"
)]
#[case(
    "a.tar",
    "write(b''.join(tarfile.TarInfo(f't/{i}' + '/d' * 400).tobuf() for i in range(300)) + bytes(1024))",
    "holds more than 100000 files or 512 MiB"
)]
#[case(
    "a.zip",
    "zip(*((f't/{i}', b'') for i in range(100001)))",
    "holds more than 100000 files or 512 MiB"
)]
// One large file under many names.
#[case(
    "a.tar",
    "tar(('t/a', b'x' * (1 << 20)), *((f't/{i}', b'', hard('t/a')) for i in range(600)))",
    "holds more than 100000 files or 512 MiB"
)]
#[case(
    "a.tar",
    "tar(('t/a', b'x' * (1 << 20)), *((f't/{i}', b'', link('a')) for i in range(600)))",
    "holds more than 100000 files or 512 MiB"
)]
fn too_much(#[case] name: &str, #[case] code: &str, #[case] expected: &str) {
    let complaint = refused(name, code);
    assert!(complaint.contains(expected), "{complaint}");
}

/// A tar may have a file twice, where it was added to: the last one counts, as in Django.
#[test]
fn the_last_entry_of_a_name_counts() {
    let place = Place::new();
    let archive = place.input().join("a.tar");
    let code = "tar(G, ('t/a', b'first', {'mode': 0o755}), ('t/a', b'last', {'mode': 0o600}))";
    place.python(&format!("{HELPERS}\n{code}"), &[argument(&archive)]);
    let output = place.scaffold(&["mysite", "--template", argument(&archive)]);
    assert!(output.status.success(), "{}", complaint(&output));
    let made = place.output().join("mysite/a");
    assert_eq!(fs::read_to_string(made).unwrap(), "last");
}

/// Small archives of much air are nobody's bombs.
#[test]
fn what_compresses_well_is_no_bomb() {
    let place = Place::new();
    let archive = place.input().join("a.tar.gz");
    let code = "tar(('t/zeros', b'\\0' * (60 << 20))); write(gzip.compress(read()))";
    place.python(&format!("{HELPERS}\n{code}"), &[argument(&archive)]);
    let output = place.scaffold(&["mysite", "--template", argument(&archive)]);
    assert!(output.status.success(), "{}", complaint(&output));
    let made = fs::metadata(place.output().join("mysite/zeros")).unwrap();
    assert_eq!(made.len(), 60 << 20);
}

/// What is found out about an archive before it is read does not grow with what is in it.
#[rstest]
#[case("zip(*((f't/{i}', b'') for i in range(65600)))", 65600)]
#[case(
    "zip(('t/a', b'PK\\x01\\x02PK\\x05\\x06' * (4 << 20)), method=zipfile.ZIP_STORED)",
    1
)]
#[case("zip(G); write(b'#!/bin/sh\\n' * (3 << 20) + read())", 1)]
fn large_archives_are_read(#[case] code: &str, #[case] files: usize) {
    let place = Place::new();
    let archive = place.input().join("a.zip");
    place.python(&format!("{HELPERS}\n{code}"), &[argument(&archive)]);
    let output = place.scaffold(&["mysite", "--template", argument(&archive)]);
    assert!(output.status.success(), "{}", complaint(&output));
    let made = fs::read_dir(place.output().join("mysite")).unwrap().count();
    assert_eq!(made, files);
}

/// What is no file is not opened: a pipe would keep us waiting for ever.
#[test]
fn a_pipe_is_no_archive() {
    let place = Place::new();
    let pipe = place.input().join("a.zip");
    place.python("import os; os.mkfifo('a.zip')", &[]);
    let output = place.scaffold(&["mysite", "--template", argument(&pipe)]);
    assert_eq!(output.status.code(), Some(1));
    let complaint = complaint(&output);
    assert!(complaint.contains("it is not a file"), "{complaint}");
    assert_eq!(place.written(), Vec::<std::path::PathBuf>::new());
}
