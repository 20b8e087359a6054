//! The load driver of `cargo xtask bench`: a closed loop on loopback against the sandbox of a running demo.
//!
//! `load --demo URL --pid PID [--seconds N] [--connections 1,16] [--only NAME] [--no-pin]`
//!
//! Each line is one kind of request at one number of connections: how many a second, how long the middle one and the
//! slowest of a hundred took, and the CPU time that the server spent on each. `floor` is a server that does nothing but
//! answer; what a request costs beyond it is ours.
//!
//! `load portal …` is another scenario, of the partner portal with many apps.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a tool of the developer: it measures time and prints"
)]

mod app;
mod floor;
mod grants;
mod http;
mod measure;
mod portal;
mod scene;
mod storm;

use std::process::ExitCode;

use measure::{Line, Plan};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments
        .first()
        .is_some_and(|first| first == floor::COMMAND)
    {
        return floor::serve();
    }
    let outcome = match arguments.split_first() {
        Some((first, rest)) if first == portal::COMMAND => {
            runtime().and_then(|runtime| runtime.block_on(portal::run(rest)))
        }
        _ => Options::read(&arguments).and_then(|options| run(&options)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(told) => {
            eprintln!("load: {told}");
            ExitCode::FAILURE
        }
    }
}

struct Options {
    demo: String,
    pid: u32,
    seconds: u64,
    connections: Vec<usize>,
    only: Option<String>,
    pin: bool,
}

impl Options {
    fn read(arguments: &[String]) -> Result<Self, String> {
        let mut options = Self {
            demo: String::new(),
            pid: 0,
            seconds: 5,
            connections: vec![1, 16],
            only: None,
            pin: true,
        };
        let mut rest = arguments.iter();
        while let Some(name) = rest.next() {
            let mut value = || {
                rest.next()
                    .cloned()
                    .ok_or_else(|| format!("{name} needs a value"))
            };
            match name.as_str() {
                "--demo" => options.demo = value()?,
                "--pid" => options.pid = number(&value()?)?,
                "--seconds" => options.seconds = number(&value()?)?,
                "--connections" => {
                    options.connections =
                        value()?.split(',').map(number).collect::<Result<_, _>>()?;
                }
                "--only" => options.only = Some(value()?),
                "--no-pin" => options.pin = false,
                other => return Err(format!("{other} is not known")),
            }
        }
        if options.demo.is_empty() || options.pid == 0 {
            return Err("--demo URL and --pid PID are needed".to_owned());
        }
        Ok(options)
    }

    fn wants(&self, name: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only == name)
    }
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| format!("{text} is not a number that fits here"))
}

fn run(options: &Options) -> Result<(), String> {
    if options.pin {
        measure::pin(std::process::id(), 1);
        measure::pin(options.pid, 0);
    }
    runtime()?.block_on(measured(options))
}

fn runtime() -> Result<tokio::runtime::Runtime, String> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())
}

async fn measured(options: &Options) -> Result<(), String> {
    let most = options.connections.iter().copied().max().unwrap_or(1);
    let scene = scene::Scene::set(&options.demo, most).await?;
    println!("{}", Line::HEADING);
    if options.wants("floor") {
        let floor = floor::Floor::start(scene.jwks_size, options.pin)?;
        for connections in &options.connections {
            let plan = Plan::new("floor", *connections, options.seconds, floor.pid());
            let request = http::get("localhost", "/", &[]);
            println!("{}", measure::repeat(&plan, floor.port(), &request).await?);
        }
    }
    for connections in &options.connections {
        let plan = |name| Plan::new(name, *connections, options.seconds, options.pid);
        if options.wants("jwks") {
            let request = scene.jwks_request();
            println!(
                "{}",
                measure::repeat(&plan("jwks"), scene.port, &request).await?
            );
        }
        if options.wants("userinfo") {
            let request = scene.userinfo_request().await?;
            println!(
                "{}",
                measure::repeat(&plan("userinfo"), scene.port, &request).await?
            );
        }
        if options.wants("authorize") || options.wants("token") {
            let (line, codes) = scene.authorize(&plan("authorize")).await?;
            println!("{line}");
            println!("{}", scene.token(&plan("token"), codes).await?);
        }
        if options.wants("flow") {
            println!("{}", scene.flow(&plan("code flow")).await?);
        }
    }
    let grants = grants::Grants::set(&scene).await?;
    for connections in &options.connections {
        let plan = |name| Plan::new(name, *connections, options.seconds, options.pid);
        if options.wants("grants") {
            println!(
                "{}",
                grants
                    .by_secret(&plan("client credentials, secret"))
                    .await?
            );
            println!(
                "{}",
                grants
                    .by_key(&plan("client credentials, private_key_jwt"))
                    .await?
            );
            println!(
                "{}",
                grants
                    .readable(&plan("client credentials, private_key_jwt, JWT"))
                    .await?
            );
            println!("{}", grants.refresh(&plan("refresh")).await?);
            println!("{}", grants.introspection(&plan("introspection")).await?);
        }
        if options.wants("fapi") {
            println!(
                "{}",
                grants.fapi_es256(&plan("FAPI 2.0 flow, ES256")).await?
            );
            println!(
                "{}",
                grants.fapi_ps256(&plan("FAPI 2.0 flow, PS256")).await?
            );
        }
    }
    if options.wants("storm") {
        let storm = storm::Storm::measured(&scene, &grants, options.seconds * 3).await?;
        println!("\n{storm}");
    }
    Ok(())
}
