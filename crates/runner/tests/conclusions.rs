//! What is concluded: the right networks are chosen, compared seed by seed, and counted once.

mod common;

use std::collections::{BTreeMap, HashMap};

use common::{CPU, Folder, SMALL, csv_rows, errors, number, store, table, words};

/// A straight line learns nothing of an even wave: it is the target's mean, of which the far error is about 1. Broken
/// lines learn it, and leave it for far out. The far error would choose the straight line.
#[test]
fn who_learned_nothing_is_never_named_however_good_it_is_far_out() {
    let folder = Folder::new();
    let text = "name = \"wave\"\n[target]\nfunction = \"cos(3*x)\"\n[data]\nrange = [-2, 2]\nsamples = 64\n\
                [network]\nhidden = [16]\nactivation = [\"identity\", \"relu\"]\n\
                [training]\nlearning_rate = 1e-2\nsteps = 800\n[sweep]\nseeds = 6\n";
    folder.write("wave.toml", text);
    let swept = folder.ok(&["sweep", "wave.toml", "--backend", CPU]).stdout;
    let results = table(&folder, "runs/wave/tables/results.csv");
    let row = |activation: &str| {
        let row = results.iter().find(|row| row["activation"] == activation);
        row.unwrap_or_else(|| panic!("{activation}: {swept}"))
    };
    let (line, broken) = (row("identity"), row("relu"));
    assert!(number(line, "far_median") < number(broken, "far_median"), "{swept}");
    assert_eq!(
        (line["learned"].as_str(), broken["learned"].as_str()),
        ("did not learn", "yes")
    );
    assert_eq!(results[0]["activation"], "relu");
    assert!(
        words(&swept).contains("Only relu learned cos(3*x) on [-2, 2]: its far error is "),
        "{swept}"
    );
    assert!(
        !swept.contains("it is identity") && !swept.contains("identity has the lowest"),
        "{swept}"
    );
    assert_eq!(table(&folder, "runs/wave/tables/comparisons.csv").len(), 0);
    // The line alone: nothing learned, nothing is ranked.
    let alone = folder.ok(&[
        "sweep",
        "wave.toml",
        "--backend",
        CPU,
        "--set",
        "network.activation=identity",
    ]);
    assert!(
        words(&alone.stdout).contains("nothing is ranked, as no network learned it"),
        "{}",
        alone.stdout
    );
}

/// Of six settings those with the lowest median validation error stand for the activation, whatever their far error; both
/// are computed again from what `export` and the store hold.
#[test]
fn validation_chooses_and_the_oracle_is_the_best_that_it_could_have_chosen() {
    let folder = Folder::new();
    let text = SMALL
        .replace("\"x^2\", \"x^3\"", "\"x^2\"")
        .replace("spectral = [0.0, 1e-2]", "spectral = [0.0, 1e-3, 1e-2]")
        .replace("seeds = 2", "seeds = 5")
        .replace("steps = 60", "steps = 400\nlearning_rate = 1e-2");
    folder.write("small.toml", &text);
    let swept = folder.ok(&["sweep", "small.toml", "--backend", CPU]).stdout;
    assert!(
        swept.contains("93.75 %"),
        "the coverage of five seeds is printed: {swept}"
    );
    let store = store(&folder, "runs/small");
    let validation = |trial: &str| -> f64 {
        let query = "SELECT nrmse FROM errors WHERE region = 'validation' AND trial = ?1";
        store.query_row(query, [trial], |row| row.get(0)).expect("an error")
    };
    let mut cells: BTreeMap<(String, String), Vec<(f64, f64)>> = BTreeMap::new();
    for row in csv_rows(&folder, "runs/small") {
        let errors = (validation(&row["trial"]), number(&row, "far_nrmse"));
        let cell = (row["activation"].clone(), row["cell"].clone());
        cells.entry(cell).or_default().push(errors);
    }
    let median = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[2]
    };
    let results = table(&folder, "runs/small/tables/results.csv");
    assert_eq!(results.len(), 2);
    for row in &results {
        let of = cells
            .iter()
            .filter(|((activation, _), _)| *activation == row["activation"]);
        let medians: Vec<(f64, f64, &str)> = of
            .map(|((_, cell), errors)| {
                let (validation, far) = errors.iter().copied().unzip();
                (median(validation), median(far), cell.as_str())
            })
            .collect();
        assert_eq!(medians.len(), 6);
        let chosen = medians.iter().min_by(|a, b| a.0.total_cmp(&b.0)).expect("cells");
        assert_eq!((chosen.2, chosen.1), (row["cell"].as_str(), number(row, "far_median")));
        let oracle = medians.iter().map(|cell| cell.1).fold(f64::INFINITY, f64::min);
        assert_eq!(oracle, number(row, "oracle_median"));
        let highest = number(row, "validation_high");
        let tied = medians.iter().filter(|cell| cell.0 <= highest).count() - 1;
        assert_eq!(tied as f64, number(row, "tied"));
    }
    let all = folder.ok(&["show", "runs/small", "--all"]).stdout;
    assert!(
        all.contains("x^2 (12 cells, the lowest validation error first)"),
        "{all}"
    );
}

