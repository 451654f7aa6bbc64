//! What the page chooses from its data, in the browser's own language.

mod common;

use common::Folder;
use common::browser::{PURE, chromium, open};
use serde_json::{Value, json};

const CHOOSE: &str = include_str!("browser/choice.js");
const DATA: &str = include_str!("browser/data.json");

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
    each_output_has_its_own(&seen);
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

/// The second output has mean 20 and standard deviation 10; there is no third, and no line for y.
fn each_output_has_its_own(seen: &Value) {
    assert_eq!(seen["outputs"], json!([["x", "other"], []]));
    let [of, panels, seeds] = std::array::from_fn(|i| &seen["second"][0][i]);
    assert_eq!(
        (of, &panels["output"], &seeds["output"]),
        (&json!("1"), &json!("other"), &json!("other"))
    );
    let relu = &panels["panels"][1];
    assert_eq!(relu["high"], json!([30, 30, 30, 30, 30]));
    // Five half-widths to the left of 1.
    assert_eq!(relu["settles"], json!([-9]));
    assert_eq!(
        (&panels["truth"], &panels["points"]),
        (&json!(null), &json!({ "x": [1, 5], "y": [30, 10] }))
    );
    assert_eq!(seeds["curves"], json!([{ "seed": 0, "y": [20, 30, 40] }]));
    assert_eq!(seen["second"][1][0], "0");
    assert_eq!(seen["second"][1][1], seen["panels"][0]);
}

fn without_a_state(opened: &Value) {
    assert_eq!(
        opened["shown"],
        json!({ "target": "x", "activation": "", "range": "", "rows": "activation", "columns": "spectral", "error": "far", "output": "0", "curve": "0", "reach": "3" })
    );
    assert_eq!(opened["cells"], json!(["a", "b", "c", "d", "e"]));
    assert_eq!(opened["chosen"], "a");
    // In the order of the palette, which has novel before relu.
    assert_eq!(opened["fits"], json!(["[-2, 2]", ["c", "a"]]));
    assert_eq!(
        opened["distance"],
        json!([
            { "name": "novel", "median": [0.2, 2, 2, 9], "low": [0.2, 1, 2, 8], "high": [0.2, 3, 2, 10], "seeds": 1 },
            { "name": "relu", "median": [0.1, 1, null, 4], "low": [0.1, 0.5, null, 3], "high": [0.1, 2, null, 5], "seeds": 2 },
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

/// What the page has of a cell in short is what the views know of it.
#[test]
fn the_page_unpacks_what_is_short_in_it() {
    let Some(browser) = chromium() else { return };
    let folder = Folder::new();
    let data = json!({
        "axes": ["target", "hidden"],
        "values": [["x^2", "<b>"], ["8", "4x4", "none"]],
        "cells": [
            { "settings": [1, 2], "regions": [[0.5, 0.25, 1], null] },
            { "settings": [0, 1], "regions": [null, [2, 1, 3]] },
        ],
    });
    let page = format!(
        "<!doctype html><html><head></head><body><script>{}</script></body></html>",
        PURE.concat()
    );
    let script = format!(
        "document.body.append(Object.assign(document.createElement(\"pre\"), {{ id: \"seen\", textContent: JSON.stringify(unpacked({data}).cells) }}));"
    );
    let cells = open(&browser, &folder, &page, &script);
    assert_eq!(
        (&cells[0]["settings"], &cells[0]["test"]),
        (&json!(["<b>", "none"]), &json!([0.5, 0.25, 1]))
    );
    assert_eq!(
        (&cells[1]["settings"], &cells[1]["test"]),
        (&json!(["x^2", "4x4"]), &json!(null))
    );
}
