//! The trials of a run as they are read back. Each table is read once, in the order in which it lies in the file: a query
//! for each trial takes longer than all that is concluded from them.

use std::collections::HashMap;

use anyhow::Result;
use rusqlite::Row;

use super::read::read_settings;
use super::{Facts, Store, Stored, far_field};
use crate::experiment::trial::Resolved;
use crate::measure::errors::{OutputError, RegionError};
use crate::train::Timing;

impl Store {
    /// The finished trials of the experiment, in its order, each with its far field: what an older actlab has left out is
    /// computed, and stored where that is possible.
    pub fn trials(&self) -> Result<Vec<Stored>> {
        let mut trials = self.without_measurements()?;
        let places: HashMap<String, usize> = trials.iter().map(|trial| trial.id.clone()).zip(0..).collect();
        let errors = "SELECT trial, region, points, rmse, nrmse FROM errors ORDER BY rowid";
        self.each_of(errors, &places, |place, row| {
            trials[place].errors.push(RegionError {
                region: row.get(1)?,
                points: row.get::<_, i64>(2)? as usize,
                rmse: row.get(3)?,
                nrmse: row.get(4)?,
                outputs: Vec::new(),
            });
            Ok(())
        })?;
        let of_outputs = "SELECT trial, region, rmse, nrmse FROM output_errors ORDER BY rowid";
        self.each_of(of_outputs, &places, |place, row| {
            let region = row.get_ref(1)?.as_str()?;
            let error = trials[place].errors.iter_mut().find(|error| error.region == region);
            let (rmse, nrmse) = (row.get(2)?, row.get(3)?);
            error
                .into_iter()
                .for_each(|error| error.outputs.push(OutputError { rmse, nrmse }));
            Ok(())
        })?;
        self.each_of(far_field::ALL, &places, |place, row| {
            trials[place].outside = Some(far_field::outside(row)?);
            Ok(())
        })?;
        self.each_of(far_field::OUTPUTS, &places, |place, row| {
            let far = far_field::far(row)?;
            let outside = trials[place].outside.as_mut();
            outside
                .into_iter()
                .for_each(|outside| outside.outputs.push(far.clone()));
            Ok(())
        })?;
        self.complete(&mut trials)?;
        Ok(trials)
    }

    /// What the store has of the trials before they are measured.
    fn without_measurements(&self) -> Result<Vec<Stored>> {
        let mut statement = self.connection.prepare(
            "SELECT t.trial, t.cell, t.settings, t.seed, t.diverged_at, t.train_mse, t.sigma, t.lipschitz, t.scaling,
                    r.backend, r.adapter, r.engine, r.stack, r.seconds, r.steps_per_second, r.version, p.same, p.position,
                    t.weights_step
             FROM plan p JOIN trials t ON t.trial = p.trial JOIN timings r ON r.trial = t.trial",
        )?;
        let mut rows = statement.query([])?;
        let mut cells = Cells::default();
        let mut trials: Vec<(i64, Stored)> = Vec::new();
        while let Some(row) = rows.next()? {
            trials.push((row.get("position")?, facts(row, &mut cells)?.into()));
        }
        trials.sort_by_key(|(position, _)| *position);
        Ok(trials.into_iter().map(|(_, trial)| trial).collect())
    }

    /// Calls `add` with each row of a query that belongs to a trial of these; its first column is the trial.
    fn each_of(
        &self,
        query: &str,
        places: &HashMap<String, usize>,
        mut add: impl FnMut(usize, &Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut statement = self.connection.prepare(query)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let place = places.get(row.get_ref(0)?.as_str()?);
            place.map_or(Ok(()), |place| add(*place, row))?;
        }
        Ok(())
    }
}

/// The settings that trials share with others of their cell, which are parsed once.
#[derive(Default)]
struct Cells(HashMap<String, Resolved>);

impl Cells {
    /// Of the trial with this seed.
    fn settings(&mut self, cell: &str, json: &str, seed: u64) -> Result<Resolved> {
        if !self.0.contains_key(cell) {
            self.0.insert(cell.to_owned(), read_settings(json)?);
        }
        Ok(Resolved {
            seed: Some(seed),
            ..self.0[cell].clone()
        })
    }
}

fn facts(row: &Row<'_>, cells: &mut Cells) -> Result<Facts> {
    let cell: String = row.get(1)?;
    let settings = cells.settings(&cell, row.get_ref(2)?.as_str()?, row.get::<_, i64>(3)? as u64)?;
    let sigma = row.get_ref(6)?.as_str_or_null()?;
    Ok(Facts {
        id: row.get(0)?,
        cell,
        settings,
        weights_step: row.get::<_, Option<i64>>("weights_step")?.map(|step| step as usize),
        diverged_at: row.get::<_, Option<i64>>(4)?.map(|step| step as usize),
        train_mse: row.get(5)?,
        errors: Vec::new(),
        sigma: sigma.map_or(Ok(Vec::new()), serde_json::from_str)?,
        lipschitz: row.get(7)?,
        outside: None,
        scaling: serde_json::from_str(row.get_ref(8)?.as_str()?)?,
        timing: Timing {
            backend: row.get(9)?,
            adapter: row.get(10)?,
            engine: row.get(11)?,
            stack: row.get::<_, i64>(12)? as usize,
            seconds: row.get(13)?,
            steps_per_second: row.get(14)?,
            version: row.get(15)?,
        },
        same: row.get(16)?,
    })
}
