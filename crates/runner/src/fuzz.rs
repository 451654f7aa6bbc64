//! Whatever is typed into the files that the user gives: an experiment or an error that says something, in one of a few
//! lines, and never a panic or a hang. proptest says which input it was that broke it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::error::InputError;
use crate::experiment::settings::describe::template;
use crate::experiment::settings::keys;
use crate::experiment::target::Function;
use crate::experiment::{data, load};
use crate::samples::check_all;
use crate::store::{FILE, Store};

/// What any of these inputs may take: a thousand times what they do take, and far from a hang.
const PATIENCE: Duration = Duration::from_secs(20);

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Runs `work` on what was given, and fails where it takes long or its error is not the user's.
fn answers<T>(work: impl FnOnce() -> anyhow::Result<T>) -> Result<Option<T>, TestCaseError> {
    let started = Instant::now();
    let answer = work();
    prop_assert!(started.elapsed() < PATIENCE, "it took {:?}", started.elapsed());
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) => {
            prop_assert!(error.is::<InputError>(), "not the user's to mend: {error:#}");
            prop_assert!(!error.to_string().trim().is_empty());
            Ok(None)
        }
    }
}

fn file(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("written");
    path
}

/// Pieces that experiments are made of beside the names of settings, right and wrong.
const PIECES: [&str; 45] = [
    "[target]",
    "[data]",
    "[network]",
    "[regularization]",
    "[training]",
    "[sweep]",
    "[far_field]",
    "[[data]]",
    "\n",
    "\n",
    "\n",
    "\n",
    "=",
    "=",
    "=",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    ",",
    ",",
    "\"x^2\"",
    "\"sin(x1)*x2\"",
    "\"relu\"",
    "\"adam\"",
    "\"rows.csv\"",
    "\"t\"",
    "-5",
    "5",
    "0",
    "1e-3",
    "1e308",
    "-1e308",
    "nan",
    "inf",
    "9223372036854775807",
    "0x1f",
    "true",
    "false",
    "1979-05-27",
    "#",
    "\"",
    "'''",
];

/// The pieces that experiments are made of.
fn pieces() -> Vec<&'static str> {
    let names = keys().into_iter().map(|key| key.rsplit('.').next().unwrap_or(key));
    PIECES.into_iter().chain(names).collect()
}

/// The template with some lines taken out, doubled, and some values exchanged for pieces.
fn mutated() -> impl Strategy<Value = String> {
    vec((any::<prop::sample::Index>(), 0..4, select(pieces())), 1..6).prop_map(|changes| {
        let mut lines: Vec<String> = template().lines().map(str::to_owned).collect();
        for (place, change, piece) in changes {
            let place = place.index(lines.len());
            match change {
                0 => drop(lines.remove(place)),
                1 => lines.insert(place, lines[place].clone()),
                2 => lines[place] += piece,
                _ => {
                    let key = lines[place].split('=').next().unwrap_or("").to_owned();
                    lines[place] = format!("{key} = {piece}");
                }
            }
        }
        lines.join("\n")
    })
}

