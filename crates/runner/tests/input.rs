//! What is wrong with the user's input is said once, with its place, and nothing is touched.

mod common;

use common::{CPU, Folder, SMALL};

/// An experiment, what its error has to contain, and what it is about.
fn cases() -> Vec<(&'static str, String, Vec<&'static str>)> {
    let with = |from: &str, to: &str| SMALL.replace(from, to);
    let initialized = |value: &str| with("[[8], [6, 6]]\n", &format!("[[8], [6, 6]]\ninitialization = {value}\n"));
    vec![
        (
            "unknown key",
            with("steps = 60", "step = 60"),
            vec![":19:1: unknown key \"training.step\"", "\"training.steps\"?"],
        ),
        (
            "key in the wrong section",
            with("samples = 32", "steps = 32"),
            vec!["\"data.steps\"", "\"training.steps\"?"],
        ),
        (
            "unknown section",
            with("[sweep]", "[sweeps]"),
            vec!["unknown key \"sweeps\"", "did you mean \"sweep\""],
        ),
        (
            "wrong type",
            with("steps = 60", "steps = \"many\""),
            vec![":19:9:", "found the string \"many\""],
        ),
        (
            "wrong type in a list",
            with("[0.0, 1e-2]", "[0.0, true]"),
            vec![":16:18:", "found true"],
        ),
        (
            "empty list",
            with("[\"relu\", \"tanh\"]", "[]"),
            vec![":13:14:", "this list is empty"],
        ),
        (
            "empty hidden",
            with("[[8], [6, 6]]", "[]"),
            vec![":12:10:", "this list is empty"],
        ),
        (
            "width 0",
            with("[6, 6]", "[6, 0]"),
            vec![":12:20:", "from 1 to", "found the number 0"],
        ),
        (
            "range upside down",
            with("[-2, 2]", "[2, -2]"),
            vec![":8:9:", "upside down", "did you mean [-2, 2]?"],
        ),
        (
            "range of one number",
            with("[-2, 2]", "[2]"),
            vec![":8:9:", "a range of two numbers"],
        ),
        (
            "overlapping parts",
            with("[-2, 2]", "[[[-2, 1], [0, 2]]]"),
            vec![":8:20:", "ascend"],
        ),
        (
            "NaN",
            with("[0.0, 1e-2]", "[0.0, nan]"),
            vec![":16:18:", "found the number NaN"],
        ),
        (
            "infinity in a range",
            with("[-2, 2]", "[-2, inf]"),
            vec![":8:14:", "found the number inf"],
        ),
        (
            "SIREN's initialization of what is no sine",
            initialized("\"siren\""),
            vec![":13:18:", "siren is for sines, and relu is none; take kaiming_uniform"],
        ),
        (
            "unknown initialization",
            initialized("[\"pytorch\", \"kaiming_norm\"]"),
            vec![":13:30:", "unknown initialization", "did you mean \"kaiming_normal\"?"],
        ),
        (
            "initialization without a name",
            initialized("{ bias = \"zero\" }"),
            vec![":13:18:", "has no name", "{ name = "],
        ),
        (
            "unknown setting of an initialization",
            initialized("{ name = \"xavier_normal\", omega = 3 }"),
            vec![":13:52:", "xavier_normal has no setting \"omega\"; it has gain, bias"],
        ),
        (
            "unknown biases",
            initialized("{ name = \"pytorch\", bias = \"zeros\" }"),
            vec![":13:45:", "unknown biases \"zeros\"", "did you mean \"zero\"?"],
        ),
        (
            "no gain",
            initialized("{ name = \"pytorch\", gain = 0 }"),
            vec![":13:45:", "a number above 0"],
        ),
        (
            "negative bound",
            with("[0.0, 1e-2]", "0.0\nspectral_norm = -1"),
            vec![":17:17:", "not negative"],
        ),
        (
            "negative rate",
            with("steps = 60", "steps = 60\nlearning_rate = -1"),
            vec![":20:17:", "above 0"],
        ),
        (
            "unknown activation",
            with("\"tanh\"", "\"tahn\""),
            vec![":13:23: unknown activation \"tahn\"", "\"tanh\"?"],
        ),
        (
            "unknown function",
            with("x^3", "sine(x)"),
            vec![":5:20:", "unknown name \"sine\"", "\"sin\"?"],
        ),
        (
            "unknown variable",
            with("x^3", "y^3"),
            vec![":5:20:", "unknown name \"y\""],
        ),
        (
            "no expression",
            with("x^3", "x^^"),
            vec![":5:20:", "\"x^^\" cannot be understood"],
        ),
        (
            "not finite on the range",
            with("x^3", "ln(x)"),
            vec![":8:9:", "\"ln(x)\" is NaN at x = -"],
        ),
        (
            "a sampling that is none",
            with("samples = 32", "samples = 32\nsampling = \"unifrom\""),
            vec![":10:12: unknown sampling \"unifrom\"", "\"uniform\"?"],
        ),
        (
            "a lattice without a step",
            with("samples = 32", "samples = 32\nsampling = [\"grid\", \"lattice\"]"),
            vec![":10:21:", "{ name = \"lattice\", step = 0.01 }"],
        ),
        (
            "a sphere of one input",
            with("samples = 32", "samples = 32\nsampling = \"sphere\""),
            vec![":10:12:", "two inputs or more", "\"uniform\""],
        ),
        (
            "a grid that is not full",
            with("\"x^2\", \"x^3\"", "\"x1*x2\"").replace("samples = 32", "samples = 32\nsampling = \"grid\""),
            vec![":10:12:", "data.samples = 25 or 36"],
        ),
        (
            "a gap that normal samples do not know",
            with("[-2, 2]", "[[[-2, -1], [1, 2]]]").replace("samples = 32", "samples = 32\nsampling = \"normal\""),
            vec![":10:12:", "knows no gaps"],
        ),
        (
            "a teacher that learns",
            with(
                "function = [\"x^2\", \"x^3\"]",
                "teacher = { hidden = [4], activation = { name = \"leaky_relu\", learn = [\"slope\"] } }",
            ),
            vec!["a teacher learns nothing"],
        ),
        (
            "a teacher without a hidden layer",
            with("function = [\"x^2\", \"x^3\"]", "teacher = { hidden = [] }"),
            vec![":5:22: a teacher has a hidden layer"],
        ),
        (
            "a published value without a source",
            with("seeds = 2", "seeds = 2\n[[published]]\nquantity = \"slope\"\nvalue = 1\ntolerance = 0"),
            vec![":23:1: this published value has no source"],
        ),
        (
            "a published value of no network",
            with("seeds = 2", "seeds = 2\n[[published]]\nquantity = \"slope\"\nwhere = { activation = \"sinu\" }\nvalue = 1\ntolerance = 0\nsource = \"a paper\""),
            vec!["none has activation = sinu. There is relu, tanh", "--set published=[]"],
        ),
        (
            "a published value of several cells",
            with("seeds = 2", "seeds = 2\n[[published]]\nquantity = \"slope\"\nwhere = { activation = \"relu\" }\nvalue = 1\ntolerance = 0\nsource = \"a paper\""),
            vec!["differ in target, hidden, spectral"],
        ),
        (
            "a published setting that is none",
            with("seeds = 2", "seeds = 2\n[[published]]\nquantity = \"slope\"\nwhere = { activatoin = \"relu\" }\nvalue = 1\ntolerance = 0\nsource = \"a paper\""),
            vec!["there is no setting \"activatoin\"", "\"activation\"?"],
        ),
        (
            "a published error of no region",
            with("function = [\"x^2\", \"x^3\"]", "function = \"x\"")
                .replace("[[8], [6, 6]]", "8")
                .replace("[\"relu\", \"tanh\"]", "\"relu\"")
                .replace("[0.0, 1e-2]", "0.0")
                .replace("seeds = 2", "seeds = 2\n[[published]]\nquantity = \"rmse\"\nregion = \"fra\"\nvalue = 1\ntolerance = 0\nsource = \"a paper\""),
            vec!["there is no region \"fra\"", "\"far\"?"],
        ),
        (
            "unknown optimizer",
            with("steps = 60", "steps = 60\noptimizer = \"sdg\""),
            vec![
                "unknown optimizer \"sdg\"",
                "\"sgd\"?",
                "There are adam, adamw, sgd, rmsprop",
            ],
        ),
        (
            "unknown setting of an optimizer",
            with(
                "steps = 60",
                "steps = 60\noptimizer = { name = \"sgd\", momentun = 0.9 }",
            ),
            vec![
                "sgd has no setting \"momentun\"",
                "\"momentum\"?",
                "It has momentum, dampening",
            ],
        ),
        (
            "a setting as PyTorch shortens it",
            with("steps = 60", "steps = 60\noptimizer = { name = \"adam\", eps = 1e-6 }"),
            vec!["adam has no setting \"eps\"", "\"epsilon\"?"],
        ),
        (
            "no share",
            with(
                "steps = 60",
                "steps = 60\noptimizer = { name = \"sgd\", momentum = 1.5 }",
            ),
            vec!["expected a share from 0 to below 1 as momentum, found the number 1.5"],
        ),
        (
            "Nesterov without momentum",
            with(
                "steps = 60",
                "steps = 60\noptimizer = { name = \"sgd\", nesterov = true }",
            ),
            vec!["add momentum = 0.9"],
        ),
        (
            "decoupled decay where there is none",
            with(
                "steps = 60",
                "steps = 60\noptimizer = { name = \"adam\", decoupled_weight_decay = 0.1 }",
            ),
            vec!["adam has no setting \"decoupled_weight_decay\"", "\"adamw\""],
        ),
        (
            "a learning rate in the wrong place",
            with(
                "steps = 60",
                "steps = 60\noptimizer = { name = \"sgd\", learning_rate = 0.1 }",
            ),
            vec!["training.learning_rate"],
        ),
        (
            "an optimizer without a name",
            with("steps = 60", "steps = 60\noptimizer = { momentum = 0.9 }"),
            vec!["an optimizer without a name", "name = \"adam\""],
        ),
        (
            "a warm-up without an end",
            with(
                "steps = 60",
                "steps = 60\nschedule = { name = \"cosine\", warmup = 60 }",
            ),
            vec!["a warmup of 60 steps", "training.steps = 60"],
        ),
        (
            "no number of steps",
            with("steps = 60", "steps = 60\nschedule = { name = \"step\", every = 0.5 }"),
            vec!["a whole number from 1 as every"],
        ),
        (
            "no loss",
            with("steps = 60", "steps = 60\nloss = 1"),
            vec!["the name of a loss, or { name = \"huber\", delta = 1.0 }"],
        ),
        (
            "a negative limit",
            with("steps = 60", "steps = 60\nclip = -1"),
            vec!["a number that is not negative"],
        ),
        (
            "no target",
            with("function = [\"x^2\", \"x^3\"]", ""),
            vec!["has no target", "[target]"],
        ),
        ("broken TOML", with("steps = 60", "steps = "), vec![":19:"]),
        (
            "a section as a value",
            with("[sweep]\nseeds = 2", "sweep = 5"),
            vec!["sweep"],
        ),
        (
            "a name that is no folder",
            with("\"small\"", "\"../small\""),
            vec!["\"../small\"", "--out"],
        ),
        (
            "no such data",
            with(
                "function = [\"x^2\", \"x^3\"]",
                "data = \"no.csv\"\nx = \"t\"\ny = \"v\"",
            ),
            vec!["no.csv"],
        ),
        (
            "no such column",
            with(
                "function = [\"x^2\", \"x^3\"]",
                "data = \"d.csv\"\nx = \"tt\"\ny = \"v\"",
            ),
            vec!["d.csv:1:", "\"tt\"", "\"t\"?"],
        ),
        (
            "text among numbers",
            with(
                "function = [\"x^2\", \"x^3\"]",
                "data = \"d.csv\"\nx = \"t\"\ny = \"w\"",
            ),
            vec!["d.csv:3:", "\"w\"", "\"high\""],
        ),
        (
            "no row in the range",
            with(
                "function = [\"x^2\", \"x^3\"]",
                "data = \"d.csv\"\nx = \"t\"\ny = \"v\"",
            )
            .replace("[-2, 2]", "[100, 200]"),
            vec!["fewer than 2 rows", "from 1 to 3"],
        ),
    ]
}

