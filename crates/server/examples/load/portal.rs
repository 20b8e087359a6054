//! The portal with few apps and with many, side by side: lists, pages, saves, imports, restarts, the command line.
//!
//! `load portal --durward PROGRAM --base PORT --folder FOLDER [--few 100] [--apps 10000] [--teams 500] [--repeat 50]`

mod browser;
mod crowd;
mod nightly;
mod saves;
mod server;
mod table;

use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use crate::http::{self, Connection};
use crate::scene;
use crowd::{Api, Crowd, expect};
use server::{Place, Server};
use table::{Table, milliseconds, spread};

/// The first argument that asks for this.
pub(crate) const COMMAND: &str = "portal";

struct Options {
    place: Place,
    few: usize,
    apps: usize,
    teams: usize,
    repeat: usize,
}

impl Options {
    fn read(arguments: &[String]) -> Result<Self, String> {
        let mut options = Self {
            place: Place {
                program: PathBuf::new(),
                folder: PathBuf::new(),
                base: 0,
            },
            few: 100,
            apps: 10_000,
            teams: 500,
            repeat: 50,
        };
        for pair in arguments.chunks(2) {
            let [name, value] = pair else {
                return Err(format!("{} needs a value", pair[0]));
            };
            match name.as_str() {
                "--durward" => options.place.program = value.into(),
                "--folder" => options.place.folder = value.into(),
                "--base" => options.place.base = crate::number(value)?,
                "--few" => options.few = crate::number(value)?,
                "--apps" => options.apps = crate::number(value)?,
                "--teams" => options.teams = crate::number(value)?,
                "--repeat" => options.repeat = crate::number(value)?,
                other => return Err(format!("{other} is not known")),
            }
        }
        if options.place.base == 0 {
            return Err("--durward, --base and --folder are needed".to_owned());
        }
        if options.few < saves::SAVES || options.apps < options.few {
            return Err(format!(
                "--few must be {} or more, and --apps no less",
                saves::SAVES
            ));
        }
        Ok(options)
    }
}

/// Runs the scenario and prints its table.
pub(crate) async fn run(arguments: &[String]) -> Result<(), String> {
    let options = Options::read(arguments)?;
    let (mut server, empty) = Server::start(&options.place).await?;
    let cast = Cast::of(&options.place).await?;
    let mut crowd = Crowd::none();
    let few_teams = (options.few / 10).clamp(1, options.teams);
    let sizes = [(few_teams, options.few), (options.teams, options.apps)];
    let mut table = Table::new(sizes.map(|(teams, apps)| format!("{apps} apps, {teams} teams")));
    eprintln!("ready after {}", milliseconds(empty));
    for size in sizes {
        crowd.grow(&cast.creator, &cast.agency, size).await?;
        eprintln!("{} apps are there", crowd.apps);
        drop(server);
        let (again, ready) = Server::start(&options.place).await?;
        server = again;
        table.add("restart until ready, ms", milliseconds(ready));
        cast.first_look(&mut table).await?;
        cast.pages(&mut table, &crowd, options.repeat).await?;
        saves::measure(&mut table, &cast, &crowd, &server).await?;
        saves::import(&mut table, &cast, &mut crowd, &options.place).await?;
        let resident = format!("{:.0}", server.resident()?);
        table.add("resident memory, MB", resident);
        let stored = format!("{:.0}", server::stored(&options.place.folder));
        table.add("data folder, MB", stored);
    }
    drop(server);
    for (_, apps) in sizes {
        nightly::measure(&mut table, &mut crowd, apps).await?;
    }
    println!("{table}");
    Ok(())
}

/// Who acts: the cookies of browsers and the tokens of programs.
struct Cast {
    portal: u16,
    sandbox: u16,
    agency: String,
    /// Staff who see everything.
    staff: Api,
    /// A partner who makes the teams, and so belongs to all of them.
    creator: Api,
    staff_cookies: String,
    creator_cookies: String,
    /// A partner with one team.
    partner_cookies: String,
}

