//! Templates that are downloaded, from real servers on real sockets.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    thread,
};

use assert_cmd::cargo::cargo_bin;
use rstest::rstest;
use rustix::process::{Pid, Signal, kill_process};
use sha2::{Digest as _, Sha256};

use crate::support::{Outcome, Packages, Sandbox, Test, newest};

/// A server: what is answered to which path, octet by octet.
#[derive(Default)]
struct Site(BTreeMap<String, Vec<u8>>);

impl Site {
    fn new() -> Self {
        Self::default()
    }

    /// Answers with these header lines and this body.
    fn page(self, path: &str, headers: &str, body: &[u8]) -> Self {
        let length = body.len();
        let head = format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: {length}\r\n\r\n");
        self.answer(path, [head.as_bytes(), body].concat())
    }

    /// Redirects.
    fn redirect(self, path: &str, location: &str) -> Self {
        let head = format!("HTTP/1.1 302 X\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
        self.answer(path, head)
    }

    fn answer(mut self, path: &str, octets: impl Into<Vec<u8>>) -> Self {
        self.0.insert(path.to_owned(), octets.into());
        self
    }

    /// Begins to answer, and returns the address.
    fn start(self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let site = Arc::new(self);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let site = Arc::clone(&site);
                thread::spawn(move || site.serve(stream.unwrap()));
            }
        });
        format!("http://{address}")
    }

    fn serve(&self, mut stream: TcpStream) {
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        let Some(Ok(first)) = lines.next() else {
            return;
        };
        let _ = lines.find(|line| line.as_ref().is_ok_and(String::is_empty));
        let path = first.split(' ').nth(1).unwrap();
        let missing = b"HTTP/1.1 404 \x9b2J\r\nContent-Length: 0\r\n\r\n".to_vec();
        // Where this fails, the other side has heard enough.
        let _ = stream.write_all(self.0.get(path).unwrap_or(&missing));
    }
}

/// An archive of one file, as Python makes it: by its ending.
fn archive(ending: &str) -> Vec<u8> {
    let code = "
import io, sys, tarfile, zipfile
ending, made = sys.argv[1], io.BytesIO()
name, text = 'template-1/a.txt', b'text\\n'
if ending == 'zip':
    with zipfile.ZipFile(made, 'w') as archive:
        archive.writestr(name, text)
else:
    mode = {'tar': 'w', 'tar.gz': 'w:gz', 'tar.bz2': 'w:bz2', 'tar.xz': 'w:xz'}[ending]
    with tarfile.open(fileobj=made, mode=mode) as archive:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(text), 0o644
        archive.addfile(entry, io.BytesIO(text))
sys.stdout.buffer.write(made.getvalue())
";
    let output = Command::new(newest().as_ref())
        .args(["-I", "-c", code, ending])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    output.stdout
}

fn sha256(octets: &[u8]) -> String {
    Sha256::digest(octets)
        .iter()
        .fold("sha256:".to_owned(), |mut text, octet| {
            write!(text, "{octet:02x}").unwrap();
            text
        })
}

fn test(url: &str) -> Test {
    Test::new()
        .env("NO_PROXY", "*")
        .args(["startproject", "mysite", "-q", "--template", url])
}

/// Makes a project, and leaves nothing else.
#[track_caller]
fn makes(test: Test) -> Outcome {
    let outcome = test.run();
    assert_eq!(outcome.read("mysite/a.txt"), "text\n");
    assert_eq!(outcome.tree(""), "mysite/\nmysite/a.txt\n");
    nothing_temporary(&outcome);
    outcome
}

/// Fails, and leaves nothing.
#[track_caller]
fn fails(test: Test) -> String {
    let outcome = test.capture();
    assert_eq!(outcome.status, Some(1), "{outcome}");
    assert!(!outcome.stderr.contains('\u{1b}'), "{outcome}");
    assert_eq!(outcome.tree(""), "", "{outcome}");
    nothing_temporary(&outcome);
    outcome.stderr.clone()
}