#[test]
fn bad_experiments_get_one_clear_message_and_touch_nothing() {
    for (what, text, parts) in cases() {
        let folder = Folder::new();
        folder.write("bad.toml", &text);
        folder.write("d.csv", "t,v,w\n1,2,3\n2,3,high\n3,4,5\n");
        let ran = folder.run(&["sweep", "bad.toml", "--backend", CPU]);
        assert_eq!(ran.code, Some(2), "{what}: {}", ran.stderr);
        assert_eq!(ran.stdout, "", "{what}");
        for part in parts {
            assert!(
                ran.stderr.contains(part),
                "{what}: \"{part}\" is missing in\n{}",
                ran.stderr
            );
        }
        let in_file = ran.stderr.contains("bad.toml:") || ["no target", "a name that is no folder"].contains(&what);
        assert!(in_file, "{what}: {}", ran.stderr);
        assert_eq!(ran.stderr.matches("error:").count(), 1, "{what}: {}", ran.stderr);
        assert!(
            !ran.stderr.contains("panicked") && !ran.stderr.contains("backtrace"),
            "{what}: {}",
            ran.stderr
        );
        assert_eq!(folder.entries(), ["bad.toml", "d.csv"], "{what}");
    }
}

#[test]
fn what_is_set_on_the_command_line_is_checked_like_the_file() {
    let folder = Folder::new();
    folder.write("small.toml", SMALL);
    for (set, part) in [
        ("training.steps=-1", "--set training.steps=-1:1:"),
        ("target.teacher={hidden=[4]}", "either a function, data or a teacher"),
        ("training.stepz=5", "\"training.steps\"?"),
        ("network.activation=rellu", "\"relu\"?"),
        ("steps", "key=value"),
        ("=5", "--set =5"),
        ("target.data=d.csv", "either a function or data"),
    ] {
        let ran = folder.run(&["sweep", "small.toml", "--backend", CPU, "--set", set]);
        assert_eq!(ran.code, Some(2), "{set}: {}", ran.stderr);
        assert!(ran.stderr.contains(part), "{set}: {}", ran.stderr);
        assert_eq!(folder.entries(), ["small.toml"]);
    }
    let unknown = folder.run(&["sweep", "small.toml", "--backend", "cuda"]);
    assert_eq!(unknown.code, Some(2));
    assert_eq!(folder.run(&["sweep", "missing.toml"]).code, Some(2));
}

