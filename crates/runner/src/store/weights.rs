//! Weights as safetensors, under the names and in the shapes of a PyTorch `Sequential` of `Linear` layers with an
//! activation between each two: `0.weight` of `[outputs, inputs]`, `0.bias` of `[outputs]`, `2.weight`, and so on.

use std::collections::HashMap;

use actlab_model::network::weights::{Layer, Weights};
use anyhow::{Context, Result, ensure};
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};

use crate::experiment::grid::Resolved;
use crate::samples::Scaling;

/// One network as a safetensors file; its settings and its scaling are in the metadata, as JSON.
pub fn encode(weights: &Weights, settings: &Resolved, scaling: &Scaling) -> Result<Vec<u8>> {
    let bytes = |values: &[f32]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let buffers: Vec<(String, Vec<usize>, Vec<u8>)> = weights
        .iter()
        .enumerate()
        .flat_map(|(index, layer)| {
            let name = 2 * index;
            [
                (
                    format!("{name}.weight"),
                    vec![layer.outputs, layer.inputs],
                    bytes(&layer.weight_by_output()),
                ),
                (format!("{name}.bias"), vec![layer.outputs], bytes(&layer.bias)),
            ]
        })
        .collect();
    let views = buffers
        .iter()
        .map(|(name, shape, bytes)| Ok((name.as_str(), TensorView::new(Dtype::F32, shape.clone(), bytes)?)))
        .collect::<Result<Vec<_>>>()?;
    // One entry, so that the file's bytes do not depend on the order of a hash map.
    let description = serde_json::json!({ "settings": settings, "scaling": scaling }).to_string();
    let metadata = HashMap::from([("actlab".to_owned(), description)]);
    Ok(serialize(views, Some(metadata))?)
}

/// The network of a safetensors file.
pub fn decode(file: &[u8]) -> Result<Weights> {
    let tensors = SafeTensors::deserialize(file).context("the weights cannot be read")?;
    let floats = |name: &str| -> Result<Vec<f32>> {
        let tensor = tensors.tensor(name)?;
        ensure!(tensor.dtype() == Dtype::F32, "{name} is not made of 32-bit floats");
        let (values, _) = tensor.data().as_chunks::<4>();
        Ok(values.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
    };
    let layer = |index: usize| {
        let (weight, bias) = (
            floats(&format!("{}.weight", 2 * index))?,
            floats(&format!("{}.bias", 2 * index))?,
        );
        Ok(Layer::from_weight_by_output(&weight, bias))
    };
    (0..tensors.len() / 2).map(layer).collect()
}

#[cfg(test)]
mod tests {
    use actlab_model::network::weights::initial_weights;

    use super::*;
    use crate::experiment::test_settings;

    #[test]
    fn weights_survive_the_way_through_a_file() {
        let weights = initial_weights(&[2, 5, 3, 1], 9);
        let scaling = Scaling {
            x_mean: vec![0.0; 2],
            x_std: vec![1.0; 2],
            y_mean: 0.5,
            y_std: 2.0,
        };
        let settings = test_settings("x1*x2", vec![[-1.0, 1.0]]);
        let file = encode(&weights, &settings, &scaling).expect("a file");
        assert_eq!(file, encode(&weights, &settings, &scaling).expect("the same bytes"));
        assert_eq!(decode(&file).expect("weights"), weights);
        let tensors = SafeTensors::deserialize(&file).expect("a file");
        assert_eq!(tensors.tensor("2.weight").expect("a tensor").shape(), [3, 5]);
        assert!(decode(b"nonsense").is_err());
    }
}
