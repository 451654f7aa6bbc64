//! Two runs held against each other, in words and tables.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::comparisons::{covers, difference, seeds, tests, verdict};
use super::table::{Columns, Table};
use super::words::{probability, wrapped};
use crate::analysis::cells::Cell;
use crate::analysis::columns::setting;
use crate::analysis::runs::{Difference, Matched, POOLED_BY, Runs, SEEDS, Tested};
use crate::experiment::settings::columns;
use crate::statistics::{Comparison, Seeds};
use crate::words::count;

/// Two runs, and what they are called.
#[derive(Debug)]
pub struct Named<'r, 'a> {
    /// What was found.
    pub runs: &'r Runs<'a>,
    /// The names of the first and the second run.
    pub names: [&'r str; 2],
    /// Whose errors are compared.
    pub region: &'r str,
    /// The trials of both runs whose results are not the same bits.
    pub other_bits: &'r [&'a str],
}

/// Columns that a cell is known by, whether or not they vary.
const ALWAYS: [&str; 4] = ["target", "range", "activation", "hidden"];

impl Named<'_, '_> {
    /// For a terminal.
    pub fn text(&self) -> String {
        let [a, b] = self.names;
        let mut text = format!("{} error of {b} against {a}\n", self.region);
        for difference in &self.runs.differences {
            text += &self.sentence(difference);
        }
        if self.runs.differences.is_empty() {
            text += "all settings are the same\n";
        }
        if !self.runs.same.is_empty() {
            text += &format!("\n{}\n", wrapped(&self.same()));
        }
        if !self.runs.matched.is_empty() {
            text += &format!(
                "\nFor each activation, target and range\n{}\n\nCell by cell\n{}\n\n{}\n",
                self.pooled().text(),
                self.cells().text(),
                wrapped(&self.legend())
            );
        }
        if self.runs.repeated > 0 {
            let cells = count(self.runs.repeated as u64, "matched cell");
            text += &format!("\nNot listed, as they are the same problem as others: {cells}.\n");
        }
        for (name, cells) in [(a, &self.runs.only_a), (b, &self.runs.only_b)] {
            if !cells.is_empty() {
                text += &format!(
                    "\nOnly in {name}: {}\n{}\n",
                    count(cells.len() as u64, "cell"),
                    only(cells).text()
                );
            }
        }
        text
    }

    /// For programs.
    pub fn json(&self) -> String {
        let difference =
            |of: &Difference| json!({"setting": of.setting, "a": of.a, "b": of.b, "matched_across": of.is_constant});
        let all: Value = json!({
            "a": self.names[0],
            "b": self.names[1],
            "region": self.region,
            "level": self.runs.level,
            "differences": self.runs.differences.iter().map(difference).collect::<Vec<_>>(),
            "same_trials": self.runs.same.len(),
            "same_trials_with_other_bits": self.other_bits,
            "same_problems": self.runs.repeated,
            "pooled": self.pooled().json(),
            "cells": self.cells().json(),
            "only_in_a": only(&self.runs.only_a).json(),
            "only_in_b": only(&self.runs.only_b).json(),
        });
        format!("{all:#}\n")
    }

    /// "training.steps: 500 in runs/a, 2000 in runs/b".
    fn sentence(&self, difference: &Difference) -> String {
        let words = |values: &[String]| match difference.setting {
            SEEDS => of_seeds(values),
            "target.data" => values
                .iter()
                .map(|digest| shortened(digest))
                .collect::<Vec<_>>()
                .join(", "),
            _ => values.join(", "),
        };
        let [a, b] = self.names;
        let (in_a, in_b) = (words(&difference.a), words(&difference.b));
        let between = if difference.is_constant { "," } else { ";" };
        format!("{}: {in_a} in {a}{between} {in_b} in {b}\n", difference.setting)
    }

    /// Of what there is nothing to compare.
    fn same(&self) -> String {
        let trials = count(self.runs.same.len() as u64, "trial");
        let bits = match self.other_bits {
            [] => "Their results are the same bits.".to_owned(),
            [first, ..] => format!(
                "The results of {} are not the same bits, as {first}.",
                match self.other_bits.len() {
                    all if all == self.runs.same.len() => "all of them".to_owned(),
                    some => format!("{some} of them"),
                }
            ),
        };
        format!("In both runs, with the same settings and seed: {trials}, of which there is nothing to compare. {bits}")
    }

