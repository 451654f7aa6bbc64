//! The spectral norm of trained weights, and the Lipschitz bound that follows from it.

use nalgebra::DMatrix;

use super::weights::Layer;
use crate::unit::Activation;

/// The largest singular value of a layer's weight, in double precision (from the
/// eigenvalues of the Gram matrix, so never below the true one as a power iteration would be). No-number where a weight is not finite.
pub fn spectral_norm(layer: &Layer) -> f64 {
    if layer.weight.iter().any(|w| !w.is_finite()) {
        return f64::NAN;
    }
    let weight = layer.weight.iter().copied().map(f64::from);
    let matrix = DMatrix::from_row_iterator(layer.inputs, layer.outputs, weight);
    // The Gram matrix of the narrow side has the squares of the singular values; its largest eigenvalue keeps
    // full relative precision.
    let gram = if layer.inputs < layer.outputs {
        &matrix * matrix.transpose()
    } else {
        matrix.tr_mul(&matrix)
    };
    gram.symmetric_eigenvalues().max().max(0.0).sqrt()
}

/// An upper bound of how fast a network's output can change: the product of the spectral norms of its layers, `norms`,
/// and of the Lipschitz constants of the activations between them. In units of the network's output per unit of its
/// input.
pub fn lipschitz_bound(norms: &[f64], activation: Activation) -> f64 {
    let between = norms.len().saturating_sub(1) as i32;
    norms.iter().product::<f64>() * activation.lipschitz().powi(between)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::predict::predict;
    use crate::network::weights::initial_weights;

    fn layer(inputs: usize, outputs: usize, weight: &[f32]) -> Layer {
        Layer {
            inputs,
            outputs,
            weight: weight.to_vec(),
            bias: vec![0.0; outputs],
        }
    }

    /// Singular values known in closed form: a diagonal, an outer product, and [[1, 1], [0, 1]], whose largest
    /// is the golden ratio.
    #[test]
    fn spectral_norms_known_in_closed_form() {
        let cases = [
            (layer(2, 3, &[3.0, 0.0, 0.0, 0.0, -5.0, 0.0]), 5.0),
            (layer(2, 2, &[2.0, 4.0, 4.0, 8.0]), 10.0),
            (layer(2, 2, &[1.0, 1.0, 0.0, 1.0]), (1.0 + 5f64.sqrt()) / 2.0),
            (layer(1, 3, &[2.0, 3.0, 6.0]), 7.0),
        ];
        for (layer, sigma) in cases {
            let error = (spectral_norm(&layer) - sigma).abs();
            assert!(error < 1e-13 * sigma, "{sigma}: {error}");
        }
    }

    #[test]
    fn no_slope_exceeds_the_lipschitz_bound() {
        for activation in Activation::all() {
            let weights = initial_weights(&[1, 16, 16, 1], 5);
            let norms: Vec<f64> = weights.iter().map(spectral_norm).collect();
            let bound = lipschitz_bound(&norms, activation);
            for i in -1000..1000 {
                let (a, b) = (f64::from(i) * 0.01, f64::from(i + 1) * 0.01);
                let rise = predict(&weights, activation, &[b])[0] - predict(&weights, activation, &[a])[0];
                assert!(rise.abs() <= bound * (b - a) * (1.0 + 1e-12), "{activation} at {a}");
            }
        }
    }
}
