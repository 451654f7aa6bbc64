//! Seeds that are added until it is decided: at looks that were fixed beforehand, each at its part of the level.

mod common;

use std::process::Stdio;
use std::time::{Duration, Instant};

use common::{CPU, Folder, contents, csv_rows, stored};
use rusqlite::Connection;

/// Broken lines leave x^2 by a third less than what ends in a constant does: seven of seven seeds say so. Of |x| two kinds of
/// sigmoids are far in the same way, and 28 seeds do not tell them apart.
fn experiment(function: &str, activations: &str, steps: usize) -> String {
    format!(
        "name = \"run\"\n[target]\nfunction = \"{function}\"\n[data]\nrange = [-2, 2]\nsamples = 32\n[network]\nhidden = [8]\n\
         activation = {activations}\n[training]\nlearning_rate = 1e-2\nsteps = {steps}\n[sweep]\nseeds = 7\n"
    )
}

fn decided() -> String {
    experiment("x^2", "[\"relu\", \"tanh\"]", 300)
}

fn undecided(steps: usize) -> String {
    experiment("abs(x)", "[\"tanh\", \"sigmoid\"]", steps)
}

const UNTIL: [&str; 5] = ["sweep", "run.toml", "--backend", CPU, "--until-decided"];

#[test]
fn what_is_decided_at_the_first_look_stays_with_its_seeds_and_its_level() {
    let folder = Folder::new();
    folder.write("run.toml", &decided());
    let dry = folder.ok(&[&UNTIL[..], &["--dry-run"]].concat()).stdout;
    for line in [
        "looks     at 7, 14 and 28 seeds, each at a level of 0.0167\n",
        "trials    56 (56 to train), at most\n",
        "1 comparison of activations, each where all 28 seeds say the same",
    ] {
        assert!(dry.contains(line), "{line}: {dry}");
    }
    assert_eq!(folder.entries(), ["run.toml"]);
    let swept = folder.ok(&UNTIL);
    let look = "look 1 of 3, at 7 seeds and a level of 0.0167: 1 of 1 comparison decided; no more seeds are added";
    assert!(swept.stderr.contains(look), "{}", swept.stderr);
    assert_eq!(stored(&folder.path().join("runs/run")), 14);
    let again = folder.ok(&UNTIL);
    assert_eq!(again.stdout, swept.stdout);
    assert!(
        again.stderr.starts_with(&format!("{look}\nnothing to train")),
        "{}",
        again.stderr
    );
    let dry = folder.ok(&[&UNTIL[..], &["--dry-run"]].concat()).stdout;
    assert!(dry.contains("taken at 7 seeds\ntrials    14 (0 to train)"), "{dry}");
    // Whoever reads the run later is told the level that was kept to, by people's and programs' tables.
    let plain = folder
        .ok(&["sweep", "run.toml", "--backend", CPU, "--set", "sweep.seeds=9"])
        .stdout;
    let shown = folder.ok(&["show", "runs/run"]).stdout;
    let page = std::fs::read_to_string(folder.path().join("runs/run/report.html")).expect("a page");
    for text in [&swept.stdout, &plain, &shown, &page] {
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("Better, worse: p below 0.0167."), "{words}");
        assert!(words.contains("two one-sided tests at 0.833 %"), "{words}");
        assert!(words.contains("fixed beforehand: at 7, 14 and 28 seeds."), "{words}");
    }
    let table = folder.path().join("runs/run/tables/comparisons.csv");
    let mut table = csv::Reader::from_path(table).expect("a table");
    let column = table.headers().expect("names").iter().position(|name| name == "level");
    let row = table.records().next().expect("a row").expect("a row");
    let level: f64 = row[column.expect("a level")].parse().expect("a number");
    assert_eq!(level, 0.05 / 3.0);
}

