//! The page as a person uses it: opened from its file in headless Chromium and clicked through.

mod common;

use common::browser::{PURE, chromium, open};
use common::{CPU, Folder};
use serde_json::{Value, json};

const CLICKS: &str = include_str!("browser/clicks.js");
/// 2 targets x 3 activations x 2 ranges, and a third that is the same problem as the first, x 2 coefficients x 3 seeds, under a name and a target that try to break out.
const EXPERIMENT: &str = r#"
name = "</script><script>alert(1)</script><!--"

[target]
function = ["x^2", "x^3"]

[data]
range = [[-2, 2], [-4, 3], [-4, 4]]
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
    assert_eq!(seen["unexplained"], json!([]), "tables without a legend");
    effects_are_those_of_the_program(&seen["effects"]);
    curves_are_shown_with_their_derivatives_to_any_distance(steps);
    squares_are_medians(&steps["opened"], &seen["heat"]);
    filters_filter(steps, &seen["range"]);
    repeated_ranges_show_the_first(&steps["repeated"], &seen["ranges"]);
    exceptions_lead_to_their_cell(&steps["exception"], &seen["exception"]);
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

/// The target is x^2 on [-4, 3] or [-2, 2], as the first cell of the first activation says: 2x and 2 are its derivatives.
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
    let window = |step: &str| [0, 1].map(|side| number(&panels(step)["window"][side]));
    let [low, high] = window("opened");
    let (centre, half_width) = (0.5 * (low + high), (high - low) / 6.0);
    assert!(
        [(0.0, 2.0), (-0.5, 3.5)].contains(&(centre, half_width)),
        "{low} {high}"
    );
    // At a hundred half-widths in the picture, at a thousand in what it is made of, by four digits.
    let [_, seen] = window("zoomed out");
    assert!((seen - centre - 100.0 * half_width).abs() < 1e-9, "{seen}");
    let far = centre + 1000.0 * half_width;
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
    assert!((window("logarithmic")[1] - 4.0).abs() < 1e-9);
    for (step, title) in [
        ("opened", "x^2 (in"),
        ("first derivative", "first derivative of x^2"),
        ("second derivative", "second derivative of x^2"),
        ("logarithmic", "(std of the target per half-"),
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

/// The range of a cell, without those that are the same problem.
fn own(range: &str) -> &str {
    range.split(", the same as ").next().unwrap_or(range)
}

/// A square of activation and range has a cell for each of two coefficients: its median is their mean. The table has three
/// digits, so a mean of its numbers is off by 0.5 % at most.
fn squares_are_medians(opened: &Value, heat: &Value) {
    let cells = rows(opened, "cells");
    let [activation, range, far] = ["activation", "range", "far error (std)"].map(|name| column(&cells, name));
    let range: Vec<&str> = range.iter().map(|range| own(range)).collect();
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
        (ranges.len(), ranges.iter().all(|found| range == own(found))),
        (6, true),
        "{ranges:?}"
    );
    let activations = column(&cells("activation"), "activation");
    assert_eq!(activations, ["tanh"; 4]);
    assert_eq!(steps["activation"]["panels"]["names"], json!(["tanh"]));
    assert!(steps["activation"]["fits"].to_string().contains("\"truth\""));
}

/// [-4, 4] is the same problem as [-2, 2]: it can be chosen, and shows the cells of that under its name.
fn repeated_ranges_show_the_first(step: &Value, options: &Value) {
    assert_eq!(
        options,
        &json!(["all", "[-2, 2]", "[-4, 3]", "[-4, 4], the same as [-2, 2]"])
    );
    let ranges = column(&rows(step, "cells"), "range");
    assert_eq!(ranges, ["[-2, 2], the same as [-4, 4]"; 6]);
    let note = step["panels"]["note"].as_str().unwrap_or_default();
    assert!(note.contains("trained on [-2, 2], the same as [-4, 4]"), "{note}");
}

/// A trial that does not bear a claim out is named, and leads to its cell, whatever the filters say.
fn exceptions_lead_to_their_cell(step: &Value, exception: &Value) {
    let id = exception.as_str().expect("an exception");
    let trials = column(&rows(step, "networks"), "trial");
    assert!(trials.iter().any(|trial| trial == id), "{id} is none of {trials:?}");
    assert_eq!(step["current"], json!([id]));
    let top = step["top"].as_f64().expect("a place");
    // The heading is seen, in the upper half of the window.
    assert!((-1.0..800.0).contains(&top), "{top}");
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

/// One of several outputs is shown at a time; where there is one, there is nothing to choose.
#[test]
fn outputs_can_be_chosen() {
    let Some(browser) = chromium() else { return };
    let folder = Folder::new();
    let text = EXPERIMENT
        .replace("[\"x^2\", \"x^3\"]", "[[\"sin(x)\", \"3*cos(x)\"], \"x\"]")
        .replace("[[-2, 2], [-4, 3], [-4, 4]]", "[-2, 2]");
    folder.write("outputs.toml", &text);
    folder.ok(&["sweep", "outputs.toml", "--backend", CPU, "--out", "run"]);
    let page = std::fs::read_to_string(folder.path().join("run/report.html")).expect("the page");
    let seen = open(&browser, &folder, &page, include_str!("browser/outputs.js"));
    assert_eq!((&seen["errors"], &seen["reachable"]), (&json!([]), &json!(true)));
    for (step, offered, chosen, name, truth) in [
        ("opened", json!(["sin(x)", "3*cos(x)"]), "0", "sin(x)", 0.0),
        ("second", json!(["sin(x)", "3*cos(x)"]), "1", "3*cos(x)", 3.0),
        ("one", json!([]), "0", "x", 0.0),
    ] {
        let found = &seen[step];
        assert_eq!(
            (&found["offered"], &found["chosen"]),
            (&offered, &json!(chosen)),
            "{step}"
        );
        for title in ["up", "seeds"] {
            assert_eq!(found[title], format!("{name} (in its own units)"), "{step}");
        }
        // Four digits, in standard deviations from the mean.
        let drawn = found["truth"].as_f64().expect("a number");
        assert!((drawn - truth).abs() < 3e-3, "{step}: {drawn}");
    }
}
