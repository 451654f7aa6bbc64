//! The report: complete, the same each time, and sensible for runs that are hardly there.

mod common;

use common::{CPU, Folder, SMALL};

fn report(folder: &Folder, run: &str) -> String {
    let path = folder.ok(&["report", run]).stdout.trim().to_owned();
    assert_eq!(path, format!("{run}/report.html"));
    std::fs::read_to_string(folder.path().join(path)).expect("the page")
}

/// The page without the plotting library's script.
fn own(page: &str) -> String {
    let start = page.find("<script type=\"text/javascript\">").expect("the library");
    let length = page[start..].find("</script>").expect("its end");
    format!("{}{}", &page[..start], &page[start + length..])
}

/// Nothing in a page may lead out of it: no link, no address but the name of SVG's own language, and no script but the
/// page's own: its data, the library and what draws.
fn assert_self_contained(page: &str) {
    let own = own(page).replace("http://www.w3.org/2000/svg", "");
    for outside in ["http:", "https:", "<link", "src=", "@import", "url("] {
        assert!(!own.contains(outside), "{outside}");
    }
    assert_eq!(own.matches("<script").count(), 2);
}

#[test]
fn a_sweep_ends_with_a_report_of_everything() {
    let folder = Folder::new();
    folder.write("small.toml", SMALL);
    let swept = folder.ok(&["sweep", "small.toml", "--backend", CPU]);
    assert!(
        swept.stderr.contains("report: runs/small/report.html"),
        "{}",
        swept.stderr
    );
    let page = report(&folder, "runs/small");
    assert_self_contained(&page);
    for part in [
        "32 networks trained.",
        "relu: a straight line (by algebra: all 16)",
        "tanh ends in a constant</td>",
        "Which activation generalises best",
        "Cells of x^2",
        "Cells of x^3",
        "steps = 60",
    ] {
        assert!(page.contains(part), "{part}");
    }
    // A fit for each activation, a curve of errors for each target.
    assert_eq!(page.matches("<figure>").count(), 4);
    for file in [
        "figures/fit_relu.svg",
        "figures/error_by_distance_2.svg",
        "tables/claims.tex",
        "tables/cells_1.csv",
    ] {
        assert!(folder.path().join("runs/small").join(file).exists(), "{file}");
    }
    std::fs::remove_file(folder.path().join("runs/small/report.html")).expect("removed");
    assert_eq!(dateless(page), dateless(report(&folder, "runs/small")));
}

/// Whatever has changed since it was written, by whatever program or accident, a report that is asked for is of what is
/// in the store, whole and with nothing that is no part of it.
#[test]
fn a_report_is_never_old() {
    let folder = Folder::new();
    folder.write("small.toml", SMALL);
    let sweep = |more: &[&str]| {
        folder
            .ok(&[&["sweep", "small.toml", "--backend", CPU], more].concat())
            .stderr
    };
    sweep(&[]);
    let run = folder.path().join("runs/small");
    let page = || std::fs::read_to_string(run.join("report.html")).expect("the page");
    let first = page();
    assert!(run.join("figures/fit_relu.svg").exists() && run.join("tables/cells_2.csv").exists());
    // Nothing has changed: nothing is written.
    let written = || {
        std::fs::metadata(run.join("report.html"))
            .and_then(|of| of.modified())
            .expect("a time")
    };
    let before = written();
    assert!(!sweep(&[]).contains("report: "));
    report(&folder, "runs/small");
    assert_eq!(written(), before);
    // Fewer targets and activations; nothing trains.
    let fewer = sweep(&["--set", "network.activation=tanh", "--set", "target.function=x^2"]);
    assert!(
        fewer.contains("nothing to train") && fewer.contains("report: "),
        "{fewer}"
    );
    assert!(page().contains("8 networks trained"), "{}", own(&page()));
    assert!(run.join("figures/fit_tanh.svg").exists());
    for gone in [
        "figures/fit_relu.svg",
        "figures/error_by_distance_2.svg",
        "tables/cells_2.csv",
    ] {
        assert!(!run.join(gone).exists(), "{gone}");
    }
    sweep(&[]);
    assert_eq!(dateless(page()), dateless(first.clone()));
    // Half a page, as of a killed writer; a page whose figures are gone; what a killed writer left beside.
    std::fs::write(run.join("report.html"), &first[..200]).expect("written");
    assert!(sweep(&[]).contains("report: "));
    assert_eq!(dateless(page()), dateless(first.clone()));
    std::fs::remove_dir_all(run.join("figures")).expect("removed");
    std::fs::create_dir_all(run.join("report.new/tables")).expect("made");
    std::fs::write(run.join("report.new/tables/half.csv"), "").expect("written");
    report(&folder, "runs/small");
    assert!(run.join("figures/fit_relu.svg").exists());
    assert!(!run.join("report.new").exists() && !run.join("tables/half.csv").exists());
}

