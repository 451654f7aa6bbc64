//! Products of small matrices, for one core.
//!
//! Written here, not taken from a library, for three reasons. A matrix of a small network fits into the first two
//! cache levels, where packing costs more than it brings: without it this kernel reaches 113 to 116 GFLOP/s on one
//! Zen 4 core from 256x16x16 to 256x256x256, the `gemm` crate 82 to 107. Nothing is allocated. And each number of
//! the result is one chain of fused multiply-adds in the order of `depth`, whatever the vector width, the cache
//! sizes and the block are: the same bits on every machine.

use pulp::{Arch, Simd, WithSimd};

pub use crate::number::LANES;

/// `length` rounded up to a multiple of [`LANES`].
pub const fn padded(length: usize) -> usize {
    length.next_multiple_of(LANES)
}

/// The left factor, `[rows, depth]` in any layout.
#[derive(Debug, Clone, Copy)]
pub struct Left<'a> {
    /// The values.
    pub values: &'a [f32],
    /// From one row to the next.
    pub row_stride: usize,
    /// From one value of a row to the next.
    pub depth_stride: usize,
}

impl<'a> Left<'a> {
    /// A matrix whose rows lie one after the other, each padded to `stride`.
    pub fn rows(values: &'a [f32], stride: usize) -> Self {
        Self {
            values,
            row_stride: stride,
            depth_stride: 1,
        }
    }

    /// The transpose of a matrix whose rows lie one after the other, each padded to `stride`.
    pub fn transposed(values: &'a [f32], stride: usize) -> Self {
        Self {
            values,
            row_stride: 1,
            depth_stride: stride,
        }
    }
}

/// What the products are added to.
#[derive(Debug, Clone, Copy)]
pub enum Start<'a> {
    /// Nothing.
    Zero,
    /// This row, in every row.
    Row(&'a [f32]),
    /// What the result holds already.
    Result,
}

/// `result[i, j] <- start + sum over k of left[i, k] right[k, j]` for `result: [rows, columns]` and
/// `right: [depth, columns]`, both row after row.
///
/// # Panics
/// If `columns` is no multiple of [`LANES`] or a slice is too short.
pub fn product(
    arch: Arch,
    result: &mut [f32],
    start: Start<'_>,
    left: Left<'_>,
    right: &[f32],
    [rows, depth, columns]: [usize; 3],
) {
    assert!(columns.is_multiple_of(LANES), "columns are padded");
    let holds = |values: &[f32], rows: usize, columns: usize| {
        let needed = rows.checked_mul(columns);
        assert!(
            needed.is_some_and(|needed| values.len() >= needed),
            "a matrix is too short"
        );
    };
    holds(result, rows, columns);
    holds(right, depth, columns);
    if let Start::Row(row) = start {
        holds(row, 1, columns);
    }
    if rows == 0 || columns == 0 {
        return;
    }
    if depth > 0 {
        let to_row = (rows - 1).checked_mul(left.row_stride);
        let to_depth = (depth - 1).checked_mul(left.depth_stride);
        let last = to_row.zip(to_depth).and_then(|(row, depth)| row.checked_add(depth));
        assert!(
            last.is_some_and(|last| left.values.len() > last),
            "the left factor is too short"
        );
    }
    arch.dispatch(Product {
        result,
        start,
        left,
        right,
        rows,
        depth,
        columns,
    });
}

struct Product<'a> {
    result: &'a mut [f32],
    start: Start<'a>,
    left: Left<'a>,
    right: &'a [f32],
    rows: usize,
    depth: usize,
    columns: usize,
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let mut column = 0;
        while column + 2 * S::F32_LANES <= self.columns {
            self.strip::<S, 2>(simd, column);
            column += 2 * S::F32_LANES;
        }
        while column < self.columns {
            self.strip::<S, 1>(simd, column);
            column += S::F32_LANES;
        }
    }
}

