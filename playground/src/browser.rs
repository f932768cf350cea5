//! The little of a browser that a sign-in needs.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use anyhow::{Context as _, ensure};
use axum::body::Body;
use http::{Request, header};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A redirect of a browser.
#[derive(Debug)]
pub(crate) struct Redirect {
    pub(crate) location: String,
    /// The cookie that it sets, as requests send it.
    pub(crate) cookie: String,
}

/// Requests a path from a server of this machine, with a cookie. Fails unless the answer is a redirect that sets a cookie.
pub(crate) async fn visit(server: SocketAddr, path: &str, cookie: Option<&str>) -> anyhow::Result<Redirect> {
    // A server that listens at every address is reached at this machine's own.
    let own = if server.is_ipv6() { Ipv6Addr::LOCALHOST.into() } else { IpAddr::from(Ipv4Addr::LOCALHOST) };
    let ip = if server.ip().is_unspecified() { own } else { server.ip() };
    let io = TokioIo::new(TcpStream::connect((ip, server.port())).await?);
    let (mut sender, connection) = http1::handshake(io).await?;
    let host = format!("localhost:{}", server.port());
    let mut request = Request::get(path).header(header::HOST, host).body(Body::empty())?;
    if let Some(cookie) = cookie {
        request.headers_mut().insert(header::COOKIE, cookie.parse()?);
    }
    let answer = async move { sender.send_request(request).await };
    let (answer, ended) = tokio::join!(answer, connection);
    let answer = answer?;
    ended?;
    ensure!(answer.status().is_redirection(), "the sign-in answers {}", answer.status());
    let location = answer.headers().get(header::LOCATION).context("the sign-in leads nowhere")?;
    let mut cookies = answer.headers().get_all(header::SET_COOKIE).iter().filter_map(|it| it.to_str().ok());
    // A cookie without a value is one that goes.
    let pair = |cookie: &str| cookie.split(';').next().filter(|it| !it.ends_with('=')).map(str::to_owned);
    let cookie = cookies.find_map(pair).context("the sign-in sets no cookie")?;
    Ok(Redirect { location: location.to_str()?.to_owned(), cookie })
}
