//! The page as a person uses it: opened from its file in headless Chromium and clicked through.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::{CPU, Folder};
use serde_json::{Value, json};

const PROBE: &str = include_str!("browser/probe.js");
const CLICKS: &str = include_str!("browser/clicks.js");
const CHOOSE: &str = include_str!("browser/choice.js");
/// What depends on no page.
const PURE: [&str; 3] = [
    include_str!("../src/render/page/scales.js"),
    include_str!("../src/render/page/words.js"),
    include_str!("../src/render/page/choice.js"),
];
const DATA: &str = include_str!("browser/data.json");

/// 2 targets x 3 activations x 2 ranges x 2 coefficients x 3 seeds, under a name and a target that try to break out.
const EXPERIMENT: &str = r#"
name = "</script><script>alert(1)</script><!--"

[target]
function = ["x^2", "x^3"]

[data]
range = [[-2, 2], [-4, 3]]
samples = 32

[network]
hidden = 8
activation = ["relu", "tanh", "sinu"]

[regularization]
spectral = [0.0, 3.0]

[training]
steps = 60

[sweep]
seeds = 3
"#;

/// The installed browser. A machine without one skips these tests and says so; CI must have one.
fn chromium() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found = std::env::split_paths(&folders)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|program| program.exists());
    if found.is_none() {
        assert!(
            std::env::var_os("CI").is_none_or(|ci| ci != "true"),
            "CI has no Chromium: install the package chromium"
        );
        eprintln!("no Chromium on this machine: the page is not clicked through");
    }
    found
}

/// Opens a copy of `page` in which nothing may be fetched and runs `script` in it; what the script left in `#seen`.
fn open(browser: &Path, folder: &Folder, page: &str, script: &str) -> Value {
    const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; \
                          img-src data: blob:; font-src data:; worker-src blob:";
    let head =
        format!("<head>\n<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n<script>{PROBE}</script>");
    let watched = page.replacen("<head>", &head, 1);
    let end = watched.rfind("</body>").expect("a body");
    let (body, rest) = watched.split_at(end);
    let path = folder.write("watched.html", &format!("{body}<script>{script}</script>{rest}"));
    let profile = tempfile::TempDir::new().expect("a profile");
    let output = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        // WebGL without a graphics card.
        .args(["--use-angle=swiftshader", "--enable-unsafe-swiftshader"])
        .args(["--window-size=1280,1600", "--virtual-time-budget=60000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}", path.display()))
        .output()
        .expect("Chromium runs");
    let dom = String::from_utf8_lossy(&output.stdout);
    let seen = dom
        .rsplit_once("<pre id=\"seen\">")
        .and_then(|(_, rest)| rest.split_once("</pre>"));
    let Some((seen, _)) = seen else {
        panic!("the page did not finish: {}", String::from_utf8_lossy(&output.stderr));
    };
    let json = seen
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&");
    serde_json::from_str(&json).expect("JSON")
}

/// With what the page chooses by, to choose the same without it.
fn clicks() -> String {
    PURE.concat() + CLICKS
}

fn rows(step: &Value, table: &str) -> Vec<Vec<String>> {
    serde_json::from_value(step[table].clone()).unwrap_or_else(|error| panic!("{table}: {error}: {step}"))
}

/// The column of a table under this heading, without the heading.
fn column(table: &[Vec<String>], heading: &str) -> Vec<String> {
    let place = table[0].iter().position(|name| name == heading);
    let place = place.unwrap_or_else(|| panic!("no column {heading} in {:?}", table[0]));
    table[1..].iter().map(|row| row[place].clone()).collect()
}

#[test]
fn the_page_answers_to_clicks_and_fetches_nothing() {
    let Some(browser) = chromium() else { return };
    let folder = Folder::new();
    folder.write("small.toml", EXPERIMENT);
    folder.ok(&["sweep", "small.toml", "--backend", CPU, "--out", "run"]);
    let page = std::fs::read_to_string(folder.path().join("run/report.html")).expect("the page");
    let seen = open(&browser, &folder, &page, &clicks());
    assert_eq!(seen["errors"], json!([]));
    assert_eq!(seen["requests"], json!([]));
    assert_eq!(seen["unreachable"], json!([]));
    let steps = &seen["steps"];
    assert_eq!(steps["opened"]["drawn"], "yes");
    every_view_is_drawn_and_named(&seen["views"]);
    assert_eq!(seen["wide"], json!([]));
    effects_are_those_of_the_program(&seen["effects"]);
    curves_are_shown_with_their_derivatives_to_any_distance(steps);
    squares_are_medians(&steps["opened"], &seen["heat"]);
    filters_filter(steps, &seen["range"]);
    cells_lead_to_their_networks(steps);
    themes_change(steps);
}

