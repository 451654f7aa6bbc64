//! The page itself.

use anyhow::Result;

use super::data::data;
use super::{DIGEST, END, INTERACTIVE, POLICY, Report, SCRIPTS, SHOWN, STYLE};
use crate::render::figures::Figure;
use crate::render::table::{Table, html_escape};
use crate::render::{claims, classes, comparisons, endings, lean, published, results, verdicts};
use crate::store::{Store, Stored};
use crate::words::{count, number};

/// All of it.
pub fn page(report: &Report<'_>) -> Result<String> {
    let mut page = head(report)?;
    page += &verdicts(report)?;
    if report.tables.published.rows() > 0 {
        page += &section("Published values", &published_values(report));
    }
    if !report.findings.endings.is_empty() {
        page += &section("Outside of the range", &conclusions(report));
    }
    page += INTERACTIVE;
    if !report.figures.is_empty() {
        page += &section("Figures", &report.figures.iter().map(figure).collect::<String>());
    }
    for note in report.repetitions {
        page += &format!("<p class=\"note\">{}</p>\n", html_escape(note));
    }
    for (target, table) in &report.tables.cells {
        page += &section(&format!("Cells of {}", html_escape(target)), &cells(table));
    }
    page += &section("How it was made", &making(report.store, report.trials)?);
    page += &format!(
        "</main>\n<script type=\"application/json\" id=\"data\">{}</script>\n{}<script>\n(() => {{\n{}}})();\n</script>\n</body>\n{END}",
        data(report.store, report.trials, report.once, report.findings)?,
        plotting_library(),
        SCRIPTS.concat()
    );
    Ok(page)
}

/// Up to the lead.
fn head(report: &Report<'_>) -> Result<String> {
    let Report {
        store, trials, digest, ..
    } = report;
    let name = html_escape(&store.origin()?.name);
    let diverged = trials.iter().filter(|trial| trial.diverged_at.is_some()).count();
    let answer = report.answer.iter();
    Ok(format!(
        "<!doctype html>\n<html lang=\"en\" data-run=\"{}\" {DIGEST}{digest}\">\n<head>\n<meta charset=\"utf-8\">\n{POLICY}\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{name}: outside of the data</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<p class=\"lead\">{name}. {}</p>\n<h1>{}</h1>\n<div id=\"answer\">\n{}</div>\n",
        html_escape(&report.run.display().to_string()),
        state(
            trials.len(),
            trials.len() - report.once.len(),
            store.planned()?,
            diverged,
            store.failed()?.len()
        ),
        html_escape(report.question),
        answer
            .map(|sentence| format!("<p>{}</p>\n", html_escape(sentence)))
            .collect::<String>(),
    ))
}

/// A table under its heading, with what its columns mean; nothing where it has no row.
fn part(title: &str, table: &Table, legend: &str) -> String {
    match table.rows() {
        0 => String::new(),
        _ => format!("<h3>{}</h3>\n{}{}", html_escape(title), table.html(), note(legend)),
    }
}

fn note(legend: &str) -> String {
    format!("<p class=\"note\">{}</p>\n", html_escape(legend))
}

fn conclusions(report: &Report<'_>) -> String {
    let tables = report.tables;
    let sentences: String = endings::sentences(&report.findings.endings)
        .iter()
        .map(|sentence| format!("<p>{}</p>\n", html_escape(sentence)))
        .collect();
    let leaning = "Whether they lean to the derivative of their activation";
    [
        sentences,
        part("What they end in, and where", &tables.endings, endings::LEGEND),
        part("Claims", &tables.claims, claims::LEGEND),
        part("What they look like", &tables.classes, classes::LEGEND),
        part(leaning, &tables.leanings, lean::LEGEND),
    ]
    .concat()
}

