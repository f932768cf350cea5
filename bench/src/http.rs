//! A client of HTTP/1.1 that costs little, so that the load is not what is measured: one connection that is kept, one
//! request at a time, answers with a length or in chunks.

use std::io;
use std::net::SocketAddr;
use std::str;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    body: Vec<u8>,
}

/// The head of an answer.
struct Head {
    status: u16,
    bytes: usize,
    /// Length of the body in bytes; `None` if it comes in chunks.
    length: Option<usize>,
}

impl Connection {
    /// Connects to a server.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 * 1024), body: Vec::new() })
    }

    /// Sends a whole request, head and body; returns the status and the body of its answer.
    pub async fn send(&mut self, request: &[u8]) -> io::Result<(u16, &[u8])> {
        self.stream.write_all(request).await?;
        let head = loop {
            if let Some(head) = head(&self.buffer)? {
                break head;
            }
            self.more().await?;
        };
        self.buffer.drain(..head.bytes);
        self.body.clear();
        match head.length {
            Some(length) => self.take(length).await?,
            None => self.chunks().await?,
        }
        Ok((head.status, &self.body))
    }

    async fn more(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed the connection")),
            _ => Ok(()),
        }
    }

    /// Moves bytes of the connection to the body.
    async fn take(&mut self, bytes: usize) -> io::Result<()> {
        while self.buffer.len() < bytes {
            self.more().await?;
        }
        self.body.extend(self.buffer.drain(..bytes));
        Ok(())
    }

    async fn chunks(&mut self) -> io::Result<()> {
        loop {
            let end = loop {
                if let Some(at) = self.buffer.windows(2).position(|two| two == b"\r\n") {
                    break at;
                }
                self.more().await?;
            };
            let size =
                str::from_utf8(&self.buffer[..end]).ok().and_then(|it| usize::from_str_radix(it, 16).ok());
            let size = size.ok_or_else(|| invalid("a chunk has no size"))?;
            self.buffer.drain(..end + 2);
            self.take(size).await?;
            while self.buffer.len() < 2 {
                self.more().await?;
            }
            self.buffer.drain(..2);
            if size == 0 {
                return Ok(());
            }
        }
    }
}

fn head(buffer: &[u8]) -> io::Result<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; 48];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(bytes) = response.parse(buffer).map_err(|_| invalid("no HTTP"))? else {
        return Ok(None);
    };
    let value =
        |name: &str| response.headers.iter().find(|it| it.name.eq_ignore_ascii_case(name)).map(|it| it.value);
    let length = match value("content-length") {
        Some(text) => Some(
            str::from_utf8(text).ok().and_then(|it| it.parse().ok()).ok_or_else(|| invalid("no length"))?,
        ),
        None if value("transfer-encoding").is_some() => None,
        None => return Err(invalid("an answer without a length")),
    };
    Ok(Some(Head { status: response.code.unwrap_or_default(), bytes, length }))
}

fn invalid(problem: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}

/// Returns the body at a path. Fails unless its status is 200.
pub async fn get(address: SocketAddr, path: &str) -> anyhow::Result<Vec<u8>> {
    let mut connection = Connection::open(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\naccept: */*\r\n\r\n");
    let (status, body) = connection.send(request.as_bytes()).await?;
    anyhow::ensure!(status == 200, "{path} of {address} has the status {status}");
    Ok(body.to_vec())
}