#[track_caller]
fn nothing_temporary(sandbox: &Sandbox) {
    let left: Vec<_> = fs::read_dir(sandbox.dir().join("../tmp"))
        .unwrap()
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn an_archive_at_an_address_is_a_template() {
    let zip = archive("zip");
    let site = Site::new()
        .page("/x.zip", "", &zip)
        .redirect("/old", "/older")
        .redirect("/older", "x.zip");
    let url = site.start();
    for path in ["/x.zip", "/old"] {
        makes(test(&format!("{url}{path}")));
    }
}

/// What a name is made of, and whether Django finds an archive there too. Where it does not, we do
/// on purpose: it does not look at what came.
#[rstest]
#[case("zip", "/x.zip", "", true)]
#[case("zip", "/X.ZIP", "", true)]
#[case("tar.gz", "/x.tgz", "", true)]
#[case("tar.bz2", "/x.tbz2", "", true)]
#[case("tar.xz", "/x.tar.xz", "", true)]
#[case("tar", "/x", "Content-Type: application/x-tar\r\n", true)]
#[case("zip", "/x", "Content-Type: application/zip\r\n", true)]
#[case(
    "zip",
    "/x",
    "Content-Disposition: attachment; filename=y.zip\r\n",
    true
)]
#[case(
    "tar.gz",
    "/x",
    "Content-Disposition: attachment; filename=\"y z.tar.gz\"\r\n",
    true
)]
#[case(
    "zip",
    "/x",
    "Content-Disposition: attachment; filename*=UTF-8''y%20z.zip\r\n",
    true
)]
#[case(
    "zip",
    "/x.tar",
    "Content-Disposition: attachment; filename=y.zip\r\n",
    true
)]
#[case("zip", "/x.zip", "Content-Type: application/x-tar\r\n", true)]
#[case(
    "zip",
    "/x",
    "Content-Type: application/zip; charset=binary\r\n",
    false
)]
#[case("tar.gz", "/x", "Content-Type: application/gzip\r\n", false)]
#[case("zip", "/v1.2", "Content-Type: application/zip\r\n", false)]
#[case("zip", "/x", "Content-Type: application/octet-stream\r\n", false)]
#[case("zip", "/x.zip?a=b", "", false)]
#[case(
    "zip",
    "/x",
    "Content-Disposition: attachment; filename=../../y.zip\r\n",
    false
)]
#[case(
    "zip",
    "/x",
    "Content-Disposition: attachment; filename=/etc/y.zip\r\n",
    false
)]
fn names_are_guessed_as_django_does_and_better(
    #[case] kind: &str,
    #[case] path: &str,
    #[case] headers: &str,
    #[case] django_too: bool,
) {
    let url = Site::new().page(path, headers, &archive(kind)).start();
    let sandbox = makes(test(&format!("{url}{path}"))).into_sandbox();
    let django = newest().venv(Packages::Django);
    let output = Command::new(django.as_ref())
        .args(["-m", "django", "startproject", "other", "--template"])
        .arg(format!("{url}{path}"))
        .current_dir(sandbox.dir())
        .env("TMPDIR", sandbox.dir().join("../tmp"))
        .env("no_proxy", "*")
        .output()
        .unwrap();
    assert_eq!(output.status.success(), django_too, "{output:?}");
    if django_too {
        assert_eq!(sandbox.tree("other"), sandbox.tree("mysite"));
    }
}

#[rstest]
#[case("/missing.zip", "HTTP Error 404: Not Found", "is the address right?")]
#[case(
    "/page.zip",
    "the server sent an HTML page and not an archive",
    "open it in a browser"
)]
#[case("/cut.zip", "the connection ended after 3 of 9 octets", "try again")]
#[case("/large.zip", "it is larger than 512 MiB", "is this a template?")]
#[case("/loop.zip", "the server redirects more than 10 times", "")]
#[case("/file.zip", "the server redirects to a `file:` address", "")]
#[case("/ftp.zip", "the server redirects to a `ftp:` address", "")]
fn what_fails_is_said_as_django_says_it(
    #[case] path: &str,
    #[case] reason: &str,
    #[case] hint: &str,
) {
    let url = Site::new()
        .page(
            "/page.zip",
            "Content-Type: application/zip\r\n",
            b"<!doctype html>",
        )
        .answer(
            "/cut.zip",
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
        )
        .answer(
            "/large.zip",
            "HTTP/1.1 200 OK\r\nContent-Length: 536870913\r\n\r\nabc",
        )
        .redirect("/loop.zip", "/loop.zip")
        .redirect("/file.zip", "file:///etc/passwd")
        .redirect("/ftp.zip", "ftp://example.org/x.zip?token=s3cret")
        .start();
    let stderr = fails(test(&format!("{url}{path}")));
    let name = &path[1..];
    let line = format!(
        "CommandError: couldn't download URL http://127.0.0.1:[PORT]{path} to {name}: {reason}\n"
    );
    assert!(stderr.starts_with(&line), "{stderr}");
    assert!(
        stderr.contains(hint) && !stderr.contains("s3cret"),
        "{stderr}"
    );
}

