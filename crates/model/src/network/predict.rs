//! Prediction on the host in double precision: the same bits on every machine.

use pulp::{Arch, Simd, WithSimd};

use super::weights::{Layer, Weights};
use crate::kernels::product::LANES;
use crate::unit::Activation;

/// The output of one network on the host in double precision, for one sample.
///
/// # Panics
/// If `x` is not as long as the network has inputs.
pub fn predict(weights: &Weights, activation: Activation, x: &[f64]) -> Vec<f64> {
    assert_eq!(x.len(), weights[0].inputs, "a value for each input");
    predict_all(weights, activation, x)
}

/// The outputs of one network on the host in double precision, `[samples, outputs]` for `x: [samples, inputs]`. The
/// same bits on every machine, and for a sample whatever is predicted with it.
///
/// # Panics
/// If `x` is no whole number of samples.
pub fn predict_all(weights: &Weights, activation: Activation, x: &[f64]) -> Vec<f64> {
    let output = weights.len() - 1;
    weights.iter().enumerate().fold(x.to_vec(), |a, (index, layer)| {
        assert!(
            a.len().is_multiple_of(layer.inputs),
            "a value for each input of the layer"
        );
        let mut z = affine(Arch::new(), layer, &a);
        if index != output {
            z.iter_mut().for_each(|z| *z = activation.value(*z));
        }
        z
    })
}

/// `a W + b` for `a: [samples, inputs]`.
fn affine(arch: Arch, layer: &Layer, a: &[f64]) -> Vec<f64> {
    // The widest vector has half as many f64 as f32.
    let stride = layer.outputs.next_multiple_of(BLOCK * LANES / 2);
    let pad = |values: &[f32]| -> Vec<f64> {
        let mut row = values.iter().copied().map(f64::from).collect::<Vec<_>>();
        row.resize(stride, 0.0);
        row
    };
    let weight: Vec<f64> = layer.weight.chunks_exact(layer.outputs).flat_map(pad).collect();
    let bias = pad(&layer.bias);
    let mut z = Vec::with_capacity(a.len() / layer.inputs * layer.outputs);
    arch.dispatch(Affine {
        layer,
        weight: &weight,
        bias: &bias,
        a,
        z: &mut z,
    });
    z
}

/// Vectors of sums that stay in registers.
const BLOCK: usize = 4;

/// Rows of `weight` and the `bias` are padded to whole blocks of vectors.
struct Affine<'a> {
    layer: &'a Layer,
    weight: &'a [f64],
    bias: &'a [f64],
    a: &'a [f64],
    z: &'a mut Vec<f64>,
}

impl WithSimd for Affine<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let blocks = self.bias.len() / (BLOCK * S::F64_LANES);
        let bias = S::as_simd_f64s(self.bias).0.as_chunks::<BLOCK>().0;
        let weight = S::as_simd_f64s(self.weight).0.as_chunks::<BLOCK>().0;
        let mut row = vec![0.0; self.bias.len()];
        for a in self.a.chunks_exact(self.layer.inputs) {
            let z = S::as_mut_simd_f64s(&mut row).0.as_chunks_mut::<BLOCK>().0;
            for (block, (z, bias)) in z.iter_mut().zip(bias).enumerate() {
                let mut sums = *bias;
                for (a, weight) in a.iter().zip(weight[block..].iter().step_by(blocks)) {
                    let a = simd.splat_f64s(*a);
                    for i in 0..BLOCK {
                        sums[i] = simd.mul_add_f64s(a, weight[i], sums[i]);
                    }
                }
                *z = sums;
            }
            self.z.extend_from_slice(&row[..self.layer.outputs]);
        }
    }
}
