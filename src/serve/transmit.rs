//! Sending a part of a file to a client without reading it into this process.

use std::{fs::File, io};

use super::socket::Socket;

/// Most octets that one call sends, after which other connections have their turn. Where the file
/// is not in the system's memory, the call waits for the disk, which reads ahead by about as much.
const AT_ONCE: u64 = 512 * 1024;

/// Sends `length` octets of a file from `offset` on, after what waits in the socket's output, and
/// adds those sent to `sent`. `false` where the file ends before.
pub(super) async fn send_file(
    socket: &mut Socket,
    file: &File,
    offset: u64,
    length: u64,
    sent: &mut u64,
) -> io::Result<bool> {
    socket.flush().await?;
    let (mut offset, mut left) = (offset, length);
    while left > 0 {
        let count = usize::try_from(left.min(AT_ONCE)).unwrap_or(usize::MAX);
        let written = write_some(socket, file, &mut offset, count).await? as u64;
        if written == 0 {
            return Ok(false);
        }
        left = left.saturating_sub(written);
        *sent += written;
        tokio::task::yield_now().await;
    }
    Ok(true)
}

#[cfg(target_os = "linux")]
async fn write_some(
    socket: &mut Socket,
    file: &File,
    offset: &mut u64,
    count: usize,
) -> io::Result<usize> {
    socket
        .write_with(|stream| {
            stream.keep_from_waiting()?;
            Ok(rustix::fs::sendfile(stream, file, Some(offset), count)?)
        })
        .await
}

/// Where there is no call for it that is the same everywhere, the octets go through here.
#[cfg(not(target_os = "linux"))]
async fn write_some(
    socket: &mut Socket,
    file: &File,
    offset: &mut u64,
    count: usize,
) -> io::Result<usize> {
    use std::os::unix::fs::FileExt as _;

    /// Most octets in memory at a time.
    const PIECE: usize = 64 * 1024;
    socket.output.resize(count.min(PIECE), 0);
    let read = file.read_at(&mut socket.output, *offset)?;
    socket.output.truncate(read);
    *offset += read as u64;
    socket.flush().await?;
    Ok(read)
}
