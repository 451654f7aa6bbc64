//! Stores of earlier versions.

mod common;

use common::{CPU, Folder, csv_rows};

/// A store of the first version, as the program wrote it that had it.
#[test]
fn an_old_store_is_brought_up_to_date_and_its_trials_keep_their_version() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path().join("old")).expect("made");
    let store = folder.path().join("old/actlab.sqlite");
    std::fs::write(&store, include_bytes!("stores/version-1.sqlite")).expect("written");
    folder.write("old.toml", include_str!("stores/version-1.toml"));
    let expected = |path: &std::path::Path| -> (i64, i64, String) {
        let connection = rusqlite::Connection::open(path).expect("a store");
        let count = connection.query_row("SELECT count(*), count(diverged_at) FROM trials", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        });
        let (trials, diverged) = count.expect("counts");
        let digest = "SELECT group_concat(hex(safetensors)) FROM (SELECT safetensors FROM weights ORDER BY trial)";
        (
            trials,
            diverged,
            connection.query_row(digest, [], |row| row.get(0)).expect("weights"),
        )
    };
    let before = expected(&store);
    assert_eq!((before.0, before.1), (8, 4));
    assert_eq!(csv_rows(&folder, "old").len(), 8);
    let nothing = folder.ok(&["sweep", "old.toml", "--backend", CPU, "--out", "old"]);
    // The errors that settings are chosen by are newer than the store: measured, and nothing trained.
    assert!(
        nothing
            .stderr
            .starts_with("measured 4 trials of an older actlab again\nnothing to train"),
        "{}",
        nothing.stderr
    );
    assert_eq!(expected(&store), before);
    let connection = rusqlite::Connection::open(&store).expect("a store");
    // As if an older actlab had trained them: what is stamped now is the new ones' own.
    connection
        .execute("UPDATE timings SET version = '0.0.7' WHERE version = '0.1.0'", [])
        .expect("updated");
    folder.ok(&[
        "sweep",
        "old.toml",
        "--backend",
        CPU,
        "--out",
        "old",
        "--set",
        "sweep.seeds=3",
    ]);
    let mut versions = connection
        .prepare("SELECT version, count(*) FROM timings GROUP BY version ORDER BY version")
        .expect("a query");
    let versions = versions
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("rows");
    let versions: Vec<(String, i64)> = versions.map(|row| row.expect("a row")).collect();
    assert_eq!(
        versions,
        [("0.0.7".to_owned(), 8), (env!("CARGO_PKG_VERSION").to_owned(), 4)]
    );
    let page = std::fs::read_to_string(folder.path().join("old/report.html")).expect("a page");
    assert!(page.contains("0.0.7, "), "both versions are named");
    connection.pragma_update(None, "user_version", 1000).expect("set");
    let newer = folder.run(&["show", "old"]);
    assert_eq!(newer.code, Some(2));
    assert!(newer.stderr.contains("newer actlab"), "{}", newer.stderr);
}

#[test]
fn a_store_has_the_same_tables_whether_it_is_new_or_was_migrated() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path().join("old")).expect("made");
    std::fs::write(
        folder.path().join("old/actlab.sqlite"),
        include_bytes!("stores/version-1.sqlite"),
    )
    .expect("written");
    folder.write("old.toml", include_str!("stores/version-1.toml"));
    for run in ["old", "new"] {
        folder.ok(&["sweep", "old.toml", "--backend", CPU, "--out", run]);
    }
    let tables = |run: &str| -> Vec<(String, String)> {
        let connection = rusqlite::Connection::open(folder.path().join(run).join("actlab.sqlite")).expect("a store");
        let mut statement = connection
            .prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
            .expect("a query");
        let rows = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .expect("rows");
        rows.map(|row| row.expect("a row")).collect()
    };
    assert_eq!(tables("old"), tables("new"));
}

