//! Sums in a fixed order, which is the same on every machine.

/// Sums run over so many numbers at a time; matrices are padded to a multiple of it, with zeros: the widest vector's length.
pub const LANES: usize = 16;

/// Sum of all lanes, the upper half on the lower until one is left.
#[inline(always)]
fn across(mut lanes: [f32; LANES]) -> f32 {
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            lanes[lane] += lanes[lane + width];
        }
        width /= 2;
    }
    lanes[0]
}

/// What a pair adds to a sum. No closure: the compiler leaves those outside of the function that has a vector extension,
/// where a fused multiply-add is a call.
pub trait Term: Copy {
    /// The sum so far, and what this pair adds.
    fn add(self, a: f32, b: f32, sum: f32) -> f32;
}

/// Sum over pairs, in a fixed order of sixteen running sums, which is the same on every machine and lets the compiler
/// add sixteen at a time.
#[inline(always)]
pub fn sum(a: &[f32], b: &[f32], term: impl Term) -> f32 {
    let mut lanes = [0f32; LANES];
    let (a_blocks, a_rest) = a.as_chunks::<LANES>();
    let (b_blocks, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        for lane in 0..LANES {
            lanes[lane] = term.add(a[lane], b[lane], lanes[lane]);
        }
    }
    for ((sum, a), b) in lanes.iter_mut().zip(a_rest).zip(b_rest) {
        *sum = term.add(*a, *b, *sum);
    }
    across(lanes)
}

#[derive(Clone, Copy)]
struct Product;

impl Term for Product {
    #[inline(always)]
    fn add(self, a: f32, b: f32, sum: f32) -> f32 {
        a.mul_add(b, sum)
    }
}

/// Inner product.
#[inline(always)]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    sum(a, b, Product)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_products_agree_with_double_precision() {
        let a: Vec<f32> = (0..1001).map(|i| (i as f32 * 0.37).sin()).collect();
        let b: Vec<f32> = (0..1001).map(|i| (i as f32 * 0.11).cos()).collect();
        let exact: f64 = a.iter().zip(&b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
        let magnitude: f64 = a.iter().zip(&b).map(|(a, b)| f64::from(a * b).abs()).sum();
        // n/8 roundings to a lane, each of at most half a unit of the sum of magnitudes.
        let bound = 130.0 * f64::from(f32::EPSILON) / 2.0 * magnitude;
        assert!((f64::from(dot(&a, &b)) - exact).abs() <= bound);
    }
}
