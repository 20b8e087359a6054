//! The binary as its users run it: a demonstration and a service as processes, killed, damaged, refused.

mod apps;
mod browser;
mod crash;
mod demo;
mod deploy;
mod leaks;
mod mail;
mod planted;
mod pull;
mod releases;
mod serve;
mod simulator;
mod support;
mod window;
