use std::{
    io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _},
    net::TcpStream,
    process::{Command, Stdio},
};

use domain_stubs::provider::{Client, Provider, ProviderError, ProviderOptions};
use tokio::net::TcpListener;

use crate::support::Served;

#[tokio::test]
async fn an_address_that_others_reach_is_refused() {
    let everywhere = async || TcpListener::bind("0.0.0.0:0").await.unwrap();
    let provider = Provider::new(ProviderOptions::default()).unwrap();
    let refused = provider.serve(everywhere().await, async {}).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::PermissionDenied);
    for loopback in ["127.0.0.1:0", "127.0.0.2:0"] {
        provider.serve(TcpListener::bind(loopback).await.unwrap(), async {}).await.unwrap();
    }
    let options = ProviderOptions { allow_remote: true, ..ProviderOptions::default() };
    Provider::new(options).unwrap().serve(everywhere().await, async {}).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_request_for_another_host_is_rejected() {
    let served = Served::start();
    for host in ["id.shop.example", "id.shop.example:80", "localhost:4004", "127.0.0.1", "[::1]:4004"] {
        assert_eq!(served.get("/jwks", &[("host", host)]).await.status, 200, "{host}");
    }
    for host in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "a@localhost.b", ""] {
        assert_eq!(served.get("/jwks", &[("host", host)]).await.status, 421, "{host}");
    }
}

#[test]
fn options_that_cannot_work_are_rejected() {
    let with = |client: Client| ProviderOptions { clients: vec![client], ..ProviderOptions::default() };
    let phone = || Client::of_the_shop().remove(0);
    let issuer = "http://localhost/".to_owned();
    let options = ProviderOptions { issuer: issuer.clone(), ..ProviderOptions::default() };
    assert_eq!(Provider::new(options).unwrap_err(), ProviderError::Issuer(issuer));
    let options = with(Client { audiences: Vec::new(), ..phone() });
    assert_eq!(Provider::new(options).unwrap_err(), ProviderError::NoAudience("shop-phone".to_owned()));
    let uri = "/callback".to_owned();
    let options = with(Client { redirect_uris: vec![uri.clone()], ..phone() });
    assert_eq!(Provider::new(options).unwrap_err(), ProviderError::RedirectUri(uri));
}

#[test]
fn the_program_serves_it_beside_the_services() {
    let mut program = command(&["--provider", "127.0.0.1:0"]).spawn().unwrap();
    let mut log = BufReader::new(program.stderr.take().unwrap()).lines().map(Result::unwrap);
    let line = log.find(|line| line.contains("identity provider at ")).unwrap();
    let address = line.split("identity provider at ").nth(1).unwrap().split_whitespace().next().unwrap();
    log.find(|line| line.contains("listening on ")).unwrap();
    let mut socket = TcpStream::connect(address).unwrap();
    let path = "/.well-known/openid-configuration";
    write!(socket, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
    let mut response = String::new();
    socket.read_to_string(&mut response).unwrap();
    program.kill().unwrap();
    program.wait().unwrap();
    assert!(response.contains(&format!("\"issuer\":\"http://{address}\"")), "{response}");
}

#[test]
fn the_program_keeps_it_from_other_machines() {
    let output = command(&["--provider", "0.0.0.0:0"]).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.contains("must not listen on 0.0.0.0:"), "{errors}");
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_domain-stubs"));
    command.args(["--listen", "127.0.0.1:0"]).args(arguments).env_clear();
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command
}
