//! A storm of passwords: does it slow down who asks for tokens and keys?

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::grants::Grants;
use crate::http::{self, Connection};
use crate::measure::{gathered, quantile};
use crate::scene::{FORM, Scene, form, host};

/// The middle one and the slowest of a hundred, while nothing else happens and while many guess passwords.
pub(crate) struct Storm {
    rows: Vec<(&'static str, Times, Times)>,
    attempts: f64,
    turned_away: f64,
}

struct Times {
    middle: f64,
    slow: f64,
}

impl Storm {
    /// Measures keys and tokens at an even pace, first quiet and then in the storm, each for so many seconds.
    pub(crate) async fn measured(
        scene: &Scene,
        grants: &Grants<'_>,
        seconds: u64,
    ) -> Result<Self, String> {
        let time = Duration::from_secs(seconds);
        let quiet = paced(scene, grants, time).await?;
        let (over, counted) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(Counted::default()),
        );
        let mut guessers = Vec::new();
        for number in 0..GUESSERS {
            let guesser = Guesser::new(scene.port, number).await?;
            let (over, counted) = (Arc::clone(&over), Arc::clone(&counted));
            guessers.push(tokio::spawn(guesser.guess(over, counted)));
        }
        // The queue of hashes fills first.
        tokio::time::sleep(Duration::from_secs(1)).await;
        let (before, began) = (counted.read(), Instant::now());
        let storm = paced(scene, grants, time).await?;
        let (after, took) = (counted.read(), began.elapsed().as_secs_f64());
        over.store(true, Ordering::Relaxed);
        for guesser in guessers {
            guesser.await.map_err(|error| error.to_string())??;
        }
        let rows = ["jwks", "token"].into_iter().zip(quiet).zip(storm);
        Ok(Self {
            rows: rows
                .map(|((name, quiet), storm)| (name, quiet, storm))
                .collect(),
            attempts: (after.0 - before.0) as f64 / took,
            turned_away: (after.1 - before.1) as f64 / took,
        })
    }
}

impl fmt::Display for Storm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| request | quiet p50 µs | quiet p99 µs | storm p50 µs | storm p99 µs | p99 times |"
        )?;
        writeln!(f, "| --- | --: | --: | --: | --: | --: |")?;
        for (name, quiet, storm) in &self.rows {
            let times = storm.slow / quiet.slow.max(1.0);
            let (a, b, c, d) = (quiet.middle, quiet.slow, storm.middle, storm.slow);
            writeln!(
                f,
                "| {name} | {a:.0} | {b:.0} | {c:.0} | {d:.0} | {times:.2} |"
            )?;
        }
        let (attempts, away) = (self.attempts, self.turned_away);
        write!(
            f,
            "Passwords judged in the storm: {attempts:.0} a second; turned away because too many waited: {away:.0} a second."
        )
    }
}

/// Keys and tokens, each on a connection of its own, one every few milliseconds.
async fn paced(scene: &Scene, grants: &Grants<'_>, time: Duration) -> Result<[Times; 2], String> {
    let count = usize::try_from(time.as_millis() / PACE.as_millis()).unwrap_or(usize::MAX);
    let keys = vec![scene.jwks_request(); count];
    let tokens = grants.own_tokens(count)?;
    let keys = tokio::spawn(one_by_one(scene.port, keys));
    let tokens = tokio::spawn(one_by_one(scene.port, tokens));
    let times = |took: Vec<Duration>| Times {
        middle: quantile(&took, 0.5),
        slow: quantile(&took, 0.99),
    };
    let mut keys = gathered(vec![keys]).await?;
    let mut tokens = gathered(vec![tokens]).await?;
    keys.sort_unstable();
    tokens.sort_unstable();
    Ok([times(keys), times(tokens)])
}

async fn one_by_one(port: u16, requests: Vec<Vec<u8>>) -> Result<Vec<Duration>, String> {
    let mut connection = Connection::open(port).await?;
    let mut pace = tokio::time::interval(PACE);
    let mut took = Vec::with_capacity(requests.len());
    for request in requests {
        pace.tick().await;
        let began = Instant::now();
        let answer = connection.ask(&request).await?;
        took.push(began.elapsed());
        if answer.status != 200 {
            return Err(String::from_utf8_lossy(&answer.body).into_owned());
        }
    }
    Ok(took)
}

#[derive(Default)]
struct Counted {
    judged: AtomicU64,
    turned_away: AtomicU64,
}

impl Counted {
    fn read(&self) -> (u64, u64) {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        (read(&self.judged), read(&self.turned_away))
    }
}

/// Somebody who tries a password for one address after the other, from a network of their own.
struct Guesser {
    connection: Connection,
    port: u16,
    number: u8,
    cookies: Vec<String>,
    token: String,
}

impl Guesser {
    async fn new(port: u16, number: u8) -> Result<Self, String> {
        let from = IpAddr::V4(Ipv4Addr::new(127, 0, 1, number + 1));
        let mut guesser = Self {
            connection: Connection::open_from(from, port).await?,
            port,
            number,
            cookies: Vec::new(),
            token: String::new(),
        };
        let page = guesser.ask("/", None).await?;
        let html = String::from_utf8_lossy(&page.body).into_owned();
        let (_, rest) = html
            .split_once("name=\"csrf_token\" id=\"csrf_token\" value=\"")
            .ok_or("the first page has no form")?;
        guesser.token = rest.split('"').next().unwrap_or_default().to_owned();
        Ok(guesser)
    }

    async fn guess(mut self, over: Arc<AtomicBool>, counted: Arc<Counted>) -> Result<(), String> {
        for attempt in 0_u32.. {
            if over.load(Ordering::Relaxed) {
                break;
            }
            let email = format!("guess-{}-{attempt}@example.com", self.number);
            let answer = self.ask("/", Some(("email", &email))).await?;
            if answer.status != 303 {
                return Err(format!("the address was refused: {}", answer.status));
            }
            let guessed = ("password", "a guess of the load driver");
            let answer = self.ask("/sign_in/password", Some(guessed)).await?;
            match answer.status {
                503 => {
                    counted.turned_away.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                200 | 422 => {
                    counted.judged.fetch_add(1, Ordering::Relaxed);
                }
                other => return Err(format!("a password was answered with {other}")),
            }
        }
        Ok(())
    }

    /// Opens a page, or sends its form with this field.
    async fn ask(
        &mut self,
        path: &str,
        field: Option<(&str, &str)>,
    ) -> Result<http::Answer, String> {
        let host = host(self.port);
        let cookies = self.cookies.join("; ");
        let headers = [("Cookie", cookies.as_str()), ("Accept", "text/html")];
        let request = match field {
            None => http::get(&host, path, &headers[1..]),
            Some(field) => {
                let body = form(&[("csrf_token", &self.token), field]);
                http::post(&host, path, FORM, &headers, &body)
            }
        };
        let answer = self.connection.ask(&request).await?;
        for cookie in answer.headers("set-cookie") {
            let pair = cookie.split(';').next().unwrap_or_default();
            let name = pair.split('=').next().unwrap_or_default();
            self.cookies
                .retain(|kept| kept.split('=').next() != Some(name));
            self.cookies.push(pair.to_owned());
        }
        Ok(answer)
    }
}

/// How many guess at once.
const GUESSERS: u8 = 32;
/// A token and a key set are asked for this often.
const PACE: Duration = Duration::from_millis(5);