/// One setting for each activation, so that the pairs are those of the seeds: difference, interval and p are computed
/// again from what `export` says.
#[test]
fn activations_are_compared_seed_by_seed() {
    let folder = Folder::new();
    let text = SMALL
        .replace("\"x^2\", \"x^3\"", "\"abs(x)\"")
        .replace("[[8], [6, 6]]", "[8]")
        .replace("spectral = [0.0, 1e-2]", "spectral = 0")
        .replace("seeds = 2", "seeds = 10")
        .replace("steps = 60", "steps = 600\nlearning_rate = 1e-2");
    folder.write("small.toml", &text);
    let swept = folder.ok(&["sweep", "small.toml", "--backend", CPU]).stdout;
    let compared = table(&folder, "runs/small/tables/comparisons.csv");
    assert_eq!(compared.len(), 1);
    let row = &compared[0];
    assert_eq!((row["a"].as_str(), row["b"].as_str()), ("relu", "tanh"), "{swept}");
    let mut errors: BTreeMap<String, HashMap<String, f64>> = BTreeMap::new();
    for row in csv_rows(&folder, "runs/small") {
        let far = number(&row, "far_nrmse");
        errors
            .entry(row["seed"].clone())
            .or_default()
            .insert(row["activation"].clone(), far);
    }
    let mut ratios: Vec<f64> = errors.values().map(|of| (of["relu"] / of["tanh"]).ln()).collect();
    ratios.sort_by(f64::total_cmp);
    assert_eq!(ratios.len(), 10);
    assert!(ratios[9] < 0.0, "lower in all seeds: {ratios:?}");
    for (column, expected) in [
        ("log_ratio_median", 0.5 * (ratios[4] + ratios[5])),
        ("log_ratio_low", ratios[1]),
        ("log_ratio_high", ratios[8]),
        ("log_ratio_coverage", 1.0 - 22.0 / 1024.0),
        ("p", 2.0 / 1024.0),
        ("p_holm", 2.0 / 1024.0),
        ("pairs", 10.0),
        ("a_lower", 10.0),
    ] {
        assert!((number(row, column) - expected).abs() < 1e-12, "{column}: {row:?}");
    }
    assert_eq!(row["verdict"], "better");
    assert!(
        words(&swept).contains("For abs(x) on [-2, 2] it is relu: its far error is "),
        "{swept}"
    );
    assert!(words(&swept).contains("lower than that of tanh."), "{swept}");
    assert!(
        swept.contains("% lower [") && swept.contains("10 of 10 seeds"),
        "{swept}"
    );
    // Five seeds that say the same decide nothing.
    let few = folder
        .ok(&["sweep", "small.toml", "--backend", CPU, "--set", "sweep.seeds=5"])
        .stdout;
    let few = words(&few);
    assert!(
        few.contains("Undecided for abs(x)")
            && few.contains("relu has the lowest")
            && few.contains("Fewer than 6 seeds decide nothing")
            && few.contains("not enough seeds"),
        "{few}"
    );
}