#[test]
fn what_is_not_decided_goes_on_to_the_last_look_and_no_further() {
    let folder = Folder::new();
    folder.write("run.toml", &undecided(300));
    let swept = folder.ok(&UNTIL).stderr;
    for look in [
        "look 1 of 3, at 7 seeds and a level of 0.0167: 0 of 1 comparison decided; the next is at 14",
        "look 2 of 3, at 14 seeds and a level of 0.0167: 0 of 1 comparison decided; the next is at 28",
        "look 3 of 3, at 28 seeds and a level of 0.0167: 0 of 1 comparison decided; it was the last",
    ] {
        assert!(swept.contains(look), "{look}: {swept}");
    }
    assert_eq!(csv_rows(&folder, "runs/run").len(), 56);
    let again = folder.ok(&UNTIL).stderr;
    assert!(again.contains("nothing to train: all 56 trials"), "{again}");
    // Other looks at the same trials would be more looks than the level was divided among.
    let more = folder.run(&[&UNTIL[..], &["--set", "sweep.seeds=28"]].concat());
    assert_eq!(more.code, Some(2), "{}", more.stderr);
    assert!(
        more.stderr.contains("type --set sweep.seeds=7, or begin another run"),
        "{}",
        more.stderr
    );
    assert_eq!(csv_rows(&folder, "runs/run").len(), 56);
    // Another experiment is looked at by itself.
    let other = folder
        .ok(&[&UNTIL[..], &["--set", "training.steps=20"]].concat())
        .stderr;
    assert!(other.contains("training 14 trials"), "{other}");
}

/// The looks that a store notes as taken.
fn looks_taken(folder: &Folder, run: &str) -> usize {
    let Ok(store) = Connection::open(folder.path().join(run).join("actlab.sqlite")) else {
        return 0;
    };
    let looks = store.query_row("SELECT value FROM meta WHERE key = 'looks'", [], |row| {
        row.get::<_, String>(0)
    });
    let looks: serde_json::Value = serde_json::from_str(&looks.unwrap_or_default()).unwrap_or_default();
    looks["taken"].as_array().map_or(0, Vec::len)
}

#[cfg(unix)]
#[test]
fn killed_after_a_look_it_goes_on_with_the_next_and_ends_with_the_same_bits() {
    let folder = Folder::new();
    folder.write("run.toml", &undecided(20_000));
    folder.ok(&[&UNTIL[..], &["--out", "undisturbed"]].concat());
    let run = folder.path().join("killed");
    let arguments = [&UNTIL[..], &["--out", "killed", "--threads", "1"]].concat();
    let mut command = folder.command(&arguments);
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("actlab runs");
    let deadline = Instant::now() + Duration::from_secs(120);
    while looks_taken(&folder, "killed") == 0 {
        assert!(Instant::now() < deadline, "no look is taken");
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().expect("killed");
    child.wait().expect("a child");
    let (taken, there) = (looks_taken(&folder, "killed"), stored(&run));
    assert!(taken < 3, "it was killed before its last look");
    let last = folder.ok(&arguments).stderr;
    assert!(last.starts_with("look 1 of 3"), "{last}");
    let looked: Vec<&str> = last.lines().filter(|line| line.starts_with("look ")).collect();
    assert_eq!(looked.len(), 3, "each look is taken once: {last}");
    let trained = last
        .lines()
        .filter_map(|line| line.strip_prefix("training ")?.split(' ').next());
    let trained: usize = trained.map(|trials| trials.parse::<usize>().expect("a number")).sum();
    assert_eq!(trained, 56 - there, "{last}");
    assert_eq!(contents(&folder.path().join("undisturbed")), contents(&run));
}

#[test]
fn what_seeds_cannot_be_added_to_is_refused_with_what_to_type() {
    let folder = Folder::new();
    folder.write("run.toml", &decided().replace("seeds = 7", "seeds = [3, 4, 8]"));
    let listed = folder.run(&UNTIL);
    assert_eq!(listed.code, Some(2));
    for part in ["cannot add to a list; type --set sweep.seeds=3", "seeds = [3, 4, 8]"] {
        assert!(listed.stderr.contains(part), "{part}: {}", listed.stderr);
    }
    folder.ok(&[&UNTIL[..], &["--dry-run", "--set", "sweep.seeds=3"]].concat());
    let one = folder.run(&[&UNTIL[..], &["--set", "sweep.seeds=1"]].concat());
    assert_eq!(one.code, Some(2));
    assert!(
        one.stderr
            .contains("looks at 1, 2 and 4 seeds can decide nothing; type --set sweep.seeds=10"),
        "{}",
        one.stderr
    );
    assert_eq!(folder.entries(), ["run.toml"]);
}