    fn legend(&self) -> String {
        let [a, b] = self.names;
        format!(
            "A difference is how much lower or higher the error in {b} is than that in {a} with the same seed: the median \
             over seeds of the ratio, with its exact interval of order statistics, and of how many seeds it has that \
             direction. Where cells are pooled, it is of each seed the median over them. {}",
            tests(self.runs.level)
        )
    }

    fn pooled(&self) -> Table {
        let mut columns = Table::of(&self.runs.pooled);
        for (place, name) in POOLED_BY.into_iter().enumerate() {
            columns = columns.same(name, |row| both(&row.of[place]));
        }
        let columns = columns
            .shown("cells", |row| row.cells.to_string())
            .count("cells", |row| row.cells);
        tested(columns, |row| &row.tested).table()
    }

    fn cells(&self) -> Table {
        let matched = &self.runs.matched;
        let mut columns = Table::of(matched);
        for name in known_by(matched.iter().map(|of| &of.a)) {
            columns = columns.same(name, |row: &Matched<'_>| both(&row.settings(name)));
        }
        tested(columns, |row| &row.tested)
            .text("cell_a", |row| row.a.name().to_owned())
            .text("cell_b", |row| row.b.name().to_owned())
            .table()
    }
}

/// What both have, or what each has.
fn both([a, b]: &[String; 2]) -> String {
    if a == b { a.clone() } else { format!("{a} / {b}") }
}

/// The columns that cells of one run are known by, and those in which they are not all the same.
fn known_by<'c, 'a: 'c>(cells: impl Iterator<Item = &'c Cell<'a>> + Clone) -> Vec<&'static str> {
    let varies = |column: &&str| {
        let values: BTreeSet<String> = cells.clone().map(|cell| setting(cell.trials[0], column)).collect();
        values.len() > 1 && !ALWAYS.contains(column)
    };
    ALWAYS.into_iter().chain(columns().into_iter().filter(varies)).collect()
}

/// What the pairs of a row say.
fn tested<'r, R>(columns: Columns<'r, R>, of: impl Fn(&R) -> &Tested) -> Columns<'r, R> {
    let count = |row: &R, pick: fn(&Comparison) -> usize| of(row).comparison.as_ref().map_or(0, pick);
    columns
        .shown("difference", |row| difference(of(row).comparison))
        .shown("covers", |row| covers(of(row).comparison))
        .shown("p", |row| probability(of(row).adjusted))
        .shown("verdict", |row| verdict(of(row).verdict).to_owned())
        .shown("would decide", |row| of(row).seeds.map_or_else(String::new, seeds))
        .estimate("log_ratio", |row| of(row).comparison.map(|of| of.log_ratio))
        .count("pairs", |row| count(row, |of| of.pairs()))
        .count("lower", |row| count(row, |of| of.lower))
        .count("higher", |row| count(row, |of| of.higher))
        .count("infinite", |row| count(row, |of| of.infinite))
        .count("left_out", |row| count(row, |of| of.left_out))
        .number("p", |row| of(row).comparison.map(|of| of.p))
        .number("p_holm", |row| of(row).comparison.map(|_| of(row).adjusted))
        .text("verdict", |row| verdict(of(row).verdict).to_owned())
        .number("seeds_to_decide", |row| match of(row).seeds {
            Some(Seeds::About(seeds)) => Some(seeds as f64),
            Some(Seeds::Over(_)) => Some(f64::INFINITY),
            None => None,
        })
}

/// Cells without a match.
fn only(cells: &[Cell<'_>]) -> Table {
    let mut columns = Table::of(cells);
    for name in known_by(cells.iter()) {
        columns = columns.same(name, |cell| setting(cell.trials[0], name));
    }
    columns
        .shown("seeds", |cell| cell.trials.len().to_string())
        .shown("cell", |cell| shortened(cell.name()))
        .count("seeds", |cell| cell.trials.len())
        .text("cell", |cell| cell.name().to_owned())
        .table()
}

/// "0 to 9", or all of them where they are not in a row.
fn of_seeds(values: &[String]) -> String {
    let mut seeds: Vec<u64> = values.iter().filter_map(|seed| seed.parse().ok()).collect();
    seeds.sort_unstable();
    match seeds[..] {
        [first, .., last] if last - first + 1 == seeds.len() as u64 => format!("{first} to {last}"),
        _ => seeds.iter().map(u64::to_string).collect::<Vec<_>>().join(", "),
    }
}

/// As much of a digest as tells it from others.
fn shortened(digest: &str) -> String {
    digest.chars().take(8).collect()
}