/// What networks become is computed from the weights that an old store has, and kept, so that it is there the next time.
#[test]
fn an_old_store_learns_what_its_networks_become() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path().join("old")).expect("made");
    let store = folder.path().join("old/actlab.sqlite");
    std::fs::write(&store, include_bytes!("stores/version-1.sqlite")).expect("written");
    folder.write("old.toml", include_str!("stores/version-1.toml"));
    let columns = ["ends_in", "settled", "rays", "far_slope", "class_10_r2_0.99"];
    let far = |run: &str| -> Vec<Vec<String>> {
        let rows = csv_rows(&folder, run).into_iter();
        let mut rows: Vec<Vec<String>> = rows
            .map(|row| {
                let columns = ["trial", "status"].into_iter().chain(columns);
                columns.map(|column| row[column].clone()).collect()
            })
            .collect();
        rows.sort();
        rows
    };
    let stored = || -> i64 {
        let connection = rusqlite::Connection::open(&store).expect("a store");
        let count = connection.query_row("SELECT count(*) FROM far_field", [], |row| row.get(0));
        count.expect("a table")
    };
    let old = far("old");
    assert_eq!(stored(), 4, "those that did not diverge");
    for row in &old {
        assert_eq!(row[2].is_empty(), row[1] == "diverged", "{row:?}");
    }
    // What is computed from the weights is what the worker has stored that trained them.
    folder.ok(&["sweep", "old.toml", "--backend", CPU, "--out", "new"]);
    let trained = far("new");
    let new = rusqlite::Connection::open(folder.path().join("new/actlab.sqlite")).expect("a store");
    assert_eq!(new.execute("DELETE FROM far_field", []).expect("deleted"), 4);
    assert_eq!(far("new"), trained);
    // Another distance asks again, without training; the first is there as it was.
    let swept = folder.ok(&[
        "sweep",
        "old.toml",
        "--backend",
        CPU,
        "--out",
        "old",
        "--set",
        "far_field.distance=7",
    ]);
    assert!(swept.stderr.contains("nothing to train"), "{}", swept.stderr);
    assert!(
        csv_rows(&folder, "old")
            .iter()
            .any(|row| !row["class_7_r2_0.99"].is_empty())
    );
    assert_eq!(far("old"), old);
}

#[test]
fn a_store_that_cannot_be_written_is_read() {
    let folder = Folder::new();
    folder.write("small.toml", include_str!("stores/version-1.toml"));
    folder.ok(&["sweep", "small.toml", "--backend", CPU, "--out", "run"]);
    let store = folder.path().join("run/actlab.sqlite");
    let before = folder.ok(&["show", "run"]).stdout;
    let connection = rusqlite::Connection::open(&store).expect("a store");
    // As if nobody may write: what inserts is refused.
    let refuse = "DELETE FROM far_field; CREATE TRIGGER closed BEFORE INSERT ON far_field
                  BEGIN SELECT RAISE(ABORT, 'closed'); END";
    connection.execute_batch(refuse).expect("a trigger");
    assert_eq!(folder.ok(&["show", "run"]).stdout, before);
}

/// The rows of the user's file are drawn even where it is not any more; a store that was written before they were kept gets
/// them from the next sweep, which trains nothing.
#[test]
fn a_store_keeps_the_points_of_its_data() {
    let folder = Folder::new();
    let rows: String = (0..50).map(|i| format!("{i},{}\n", i % 7)).collect();
    folder.write("short.csv", &format!("t,y\n{rows}"));
    let text = "[target]\ndata = \"short.csv\"\nx = \"t\"\ny = \"y\"\n[data]\nrange = [0, 30]\n\
                [network]\nhidden = 4\n[training]\nsteps = 5\n[sweep]\nseeds = 1\n";
    folder.write("short.toml", text);
    let sweep = || folder.ok(&["sweep", "short.toml", "--backend", CPU, "--out", "run"]);
    sweep();
    let store = rusqlite::Connection::open(folder.path().join("run/actlab.sqlite")).expect("a store");
    let points = || -> (i64, f64, f64) {
        let all = store.query_row("SELECT count(*), sum(x), sum(y) FROM points", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        });
        all.expect("points")
    };
    // 0 to 49, and seven times 0 to 6, and 0.
    assert_eq!(points(), (50, 1225.0, 147.0));
    store
        .execute_batch("DELETE FROM points; DELETE FROM meta WHERE key = 'points';")
        .expect("as it was before");
    assert!(sweep().stderr.starts_with("nothing to train"));
    assert_eq!(points(), (50, 1225.0, 147.0));
    std::fs::remove_file(folder.path().join("short.csv")).expect("removed");
    std::fs::remove_file(folder.path().join("run/report.html")).expect("removed");
    folder.ok(&["report", "run"]);
    let page = std::fs::read_to_string(folder.path().join("run/report.html")).expect("a page");
    assert!(
        page.contains("\"points\":{\"y\":[{\"x\":[0.0,1.0,2.0,"),
        "the points are in the page"
    );
}