/// The page's script has no list of activations: whatever the data has a look for is drawn, and like that.
#[test]
fn whatever_activation_the_data_has_is_in_every_view() {
    let Some(browser) = chromium() else { return };
    let folder = Folder::new();
    folder.write("small.toml", EXPERIMENT);
    folder.ok(&["sweep", "small.toml", "--backend", CPU, "--out", "run"]);
    let page = std::fs::read_to_string(folder.path().join("run/report.html")).expect("the page");
    let (before, data) = page.split_once("id=\"data\">").expect("the data");
    let (data, after) = data.split_once("</script>").expect("its end");
    let data = data.replace("\"sinu\"", "\"novel\"").replace("#009E73", "#123456");
    let page = format!("{before}id=\"data\">{data}</script>{after}");
    let seen = open(&browser, &folder, &page, &clicks());
    assert_eq!(seen["errors"], json!([]));
    every_view_is_drawn_and_named(&seen["views"]);
    let opened = &seen["steps"]["opened"];
    assert!(column(&rows(opened, "cells"), "activation").contains(&"novel".to_owned()));
    assert!(opened["fits"].to_string().contains("novel"), "{}", opened["fits"]);
    let colours = opened["colours"].as_object().expect("colours");
    assert_eq!(colours["novel"], "#123456");
    assert_eq!(colours["relu"], "#0072B2");
}

/// What is chosen of six cells, worked out by hand. Cells a, d and e are of relu, b and c of novel, and f is of another target;
/// b alone has the wider range; a, c and d have curves, of which those of d are empty; e has no errors.
#[test]
fn the_page_chooses_what_the_state_says() {
    let Some(browser) = chromium() else { return };
    let folder = Folder::new();
    let page = format!(
        "<!doctype html><html><head></head><body><script type=\"application/json\" id=\"data\">{DATA}</script>\
         <script>{}</script></body></html>",
        PURE.concat()
    );
    let seen = open(&browser, &folder, &page, CHOOSE);
    // Numbers by their size, names by the alphabet.
    assert_eq!(seen["levels"]["spectral"], json!(["0", "9", "10"]));
    assert_eq!(seen["levels"]["activation"], json!(["novel", "relu", "tanh"]));
    assert_eq!(seen["look"], "star");
    assert_eq!(seen["trained"], json!(["t1"]));
    assert_eq!(seen["middles"], json!([null, null, 2, 2.5]));
    places_are_those_of_arithmetic(&seen);
    names_are_broken_into_lines(&seen);
    effects_are_those_of_algebra(&seen);
    panels_have_what_the_data_says(&seen);
    let shares = &seen["variance"]["shares"];
    assert_eq!(
        (&shares["far"], &shares["test"]),
        (&json!([40, 30, 20, 10]), &json!([0, 0, 25, 50]))
    );
    without_a_state(&seen["opened"]);
    // A square of three cells, of which one has no error, has the mean of 1 and 4.
    assert_eq!(seen["squares"], json!([[3, 2], [2.5, null], [null, null]]));
    with_a_state(&seen);
}

fn places_are_those_of_arithmetic(seen: &Value) {
    // 0.3 of the height above and below; 1 where there is none; one of twenty does not count.
    assert_eq!(
        seen["extents"],
        json!([[-3, 13], [-0.5, 7.5], [1, 3], [-1, 1], [-1, 1]])
    );
    assert_eq!(seen["logarithms"], json!([null, 0, -0.5, 1, 2, -4]));
    // To 100 each; to 10^7 with two numbers to each side, and no ticks between.
    let few = json!([[-3, "-100"], [-2, "-10"], [-1, "-1"], [0, "0"], [1, "1"], [2, "10"]]);
    let many = ["-10<sup>7</sup>", "-1000", "0", "1000", "10<sup>7</sup>"];
    let many: Vec<Value> = [-8, -4, 0, 4, 8]
        .iter()
        .zip(many)
        .map(|(at, text)| json!([at, text]))
        .collect();
    assert_eq!(seen["decades"], json!([few, many]));
    assert_eq!(seen["even"], json!([[0, 1, 2, 3, 4], [0, 0, 0]]));
    assert_eq!(
        seen["veil"],
        json!({ "x": [1, 2, 2, 1, null, 4, 5, 5, 4, null], "y": [1, 2, 20, 10, null, 4, 5, 50, 40, null] })
    );
    assert_eq!(seen["within"], json!([null, 5, 1001, -1000]));
}

