//! All tables of a run, said once for the page, the files beside it, and programs.

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::ranking::table;
use super::table::Table;
use super::verdicts::answers;
use super::{claims, classes, comparisons, endings, lean, opening, published, results, verdicts};
use crate::analysis::conclusions::Conclusions;
use crate::analysis::findings::Findings;
use crate::analysis::published::Compared;
use crate::analysis::ranking::ranking;
use crate::store::{About, Stored};

/// All tables of a report.
#[derive(Debug)]
pub struct Tables<'r> {
    /// Who is best for each target and range.
    pub verdicts: Table,
    /// For each target and range what stands for each activation.
    pub results: Table,
    /// The same by target and range, whose names come first.
    pub by_contest: Vec<(String, Table)>,
    /// Activations in pairs.
    pub comparisons: Table,
    /// What each regulariser does to each activation.
    pub regularisers: Table,
    /// What is claimed of activations.
    pub claims: Table,
    /// What networks look like.
    pub classes: Table,
    /// What networks end in.
    pub endings: Table,
    /// Whether they lean to the derivative of their activation; without rows where the experiment does not ask.
    pub leanings: Table,
    /// Published values and ours; without rows where the experiment names none.
    pub published: Table,
    /// For each target all cells.
    pub cells: Vec<(&'r str, Table)>,
}

impl<'r> Tables<'r> {
    /// Of all trials of a run.
    pub fn new(
        findings: &Findings<'_>,
        conclusions: &Conclusions<'_>,
        compared: &[Compared<'_>],
        trials: &'r [Stored],
        about: &About,
    ) -> Self {
        let rankings = ranking(trials).into_iter();
        Self {
            verdicts: verdicts::table(conclusions),
            results: results::table(conclusions, about),
            by_contest: results::by_contest(conclusions, about),
            comparisons: comparisons::table(conclusions),
            regularisers: comparisons::effects(&conclusions.regularisers),
            claims: claims::table(&findings.claims),
            classes: classes::table(&findings.classes),
            endings: endings::table(&findings.endings),
            leanings: lean::table(&findings.leanings),
            published: published::table(compared),
            cells: rankings
                .map(|ranking| (ranking.target, table(&ranking, about)))
                .collect(),
        }
    }

    /// With the names of their files.
    pub fn named(&self) -> Vec<(String, &Table)> {
        let mut named = vec![
            ("verdicts".to_owned(), &self.verdicts),
            ("results".to_owned(), &self.results),
            ("comparisons".to_owned(), &self.comparisons),
            ("regularisers".to_owned(), &self.regularisers),
            ("claims".to_owned(), &self.claims),
            ("far_field".to_owned(), &self.classes),
            ("endings".to_owned(), &self.endings),
        ];
        if self.leanings.rows() > 0 {
            named.push(("lean".to_owned(), &self.leanings));
        }
        if self.published.rows() > 0 {
            named.push(("published".to_owned(), &self.published));
        }
        let numbered = self.cells.iter().enumerate();
        named.extend(numbered.map(|(i, (_, table))| (format!("cells_{}", i + 1), table)));
        named
    }
}

/// The answers and all tables as JSON, by the names of the tables' files.
pub fn json(tables: &Tables<'_>, findings: &Findings<'_>, conclusions: &Conclusions<'_>) -> Result<String> {
    let mut all = Map::new();
    let sentences = opening::sentences(conclusions, &findings.endings);
    all.insert("question".to_owned(), json!(opening::question(conclusions)));
    all.insert("answer".to_owned(), json!(sentences));
    all.insert("answers".to_owned(), json!(answers(conclusions)));
    all.extend(tables.named().into_iter().map(|(name, table)| (name, table.json())));
    Ok(format!("{:#}\n", Value::Object(all)))
}