impl Product<'_> {
    /// All rows of `VECTORS` vectors of columns, in tiles whose sums stay in registers: of two vectors, 8 rows take 16
    /// of 32 registers and 4 rows take 8 of 16, beside three for the operands.
    #[inline(always)]
    fn strip<S: Simd, const VECTORS: usize>(&mut self, simd: S, column: usize) {
        let mut row = 0;
        if S::REGISTER_COUNT >= 32 {
            while row + 8 <= self.rows {
                self.tile::<S, 8, VECTORS>(simd, row, column);
                row += 8;
            }
        }
        while row + 4 <= self.rows {
            self.tile::<S, 4, VECTORS>(simd, row, column);
            row += 4;
        }
        while row < self.rows {
            self.tile::<S, 1, VECTORS>(simd, row, column);
            row += 1;
        }
    }

    #[inline(always)]
    fn tile<S: Simd, const ROWS: usize, const VECTORS: usize>(&mut self, simd: S, row: usize, column: usize) {
        let Left {
            values,
            row_stride,
            depth_stride,
        } = self.left;
        debug_assert!(row + ROWS <= self.rows && column + VECTORS * S::F32_LANES <= self.columns);
        // SAFETY: `product` has checked that `result` and `right` have `columns` values in each of their rows, `rows`
        // and `depth` of them, that a starting row has `columns` values, and that the last value of `left` that is
        // read lies in its slice. Tiles lie within `rows` and `columns`: `strip` and `with_simd` stop before.
        // Vectors are read and written without alignment.
        unsafe {
            let load = |from: *const f32, vector: usize| -> S::f32s {
                from.add(vector * S::F32_LANES).cast::<S::f32s>().read_unaligned()
            };
            let result = self.result.as_mut_ptr().add(row * self.columns + column);
            let mut sums = [[simd.splat_f32s(0.0); VECTORS]; ROWS];
            for (i, sums) in sums.iter_mut().enumerate() {
                let from = match self.start {
                    Start::Zero => continue,
                    Start::Row(row) => row.as_ptr().add(column),
                    Start::Result => result.add(i * self.columns).cast_const(),
                };
                for (vector, sum) in sums.iter_mut().enumerate() {
                    *sum = load(from, vector);
                }
            }
            let mut left = values.as_ptr().add(row * row_stride);
            let mut right = self.right.as_ptr().add(column);
            for _ in 0..self.depth {
                let mut factors = [simd.splat_f32s(0.0); VECTORS];
                for (vector, factor) in factors.iter_mut().enumerate() {
                    *factor = load(right, vector);
                }
                for (i, sums) in sums.iter_mut().enumerate() {
                    let value = simd.splat_f32s(*left.add(i * row_stride));
                    for (sum, factor) in sums.iter_mut().zip(factors) {
                        *sum = simd.mul_add_f32s(value, factor, *sum);
                    }
                }
                left = left.wrapping_add(depth_stride);
                right = right.wrapping_add(self.columns);
            }
            for (i, sums) in sums.into_iter().enumerate() {
                for (vector, sum) in sums.into_iter().enumerate() {
                    let to = result.add(i * self.columns + vector * S::F32_LANES);
                    to.cast::<S::f32s>().write_unaligned(sum);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::archs;

    /// Values for which every product and sum is exact in `f32`, so that any order gives the same number.
    fn integers(n: usize, seed: usize) -> Vec<f32> {
        (0..n).map(|i| ((i * 7 + seed * 13) % 11) as f32 - 5.0).collect()
    }

    #[test]
    fn products_of_integers_are_exact_for_every_shape_and_layout() {
        for arch in archs() {
            for rows in [0, 1, 3, 4, 7, 8, 13, 64] {
                for depth in [0, 1, 2, 5, 33] {
                    for columns in [16, 32, 48, 80] {
                        let plain = integers(rows * depth, 1);
                        let transposed: Vec<f32> = (0..rows * depth)
                            .map(|i| plain[(i % rows) * depth + i / rows])
                            .collect();
                        let right = integers(depth * columns, 2);
                        let start = integers(rows * columns, 3);
                        let row = integers(columns, 4);
                        let expected = |i: usize, j: usize, start: f32| {
                            (0..depth)
                                .map(|k| plain[i * depth + k] * right[k * columns + j])
                                .sum::<f32>()
                                + start
                        };
                        for left in [Left::rows(&plain, depth), Left::transposed(&transposed, rows)] {
                            let shape = [rows, depth, columns];
                            let mut results = [start.clone(), start.clone(), start.clone()];
                            product(arch, &mut results[0], Start::Zero, left, &right, shape);
                            product(arch, &mut results[1], Start::Row(&row), left, &right, shape);
                            product(arch, &mut results[2], Start::Result, left, &right, shape);
                            for i in 0..rows {
                                for (j, row) in row.iter().enumerate() {
                                    let at = i * columns + j;
                                    assert_eq!(results[0][at], expected(i, j, 0.0));
                                    assert_eq!(results[1][at], expected(i, j, *row));
                                    assert_eq!(results[2][at], expected(i, j, start[at]));
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// A product of sizes that does not fit into the machine's integers must not pass for a small one.
    #[test]
    fn sizes_that_overflow_are_refused() {
        const HUGE: usize = 1 << (usize::BITS - 4);
        let refused = |left: Left<'_>, shape: [usize; 3]| {
            let work = || product(Arch::new(), &mut [0.0; 16], Start::Zero, left, &[0.0; 16], shape);
            std::panic::catch_unwind(work).is_err()
        };
        let values = [0.0; 16];
        assert!(refused(Left::rows(&values, 0), [HUGE, 0, 16]), "of the result");
        assert!(refused(Left::rows(&values, 0), [1, HUGE, 16]), "of the right factor");
        let wide = Left {
            values: &values,
            row_stride: 0,
            depth_stride: usize::MAX,
        };
        assert!(refused(wide, [1, 2, 16]), "of the left factor's depth");
        let tall = Left {
            values: &values,
            row_stride: usize::MAX,
            depth_stride: 1,
        };
        assert!(refused(tall, [2, 2, 16]), "of the left factor's rows");
    }

    #[test]
    fn every_vector_width_gives_the_same_bits() {
        let values = |n: usize, step: f32| -> Vec<f32> { (0..n).map(|i| (i as f32 * step).sin()).collect() };
        let (left, right) = (values(13 * 37, 0.7), values(37 * 48, 0.3));
        let results: Vec<Vec<f32>> = archs()
            .into_iter()
            .map(|arch| {
                let mut result = vec![0.0; 13 * 48];
                product(
                    arch,
                    &mut result,
                    Start::Zero,
                    Left::rows(&left, 37),
                    &right,
                    [13, 37, 48],
                );
                result
            })
            .collect();
        for result in &results[1..] {
            assert!(result.iter().zip(&results[0]).all(|(a, b)| a.to_bits() == b.to_bits()));
        }
    }
}
