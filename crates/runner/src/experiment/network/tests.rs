use actlab_model::network::architecture::Architecture;
use actlab_model::unit::{Formula, Relu, Sinu, Tanh};
use proptest::prelude::*;

use super::*;

fn network(text: &str) -> Network {
    Network::parse(text).unwrap_or_else(|misfit| panic!("{text}: {misfit:?}"))
}

/// What is wrong with a text between an input and an output, and what the error points at.
fn wrong(text: &str) -> (String, &str) {
    let misfit = Network::parse(text).and_then(|network| network.layout(1, 1));
    let Misfit { at, message } = misfit.expect_err(text);
    (message, &text[at])
}

#[test]
fn texts_are_understood_and_written_as_they_are() {
    for text in [
        "64",
        "64 relu -> 32 linear -> 16",
        "sum(64 relu, 64 sinu) -> out",
        "product(64 relu -> out, 64 sinu -> 32 -> out)",
        "gate(8 tanh, 8 linear) -> dropout -> 4 -> dropout(0.25)",
        "concat(32 tanh, 32 sinu, skip)",
        "sum(skip, concat(fourier(8, scale=2.5), fourier(4)) -> 1 linear)",
        "fourier(frequencies=[0.5, 1, 2]) -> 8",
        "8 leaky_relu(slope=0.25) -> 8 leaky_relu(slope=0.01 learned)",
        "8 {x + 0.3*sin(4*x)} -> 8 wiggle{x + a*sin(b*x)}(a=0.3 learned, b=4)",
        "8 \"a name\"{x + sin(x)}",
    ] {
        assert_eq!(network(text).to_string(), text);
    }
    for (typed, text) in [
        ("sum( 64relu,64  sinu )->out", "sum(64 relu, 64 sinu) -> out"),
        ("64 → 64", "64 -> 64"),
        ("fourier(4, scale=1)", "fourier(4)"),
        ("8 leaky_relu(slope=1e-2)", "8 leaky_relu"),
        ("8 {x + sin(x) }", "8 {x + sin(x)}"),
    ] {
        assert_eq!(network(typed).to_string(), text);
    }
}

#[test]
fn what_is_wrong_is_pointed_at_with_what_to_type_instead() {
    let cases = [
        (
            "",
            "",
            "this network is empty: write its layers, for example \"64 -> 64\"",
        ),
        ("64 rellu", "rellu", "did you mean \"relu\"?"),
        ("relu", "relu", "write \"64 relu\""),
        ("some(64, 64)", "some", "did you mean \"sum\"?"),
        ("64 relu + 64 sinu", "+", "branches are added with sum(a, b)"),
        ("sum(64 * 64, 64)", "*", "branches are multiplied with product(a, b)"),
        ("64, 64", ",", "written with ->"),
        ("64 64", "64", "write -> between parts"),
        ("64 ->", "->", "expected a part of a network"),
        ("0 relu", "0", "a whole number from 1 to 65536, not 0"),
        ("6.5 relu", "6.5", "a whole number from 1 to 65536, not 6.5"),
        ("sum(64 relu)", "sum", "a sum joins two branches or more, and here is 1"),
        ("gate(64 relu)", "gate", "a gate joins two branches"),
        ("gate(6, 6, 6)", "gate", "and here is 3"),
        ("sum(64 relu, 64 sinu", "sinu", "or ), the text ends"),
        ("64)", ")", "there is no ( that it closes"),
        ("skip", "skip", "leave it out here"),
        ("64 -> skip", "skip", "leave it out here"),
        ("out -> 64", "64", "nothing can follow what ends in out"),
        ("sum(6 -> out, 6) -> 7", "7", "nothing can follow what ends in out"),
        ("dropout(1)", "1", "a share from 0 to below 1, not 1"),
        ("fourier(x)", "x", "write fourier(32)"),
        ("fourier(4, scale=0)", "0", "a number above 0, not 0"),
        (
            "8 tanh(slope=1)",
            "slope",
            "tanh has no parameter \"slope\"; it has none",
        ),
        ("8 leaky_relu(slop=1)", "slop", "it has slope"),
        ("8 {x +}", "{x +}", "cannot be an activation"),
        ("8 {y}", "{y}", "\"y\""),
        ("8 {x", "{x", "write } after it"),
        // What each part by itself does not show.
        ("sum(64 relu, 32 sinu)", "32 sinu", "end it in \"-> 64 linear\""),
        ("sum(64 relu -> 8, skip)", "skip", "instead of skip write \"8 linear\""),
        (
            "product(6, 6, concat(3, 4))",
            "concat(3, 4)",
            "gives 7 values, those before it 6",
        ),
        (
            "concat(6 -> out, 6 -> out)",
            "concat(6 -> out, 6 -> out)",
            "ends in 2 values, and the target has 1",
        ),
    ];
    for (text, at, part) in cases {
        let (message, found) = wrong(text);
        assert!(message.contains(part) && found == at, "{text}: {found}: {message}");
    }
    let deep = "sum(".repeat(100);
    assert!(wrong(&deep).0.contains("at most"));
    assert!(wrong(&"9".repeat(20_000)).0.contains("the most is"));
}