/// A diverged network is infinitely wrong, and pairs of two are left out and counted.
#[test]
fn diverged_networks_count_on_both_sides() {
    let folder = Folder::new();
    let text = SMALL
        .replace("\"x^2\", \"x^3\"", "\"x^2\"")
        .replace("[[8], [6, 6]]", "[8]")
        .replace("spectral = [0.0, 1e-2]", "spectral = [0.0, 1e-3, 1e-2]")
        .replace("seeds = 2", "seeds = 6");
    folder.write("small.toml", &text);
    folder.ok(&["sweep", "small.toml", "--backend", CPU]);
    let expected = |activation: &str, spectral: f64| -> Vec<f64> {
        let rows = csv_rows(&folder, "runs/small");
        let far = |seed: usize, spectral: f64| {
            let wanted = |row: &&HashMap<String, String>| {
                row["activation"] == activation
                    && number(row, "spectral") == spectral
                    && row["seed"] == seed.to_string()
            };
            let row = rows.iter().find(wanted).expect("a trial");
            row["far_nrmse"].parse().unwrap_or(f64::INFINITY)
        };
        let mut ratios: Vec<f64> = (0..6).map(|seed| (far(seed, spectral) / far(seed, 0.0)).ln()).collect();
        ratios.sort_by(f64::total_cmp);
        ratios
    };
    let effect = |activation: &str, spectral: f64| {
        let effects = table(&folder, "runs/small/tables/regularisers.csv");
        let wanted =
            |row: &HashMap<String, String>| row["activation"] == activation && number(row, "coefficient") == spectral;
        effects.into_iter().find(wanted).expect("an effect")
    };
    assert_eq!(table(&folder, "runs/small/tables/regularisers.csv").len(), 4);
    let (row, ratios) = (effect("tanh", 1e-2), expected("tanh", 1e-2));
    assert!(
        (number(&row, "log_ratio_median") - 0.5 * (ratios[2] + ratios[3])).abs() < 1e-12,
        "{row:?}"
    );
    assert_eq!(
        (number(&row, "log_ratio_low"), number(&row, "log_ratio_high")),
        (ratios[0], ratios[5])
    );
    // Two networks with it diverge, one without it, and both of one pair.
    let store = store(&folder, "runs/small");
    let diverge = |spectral: f64, seeds: &str| {
        let which = format!("activation = 'tanh' AND spectral = {spectral} AND seed IN ({seeds})");
        for change in [
            format!("DELETE FROM errors WHERE trial IN (SELECT trial FROM trials WHERE {which})"),
            format!("UPDATE trials SET diverged_at = 7, status = 'diverged' WHERE {which}"),
        ] {
            assert!(store.execute(&change, []).expect("changed") > 0);
        }
    };
    diverge(1e-2, "0, 1, 2");
    diverge(0.0, "2, 3");
    folder.ok(&["report", "runs/small"]);
    let row = effect("tanh", 1e-2);
    let counts = ["diverged_with", "diverged_without", "diverged_both", "seeds"].map(|column| number(&row, column));
    assert_eq!(counts, [2.0, 1.0, 1.0, 5.0]);
    assert_eq!(
        (row["log_ratio_low"].as_str(), row["log_ratio_high"].as_str()),
        ("-inf", "inf")
    );
    let shown = folder.ok(&["show", "runs/small", "--all"]).stdout;
    assert!(shown.contains("6 (3 diverged)") && shown.contains("inf]"), "{shown}");
}

