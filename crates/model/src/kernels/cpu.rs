//! The operations on slices, for one network at a time and in a fixed order: its bits do not depend on the stack
//! it is in, nor on the machine.
//!
//! Each function runs inside `pulp`'s dispatch, which compiles it once for every vector extension; the caller says
//! which of them this machine has. `vectorized` writes the operation that the dispatch takes: a closure would do,
//! but the compiler is free to leave a closure outside of the function that has the extension, and does.

use pulp::{Arch, Simd, WithSimd};

use super::SMALLEST_NORM;
use crate::number::sums;

macro_rules! vectorized {
    ($($(#[$meta:meta])* $visibility:vis fn $name:ident<$life:lifetime>($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)? $body:block)*) => {$(
        $(#[$meta])*
        $visibility fn $name<$life>(arch: Arch, $($argument: $type),*) $(-> $result)? {
            struct Operation<$life> {
                $($argument: $type),*
            }
            impl<$life> WithSimd for Operation<$life> {
                type Output = result!($($result)?);

                #[inline(always)]
                fn with_simd<S: Simd>(self, _: S) -> Self::Output {
                    let Self { $($argument),* } = self;
                    $body
                }
            }
            arch.dispatch(Operation { $($argument),* })
        }
    )*};
}

macro_rules! result {
    () => {
        ()
    };
    ($result:ty) => {
        $result
    };
}
pub(crate) use {result, vectorized};

vectorized! {
    /// `z[i] <- z[i] + bias` for every row of `z: [samples, width]`.
    pub fn add_bias<'a>(z: &'a mut [f32], bias: &'a [f32]) {
        for row in z.chunks_exact_mut(bias.len()) {
            for (z, bias) in row.iter_mut().zip(bias) {
                *z += *bias;
            }
        }
    }

    /// Adds each row of `rows: [samples, width]` to `sum: [width]`.
    pub fn add_rows<'a>(rows: &'a [f32], sum: &'a mut [f32]) {
        for row in rows.chunks_exact(sum.len()) {
            for (sum, value) in sum.iter_mut().zip(row) {
                *sum += *value;
            }
        }
    }
}

vectorized! {
    /// Inner product, in an order that the length alone decides.
    pub fn dot<'a>(a: &'a [f32], b: &'a [f32]) -> f32 {
        sums::dot(a, b)
    }

    /// `values <- factor values`.
    pub fn scale<'a>(values: &'a mut [f32], factor: f32) {
        for value in values {
            *value *= factor;
        }
    }

    /// `to <- to + factor from`.
    pub fn add_scaled<'a>(to: &'a mut [f32], factor: f32, from: &'a [f32]) {
        for (to, from) in to.iter_mut().zip(from) {
            *to = from.mul_add(factor, *to);
        }
    }

    /// `to <- to + factor sign(of)`; zeros, and what is no number, have the sign 0.
    pub fn add_signs<'a>(to: &'a mut [f32], factor: f32, of: &'a [f32]) {
        for (to, of) in to.iter_mut().zip(of) {
            let (above, below) = (f32::from(*of > 0.0), f32::from(*of < 0.0));
            *to = (above - below).mul_add(factor, *to);
        }
    }
}

vectorized! {
    /// One power iteration on `weight: [rows, columns]`: `left <- W right / |W right|`,
    /// `right <- Wᵀ left / |Wᵀ left|`; returns `|Wᵀ left|`, which rises to the largest singular value. Where `W right`
    /// has no direction, `right` stays.
    pub fn power_iteration<'a>(weight: &'a [f32], left: &'a mut [f32], right: &'a mut [f32]) -> f32 {
        multiply(weight, right, left);
        let norm = normalise(left);
        if norm < SMALLEST_NORM {
            return norm;
        }
        multiply_transposed(weight, left, right);
        normalise(right)
    }

    /// [`power_iteration`] on a matrix that is stored transposed: `weight: [columns, rows]`.
    pub fn power_iteration_transposed<'a>(weight: &'a [f32], left: &'a mut [f32], right: &'a mut [f32]) -> f32 {
        multiply_transposed(weight, right, left);
        let norm = normalise(left);
        if norm < SMALLEST_NORM {
            return norm;
        }
        multiply(weight, left, right);
        normalise(right)
    }
}

