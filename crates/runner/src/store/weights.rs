//! Networks as safetensors, under the names and in the shapes of a PyTorch `Sequential` of `Linear` layers with an
//! activation between each two: `0.weight` of `[outputs, inputs]`, `0.bias` of `[outputs]`, `2.weight`, and so on. What an
//! activation has learned is beside them by the activation's place and the parameter's name, `1.slope` of `[1]`.

use std::collections::HashMap;

use actlab_model::Activation;
use actlab_model::network::architecture::Architecture;
use actlab_model::network::trained::TrainedNetwork;
use actlab_model::network::weights::Layer;
use anyhow::{Context, Result, ensure};
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use serde::Deserialize;

use crate::experiment::grid::Resolved;
use crate::samples::Scaling;

/// A tensor on its way to the file: its name, shape and bytes.
pub type Named = (String, Vec<usize>, Vec<u8>);

/// A tensor of these numbers.
pub fn named(name: String, shape: Vec<usize>, values: &[f32]) -> Named {
    (name, shape, bytes(values))
}

/// One network as a safetensors file; its settings and its scaling are in the metadata, as JSON.
pub fn encode(network: &TrainedNetwork, settings: &Resolved, scaling: &Scaling) -> Result<Vec<u8>> {
    let layers = network.weights.iter().enumerate().flat_map(|(index, layer)| {
        let name = 2 * index;
        let shape = vec![layer.outputs, layer.inputs];
        [
            (format!("{name}.weight"), shape, bytes(&layer.weight_by_output())),
            (format!("{name}.bias"), vec![layer.outputs], bytes(&layer.bias)),
        ]
    });
    let learned = network.activations.iter().enumerate().flat_map(|(index, activation)| {
        let name = move |parameter: &str| format!("{}.{parameter}", 2 * index + 1);
        let values = activation.learned_values();
        values.map(move |(parameter, value)| (name(parameter), vec![1], bytes(&[value])))
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
    let layer = |index: usize| -> Result<Layer> {
        let [weight, bias] = ["weight", "bias"].map(|part| floats(&format!("{}.{part}", 2 * index)));
        Ok(Layer::from_weight_by_output(&weight?, bias?))
    };
    let weights: Vec<Layer> = (0..=settings.hidden.len()).map(layer).collect::<Result<_>>()?;
    let sizes = weights.iter().take(1).map(|layer| layer.inputs);
    let sizes: Vec<usize> = sizes.chain(weights.iter().map(|layer| layer.outputs)).collect();
    let chained = weights.windows(2).all(|pair| pair[0].outputs == pair[1].inputs);
    ensure!(chained, "the layers of the weights do not follow each other");
    let architecture = Architecture::perceptron(&sizes)?;
    let activation = |index: usize| -> Result<Activation> {
        let mut activation = settings.activation;
        for (parameter, _) in settings.activation.learned_values() {
            let learned = floats(&format!("{}.{parameter}", 2 * index + 1))?;
            let value = *learned.first().context("a learned parameter has no value")?;
            activation = activation.with(parameter, value).unwrap_or(activation);
        }
        Ok(activation)
    };
    let activations = (0..architecture.program().activations()).map(activation);
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
    use crate::experiment::test_settings;

    #[test]
    fn networks_survive_the_way_through_a_file() {
        let scaling = Scaling {
            y_mean: vec![0.5],
            y_std: vec![2.0],
            ..Scaling::none(2, 1)
        };
        let mut settings = test_settings("x1*x2", vec![[-1.0, 1.0]]);
        settings.hidden = vec![5, 3];
        let leaky: Activation = "leaky_relu".parse().expect("a unit");
        let learning = leaky.learn("slope").expect("a parameter");
        for activation in [settings.activation, leaky, learning] {
            settings.activation = activation;
            let mut network = TrainedNetwork::perceptron(initial_weights(&[2, 5, 3, 1], 9), activation);
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
}
