#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod accounts;
mod browsers;
mod emails;
mod limits;
mod passkeys;
mod sign_in;
mod sign_up;
mod standing;
mod vault;

use std::sync::Arc;

use durward_accounts::email::EmailAddress;
use durward_accounts::person::PersonId;
use durward_domain::refusal::Refuse as _;
use durward_keyring::totp::TotpSecret;
use jiff::Timestamp;

use super::people::{self, NewPerson};
use super::refusal::CitizenRefusal;
use super::session::Browser;
use crate::Door;
use crate::actor::Actor;
use crate::failure::Failure;
use crate::ports::mail::Mail;
use crate::record::Trace;
use crate::testing::{PlainWords, TestDoor};

/// A browser that keeps its cookies.
struct Window {
    door: Arc<Door>,
    browser: Browser,
}

impl Window {
    fn new(test: &TestDoor) -> Self {
        Self {
            door: Arc::clone(&test.door),
            browser: Browser {
                language: "es".to_owned(),
                ..Browser::default()
            },
        }
    }

    fn keep(&mut self, begun: super::sign_up::Begun) {
        if let Some(flow) = begun.set_flow {
            self.browser.flow = Some(flow);
        }
    }

    async fn sign_up_with(&mut self, email: &str) -> Result<(), &'static str> {
        let begun =
            super::sign_up::begin(&self.door, &PlainWords, &self.browser, email, &trace()).await;
        self.keep(begun.map_err(|no| code(&no))?);
        Ok(())
    }

    async fn type_code(&self, typed: &str) -> Result<(), &'static str> {
        super::sign_up::type_code(&self.door, &self.browser, typed, &trace())
            .await
            .map_err(|no| code(&no))
    }

    async fn choose(&self, password: &str) -> Result<(), &'static str> {
        super::sign_up::choose_password(&self.door, &self.browser, password, &[])
            .await
            .map_err(|no| code(&no))
    }

    async fn secret(&self) -> TotpSecret {
        match super::flow::step(&self.door, &self.browser).await.unwrap() {
            super::flow::Step::SetUpTotp { secret, .. } => secret,
            _ => panic!("no authenticator app is being set up"),
        }
    }

    async fn finish(&mut self, typed: &str) -> Result<(), &'static str> {
        let session =
            super::sign_up::finish(&self.door, &PlainWords, &self.browser, typed, &trace()).await;
        self.browser.session = Some(session.map_err(|no| code(&no))?.token);
        Ok(())
    }

    /// From the address to the page with the authenticator's key.
    async fn until_authenticator(&mut self, email: &str) -> TotpSecret {
        self.sign_up_with(email).await.unwrap();
        self.type_code(&newest(&self.door, email).await.codes[0])
            .await
            .unwrap();
        self.choose(PASSWORD).await.unwrap();
        self.secret().await
    }

    async fn sign_in_with(&mut self, email: &str, password: &str) -> Result<(), &'static str> {
        let begun = super::sign_in::begin(&self.door, &self.browser, email).await;
        self.keep(begun.map_err(|no| code(&no))?);
        self.password(password).await
    }

    async fn password(&self, password: &str) -> Result<(), &'static str> {
        super::sign_in::try_password(&self.door, &self.browser, password, None, &trace())
            .await
            .map_err(|no| code(&no))
    }

    async fn totp(&mut self, typed: &str) -> Result<(), &'static str> {
        let token = super::sign_in::try_totp(&self.door, &self.browser, typed, &trace()).await;
        self.browser.session = Some(token.map_err(|no| code(&no))?);
        Ok(())
    }

    async fn who(&self) -> Option<PersonId> {
        super::session::current(&self.door, &self.browser)
            .await
            .unwrap()
            .map(|who| who.person_id)
    }
}

async fn made(test: &TestDoor, email: &str) -> (PersonId, TotpSecret) {
    let secret = TotpSecret::generate(&test.door.random);
    let new = NewPerson {
        email: address(email),
        password: PASSWORD.to_owned(),
        totp: Some(TotpSecret::from_bytes(*secret.as_bytes())),
        language: "fr".to_owned(),
        verified: None,
        persona_of: None,
    };
    let id = people::create(&test.door, new, &Actor::System("tests"), None, None)
        .await
        .unwrap();
    (id, secret)
}

fn address(email: &str) -> EmailAddress {
    EmailAddress::parse(email).unwrap()
}

async fn mails(door: &Arc<Door>, email: &str) -> Vec<Mail> {
    let wait = std::time::Duration::ZERO;
    super::inbox::wait_for(door, &address(email), Timestamp::UNIX_EPOCH, wait)
        .await
        .unwrap()
        .into_iter()
        .map(|one| one.mail)
        .collect()
}

async fn newest(door: &Arc<Door>, email: &str) -> Mail {
    mails(door, email).await.pop().unwrap()
}

fn trace() -> Trace {
    Trace {
        request_id: "r-1".to_owned(),
    }
}

fn code(failure: &Failure<CitizenRefusal>) -> &'static str {
    match failure {
        Failure::Refused(no) => no.code(),
        Failure::Fault(fault) => panic!("a fault: {fault}"),
    }
}

const PASSWORD: &str = "tide pools at noon";
const ANA: &str = "Ana.Reyes@example.com";
