//! What a store holds.

use std::collections::HashSet;

use actlab_model::engine::Record;
use anyhow::{Context, Result, anyhow};
use rusqlite::OptionalExtension;

use super::{About, Failed, Origin, Store, history};
use crate::experiment::published::Published;
use crate::experiment::trial::Resolved;
use crate::statistics::Looks;

impl Store {
    /// The ids of all finished trials, of this experiment or of earlier ones: those that are done, and those that
    /// diverged.
    pub fn finished(&self) -> Result<HashSet<String>> {
        self.ids("SELECT trial FROM trials")
    }

    /// The ids of all finished trials that did not diverge.
    pub fn done(&self) -> Result<HashSet<String>> {
        self.ids("SELECT trial FROM trials WHERE diverged_at IS NULL")
    }

    /// The ids of all trials that did not diverge and were not measured in this region.
    pub fn unmeasured(&self, region: &str) -> Result<HashSet<String>> {
        let mut statement = self.connection.prepare(
            "SELECT trial FROM trials WHERE diverged_at IS NULL
             AND trial NOT IN (SELECT trial FROM errors WHERE region = ?1)",
        )?;
        let ids = statement.query_map([region], |row| row.get(0))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    }

    fn ids(&self, query: &str) -> Result<HashSet<String>> {
        let mut statement = self.connection.prepare(query)?;
        let ids = statement.query_map([], |row| row.get(0))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    }

    /// The trials of the experiment that failed when they were trained last, in its order.
    pub fn failed(&self) -> Result<Vec<Failed>> {
        let mut statement = self.connection.prepare(
            "SELECT f.trial, f.cell, f.settings, f.reason FROM plan p JOIN failures f ON f.trial = p.trial
             ORDER BY p.position",
        )?;
        let mut rows = statement.query([])?;
        let mut failed = Vec::new();
        while let Some(row) = rows.next()? {
            failed.push(Failed {
                id: row.get(0)?,
                cell: row.get(1)?,
                settings: read_settings(&row.get::<_, String>(2)?)?,
                reason: row.get(3)?,
            });
        }
        Ok(failed)
    }

    /// What the run is about.
    pub fn about(&self) -> Result<About> {
        let axes = self.meta("axes")?.unwrap_or_default();
        let far_distance = self.meta("far_distance")?.and_then(|distance| distance.parse().ok());
        Ok(About {
            axes: serde_json::from_str(&axes).unwrap_or_default(),
            far_distance: far_distance.unwrap_or(10.0),
            lean: self.meta("lean")?.as_deref() == Some("true"),
            looks: self.looks()?,
            published: self.published()?,
        })
    }

    /// What others have published; an older store knows of none.
    fn published(&self) -> Result<Vec<Published>> {
        let published = self.meta("published")?.unwrap_or_else(|| "[]".to_owned());
        serde_json::from_str(&published).context("the store holds published values that this version cannot read")
    }

    /// The looks that were fixed for the run, if it is one that seeds are added to until it is decided.
    fn looks(&self) -> Result<Option<Looks>> {
        let looks = self.meta("looks")?.map(|looks| serde_json::from_str(&looks));
        looks
            .transpose()
            .context("the store holds looks that this version cannot read")
    }

    /// Where the run came from.
    pub fn origin(&self) -> Result<Origin> {
        let text = |key: &str| Ok::<_, anyhow::Error>(self.meta(key)?.unwrap_or_default());
        Ok(Origin {
            name: text("name")?,
            experiment: text("experiment")?,
            overrides: serde_json::from_str(&text("overrides")?).unwrap_or_default(),
        })
    }

    /// The date, as SQLite has it.
    pub fn now(&self) -> Result<String> {
        Ok(self
            .connection
            .query_row("SELECT strftime('%Y-%m-%d %H:%M UTC', 'now')", [], |row| row.get(0))?)
    }

    /// How many trials the experiment has, finished or not.
    pub fn planned(&self) -> Result<usize> {
        let count: i64 = self
            .connection
            .query_row("SELECT count(*) FROM plan", [], |row| row.get(0))?;
        Ok(usize::try_from(count)?)
    }

    /// The weights of a trial: a safetensors file with the names and shapes of a PyTorch `Sequential`.
    pub fn weights(&self, trial: &str) -> Result<Vec<u8>> {
        let blob = self
            .connection
            .query_row("SELECT safetensors FROM weights WHERE trial = ?1", [trial], |row| {
                row.get(0)
            })
            .optional()?;
        blob.ok_or_else(|| anyhow!("the store has no weights of trial {trial}"))
    }

    /// The records of a trial's training.
    pub fn history(&self, trial: &str) -> Result<Vec<Record>> {
        let text: String =
            self.connection
                .query_row("SELECT history FROM trials WHERE trial = ?1", [trial], |row| row.get(0))?;
        history::decode(&text)
    }

    /// What is noted under this name.
    pub(super) fn meta(&self, key: &str) -> Result<Option<String>> {
        let value = self
            .connection
            .query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0));
        Ok(value.optional()?)
    }
}

pub(super) fn read_settings(json: &str) -> Result<Resolved> {
    serde_json::from_str(json).context("the store holds settings that this version cannot read")
}
