//! Pages of partners: apps, the wizard, requests; and signing in.

pub mod app;
pub mod desk;
pub mod edit;
pub mod entered;
pub mod evidence;
pub mod fields;
pub mod final_configuration;
pub mod findings;
pub mod first_administrator;
pub mod form;
pub mod formats;
pub mod gate;
pub mod home;
pub mod inspector;
pub mod keys;
pub mod kit;
pub mod launch;
pub mod notice_choices;
pub mod notices;
pub mod overview;
pub mod parts;
pub mod policies;
pub mod preview;
pub mod probes;
pub mod reasons;
pub mod request;
pub mod retirement;
pub mod rotation;
pub mod rules;
pub mod secrets;
pub mod session;
pub mod sign_in;
pub mod support;
pub mod suspension;
pub mod teams;
pub mod test_kit;
pub mod versions;
pub mod views;
pub mod webhooks;
pub mod wizard;

#[cfg(test)]
pub(crate) mod samples;