fn dateless(page: String) -> String {
    let lines = page.lines().filter(|line| !line.contains("report of"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Data has as many samples as it has rows, and what is not used is said.
#[test]
fn rows_of_data_that_are_not_used_are_spoken_of() {
    let folder = Folder::new();
    let rows: String = (0..700).map(|i| format!("{i},{}\n", i % 7)).collect();
    folder.write("long.csv", &format!("t,y\n{rows}"));
    let text = "[target]\ndata = \"long.csv\"\nx = \"t\"\ny = \"y\"\n[data]\nrange = [0, 499]\n\
                [network]\nhidden = 4\n[training]\nsteps = 5\n[sweep]\nseeds = 1\n";
    folder.write("long.toml", text);
    let samples = |out: &str, more: &[&str]| {
        let all = [&["sweep", "long.toml", "--backend", CPU, "--out", out], more].concat();
        let stderr = folder.ok(&all).stderr;
        let store = rusqlite::Connection::open(folder.path().join(out).join("actlab.sqlite")).expect("a store");
        let count = store.query_row("SELECT train_samples FROM trials", [], |row| row.get::<_, i64>(0));
        (count.expect("a trial"), stderr)
    };
    let (all, quiet) = samples("all", &[]);
    assert!(all == 400 && !quiet.contains("note: "), "{all}: {quiet}");
    let (capped, told) = samples("capped", &["--set", "data.samples=256"]);
    assert_eq!(capped, 256);
    assert!(
        told.contains("note: of 400 rows of \"y\" to train on in the range [0, 499], 256 are drawn"),
        "{told}"
    );
    let (_, told) = samples("near", &["--set", "data.range=[0, 99]"]);
    assert!(
        told.contains("note: 452 rows of \"y\" are farther than 4 half-widths"),
        "{told}"
    );
    // Blocks are another hold-out, and another trial.
    let blocks = folder.ok(&[
        "sweep",
        "long.toml",
        "--backend",
        CPU,
        "--out",
        "all",
        "--set",
        "data.holdout_blocks=5",
    ]);
    assert!(blocks.stderr.contains("training 1 trial "), "{}", blocks.stderr);
}

#[test]
fn names_of_the_experiment_are_escaped() {
    let folder = Folder::new();
    folder.write(
        "evil.csv",
        "\"<script>x</script>\",\"<b>y</b>\"\n1,2\n2,3\n3,5\n4,4\n5,1\n",
    );
    folder.write(
        "evil.toml",
        "name = \"<script>alert(1)</script>\"\n[target]\ndata = \"evil.csv\"\nx = \"<script>x</script>\"\ny = \"<b>y</b>\"\n\
         [data]\nrange = [0, 4.5]\n[network]\nhidden = 4\n[training]\nsteps = 5\n",
    );
    folder.ok(&["sweep", "evil.toml", "--backend", CPU, "--out", "run"]);
    let page = report(&folder, "run");
    assert_self_contained(&page);
    assert!(page.contains("<p class=\"lead\">&lt;script&gt;alert(1)&lt;/script&gt;. "));
    assert!(!own(&page).contains("<b>"));
}

#[test]
fn runs_that_are_hardly_there_have_a_page() {
    let folder = Folder::new();
    folder.write("small.toml", SMALL);
    // One trial.
    let one = [
        "network.activation=relu",
        "network.hidden=4",
        "target.function=x^2",
        "sweep.seeds=1",
        "regularization.spectral=0",
    ];
    let mut arguments = vec!["sweep", "small.toml", "--backend", CPU, "--out", "one"];
    arguments.extend(one.iter().flat_map(|set| ["--set", set]));
    folder.ok(&arguments);
    let page = report(&folder, "one");
    assert!(
        page.contains("1 network trained") && page.contains("at least 5 % of seeds (95 % confidence, 1 seed)"),
        "{}",
        own(&page)
    );
    // Only diverged ones.
    let mut arguments = arguments.clone();
    arguments[5] = "wild";
    arguments.extend([
        "--set",
        "training.learning_rate=1e30",
        "--set",
        "data.standardize=false",
    ]);
    folder.ok(&arguments);
    let page = report(&folder, "wild");
    assert!(
        page.contains("1 diverged") && !page.contains("<figure>"),
        "{}",
        own(&page)
    );
    // Interrupted: some trials of the plan are missing.
    folder.ok(&["sweep", "small.toml", "--backend", CPU, "--out", "part"]);
    let store = rusqlite::Connection::open(folder.path().join("part/actlab.sqlite")).expect("a store");
    store.execute("DELETE FROM trials WHERE seed = 1", []).expect("deleted");
    assert!(report(&folder, "part").contains("16 of 32 networks are trained so far"));
    store.execute("DELETE FROM trials", []).expect("deleted");
    assert!(report(&folder, "part").contains("No network is trained yet"));
}

/// Without standardisation a network of small weights is nearly nothing beside a target of a million: flat, whatever its
/// activation is.
#[test]
fn what_is_flat_is_measured_by_the_target() {
    let folder = Folder::new();
    folder.write("small.toml", SMALL);
    let mut arguments = vec!["sweep", "small.toml", "--backend", CPU, "--out", "run"];
    let large = [
        "target.function=1000000*x^2",
        "data.standardize=false",
        "training.steps=3",
    ];
    arguments.extend(large.iter().flat_map(|set| ["--set", set]));
    folder.ok(&arguments);
    let table = std::fs::read_to_string(folder.path().join("run/tables/far_field.csv")).expect("a table");
    // At each threshold all eight are constants, and none is anything else.
    for activation in ["relu", "tanh"] {
        assert!(table.contains(&format!("\n10,{activation},8,8,8,8,0,0,0,0")), "{table}");
    }
}

/// The columns of the tables that are names and words; all others are numbers, empty where there is none.
const WORDS: [&str; 19] = [
    "claim",
    "activation",
    "verdict",
    "outcome",
    "first",
    "target",
    "range",
    "hidden",
    "cell",
    "a",
    "b",
    "regulariser",
    "learned",
    "same_problem",
    "same_networks",
    "extent",
    "exceptions",
    "optimizer",
    "standardize",
];

#[test]
fn tables_for_programs_have_a_number_in_a_column() {
    let folder = Folder::new();
    folder.write("small.toml", SMALL);
    folder.ok(&["sweep", "small.toml", "--backend", CPU]);
    let tables = folder.path().join("runs/small/tables");
    let mut numbers = std::collections::BTreeMap::<String, usize>::new();
    for name in [
        "verdicts",
        "results",
        "comparisons",
        "regularisers",
        "claims",
        "far_field",
        "endings",
        "cells_1",
        "cells_2",
    ] {
        let mut table = csv::Reader::from_path(tables.join(format!("{name}.csv"))).expect("a table");
        let header = table.headers().expect("a header").clone();
        for row in table.records() {
            let row = row.expect("a row");
            for (column, cell) in header.iter().zip(&row).filter(|(column, _)| !WORDS.contains(column)) {
                assert!(
                    cell.is_empty() || cell.parse::<f64>().is_ok(),
                    "{name}, {column}: {cell}"
                );
                *numbers.entry(column.to_owned()).or_default() += usize::from(!cell.is_empty());
            }
        }
    }
    for column in [
        "tied",
        "spectral",
        "far_median",
        "far_high",
        "seed_share_low",
        "seeds_at_least",
        "settled_median",
        "affine_0.99",
        "far_coverage",
        "validation_median",
        "oracle_median",
        "log_ratio_median",
    ] {
        assert!(
            numbers.get(column).is_some_and(|count| *count > 0),
            "{column}: {numbers:?}"
        );
    }
    cells_are_those_of_the_trials(&folder, &tables.join("cells_1.csv"));
}

/// A median of two seeds is their mean, of the numbers that `export` writes with all their digits.
fn cells_are_those_of_the_trials(folder: &Folder, table: &std::path::Path) {
    let exported = folder.ok(&["export", "runs/small", "--format", "csv"]).stdout;
    let pick = |reader: csv::Reader<Box<dyn std::io::Read>>, number: &str| -> Vec<(String, f64)> {
        let mut reader = reader;
        let header = reader.headers().expect("a header").clone();
        let at = |name: &str| header.iter().position(|column| column == name).expect("a column");
        let rows = reader.records().map(|row| row.expect("a row"));
        rows.map(|row| (row[at("cell")].to_owned(), row[at(number)].parse().expect("a number")))
            .collect()
    };
    let file = std::fs::File::open(table).expect("a table");
    let trials = pick(
        csv::Reader::from_reader(Box::new(std::io::Cursor::new(exported))),
        "far_nrmse",
    );
    let cells = pick(csv::Reader::from_reader(Box::new(file)), "far_median");
    assert_eq!(cells.len(), 8);
    for (cell, median) in cells {
        let of: Vec<f64> = trials
            .iter()
            .filter(|(of, _)| *of == cell)
            .map(|(_, error)| *error)
            .collect();
        assert_eq!(of.len(), 2, "{cell}");
        assert!(
            (median / (0.5 * (of[0] + of[1])) - 1.0).abs() < 1e-12,
            "{cell}: {median} of {of:?}"
        );
    }
}

/// Two targets, two activations, eight seeds, with far errors that a person wrote.
fn with_far_errors(errors: impl Fn(&str, usize) -> f64) -> Folder {
    let folder = Folder::new();
    let text = SMALL
        .replace("[[8], [6, 6]]", "[8]")
        .replace("spectral = [0.0, 1e-2]", "spectral = 0")
        .replace("steps = 60", "steps = 2")
        .replace("seeds = 2", "seeds = 8");
    folder.write("small.toml", &text);
    folder.ok(&["sweep", "small.toml", "--backend", CPU]);
    let store = rusqlite::Connection::open(folder.path().join("runs/small/actlab.sqlite")).expect("a store");
    let change = |nrmse: f64, region: &str, of: &str| {
        let change =
            format!("UPDATE errors SET nrmse = ?1 WHERE region = ?2 AND trial IN (SELECT trial FROM trials{of})");
        assert!(store.execute(&change, (nrmse, region)).expect("changed") > 0);
    };
    change(0.1, "validation", "");
    for activation in ["relu", "tanh"] {
        for seed in 0..8 {
            let of = format!(" WHERE activation = '{activation}' AND seed = {seed}");
            change(errors(activation, seed), "far", &of);
        }
    }
    folder
}

/// The sentences of the terminal, which are those of the page and of JSON.
fn opening(folder: &Folder) -> String {
    let page = report(folder, "runs/small");
    let json = folder.ok(&["show", "runs/small", "--json"]).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let shown = folder.ok(&["show", "runs/small"]).stdout;
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let question = "Which activation generalises best outside of its data?";
    let heading = format!("<h1>{question}</h1>");
    let (before, after) = page.split_once(&heading).expect("the question");
    assert!(!before.contains("<h2>"), "the question is first");
    let mut sentences: Vec<&str> = Vec::new();
    for sentence in json["answer"].as_array().expect("sentences") {
        let sentence = sentence.as_str().expect("a sentence");
        let (answer, _) = after.split_once("</div>").expect("the end of the answer");
        let answer = answer.replace("&#39;", "'");
        assert!(
            answer.contains(&format!("<p>{sentence}</p>")),
            "{sentence} is not in {answer}"
        );
        sentences.push(sentence);
    }
    let opening = sentences.join(" ");
    assert!(words(&shown).starts_with(&format!("{question} {opening}")), "{shown}");
    opening
}

/// Eight seeds that all say the same have a p of 2/256, of two pairs 4/256; of eight the exact interval is from the first to the
/// last, and covers 1 - 2/256. The first four errors are below the median, which is in the middle of the fourth and the fifth.
#[test]
fn the_opening_names_the_one_that_is_better() {
    let folder = with_far_errors(|activation, seed| match activation {
        "tanh" => 1.0 + 0.1 * seed as f64,
        _ => 3.0 + 0.1 * seed as f64,
    });
    let opening = opening(&folder);
    for part in [
        "Of 2 targets and ranges: tanh is best for x^2 on [-2, 2] (far error 1.35 [1.00, 1.70]) and x^3 on [-2, 2] (far error 1.35 \
         [1.00, 1.70]).",
        "medians over 8 seeds [intervals that cover 99.22 %]",
        "in all 2 pairs",
        "relu (all 16, settled from",
        "end in a straight line; those of tanh (all 16",
    ] {
        assert!(opening.contains(part), "{part}: {opening}");
    }
    assert!(
        !opening.contains("undecided") && !opening.contains("would decide"),
        "{opening}"
    );
    assert!(report(&folder, "runs/small").contains("tanh is best</td>"));
}

/// Half of the seeds say this and half say that: medians of 1.2 and 1.25. The logarithms of the ratios are log 0.6 and log 1.5, four
/// of each: theta is half of log 0.9, h half of log 2.5, and 8 (h/theta)^2 is 605.
#[test]
fn the_opening_says_where_nothing_is_decided_and_what_would_decide() {
    let folder = with_far_errors(|activation, seed| match (activation, seed % 2) {
        ("relu", 0) => 0.9,
        ("relu", _) | (_, 0) => 1.5,
        _ => 1.0,
    });
    let opening = opening(&folder);
    for part in [
        "Of 2 targets and ranges: no activation is shown to be best; undecided for x^2 on [-2, 2] (far error 1.20 [0.900, 1.50]) and",
        "where relu has the lowest far error but is not shown to be better than tanh.",
        "What would decide what is open: some 600 seeds, to a factor of three",
    ] {
        assert!(opening.contains(part), "{part}: {opening}");
    }
    assert!(!opening.contains("is best for"), "{opening}");
}
