//! The spectral norm of trained weights.

use nalgebra::DMatrix;

use super::weights::Layer;

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

#[cfg(test)]
mod tests {
    use super::*;

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
}