/// The answer for each target and range, and what bears it out.
fn verdicts(report: &Report<'_>) -> Result<String> {
    let tables = report.tables;
    if tables.verdicts.rows() == 0 {
        return Ok(String::new());
    }
    let about = report.store.about()?;
    let mut text = section(
        "Verdicts",
        &format!("{}{}", tables.verdicts.html(), note(verdicts::LEGEND)),
    );
    if !tables.by_contest.is_empty() {
        let of = |(title, table): &(String, Table)| format!("<h3>{}</h3>\n{}", html_escape(title), table.html());
        let by_contest = tables.by_contest.iter().map(of).collect::<String>();
        text += &section(
            "What stands for each activation",
            &(by_contest + &note(&results::legend())),
        );
    }
    let pairs = part(
        "Activations in pairs",
        &tables.comparisons,
        &comparisons::pairs_legend(&about),
    );
    let effects = part(
        "Regularisers",
        &tables.regularisers,
        &comparisons::effects_legend(&about),
    );
    if !(pairs.is_empty() && effects.is_empty()) {
        text += &section("Comparisons", &(pairs + &effects));
    }
    Ok(text)
}

fn published_values(report: &Report<'_>) -> String {
    format!(
        "<p>{}</p>\n{}{}",
        html_escape(report.published),
        report.tables.published.html(),
        note(published::LEGEND)
    )
}

fn cells(table: &Table) -> String {
    let shown = table.clone().first(SHOWN);
    format!(
        "<p>The {} of {} with the lowest validation error.</p>\n{}<p class=\"note\">{}</p>\n",
        shown.rows(),
        count(table.rows() as u64, "cell"),
        shown.html(),
        html_escape(results::ERRORS)
    )
}

fn state(trained: usize, repeated: usize, planned: usize, diverged: usize, failed: usize) -> String {
    let networks = match (trained, planned) {
        (0, _) => "No network is trained yet.".to_owned(),
        (trained, planned) if trained < planned => format!("{trained} of {planned} networks are trained so far."),
        (trained, _) => format!("{} trained.", count(trained as u64, "network")),
    };
    let some = |count: usize, what: &str| match count {
        0 => String::new(),
        count => format!(" {count} {what}."),
    };
    let once = match repeated {
        0 => String::new(),
        repeated => format!(
            " {} of them learn the same problem as another, and are counted once with it.",
            number(repeated as u64)
        ),
    };
    networks + &once + &some(diverged, "diverged") + &some(failed, "failed")
}

fn section(title: &str, content: &str) -> String {
    format!("<section>\n<h2>{title}</h2>\n{content}</section>\n")
}

/// A figure in the page: its black is the colour of the page's text, so that it is there in the dark too.
fn figure(figure: &Figure) -> String {
    let svg = figure.svg.replace("#000000", "currentColor");
    format!(
        "<figure>\n{svg}<figcaption>{}</figcaption>\n</figure>\n",
        html_escape(&figure.caption)
    )
}

fn making(store: &Store, trials: &[Stored]) -> Result<String> {
    let origin = store.origin()?;
    let mut devices: Vec<String> = trials
        .iter()
        .map(|trial| {
            format!(
                "{} with {} ({})",
                trial.timing.adapter, trial.timing.backend, trial.timing.engine
            )
        })
        .collect();
    devices.sort();
    devices.dedup();
    let seconds: f64 = trials
        .iter()
        .map(|trial| trial.timing.seconds / trial.timing.stack as f64)
        .sum();
    let overrides: String = origin
        .overrides
        .iter()
        .map(|set| format!(" --set '{}'", set.replace('\'', "'\\''")))
        .collect();
    let mut versions: Vec<String> = trials.iter().map(|trial| trial.timing.version.clone()).collect();
    versions.sort();
    versions.dedup();
    let facts = [
        ("actlab", versions.join(", ")),
        ("trained on", devices.join("; ")),
        ("training time", format!("{seconds:.0} s, summed over the stacks")),
        ("report of", store.now()?),
        ("to make it again", format!("actlab sweep experiment.toml{overrides}")),
    ];
    let facts = Table::of(&facts)
        .shown("", |fact| fact.0.to_owned())
        .shown("", |fact| fact.1.clone())
        .table();
    Ok(format!(
        "{}<p>with this file:</p>\n<pre>{}</pre>\n",
        facts.html(),
        html_escape(&origin.experiment)
    ))
}

/// Plotly's script, without the typesetting of formulas that comes after it.
fn plotting_library() -> String {
    const END: &str = "</script>";
    let scripts = plotly::Plot::offline_js_sources();
    let end = scripts.find(END).map_or(scripts.len(), |start| start + END.len());
    format!("{}\n", &scripts[..end])
}
