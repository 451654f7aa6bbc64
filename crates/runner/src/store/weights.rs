//! Networks as safetensors, under the names and in the shapes of a PyTorch `Sequential` of `Linear` layers with an
//! activation between each two: `0.weight` of `[outputs, inputs]`, `0.bias` of `[outputs]`, `2.weight`, and so on. What an
//! activation has learned is beside them by the activation's place and the parameter's name, `1.slope` of `[1]`. Other
//! networks have lists of both: `layers.0.weight`, `activations.0.slope`.

use std::collections::HashMap;

use actlab_model::Activation;
use actlab_model::network::architecture::Architecture;
use actlab_model::network::trained::TrainedNetwork;
use actlab_model::network::weights::Layer;
use anyhow::{Context, Result, ensure};
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use serde::Deserialize;

use crate::experiment::network::Hidden;
use crate::experiment::trial::Resolved;
use crate::samples::Scaling;

/// A tensor on its way to the file: its name, shape and bytes.
pub type Named = (String, Vec<usize>, Vec<u8>);

/// A tensor of these numbers.
pub fn named(name: String, shape: Vec<usize>, values: &[f32]) -> Named {
    (name, shape, bytes(values))
}

/// The names of a network's tensors.
enum Names {
    /// As in a `Sequential`.
    Perceptron,
    /// As in a module that has lists of `layers` and `activations`.
    Lists,
}

impl Names {
    fn of(settings: &Resolved) -> Self {
        match settings.hidden {
            Hidden::Widths(_) => Self::Perceptron,
            Hidden::Network(_) => Self::Lists,
        }
    }

    /// A part of a layer.
    fn layer(&self, place: usize, part: &str) -> String {
        match self {
            Self::Perceptron => format!("{}.{part}", 2 * place),
            Self::Lists => format!("layers.{place}.{part}"),
        }
    }

    /// A parameter of an activation.
    fn activation(&self, place: usize, parameter: &str) -> String {
        match self {
            Self::Perceptron => format!("{}.{parameter}", 2 * place + 1),
            Self::Lists => format!("activations.{place}.{parameter}"),
        }
    }
}

/// One network as a safetensors file; its settings and its scaling are in the metadata, as JSON.
pub fn encode(network: &TrainedNetwork, settings: &Resolved, scaling: &Scaling) -> Result<Vec<u8>> {
    let names = &Names::of(settings);
    let layers = network.weights.iter().enumerate().flat_map(|(place, layer)| {
        let shape = vec![layer.outputs, layer.inputs];
        let weight = bytes(&layer.weight_by_output());
        [
            (names.layer(place, "weight"), shape, weight),
            (names.layer(place, "bias"), vec![layer.outputs], bytes(&layer.bias)),
        ]
    });
    let learned = network.activations.iter().enumerate().flat_map(|(place, activation)| {
        let values = activation.learned_values();
        values.map(move |(parameter, value)| (names.activation(place, parameter), vec![1], bytes(&[value])))
    });
    let tensors: Vec<Named> = layers.chain(learned).collect();
    file(
        &tensors,
        &serde_json::json!({ "settings": settings, "scaling": scaling }),
    )
}

/// Tensors as a safetensors file, with what describes them as JSON in the metadata.
pub fn file(tensors: &[Named], description: &serde_json::Value) -> Result<Vec<u8>> {
    let views = tensors
        .iter()
        .map(|(name, shape, bytes)| Ok((name.as_str(), TensorView::new(Dtype::F32, shape.clone(), bytes)?)))
        .collect::<Result<Vec<_>>>()?;
    // One entry, so that the file's bytes do not depend on the order of a hash map.
    let metadata = HashMap::from([("actlab".to_owned(), description.to_string())]);
    Ok(serialize(views, Some(metadata))?)
}