#[test]
fn folders_that_are_no_runs_are_left_alone() {
    let folder = Folder::new();
    folder.write("small.toml", SMALL);
    std::fs::create_dir(folder.path().join("mine")).expect("a folder");
    folder.write("mine/thesis.tex", "precious");
    let foreign = folder.run(&["sweep", "small.toml", "--backend", CPU, "--out", "mine"]);
    assert_eq!(foreign.code, Some(2), "{}", foreign.stderr);
    assert!(
        foreign.stderr.contains("mine is not a run of actlab"),
        "{}",
        foreign.stderr
    );
    assert_eq!(
        std::fs::read_dir(folder.path().join("mine")).expect("a folder").count(),
        1
    );
    // A file where the folder should go; permissions mean nothing to root, under which tests may run.
    let unwritable = folder.run(&["sweep", "small.toml", "--backend", CPU, "--out", "small.toml/run"]);
    assert_eq!(unwritable.code, Some(2), "{}", unwritable.stderr);
    assert!(unwritable.stderr.contains("small.toml/run"), "{}", unwritable.stderr);
}

#[test]
fn stores_of_others_and_of_later_versions_are_refused() {
    let folder = Folder::new();
    folder.write("small.toml", SMALL);
    let sweep = ["sweep", "small.toml", "--backend", CPU, "--out", "run"];
    folder.ok(&sweep);
    let file = folder.path().join("run/actlab.sqlite");
    let pragma = |text: &str| {
        rusqlite::Connection::open(&file)
            .expect("a store")
            .execute_batch(text)
            .expect("set")
    };
    pragma("PRAGMA user_version = 99");
    let newer = folder.run(&sweep);
    assert_eq!(newer.code, Some(2), "{}", newer.stderr);
    assert!(
        newer.stderr.contains("newer actlab") && newer.stderr.contains("99"),
        "{}",
        newer.stderr
    );
    pragma("PRAGMA user_version = 1; PRAGMA application_id = 7");
    let other = folder.run(&sweep);
    assert_eq!(other.code, Some(2), "{}", other.stderr);
    assert!(other.stderr.contains("no store of actlab"), "{}", other.stderr);
    for extra in ["run/actlab.sqlite-wal", "run/actlab.sqlite-shm"] {
        std::fs::remove_file(folder.path().join(extra)).ok();
    }
    folder.write(
        "run/actlab.sqlite",
        "this is not a database, it is a text that is long enough to be read as a header..",
    );
    let text = folder.run(&sweep);
    assert_eq!(text.code, Some(2), "{}", text.stderr);
}