/// Where it can be said by widths, it is.
#[test]
fn perceptrons_are_known_as_such() {
    let (relu, tanh) = (Activation::new(&Relu), Activation::new(&Tanh));
    let perceptron = |text: &str| network(text).filled(relu).perceptron();
    for text in [
        "64 -> 32",
        "64 relu -> 32",
        "64 -> 32 -> out",
        "64 -> dropout -> 32 relu -> dropout -> out",
    ] {
        assert_eq!(perceptron(text), Some((vec![64, 32], Some(relu))), "{text}");
    }
    assert_eq!(perceptron("8 tanh"), Some((vec![8], Some(tanh))));
    assert_eq!(perceptron("out"), Some((Vec::new(), None)));
    for text in [
        "64 -> 32 tanh",
        "64 linear",
        "64 -> dropout -> 32",
        "64 -> dropout(0.1)",
        "sum(64, 64)",
        "dropout -> 64",
    ] {
        assert_eq!(perceptron(text), None, "{text}");
    }
}

#[test]
fn networks_are_called_by_their_activations() {
    let of = |text: &str| Mixture::new(network(text).filled(Activation::new(&Relu)).activations());
    assert_eq!(of("sum(8 sinu, 8)"), of("sum(8, 8 sinu)"));
    assert_eq!(of("sum(8 sinu, 8) -> 8 sinu").to_string(), "relu + sinu");
    assert_eq!(of("8 linear -> 8 sinu").single(), Some(Activation::new(&Sinu)));
    assert_eq!(of("sum(8 sinu, 8)").single(), None);
    assert!(of("8 leaky_relu(slope=0.1 learned)").learns() && !of("8").learns());
    assert_eq!(of("8 leaky_relu(slope=0.1)").names(), "leaky_relu");
}

/// What the program of the blocks has of each kind, the layout has too, in the same order.
#[test]
fn layouts_say_of_each_part_of_a_program_what_is_its_own() {
    let text = "concat(skip, fourier(3, scale=2), 8 tanh -> 4 linear) -> gate(5 sinu, sum(5, 5 linear)) -> 2 tanh";
    let layout = network(text)
        .filled(Activation::new(&Relu))
        .layout(2, 3)
        .expect("a layout");
    let architecture = Architecture::new(2, layout.block).expect("an architecture");
    let program = architecture.program();
    assert_eq!(
        program.layers(),
        [[2, 6], [2, 8], [8, 4], [12, 5], [12, 5], [12, 5], [5, 2], [2, 3]]
    );
    assert_eq!(layout.fourier.len(), 1);
    assert_eq!(layout.fourier[0].0, 0);
    let names: Vec<&str> = layout.activations.iter().map(|activation| activation.name()).collect();
    assert_eq!(names, ["sinu", "tanh", "sinu", "relu", "tanh"]);
    assert_eq!((program.activations(), program.dropouts()), (5, 4));
    assert_eq!(layout.dropout, [None; 4]);
    let own = network("8 -> dropout(0.2) -> 8 tanh").filled(Activation::new(&Relu));
    assert_eq!(own.layout(1, 1).map(|layout| layout.dropout), Ok(vec![Some(0.2)]));
    assert!(own.has_rates() && !network("8 -> dropout").has_rates());
    let along = network("fourier(frequencies=[1, 2]) -> out")
        .layout(3, 1)
        .expect("a layout");
    let architecture = Architecture::new(3, along.block).expect("an architecture");
    assert_eq!(architecture.program().layers(), [[3, 12], [12, 1]]);
}

#[test]
fn formulas_with_any_name_survive_the_way_through_a_text() {
    let parameters = [("a".to_owned(), 0.3)];
    let formula = Formula::define("my \"own\", wave -> 3", "x + a*sin(x)", &parameters).expect("a formula");
    let learned = Activation::new(formula).learn("a").expect("a parameter");
    let network = network("8 -> 8 sinu").filled(learned);
    let again = Network::parse(&network.to_string()).expect("a network");
    assert_eq!(again.activations(), network.activations());
    assert_eq!(again, network);
}

/// Pieces that networks are made of, right and wrong.
const PIECES: [&str; 26] = [
    "8",
    "8",
    "relu",
    "sinu",
    "leaky_relu",
    "linear",
    " -> ",
    "->",
    "→",
    "sum(",
    "product(",
    "gate(",
    "concat(",
    ")",
    ")",
    ", ",
    "skip",
    "out",
    "dropout",
    "fourier(",
    "{x + 1}",
    "(slope=0.5",
    " learned",
    "\"é\"",
    "0.5",
    "scale=",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is typed is a network that is written as itself, or an error that points into the text.
    #[test]
    fn whatever_is_typed_has_an_answer(pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..16)) {
        let text = pieces.concat();
        let answer = Network::parse(&text).and_then(|network| {
            let network = network.filled(Activation::new(&Relu));
            Ok((network.clone(), network.layout(2, 1)?))
        });
        match answer {
            Ok((network, layout)) => {
                prop_assert_eq!(Network::parse(&network.to_string()), Ok(network));
                let architecture = Architecture::new(2, layout.block);
                prop_assert_eq!(architecture.map(|of| (of.inputs(), of.outputs())), Ok((2, 1)));
            }
            Err(Misfit { at, message }) => prop_assert!(text.get(at).is_some() && !message.is_empty(), "{}", text),
        }
    }
}