fn names_are_broken_into_lines(seen: &Value) {
    assert_eq!(
        seen["wrapped"],
        json!([
            ["one two", "three"],
            ["x_plus_", "three_", "tenths"],
            ["short"],
            ["abcd", "efgh", "ij"],
            "a&lt;b<br>&amp;c"
        ])
    );
    assert_eq!(seen["shortened"], json!(["short", "a_ra…name"]));
}

/// The values of `main_effects` in the statistics' own test, and by hand: of x there are the far errors 1, 2, 3 and 4 of a, b, c
/// and d.
fn effects_are_those_of_algebra(seen: &Value) {
    let close = |found: &Value, expected: &[f64]| {
        let found: Vec<f64> = serde_json::from_value(found.clone()).expect("numbers");
        found.len() == expected.len() && found.iter().zip(expected).all(|(f, e)| (f - e).abs() < 1e-12)
    };
    for (found, expected) in [[0.9, 0.1], [0.0, 0.0], [1.0 / 3.0, 1.0 / 3.0]].iter().enumerate() {
        assert!(close(&seen["effects"][found], expected), "{}", seen["effects"]);
    }
    let of_target = &seen["varied"][0];
    assert_eq!(
        (&of_target["names"], &of_target["networks"]),
        (&json!(["activation", "range", "spectral"]), &json!(4))
    );
    let logs = [1f64, 2.0, 3.0, 4.0].map(f64::log10);
    let [a, b, c, d] = logs;
    let mean = logs.iter().sum::<f64>() / 4.0;
    let total: f64 = logs.iter().map(|log| (log - mean).powi(2)).sum();
    // relu has a and d, novel b and c; b alone has another range; 10 has a and c, 9 has b and d.
    let pair = |one: f64, two: f64| 2.0 * (0.5 * (one + two) - mean).powi(2);
    let range = (b - mean).powi(2) + 3.0 * ((a + c + d) / 3.0 - mean).powi(2);
    let expected = [pair(a, d) + pair(b, c), range, pair(a, c) + pair(b, d)].map(|between| 100.0 * between / total);
    assert!(
        close(&of_target["shares"]["far"], &expected),
        "{of_target} is not {expected:?}"
    );
    assert_eq!(seen["varied"][1]["names"], json!(["activation", "spectral"]));
}

/// A range from -1 to 3, so one half-width is 2; a target with mean 5 and standard deviation 2.
fn panels_have_what_the_data_says(seen: &Value) {
    let [near, far, logarithmic, first, second] = std::array::from_fn(|i| &seen["panels"][i]);
    assert_eq!(near["x"], json!([-19, -1, 1, 3, 21]));
    assert_eq!((&near["window"], &far["window"]), (&json!([-5, 7]), &json!([-19, 21])));
    assert_eq!(near["truth"], json!([205, 7, 5, 7, 205]));
    assert_eq!(near["trained"], json!([[-1, 3]]));
    assert_eq!(near["points"], json!({ "x": [0, 3], "y": [3, 7] }));
    let relu = |panels: &Value| panels["panels"][1].clone();
    assert_eq!(relu(near)["name"], "relu");
    assert_eq!(relu(near)["middle"], json!([-15, 3, 5, 7, null]));
    assert_eq!(relu(near)["high"], json!([-15, 3, 5, 7, 205]));
    // Ten half-widths to the right, and never to the left.
    assert_eq!(relu(near)["settles"], json!([21]));
    // The line is missing at the far end alone.
    assert_eq!((&near["swings"], &far["swings"]), (&json!(false), &json!(true)));
    assert_eq!(logarithmic["x"], json!([-2, -1, 0, 1, 2]));
    assert_eq!(
        (&logarithmic["truth"], &relu(logarithmic)["settles"]),
        (&json!([3, 1, 0, 1, 3]), &json!([2]))
    );
    assert_eq!(logarithmic["points"], json!({ "x": [-0.5, 1], "y": [-1, 1] }));
    // Standard deviations for each half-width are units for each unit here; squared half-widths are 4.
    assert_eq!(
        (&relu(first)["middle"], &first["points"]["x"]),
        (&json!([1, 1, 1, 1, 1]), &json!([]))
    );
    assert_eq!(relu(second)["middle"], json!([0, 0, 1.0 + 4f64.log10(), 0, 0]));
    assert_eq!(relu(second)["high"][4], json!(null));
    let seeds = &seen["seeds"];
    assert_eq!((&seeds["x"], &seeds["truth"]), (&json!([-1, 1, 3]), &json!([7, 5, 7])));
    assert_eq!(seeds["curves"], json!([{ "seed": 0, "y": [7, 5, 3] }]));
}