/// The loader is told of drivers that do not exist, so wgpu finds no adapter.
#[cfg(all(feature = "wgpu", target_os = "linux"))]
#[test]
fn wgpu_without_an_adapter_is_refused_and_auto_takes_the_cpu() {
    let folder = Folder::new();
    folder.write("small.toml", SMALL);
    let without = |arguments: &[&str]| {
        let nowhere = "/nonexistent/driver.json";
        let mut command = folder.command(arguments);
        command.env("VK_DRIVER_FILES", nowhere).env("VK_ICD_FILENAMES", nowhere);
        common::ran(command.output().expect("actlab runs"))
    };
    let refused = without(&["sweep", "small.toml", "--backend", "wgpu"]);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("no graphics adapter") && refused.stderr.contains("--backend"),
        "{}",
        refused.stderr
    );
    assert_eq!(folder.entries(), ["small.toml"]);
    let auto = without(&["sweep", "small.toml"]);
    assert_eq!(auto.code, Some(0), "{}", auto.stderr);
    assert!(auto.stderr.contains(&format!("with {CPU}")), "{}", auto.stderr);
}

#[test]
fn auto_never_takes_a_software_adapter() {
    let folder = Folder::new();
    let devices = folder.ok(&["devices"]).stdout;
    let auto: Vec<&str> = devices.lines().filter(|line| line.ends_with("<- auto")).collect();
    assert_eq!(auto.len(), 1, "{devices}");
    assert!(
        !auto[0].contains("software") && !auto[0].contains("llvmpipe"),
        "{devices}"
    );
    assert!(devices.contains(CPU), "{devices}");
}

