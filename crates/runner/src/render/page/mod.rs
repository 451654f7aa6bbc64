//! The report: one page that needs nothing else, and a folder each of figures and tables.

mod data;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::analysis::claims::Findings;
use crate::analysis::ranking::{By, LEGEND, ranking, table};
use crate::render::figures::{Figure, figures};
use crate::render::raster::png;
use crate::render::table::{Table, html_escape};
use crate::store::{Store, Stored};
use crate::words::{VERSION, count};
use data::data;

/// Cells of each target in the page; the tables beside it have all.
const SHOWN: usize = 20;

/// Where the page of a run is.
pub fn path(run: &Path) -> PathBuf {
    run.join("report.html")
}

/// Writes `report.html`, `figures/` and `tables/` into a run's folder, where what they show is not there yet: the path
/// of the page if it was written.
///
/// Everything is written beside first and then takes the place of the old, the page last: whoever is killed meanwhile
/// leaves a page that shows something else, which the next call replaces.
pub fn write(store: &Store, run: &Path) -> Result<Option<PathBuf>> {
    let trials = store.trials()?;
    let digest = digest(store, run, &trials)?;
    let page = path(run);
    let whole = FOLDERS.iter().all(|folder| run.join(folder).is_dir());
    if whole && shown(&page).as_ref() == Some(&digest) {
        return Ok(None);
    }
    let side = run.join(SIDE);
    remove(&side)?;
    write_aside(store, run, &trials, &digest, &side)?;
    for folder in FOLDERS {
        remove(&run.join(folder))?;
        put_in_place(&side.join(folder), &run.join(folder))?;
    }
    put_in_place(&path(&side), &page)?;
    remove(&side)?;
    Ok(Some(page))
}

/// The folders beside the page.
const FOLDERS: [&str; 2] = ["figures", "tables"];

/// Where they are written first.
const SIDE: &str = "report.new";

fn remove(folder: &Path) -> Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} cannot be removed", folder.display()))
        }
        _ => Ok(()),
    }
}

fn put_in_place(from: &Path, to: &Path) -> Result<()> {
    std::fs::rename(from, to).with_context(|| format!("{} cannot be written", to.display()))
}

/// What stands for all that the page shows, and for the program that writes it.
fn digest(store: &Store, run: &Path, trials: &[Stored]) -> Result<String> {
    let mut digest = blake3::Hasher::new();
    let mut add = |part: &str| {
        digest.update(&(part.len() as u64).to_le_bytes());
        digest.update(part.as_bytes());
    };
    for part in [VERSION, STYLE, INTERACTIVE, SCRIPT, &run.display().to_string()] {
        add(part);
    }
    add(&format!(
        "{:?} {:?} {}",
        store.origin()?,
        store.about()?,
        store.planned()?
    ));
    for trial in trials {
        add(&format!("{trial:?}"));
    }
    for failed in store.failed()? {
        add(&format!("{failed:?}"));
    }
    Ok(digest.finalize().to_hex().to_string())
}

/// The digest that a whole page carries.
fn shown(page: &Path) -> Option<String> {
    let page = std::fs::read_to_string(page).ok()?;
    let (_, rest) = page.split_once(DIGEST)?;
    let (digest, _) = rest.split_once('"')?;
    page.ends_with(END).then(|| digest.to_owned())
}

/// What every page ends with.
const END: &str = "</html>\n";

const DIGEST: &str = "data-digest=\"";

fn write_aside(store: &Store, run: &Path, trials: &[Stored], digest: &str, side: &Path) -> Result<()> {
    let findings = Findings::new(store, trials)?;
    let figures = figures(store, trials)?;
    let about = store.about()?;
    for folder in FOLDERS {
        let folder = side.join(folder);
        std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    let tables = |by| -> Vec<(&str, Table)> {
        let ranked = ranking(trials, by).into_iter();
        ranked
            .map(|(target, cells)| (target, table(&cells, &about, by)))
            .collect()
    };
    let (rankings, inside) = (tables(By::Far), tables(By::Inside));
    for figure in &figures {
        let path = |extension: &str| side.join("figures").join(format!("{}.{extension}", figure.name));
        put(&path("png"), &png(&figure.svg)?)?;
        put(&path("svg"), figure.svg.as_bytes())?;
    }
    let named = [
        ("claims".to_owned(), &findings.claims),
        ("far_field".to_owned(), &findings.classes),
        ("best".to_owned(), &findings.best),
        ("shapes".to_owned(), &findings.shapes),
    ];
    let numbered = |name: &'static str, tables: &'_ [(&str, Table)]| -> Vec<(String, Table)> {
        let tables = tables.iter().enumerate();
        tables
            .map(|(i, (_, table))| (format!("{name}_{}", i + 1), table.clone()))
            .collect()
    };
    let ranked = [numbered("ranking", &rankings), numbered("ranking_inside", &inside)].concat();
    for (name, table) in named
        .into_iter()
        .chain(ranked.iter().map(|(name, table)| (name.clone(), table)))
    {
        let path = |extension: &str| side.join("tables").join(format!("{name}.{extension}"));
        put(&path("csv"), &table.csv()?)?;
        put(&path("md"), table.markdown().as_bytes())?;
        // A `tabular` does not break over pages: what a paper has room for.
        put(&path("tex"), table.clone().first(SHOWN).latex().as_bytes())?;
    }
    let page = render(store, run, digest, trials, &findings, &figures, &rankings)?;
    put(&path(side), page.as_bytes())
}

fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes).with_context(|| format!("{} cannot be written", path.display()))
}