fn without_a_state(opened: &Value) {
    assert_eq!(
        opened["shown"],
        json!({ "target": "x", "activation": "", "range": "", "rows": "activation", "columns": "spectral", "error": "far", "curve": "0", "reach": "3" })
    );
    assert_eq!(opened["cells"], json!(["a", "b", "c", "d", "e"]));
    assert_eq!(opened["chosen"], "a");
    // In the order of the palette, which has novel before relu.
    assert_eq!(opened["fits"], json!(["[-2, 2]", ["c", "a"]]));
    assert_eq!(
        opened["distance"],
        json!([
            { "name": "novel", "median": [0.2, 2, 2, 9], "low": [0.2, 1, 2, 8], "high": [0.2, 3, 2, 10] },
            { "name": "relu", "median": [0.1, 1, null, 4], "low": [0.1, 0.5, null, 3], "high": [0.1, 2, null, 5] },
        ])
    );
    assert_eq!(
        opened["heat"]["z"],
        json!([[null, 2, 3], [null, 4, 1], [null, null, null]])
    );
    assert_eq!(opened["square"], "a");
    let parallel = &opened["parallel"];
    let places: Vec<&Value> = (0..3).map(|axis| &parallel["axes"][axis]["places"]).collect();
    assert_eq!(parallel["cells"], 4);
    assert_eq!(
        places,
        [&json!([1, 0, 0, 1]), &json!([0, 1, 0, 0]), &json!([2, 1, 2, 1])]
    );
    let test = parallel["test"].as_array().expect("logarithms");
    assert_eq!((&test[0], &test[2]), (&json!(-1), &json!(2)));
    assert_eq!(
        opened["classes"][0],
        json!({ "name": "relu", "counts": [[1, 4], [3, 4]], "share": [25, 75], "low": [5, 30], "high": [70, 95] })
    );
    // t3 has no slope, t2 and t6 have diverged.
    assert_eq!(opened["slopes"], json!([["novel", ["t4"]], ["relu", ["t1", "t5"]]]));
}

fn with_a_state(seen: &Value) {
    let filtered = &seen["filtered"];
    assert_eq!((&filtered["cells"], &filtered["chosen"]), (&json!(["b"]), &json!("b")));
    assert_eq!(
        (&filtered["fits"], &filtered["classes"]),
        (&json!(["", []]), &json!([]))
    );
    let ranged = &seen["ranged"];
    assert_eq!(
        (&ranged["cells"], &ranged["chosen"]),
        (&json!(["a", "c", "d", "e"]), &json!("d"))
    );
    let heat = &ranged["heat"];
    assert_eq!(
        heat["z"],
        json!([[null, null, null], [null, 0.4, null], [100, 0.1, null]])
    );
    // A cell that the filters leave out is not chosen, whatever the address says.
    assert_eq!(
        (&seen["other"]["cells"], &seen["other"]["chosen"]),
        (&json!(["f"]), &json!("f"))
    );
    let nothing = &seen["nothing"];
    assert_eq!((&nothing["cells"], &nothing["chosen"]), (&json!([]), &json!(null)));
    assert_eq!((&nothing["fits"], &nothing["slopes"]), (&json!(["", []]), &json!([])));
}