#[test]
fn the_experiment_that_init_writes_runs() {
    let folder = Folder::new();
    folder.ok(&["init", "mine.toml"]);
    let dry = folder.ok(&[
        "sweep",
        "mine.toml",
        "--backend",
        CPU,
        "--dry-run",
        "--set",
        "data.samples=8",
    ]);
    assert!(dry.stdout.contains("trials    320"), "{}", dry.stdout);
    let again = folder.run(&["init", "mine.toml"]);
    assert_eq!(again.code, Some(2), "{}", again.stderr);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    use std::io::Read;
    let folder = Folder::new();
    folder.write("small.toml", SMALL);
    folder.ok(&["sweep", "small.toml", "--backend", CPU]);
    let id = folder
        .ok(&["export", "runs/small"])
        .stdout
        .lines()
        .nth(1)
        .expect("a row")[..16]
        .to_owned();
    let mut child = folder
        .command(&["predict", "runs/small", &id, "--x", "0:100:0.001"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("actlab runs");
    let mut stdout = child.stdout.take().expect("a pipe");
    stdout.read_exact(&mut [0; 10]).expect("output");
    drop(stdout);
    let ended = common::ran(child.wait_with_output().expect("a child"));
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
}

/// The sentence of the README that says which settings may not be lists, against the program.
#[test]
fn the_readme_says_which_settings_may_be_lists() {
    let readme = include_str!("../../../README.md");
    let (_, after) = readme
        .split_once("A setting may be a list, but not")
        .expect("the sentence");
    let (sentence, _) = after.split_once(';').expect("its end");
    let mut said: Vec<&str> = sentence.split('`').skip(1).step_by(2).collect();
    said.sort_unstable();
    let folder = Folder::new();
    folder.write("rows.csv", "t,y\n1,2\n2,3\n3,5\n4,4\n");
    let data = "[target]\ndata = \"rows.csv\"\nx = \"t\"\ny = \"y\"\n[data]\nrange = [0, 5]\n[training]\nsteps = 1\n";
    folder.write("data.toml", data);
    folder.write("function.toml", "[target]\nfunction = \"x\"\n[training]\nsteps = 1\n");
    folder.write("teacher.toml", "[training]\nsteps = 1\n");
    folder.write("without_steps.toml", "[target]\nfunction = \"x\"\n");
    let unknown = folder.run(&["sweep", "data.toml", "--set", "zzzzzzzzzzzzzzz=1"]).stderr;
    let (_, keys) = unknown.split_once("there are: ").expect("all keys");
    let keys = keys.lines().next().expect("a line").split(", ");
    let schema = folder.ok(&["init", "--schema"]).stdout;
    let schema: serde_json::Value = serde_json::from_str(&schema).expect("JSON");
    let default_of = |key: &str| {
        let (section, name) = key.split_once('.').expect("a section");
        schema["properties"][section]["properties"][name]["default"].to_string()
    };
    let mut refused = Vec::new();
    for key in keys {
        let value = match key {
            "name" | "target.function" => "\"x\"".to_owned(),
            "target.data" => "\"rows.csv\"".to_owned(),
            "target.x" => "\"t\"".to_owned(),
            "target.y" => "\"y\"".to_owned(),
            "data.range" => "[0, 5]".to_owned(),
            "target.teacher" => "{ hidden = [4] }".to_owned(),
            "published" => "{ quantity = \"slope\", value = 1, tolerance = 1, source = \"a paper\" }".to_owned(),
            "training.epochs" => "5".to_owned(),
            key => default_of(key),
        };
        let file = match key {
            "target.function" | "data.validation" | "data.sampling" | "data.fresh" => "function.toml",
            "target.teacher" => "teacher.toml",
            "training.epochs" => "without_steps.toml",
            _ => "data.toml",
        };
        let set = |value: &str| {
            let set = format!("{key}={value}");
            folder
                .run(&["sweep", file, "--backend", CPU, "--dry-run", "--set", &set])
                .code
        };
        assert_eq!(set(&value), Some(0), "{key} = {value}");
        if set(&format!("[{value}]")) != Some(0) {
            refused.push(key);
        }
    }
    refused.sort_unstable();
    assert_eq!(refused, said);
}