fn render(
    store: &Store,
    run: &Path,
    digest: &str,
    trials: &[Stored],
    findings: &Findings,
    figures: &[Figure],
    rankings: &[(&str, Table)],
) -> Result<String> {
    let origin = store.origin()?;
    let planned = store.planned()?;
    let name = html_escape(&origin.name);
    let diverged = trials.iter().filter(|trial| trial.diverged_at.is_some()).count();
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\" data-run=\"{}\" {DIGEST}{digest}\">\n<head>\n<meta charset=\"utf-8\">\n{POLICY}\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{name}: outside of the data</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{name}</h1>\n<p class=\"lead\">{}</p>\n",
        html_escape(&run.display().to_string()),
        state(trials.len(), planned, diverged, store.failed()?.len())
    );
    page += INTERACTIVE;
    if !findings.classes.rows.is_empty() {
        page += &section(
            "Outside of the range",
            &format!(
                "<p>Every network was looked at up to {} half-widths from the centre of its range.</p>\n{}\
                 <h3>What they become</h3>\n{}<h3>Whose shape they have</h3>\n<p>{}</p>\n{}\
                 <h3>Which activation generalises best</h3>\n{}",
                findings.distance,
                findings.claims.html(),
                findings.classes.html(),
                html_escape(crate::analysis::shapes::LEGEND),
                findings.shapes.html(),
                findings.best.html()
            ),
        );
    }
    if !figures.is_empty() {
        page += &section("Figures", &figures.iter().map(figure).collect::<String>());
    }
    for (target, table) in rankings {
        let shown = Table {
            header: table.header.clone(),
            rows: table.rows.iter().take(SHOWN).cloned().collect(),
        };
        let title = format!("Ranking for {}", html_escape(target));
        let note = format!(
            "<p>The best {} of {}, by the far error.</p>\n",
            shown.rows.len(),
            count(table.rows.len() as u64, "cell")
        );
        page += &section(
            &title,
            &format!("{note}{}<p class=\"note\">{}</p>\n", shown.html(), html_escape(LEGEND)),
        );
    }
    page += &section("How it was made", &making(store, trials)?);
    page += &format!(
        "</main>\n<script type=\"application/json\" id=\"data\">{}</script>\n{}<script>\n{SCRIPT}</script>\n</body>\n{END}",
        data(store, trials, findings)?,
        plotting_library()
    );
    Ok(page)
}

fn state(trained: usize, planned: usize, diverged: usize, failed: usize) -> String {
    let networks = match (trained, planned) {
        (0, _) => "No network is trained yet.".to_owned(),
        (trained, planned) if trained < planned => format!("{trained} of {planned} networks are trained so far."),
        (trained, _) => format!("{} trained.", count(trained as u64, "network")),
    };
    let some = |count: usize, what: &str| match count {
        0 => String::new(),
        count => format!(" {count} {what}."),
    };
    networks + &some(diverged, "diverged") + &some(failed, "failed")
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
    let mut facts = Table::new(["", ""]);
    facts.rows = vec![
        vec!["actlab".to_owned(), versions.join(", ")],
        vec!["trained on".to_owned(), devices.join("; ")],
        vec![
            "training time".to_owned(),
            format!("{seconds:.0} s, summed over the stacks"),
        ],
        vec!["report of".to_owned(), store.now()?],
        vec![
            "to make it again".to_owned(),
            format!("actlab sweep experiment.toml{overrides}"),
        ],
    ];
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

const STYLE: &str = include_str!("page.css");

/// Nothing is fetched from anywhere, whatever a script would like.
const POLICY: &str = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
    script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:\">";

/// The parts that the script fills in; hidden where there is none.
const INTERACTIVE: &str = include_str!("page.html");

const SCRIPT: &str = include_str!("page.js");