#[test]
fn ftp_is_not_spoken() {
    assert_eq!(
        fails(test("ftp://example.org/x.zip")),
        "CommandError: couldn't download URL ftp://example.org/x.zip to x.zip: FTP is not supported\n\
         hint: download it with another program, and give the archive\n"
    );
}

#[test]
fn credentials_are_never_shown() {
    let url = Site::new().start().replace("http://", "http://me:s3cret@");
    let stderr = fails(test(&format!("{url}/x.zip?token=s3cret")));
    assert!(
        stderr.starts_with(
            "CommandError: couldn't download URL http://127.0.0.1:[PORT]/x.zip?… to x.zip: "
        ),
        "{stderr}"
    );
    for template in [
        "http://me:s3cret",
        "http://me:s3/cret@h/x",
        "http://me:s3cret@h:x/",
        "http://",
    ] {
        let stderr = fails(test(template));
        assert!(!stderr.contains("s3"), "{stderr}");
    }
}

#[test]
fn a_checksum_is_compared_before_anything_is_read() {
    let zip = archive("zip");
    let url = Site::new()
        .page("/x.zip", "", &zip)
        .page("/y.zip", "", b"PK\x03\x04 no archive")
        .start();
    let right = sha256(&zip);
    makes(test(&format!("{url}/x.zip")).args([
        "--checksum",
        right.to_uppercase().replace("SHA", "sha").as_str(),
    ]));
    let stderr = fails(test(&format!("{url}/y.zip")).args(["--checksum", right.as_str()]));
    assert!(
        stderr.starts_with("error: the checksum of `y.zip` is sha256:"),
        "{stderr}"
    );
    assert!(stderr.contains(&format!(", not {right}\n")), "{stderr}");
}

#[test]
fn a_checksum_is_for_archives_on_the_disk_too() {
    let zip = archive("zip");
    let checksum = sha256(&zip);
    let test = |contents: &[u8]| {
        let test = Test::new().args([
            "startproject",
            "mysite",
            "-q",
            "--template",
            "../home/x.zip",
        ]);
        fs::write(test.dir().join("../home/x.zip"), contents).unwrap();
        test.args(["--checksum", checksum.as_str()])
    };
    makes(test(&zip));
    let stderr = fails(test(b"other"));
    assert!(stderr.contains("x.zip` is sha256:"), "{stderr}");
}

#[rstest]
#[case("md5:0123", "http://127.0.0.1:1/x.zip", "`md5:0123` is not a checksum")]
#[case(
    "sha256:12",
    "http://127.0.0.1:1/x.zip",
    "`sha256:12` is not a checksum"
)]
#[case(
    "sha256:\u{1b}[2J",
    "http://127.0.0.1:1/x.zip",
    r"`sha256:\u{1b}[2J` is not a checksum"
)]
#[case(
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "django",
    "a checksum is for an archive, and the template `django` is built in"
)]
#[case(
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "..",
    "a checksum is for an archive, and the template `..` is a directory"
)]
fn checksums_that_say_nothing(#[case] checksum: &str, #[case] template: &str, #[case] error: &str) {
    let stderr = fails(test(template).arg(format!("--checksum={checksum}")));
    assert!(
        stderr.starts_with(&format!("error: {error}\nhint: ")),
        "{stderr}"
    );
}

#[rstest]
#[case(Signal::INT)]
#[case(Signal::TERM)]
fn a_signal_ends_a_download(#[case] signal: Signal) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/x.zip", listener.local_addr().unwrap());
    let sandbox = Sandbox::new();
    let mut child = Command::new(cargo_bin!("scaffold"))
        .args(["startproject", "mysite", "--template", &url])
        .current_dir(sandbox.dir())
        .env_clear()
        .envs(sandbox.env())
        .env("NO_PROXY", "*")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut stream, _) = listener.accept().unwrap();
    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nPK").unwrap();
    let id = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(id, signal).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let mut stderr = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut stderr)
        .unwrap();
    assert_eq!(stderr, "error: interrupted, and no project was made\n");
    assert_eq!(sandbox.tree(""), "");
    nothing_temporary(&sandbox);
}