fn bytes(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// What the metadata says of the network: nothing else of the settings is needed for its answers.
#[derive(Deserialize)]
struct Description {
    settings: Resolved,
}

/// The network of a safetensors file.
pub fn decode(file: &[u8]) -> Result<TrainedNetwork> {
    let unreadable = "the weights cannot be read";
    let tensors = SafeTensors::deserialize(file).context(unreadable)?;
    let (_, metadata) = SafeTensors::read_metadata(file).context(unreadable)?;
    let described = metadata.metadata().as_ref().and_then(|entries| entries.get("actlab"));
    let described = described.context("the weights do not say which network they are of")?;
    let Description { settings } = serde_json::from_str(described).context(unreadable)?;
    let floats = |name: &str| -> Result<Vec<f32>> {
        let tensor = tensors.tensor(name)?;
        ensure!(tensor.dtype() == Dtype::F32, "{name} is not made of 32-bit floats");
        let (values, _) = tensor.data().as_chunks::<4>();
        Ok(values.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
    };
    let names = Names::of(&settings);
    let layout = settings.layout()?;
    let architecture = Architecture::new(layout.inputs, layout.block)?;
    let layer = |(place, shape): (usize, &[usize; 2])| -> Result<Layer> {
        let [weight, bias] = ["weight", "bias"].map(|part| floats(&names.layer(place, part)));
        let layer = Layer::from_weight_by_output(&weight?, bias?);
        ensure!(
            [layer.inputs, layer.outputs] == *shape,
            "layer {place} of the weights has not the shape of its network"
        );
        Ok(layer)
    };
    let weights = architecture.program().layers().iter().enumerate().map(layer);
    let weights: Vec<Layer> = weights.collect::<Result<_>>()?;
    let activation = |(place, activation): (usize, &Activation)| -> Result<Activation> {
        activation
            .learned_values()
            .try_fold(*activation, |with, (parameter, _)| {
                let learned = floats(&names.activation(place, parameter))?;
                let value = *learned.first().context("a learned parameter has no value")?;
                Ok(with.with(parameter, value).unwrap_or(with))
            })
    };
    let activations = layout.activations.iter().enumerate().map(activation);
    Ok(TrainedNetwork {
        activations: activations.collect::<Result<_>>()?,
        architecture,
        weights,
    })
}

#[cfg(test)]
mod tests {
    use actlab_model::network::weights::initial_weights;

    use super::*;
    use crate::experiment::network::Network;
    use crate::experiment::test_settings;

    #[test]
    fn networks_survive_the_way_through_a_file() {
        let scaling = Scaling {
            y_mean: vec![0.5],
            y_std: vec![2.0],
            ..Scaling::none(2, 1)
        };
        let mut settings = test_settings("x1*x2", vec![[-1.0, 1.0]]);
        settings.inputs = vec!["x1".to_owned(), "x2".to_owned()];
        settings.hidden = vec![5, 3].into();
        let leaky: Activation = "leaky_relu".parse().expect("a unit");
        let learning = leaky.learn("slope").expect("a parameter");
        for activation in [settings.activation, leaky, learning] {
            settings.activation = activation;
            let mut network = TrainedNetwork::perceptron(initial_weights(&[2, 5, 3, 1], 9), activation);
            network.architecture = Architecture::perceptron_with_dropout(&[2, 5, 3, 1]).expect("sizes");
            if activation == learning {
                network.activations[1] = learning.with("slope", 0.75).expect("a parameter");
            }
            let file = encode(&network, &settings, &scaling).expect("a file");
            assert_eq!(file, encode(&network, &settings, &scaling).expect("the same bytes"));
            assert_eq!(decode(&file).expect("a network"), network);
            let tensors = SafeTensors::deserialize(&file).expect("a file");
            assert_eq!(tensors.tensor("2.weight").expect("a tensor").shape(), [3, 5]);
            assert_eq!(tensors.tensor("3.slope").is_ok(), activation == learning);
        }
        assert!(decode(b"nonsense").is_err());
    }

    #[test]
    fn networks_of_every_part_survive_the_way_through_a_file() {
        let text = "concat(skip, fourier(2)) -> gate(3 leaky_relu(slope=0.1 learned), 3 linear) -> dropout -> 4";
        let settings = Resolved {
            hidden: Hidden::Network(Network::parse(text).expect("a network")),
            ..test_settings("x1*x2", vec![[-1.0, 1.0]])
        };
        let settings = Resolved {
            inputs: vec!["x1".to_owned(), "x2".to_owned()],
            ..settings
        };
        let settings = settings.settled();
        let layout = settings.layout().expect("a layout");
        let architecture = Architecture::new(2, layout.block.clone()).expect("an architecture");
        let mut network = TrainedNetwork {
            weights: architecture.initial_weights(3),
            activations: layout.activations,
            architecture,
        };
        network.activations[1] = network.activations[1].with("slope", 0.75).expect("a parameter");
        let scaling = Scaling {
            x_mean: vec![0.0; 2],
            x_std: vec![1.0; 2],
            y_mean: vec![0.5],
            y_std: vec![2.0],
        };
        let file = encode(&network, &settings, &scaling).expect("a file");
        assert_eq!(decode(&file).expect("a network"), network);
        let tensors = SafeTensors::deserialize(&file).expect("a file");
        assert_eq!(tensors.tensor("layers.1.weight").expect("a tensor").shape(), [3, 6]);
        assert!(tensors.tensor("activations.1.slope").is_ok());
    }
}