fn every_view_is_drawn_and_named(views: &Value) {
    let views = views.as_array().expect("views");
    assert!(views.len() >= 10, "{} views", views.len());
    for view in views {
        assert_eq!(view["hidden"], false, "{view}");
        assert!(view["traces"].as_u64() > Some(0), "{view}");
        assert_ne!(view["label"], "", "{view}");
        if view["kind"] != "parcoords" {
            let titles = view["titles"].as_array().expect("titles");
            assert!(titles.len() == 2 && titles.iter().all(|title| title != ""), "{view}");
        }
    }
}

/// The page's errors have four digits: their logarithms are off by 2e-4, where they spread over some tenths, and the program's
/// shares have four digits too. That is 2e-3 of a share at most.
fn effects_are_those_of_the_program(effects: &Value) {
    let [here, there]: [Vec<f64>; 2] =
        ["here", "there"].map(|of| serde_json::from_value(effects[of].clone()).expect("shares"));
    assert_eq!((here.len(), there.len()), (4, 4));
    assert!(here.iter().any(|share| *share > 0.05), "{here:?}");
    let off = here.iter().zip(&there).map(|(here, there)| (here - there).abs());
    assert!(off.fold(0.0, f64::max) < 2e-3, "{here:?} instead of {there:?}");
}

/// The target is x^2 on [-4, 4] or [-2, 2], as the best of the first activation says: 2x and 2 are its derivatives.
fn curves_are_shown_with_their_derivatives_to_any_distance(steps: &Value) {
    let panels = |step: &str| steps[step]["panels"].clone();
    for step in [
        "opened",
        "first derivative",
        "second derivative",
        "logarithmic",
        "zoomed out",
    ] {
        assert_eq!(panels(step)["names"], json!(["relu", "tanh", "sinu"]), "{step}");
        assert_eq!(panels(step)["ends"].as_array().map(Vec::len), Some(3), "{step}");
    }
    let number = |value: &Value| value.as_f64().expect("a number");
    let end = |step: &str| number(&panels(step)["ends"][0][1]);
    let window = |step: &str| number(&panels(step)["window"][1]);
    let half_width = window("opened") / 3.0;
    assert!([2.0, 4.0].contains(&half_width), "{half_width}");
    assert!((window("zoomed out") / half_width - 100.0).abs() < 1e-9);
    // At a thousand half-widths, by four digits.
    let far = 1000.0 * half_width;
    assert!(
        (end("zoomed out") / (far * far) - 1.0).abs() < 1e-3,
        "{}",
        end("zoomed out")
    );
    // A picture is not drawn farther than a thousand times its height.
    assert!(
        (end("second derivative") - 2.0).abs() < 2e-3,
        "{}",
        end("second derivative")
    );
    assert!(end("first derivative") > 0.0 && number(&panels("first derivative")["ends"][0][0]) < 0.0);
    assert!((window("logarithmic") - 4.0).abs() < 1e-9);
    for (step, title) in [
        ("opened", "x^2 (in"),
        ("first derivative", "first derivative of x^2"),
        ("second derivative", "second derivative of x^2"),
        ("logarithmic", "per half-width²"),
    ] {
        let titles = panels(step)["titles"].to_string().replace("<br>", " ");
        assert!(titles.contains(title), "{step}: {titles}");
    }
    assert!(panels("logarithmic")["note"].to_string().contains("logarithmic beyond"));
    // The shares follow what is chosen.
    assert!(
        steps["opened"]["variance"].to_string().contains("all 72 networks"),
        "{}",
        steps["opened"]["variance"]
    );
    let filtered = &steps["activation"];
    assert!(
        filtered["variance"].to_string().contains("activation tanh"),
        "{}",
        filtered["variance"]
    );
    assert_eq!(
        (&steps["opened"]["bars"], &filtered["bars"]),
        (&json!([4, 4]), &json!([2, 2]))
    );
}