impl Cast {
    async fn of(place: &Place) -> Result<Self, String> {
        let portal = place.base;
        let json_only = [("Accept", "application/json")];
        let request = http::get(&format!("localhost:{portal}"), "/demo", &json_only);
        let demo = scene::ask(portal, &request).await?;
        let sandbox = scene::port_of(&scene::text(&demo["environments"]["sandbox"]["issuer"])?)?;
        let one = |list: &str, role: &str| -> Result<Value, String> {
            let all = demo[list].as_array();
            let found = all.and_then(|all| all.iter().find(|one| one["role"] == role));
            found
                .cloned()
                .ok_or_else(|| format!("the demo lists no {role}"))
        };
        let staff = one("staff", "administrator")?;
        let partner = one("partners", "partner_admin")?;
        let creator = one("partners", "partner_developer")?;
        let api = Api::of(portal, &staff)?;
        let mut connection = Connection::open(portal).await?;
        let (agencies, _) = expect(&mut connection, &api.get("/agencies"), 200).await?;
        Ok(Self {
            portal,
            sandbox,
            agency: scene::text(&agencies.json()?["items"][0]["id"])?,
            staff_cookies: browser::signed_in(portal, &staff).await?,
            partner_cookies: browser::signed_in(portal, &partner).await?,
            creator_cookies: browser::signed_in(portal, &creator).await?,
            creator: Api::of(portal, &creator)?,
            staff: api,
        })
    }

    fn page(&self, cookies: &str, path: &str) -> Vec<u8> {
        let host = format!("localhost:{}", self.portal);
        http::get(&host, path, &[("Cookie", cookies)])
    }

    /// The first page after a start, when nothing was read before.
    async fn first_look(&self, table: &mut Table) -> Result<(), String> {
        let mut connection = Connection::open(self.portal).await?;
        let request = self.page(&self.staff_cookies, "/");
        let (_, took) = expect(&mut connection, &request, 200).await?;
        table.add("first app list after a start, ms", milliseconds(took));
        Ok(())
    }

    /// Pages and lists, each many times.
    async fn pages(&self, table: &mut Table, crowd: &Crowd, repeat: usize) -> Result<(), String> {
        let last = crowd::handle(crowd.apps - 1);
        let middle = crowd::handle(crowd.apps / 2);
        let (staff, many, one) = (
            self.staff_cookies.as_str(),
            self.creator_cookies.as_str(),
            self.partner_cookies.as_str(),
        );
        let pages = [
            ("app list, staff", staff, "/".to_owned()),
            (
                "app list, a page in the middle",
                staff,
                format!("/?after={middle}"),
            ),
            ("app list, searched: one app", staff, format!("/?q={last}")),
            (
                "app list, searched: nothing",
                staff,
                "/?q=no-such-app".to_owned(),
            ),
            ("app list, member of one team", one, "/".to_owned()),
            ("app list, member of all teams", many, "/".to_owned()),
            (
                "app list, member of all teams, searched",
                many,
                format!("/?q={last}"),
            ),
            ("one app", staff, format!("/apps/{middle}/sandbox")),
            ("teams, staff", staff, "/partners".to_owned()),
            ("teams, member of all", many, "/team".to_owned()),
            ("environments", staff, "/environments".to_owned()),
        ];
        for (name, cookies, path) in pages {
            let times = self.times(&self.page(cookies, &path), repeat).await?;
            table.add(&format!("page: {name}, ms"), spread(times));
        }
        let calls = [
            ("60 apps", "/apps?limit=60".to_owned()),
            ("500 apps", "/apps?limit=500".to_owned()),
            ("a search", format!("/apps?q={last}")),
            ("one app", format!("/apps/{middle}/sandbox")),
        ];
        for (name, path) in calls {
            let times = self.times(&self.staff.get(&path), repeat).await?;
            table.add(&format!("API: {name}, ms"), spread(times));
        }
        Ok(())
    }

    async fn times(&self, request: &[u8], repeat: usize) -> Result<Vec<Duration>, String> {
        let mut connection = Connection::open(self.portal).await?;
        let mut times = Vec::with_capacity(repeat);
        for _ in 0..repeat {
            let (_, took) = expect(&mut connection, request, 200).await?;
            times.push(took);
        }
        Ok(times)
    }
}
