//! `actlab devices`: what can train on this machine.

use actlab_model::device::{self, Choice};
use anyhow::Result;

use super::print;
use crate::train::open;

/// Lists the devices.
pub fn run() -> Result<()> {
    let auto = open(Choice::Auto)?;
    let mut text = String::new();
    for found in device::list() {
        let is_auto = !found.software && found.backend.name() == auto.backend;
        let note = match (found.software, is_auto) {
            (true, _) => "  (software; only with --backend wgpu)",
            (false, true) => "  <- auto",
            (false, false) => "",
        };
        text += &format!("{:<8} {}{note}\n", found.backend.name(), found.adapter);
    }
    print(&text)
}