/// A square of activation and range has a cell for each of two coefficients: its median is their mean. The table has three
/// digits, so a mean of its numbers is off by 0.5 % at most.
fn squares_are_medians(opened: &Value, heat: &Value) {
    let cells = rows(opened, "cells");
    let [activation, range, far] = ["activation", "range", "far error"].map(|name| column(&cells, name));
    let levels = |axis: &str| -> Vec<String> { serde_json::from_value(heat[axis].clone()).expect("levels") };
    let mut squares = 0;
    for (i, row) in levels("y").iter().enumerate() {
        for (j, level) in levels("x").iter().enumerate() {
            let of = (0..far.len()).filter(|cell| activation[*cell] == *row && range[*cell] == *level);
            let number = |cell: usize| far[cell].split(' ').next().and_then(|far| far.parse::<f64>().ok());
            let errors: Vec<f64> = of.map(|cell| number(cell).expect("an error")).collect();
            assert_eq!(errors.len(), 2, "{row}, {level}");
            let found = 10f64.powf(heat["z"][i][j].as_f64().expect("a number"));
            let mean = 0.5 * (errors[0] + errors[1]);
            assert!(
                (found / mean - 1.0).abs() < 5e-3,
                "{row}, {level}: {found} of {errors:?}"
            );
            squares += 1;
        }
    }
    assert_eq!(squares, 6);
}

/// 3 activations x 2 ranges x 2 coefficients are 12 cells of each target, of which 6 are of a range, 4 of an activation.
fn filters_filter(steps: &Value, range: &Value) {
    let cells = |step: &str| rows(&steps[step], "cells");
    assert_eq!(cells("opened").len(), 1 + 12);
    assert_eq!(cells("target").len(), 1 + 12);
    let ids = |step: &str| column(&cells(step), "networks of");
    assert!(
        ids("opened").iter().all(|id| !ids("target").contains(id)),
        "another target, the same cells"
    );
    let ranges = column(&cells("range"), "range");
    assert_eq!(
        (ranges.len(), ranges.iter().all(|found| range == found)),
        (6, true),
        "{ranges:?}"
    );
    let activations = column(&cells("activation"), "activation");
    assert_eq!(activations, ["tanh"; 4]);
    assert_eq!(steps["activation"]["panels"]["names"], json!(["tanh"]));
    assert!(steps["activation"]["fits"].to_string().contains("\"truth\""));
}

fn cells_lead_to_their_networks(steps: &Value) {
    for step in ["cell", "square"] {
        let found = &steps[step];
        let pressed = found["pressed"].as_array().expect("pressed");
        assert_eq!(pressed.len(), 1, "{step}");
        let id = pressed[0].as_str().expect("an id");
        assert!(
            found["of"].as_str().is_some_and(|of| of.contains(id)),
            "{step}: {}",
            found["of"]
        );
        let networks = rows(found, "networks");
        let mut seeds = column(&networks, "seed");
        seeds.sort();
        assert_eq!(seeds, ["0", "1", "2"], "{step}");
        let trial = &column(&networks, "trial")[0];
        let commands = found["commands"].as_str().unwrap_or_default();
        assert!(
            commands.contains("actlab show") && commands.contains(trial),
            "{step}: {commands}"
        );
    }
    let second = &column(&rows(&steps["cell"], "cells"), "networks of")[1];
    assert_eq!(steps["cell"]["pressed"][0], second.as_str());
    assert!(
        steps["square"]["of"].as_str().is_some_and(|of| of.contains("tanh")),
        "{}",
        steps["square"]["of"]
    );
}

fn themes_change(steps: &Value) {
    let (before, after) = (&steps["activation"], &steps["other theme"]);
    for part in ["theme", "ground", "ink"] {
        assert_ne!(before[part], after[part], "{part}");
    }
    // Back undoes the last choice: the theme.
    assert_eq!(steps["back"]["theme"], before["theme"]);
}

/// A page that fetches, logs and throws is found out, or the test above would see nothing whatever the page does.
#[test]
fn what_goes_wrong_in_a_page_is_seen() {
    let Some(browser) = chromium() else { return };
    let folder = Folder::new();
    let page = "<!doctype html><html><head></head><body><img src=\"http://127.0.0.1:9/a.png\">\
                <script>console.error('logged'); null.x;</script></body></html>";
    let seen = open(&browser, &folder, page, &clicks());
    let text = seen["errors"].to_string();
    assert!(text.contains("logged") && text.contains("TypeError"), "{text}");
    assert!(
        seen["requests"].to_string().contains("127.0.0.1"),
        "{}",
        seen["requests"]
    );
}