/// Rows without a hold-out have nothing to choose by, which is said, and not asked for at every sweep.
#[test]
fn data_without_a_holdout_cannot_choose() {
    let folder = Folder::new();
    let rows: String = (0..80)
        .map(|i| format!("{i},{}\n", (f64::from(i) / 9.0).sin()))
        .collect();
    folder.write("wave.csv", &format!("t,y\n{rows}"));
    let text = "[target]\ndata = \"wave.csv\"\nx = \"t\"\ny = \"y\"\n[data]\nrange = [0, 59]\nholdout = 0.2\n\
                [network]\nhidden = 4\n[training]\nsteps = 5\n[sweep]\nseeds = 2\n";
    folder.write("wave.toml", text);
    let points = |out: &str, more: &[&str]| -> (Vec<(String, i64)>, String) {
        let all = [&["sweep", "wave.toml", "--backend", CPU, "--out", out], more].concat();
        let stdout = folder.ok(&all).stdout;
        let found = errors(&folder.path().join(out));
        let inside = found
            .into_iter()
            .filter(|(_, region, ..)| ["test", "validation"].contains(&region.as_str()));
        (inside.map(|(_, region, points, _)| (region, points)).collect(), stdout)
    };
    let (held_out, _) = points("held", &[]);
    let both = [("test".to_owned(), 6), ("validation".to_owned(), 6)];
    assert_eq!(held_out, [both.clone(), both].concat());
    let none = ["--set", "data.holdout=0"];
    let (found, said) = points("none", &none);
    assert_eq!(found, []);
    assert!(
        words(&said).contains("no validation error") && said.contains("data.holdout"),
        "{said}"
    );
    let again = folder.ok(&[&["sweep", "wave.toml", "--backend", CPU, "--out", "none"], &none[..]].concat());
    assert!(again.stderr.starts_with("nothing to train"), "{}", again.stderr);
}

#[test]
fn a_dry_run_says_what_the_seeds_can_decide() {
    let folder = Folder::new();
    folder.write("small.toml", SMALL);
    let dry = |seeds: &str| {
        let set = format!("sweep.seeds={seeds}");
        folder
            .ok(&["sweep", "small.toml", "--backend", CPU, "--dry-run", "--set", &set])
            .stdout
    };
    let few = dry("2");
    assert!(
        few.contains("decides   nothing: 2 seeds cannot; for 2 comparisons"),
        "{few}"
    );
    assert!(few.contains("it takes 7 or more"), "{few}");
    let one = dry("6");
    assert!(one.contains("6 seeds can decide none; it takes 7 or more"), "{one}");
    let enough = dry("10");
    assert!(
        enough.contains("decides   2 comparisons of activations, each where all 10 seeds say the same"),
        "{enough}"
    );
}

/// The tables for people and for programs are the same, whatever setting is compared.
#[test]
fn any_setting_can_be_compared_and_read_as_json() {
    let folder = Folder::new();
    let text = SMALL.replace("seeds = 2", "seeds = 6");
    folder.write("small.toml", &text);
    folder.ok(&["sweep", "small.toml", "--backend", CPU]);
    let json = |more: &[&str]| -> serde_json::Value {
        let text = folder.ok(&[&["show", "runs/small", "--json"], more].concat()).stdout;
        serde_json::from_str(&text).expect("JSON")
    };
    let all = json(&[]);
    let rows = table(&folder, "runs/small/tables/results.csv");
    let found = all["results"].as_array().expect("rows");
    assert_eq!((found.len(), all["answers"].as_array().map(Vec::len)), (4, Some(2)));
    for (json, csv) in found.iter().zip(&rows) {
        assert_eq!(json["activation"], csv["activation"]);
        assert_eq!(json["far_median"].as_f64(), csv["far_median"].parse().ok());
    }
    let one = json(&["--by", "hidden", "--where", "target=x^2", "--where", "activation=tanh"]);
    let found = one["results"].as_array().expect("rows");
    assert_eq!(found.len(), 2);
    for row in found {
        assert_eq!((&row["target"], &row["activation"]), (&"x^2".into(), &"tanh".into()));
    }
    let sizes: Vec<&str> = found.iter().filter_map(|row| row["hidden"].as_str()).collect();
    assert!(sizes.contains(&"8") && sizes.contains(&"6x6"), "{sizes:?}");
    let shown = folder
        .ok(&["show", "runs/small", "--where", "target=x^3", "--all"])
        .stdout;
    assert!(shown.contains("x^3 on [-2, 2]") && !shown.contains("x^2"), "{shown}");
    for (wrong, part) in [
        (["--by", "hiden"], "did you mean \"hidden\"?"),
        (["--by", "range"], "for each target and range"),
        (["--where", "target=x^4"], "There is x^2, x^3"),
        (["--where", "target"], "as target=x^2"),
    ] {
        let ran = folder.run(&[&["show", "runs/small"], &wrong[..]].concat());
        assert_eq!(ran.code, Some(2), "{wrong:?}: {}", ran.stdout);
        assert!(ran.stderr.contains(part), "{}", ran.stderr);
    }
}