/// A proxy that answers one request, and what it was asked.
fn proxy(answer: Vec<u8>) -> (String, thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://me:s3cret@{}", listener.local_addr().unwrap());
    let asked = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let lines = BufReader::new(stream.try_clone().unwrap()).lines();
        let lines = lines.map(Result::unwrap);
        let head: Vec<_> = lines.take_while(|it| !it.is_empty()).collect();
        stream.write_all(&answer).unwrap();
        assert!(
            head.iter()
                .any(|line| line.eq_ignore_ascii_case("Proxy-Authorization: Basic bWU6czNjcmV0")),
            "{head:?}"
        );
        head
    });
    (url, asked)
}

/// A run for an address of a host that only a proxy knows.
fn behind(variable: &str, proxy: &str, url: &str) -> Test {
    Test::new()
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .env(variable, proxy)
        .args(["startproject", "mysite", "-q", "--template", url])
}

#[rstest]
#[case("http_proxy", "http://host.invalid/x.zip", "host.invalid:80")]
#[case("HTTPS_PROXY", "https://host.invalid/x.zip", "host.invalid:443")]
#[case("ALL_PROXY", "https://host.invalid:444/x.zip", "host.invalid:444")]
fn a_proxy_is_asked_to_connect(#[case] variable: &str, #[case] url: &str, #[case] host: &str) {
    let (proxy, asked) = proxy(b"HTTP/1.1 403 X\r\nContent-Length: 0\r\n\r\n".to_vec());
    let stderr = fails(behind(variable, &proxy, url));
    assert_eq!(asked.join().unwrap()[0], format!("CONNECT {host} HTTP/1.1"));
    assert!(
        stderr.contains("the proxy of the environment refuses the connection\n"),
        "{stderr}"
    );
    assert!(!stderr.contains("s3cret"), "{stderr}");
}

/// A server with TLS: Python's, with a certificate that nobody signed but itself.
struct Encrypted {
    child: Child,
    url: String,
}

impl Drop for Encrypted {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Encrypted {
    fn start(directory: &Path) -> Self {
        let made = Command::new("openssl")
            .args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
            ])
            .args([
                "-keyout", "key.pem", "-out", "cert.pem", "-days", "2", "-subj", "/CN=test",
            ])
            .args(["-addext", "subjectAltName=IP:127.0.0.1"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .current_dir(directory)
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        let code = "
import http.server, ssl
class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.path == '/down.zip':
            self.send_response(302)
            self.send_header('Location', 'http://127.0.0.1:1/x.zip')
            self.end_headers()
        else:
            super().do_GET()
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain('cert.pem', 'key.pem')
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
";
        let mut child = Command::new(newest().as_ref())
            .args(["-I", "-c", code])
            .current_dir(directory)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut port)
            .unwrap();
        let url = format!("https://127.0.0.1:{}", port.trim());
        Self { child, url }
    }
}

#[test]
fn certificates_are_checked_by_what_the_user_trusts() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("x.zip"), archive("zip")).unwrap();
    let server = Encrypted::start(directory.path());
    let certificate = directory.path().join("cert.pem");
    let x = format!("{}/x.zip", server.url);

    let stderr = fails(test(&x).env_remove("SSL_CERT_FILE"));
    assert!(stderr.contains(": no trusted connection: "), "{stderr}");
    assert!(stderr.contains("SSL_CERT_FILE"), "{stderr}");
    makes(test(&x).env("SSL_CERT_FILE", &certificate));

    // The name counts too.
    let other = x.replace("127.0.0.1", "localhost");
    let stderr = fails(test(&other).env("SSL_CERT_FILE", &certificate));
    assert!(stderr.contains(": no trusted connection: "), "{stderr}");

    // Nobody can take the encryption away without being noticed.
    let down = format!("{}/down.zip", server.url);
    let stderr = fails(test(&down).env("SSL_CERT_FILE", &certificate));
    assert!(
        stderr.contains("the server redirects from `https:` to `http:`\n"),
        "{stderr}"
    );
    let checksum = format!("sha256:{}", "0".repeat(64));
    let test = test(&down)
        .env("SSL_CERT_FILE", &certificate)
        .args(["--checksum", &checksum]);
    let stderr = fails(test);
    assert!(stderr.contains("onnection refused"), "{stderr}");
}