/// `y <- M x` for `matrix` of `x.len()` columns.
#[inline(always)]
fn multiply(matrix: &[f32], x: &[f32], y: &mut [f32]) {
    for (y, row) in y.iter_mut().zip(matrix.chunks_exact(x.len())) {
        *y = sums::dot(row, x);
    }
}

/// `y <- Mᵀ x` for `matrix` of `y.len()` columns.
#[inline(always)]
fn multiply_transposed(matrix: &[f32], x: &[f32], y: &mut [f32]) {
    y.fill(0.0);
    for (x, row) in x.iter().zip(matrix.chunks_exact(y.len())) {
        for (y, value) in y.iter_mut().zip(row) {
            *y = x.mul_add(*value, *y);
        }
    }
}

/// Scales a vector to length one and returns the length that it had.
#[inline(always)]
fn normalise(vector: &mut [f32]) -> f32 {
    let norm = sums::dot(vector, vector).sqrt();
    let scale = 1.0 / norm.max(SMALLEST_NORM);
    for x in vector {
        *x *= scale;
    }
    norm
}

vectorized! {
    /// Backward of the spectral penalty: `product <- product + factor left rightᵀ`, of `[rows, columns]`. A factor of
    /// 0 adds nothing, whatever the vectors are.
    pub fn add_outer_product<'a>(product: &'a mut [f32], factor: f32, left: &'a [f32], right: &'a [f32]) {
        if factor == 0.0 {
            return;
        }
        for (row, left) in product.chunks_exact_mut(right.len()).zip(left) {
            let scale = factor * left;
            for (product, right) in row.iter_mut().zip(right) {
                *product = right.mul_add(scale, *product);
            }
        }
    }
}

vectorized! {
    /// `to: [columns, to_stride] <- fromᵀ` for `from: [rows, from_stride]`, where `to` has as many rows as `from` has
    /// columns that are no padding. What lies beyond `rows` in a row of `to` stays.
    pub fn transpose<'a>(from: &'a [f32], from_stride: usize, to: &'a mut [f32], to_stride: usize, rows: usize) {
        const TILE: usize = 4;
        let columns = to.len() / to_stride;
        let (even_rows, even_columns) = (rows / TILE * TILE, columns / TILE * TILE);
        for row in (0..even_rows).step_by(TILE) {
            let from: [&[f32]; TILE] = std::array::from_fn(|i| &from[(row + i) * from_stride..][..even_columns]);
            for column in (0..even_columns).step_by(TILE) {
                let tile: [[f32; TILE]; TILE] = std::array::from_fn(|i| std::array::from_fn(|j| from[i][column + j]));
                for j in 0..TILE {
                    let to = &mut to[(column + j) * to_stride + row..][..TILE];
                    to.copy_from_slice(&[tile[0][j], tile[1][j], tile[2][j], tile[3][j]]);
                }
            }
        }
        for row in 0..rows {
            let rest = if row < even_rows { even_columns } else { 0 };
            for column in rest..columns {
                to[column * to_stride + row] = from[row * from_stride + column];
            }
        }
    }

    /// A layer of few outputs, with its weight stored by output: `result[i, o] <- value[i] · weight[o] + bias[o]` for
    /// `value: [samples, stride]`, `weight: [outputs, stride]` and `result: [samples, outputs]`.
    pub fn narrow<'a>(value: &'a [f32], weight: &'a [f32], bias: &'a [f32], result: &'a mut [f32]) {
        let outputs = bias.len();
        let stride = weight.len() / outputs;
        for (value, result) in value.chunks_exact(stride).zip(result.chunks_exact_mut(outputs)) {
            for ((result, weight), bias) in result.iter_mut().zip(weight.chunks_exact(stride)).zip(bias) {
                *result = sums::dot(value, weight) + *bias;
            }
        }
    }
}