proptest! {
    #![proptest_config(cases(20_000))]

    #[test]
    fn any_experiment_is_understood_or_refused(
        text in prop_oneof![
            mutated(),
            vec(select(pieces()), 0..40).prop_map(|pieces| pieces.join(" ")),
            "\\PC{0,200}",
        ],
        set in vec((select(pieces()), select(pieces())), 0..2),
    ) {
        let folder = tempfile::TempDir::new().expect("a folder");
        file(folder.path(), "rows.csv", b"t,y\n1,2\n2,3\n3,4\n");
        let path = file(folder.path(), "any.toml", text.as_bytes());
        let overrides: Vec<String> = set.iter().map(|(key, value)| format!("{key}={value}")).collect();
        if let Some(experiment) = answers(|| {
            let experiment = load(&path, &overrides)?;
            check_all(&experiment)?;
            Ok(experiment)
        })? {
            prop_assert!(!experiment.trials.is_empty());
        }
    }

    #[test]
    fn any_expression_has_values_or_is_refused(text in prop_oneof![
        "\\PC{0,60}",
        "[-+*/^%().,0-9xe ]{0,60}",
        vec(select(&["sin(", "exp(", "sqrt(", "(", ")", "x", "x1", "x2", "x64", "x65", "^", "-", "+", "*", "/", "%", "2", "1e", "pi", "e", ",", "π", "Ω"][..]), 0..30)
            .prop_map(|parts| parts.concat()),
    ]) {
        let started = Instant::now();
        match Function::parse(&text) {
            Ok(function) => {
                let x = vec![0.5; function.inputs().len()];
                let bits = || function.values(&x).into_iter().map(f64::to_bits).collect::<Vec<_>>();
                prop_assert_eq!(bits(), bits());
            }
            Err(error) => prop_assert!(!error.trim().is_empty(), "{text}"),
        }
        prop_assert!(started.elapsed() < PATIENCE, "{text}");
    }

    #[test]
    fn any_table_is_read_or_refused(bytes in prop_oneof![
        vec(any::<u8>(), 0..300),
        "[ty,\"\n\r#0-9.e+ -]{0,200}".prop_map(|rows| format!("t,y\n{rows}").into_bytes()),
    ]) {
        let folder = tempfile::TempDir::new().expect("a folder");
        let path = file(folder.path(), "any.csv", &bytes);
        let columns = ["t".to_owned(), "y".to_owned()];
        if let Some(table) = answers(|| data::read(&path, &columns))? {
            prop_assert!(table.rows.iter().all(|row| row.len() == 2 && row.iter().all(|value| value.is_finite())));
        }
    }
}

proptest! {
    #![proptest_config(cases(3_000))]

    /// A store with some bytes changed, cut short, or no store at all; SQLite notices some of it only when it reads.
    #[test]
    fn any_store_is_read_or_refused(
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        length in prop_oneof![Just(1.0), 0.0..1.0],
        noise in prop_oneof![9 => Just(None), 1 => vec(any::<u8>(), 0..400).prop_map(Some)],
    ) {
        let mut bytes = include_bytes!("../tests/stores/version-1.sqlite").to_vec();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        bytes.truncate((bytes.len() as f64 * length) as usize);
        let folder = tempfile::TempDir::new().expect("a folder");
        file(folder.path(), FILE, &noise.unwrap_or(bytes));
        let started = Instant::now();
        let read = || -> anyhow::Result<()> {
            let Some(store) = Store::open(folder.path())? else { return Ok(()) };
            let trials = store.trials()?;
            for trial in &trials {
                store.history(&trial.id)?;
                crate::store::weights::decode(&store.weights(&trial.id)?)?;
            }
            crate::render::results::text(&store, &trials).map(drop)
        };
        if let Err(error) = read() {
            let text = format!("{error:#}");
            prop_assert!(!text.trim().is_empty());
        }
        prop_assert!(started.elapsed() < PATIENCE);
    }
}

/// What nests deeper than any stack is refused; a stack that overflows ends the program, so this runs on a small one.
#[test]
fn what_nests_deeply_is_refused() {
    let small = std::thread::Builder::new().stack_size(1 << 20);
    let nested = || {
        for depth in [100, 1_000, 100_000] {
            for [open, close] in [["(", ")"], ["sin(", ")"], ["-", ""], ["x^", ""], ["2*(x+", ")"]] {
                let text = format!("{}x{}", open.repeat(depth), close.repeat(depth));
                let _either = Function::parse(&text).map(|function| function.values(&[0.5]));
            }
            let folder = tempfile::TempDir::new().expect("a folder");
            for [open, close] in [["[", "]"], ["{a=", "}"]] {
                let value = format!("{}1{}", open.repeat(depth), close.repeat(depth));
                let path = file(
                    folder.path(),
                    "deep.toml",
                    format!("[data]\nrange = {value}").as_bytes(),
                );
                assert!(load(&path, &[]).is_err_and(|error| error.is::<InputError>()));
            }
        }
    };
    small.spawn(nested).expect("a thread").join().expect("no panic");
}

#[test]
fn more_trials_than_fit_into_memory_are_refused() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let text = template().replace("seeds = 10", "seeds = 1000000");
    let path = file(folder.path(), "many.toml", text.as_bytes());
    let error = load(&path, &[]).expect_err("too many").to_string();
    assert!(error.contains("the most is 1000000"), "{error}");
}
