//! The report: one page that needs nothing else, and a folder each of figures and tables.

mod curves;
mod data;
mod grid;
mod html;
mod lines;
mod numbers;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::analysis::cells::counted_once;
use crate::analysis::conclusions::Conclusions;
use crate::analysis::contests::ACTIVATION;
use crate::analysis::findings::Findings;
use crate::analysis::published::compare;
use crate::render::figures::{Figure, figures};
use crate::render::palette::{self, Palette};
use crate::render::raster::png;
use crate::render::tables::Tables;
use crate::render::{opening, published, results};
use crate::store::{Store, Stored};
use crate::words::VERSION;

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
pub fn write(store: &Store, trials: &[Stored], run: &Path) -> Result<Option<PathBuf>> {
    let digest = digest(store, run, trials)?;
    let page = path(run);
    let whole = FOLDERS.iter().all(|folder| run.join(folder).is_dir());
    if whole && shown(&page).as_ref() == Some(&digest) {
        return Ok(None);
    }
    let side = run.join(SIDE);
    remove(&side)?;
    write_aside(store, run, trials, &digest, &side)?;
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
    for part in [VERSION, STYLE, INTERACTIVE, &run.display().to_string()]
        .iter()
        .chain(&SCRIPTS)
    {
        add(part);
    }
    add(&format!("{} {}", Palette::new([""; 0]).json(), palette::errors()));
    add(&format!(
        "{:?} {:?} {} {:?}",
        store.origin()?,
        store.about()?,
        store.planned()?,
        store.points()?
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
    let once = counted_once(trials);
    let findings = Findings::new(store, &once)?;
    let about = store.about()?;
    let conclusions = Conclusions::new(trials, ACTIVATION, about.level());
    let figures = figures(store, &once)?;
    for folder in FOLDERS {
        let folder = side.join(folder);
        std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    for figure in &figures {
        let path = |extension: &str| side.join("figures").join(format!("{}.{extension}", figure.name));
        put(&path("png"), &png(&figure.svg)?)?;
        put(&path("svg"), figure.svg.as_bytes())?;
    }
    let compared = compare(&about.published, store, trials)?;
    let tables = Tables::new(&findings, &conclusions, &compared, trials, &about);
    for (name, table) in tables.named() {
        let path = |extension: &str| side.join("tables").join(format!("{name}.{extension}"));
        put(&path("csv"), &table.csv()?)?;
        put(&path("md"), table.markdown().as_bytes())?;
        // A `tabular` does not break over pages: what a paper has room for.
        put(&path("tex"), table.clone().first(SHOWN).latex().as_bytes())?;
    }
    let page = html::page(&Report {
        store,
        run,
        digest,
        trials,
        once: &once,
        findings: &findings,
        question: &opening::question(&conclusions),
        answer: &opening::sentences(&conclusions, &findings.endings),
        published: &published::sentence(&compared),
        repetitions: &results::repetitions(trials),
        figures: &figures,
        tables: &tables,
    })?;
    put(&path(side), page.as_bytes())
}

fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes).with_context(|| format!("{} cannot be written", path.display()))
}

/// All that the page is made of.
struct Report<'r> {
    store: &'r Store,
    run: &'r Path,
    digest: &'r str,
    trials: &'r [Stored],
    /// Those that are each of another problem.
    once: &'r [Stored],
    findings: &'r Findings<'r>,
    question: &'r str,
    /// In a few sentences; none where there is no network.
    answer: &'r [String],
    /// How many published values agree, in a sentence.
    published: &'r str,
    repetitions: &'r [String],
    figures: &'r [Figure],
    tables: &'r Tables<'r>,
}

const STYLE: &str = include_str!("page.css");

/// Nothing is fetched from anywhere, whatever a script would like.
const POLICY: &str = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
    script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:\">";

/// The parts that the script fills in; hidden where there is none.
const INTERACTIVE: &str = include_str!("page.html");

/// What fills them in, one after the other in a scope of their own: what depends on nothing first, then the views, and what
/// draws them last.
const SCRIPTS: [&str; 18] = [
    include_str!("state.js"),
    include_str!("scales.js"),
    include_str!("words.js"),
    include_str!("unpack.js"),
    include_str!("choice.js"),
    include_str!("draw.js"),
    include_str!("views/curves.js"),
    include_str!("views/distance.js"),
    include_str!("views/heat.js"),
    include_str!("views/cells.js"),
    include_str!("views/networks.js"),
    include_str!("views/training.js"),
    include_str!("views/parallel.js"),
    include_str!("views/variance.js"),
    include_str!("views/classes.js"),
    include_str!("views/slopes.js"),
    include_str!("views/exceptions.js"),
    include_str!("page.js"),
];
