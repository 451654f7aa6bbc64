//! Units on slices, for CPUs: each is compiled for every vector extension, and chosen once for a layer and block.

use pulp::{Arch, Simd, WithSimd};

use super::{From, PARAMETERS, Slope, Unit};
use crate::number::{Dual, Number};

/// Adds up the rows of `gradient` in `bias`, after each value has been multiplied with what `slope` makes of `from`.
#[inline(always)]
pub fn scale(gradient: &mut [f32], from: &[f32], bias: &mut [f32], slope: impl Fn(f32) -> f32) {
    let width = bias.len();
    for (row, from) in gradient.chunks_exact_mut(width).zip(from.chunks_exact(width)) {
        for ((gradient, from), bias) in row.iter_mut().zip(from).zip(&mut *bias) {
            *gradient *= slope(*from);
            *bias += *gradient;
        }
    }
}

struct Forward<'a, U> {
    parameters: &'a [f32],
    z: &'a mut [f32],
    kept: &'a mut [f32],
    unit: std::marker::PhantomData<U>,
}

impl<U: Unit> WithSimd for Forward<'_, U> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        match U::slope_from(self.parameters) {
            Slope::OfValue => {
                for z in self.z {
                    *z = U::value(*z, self.parameters);
                }
            }
            Slope::OfArgument => {
                for (z, kept) in self.z.iter_mut().zip(self.kept) {
                    let x = *z;
                    *z = U::value(x, self.parameters);
                    *kept = U::slope(x, *z, self.parameters);
                }
            }
        }
    }
}

/// See [`Definition::forward`](super::Definition::forward).
pub fn forward<U: Unit>(arch: Arch, parameters: &[f32], z: &mut [f32], kept: &mut [f32]) {
    arch.dispatch(Forward::<U> {
        parameters,
        z,
        kept,
        unit: std::marker::PhantomData,
    });
}

struct Backward<'a, U> {
    parameters: &'a [f32],
    gradient: &'a mut [f32],
    from: From<'a>,
    bias: &'a mut [f32],
    unit: std::marker::PhantomData<U>,
}

impl<U: Unit> WithSimd for Backward<'_, U> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        match U::slope_from(self.parameters) {
            Slope::OfValue => scale(self.gradient, self.from.value, self.bias, |y| {
                U::slope(y, y, self.parameters)
            }),
            Slope::OfArgument => scale(self.gradient, self.from.kept, self.bias, |slope| slope),
        }
    }
}

/// See [`Definition::backward`](super::Definition::backward).
pub fn backward<U: Unit>(arch: Arch, parameters: &[f32], gradient: &mut [f32], from: From<'_>, bias: &mut [f32]) {
    arch.dispatch(Backward::<U> {
        parameters,
        gradient,
        from,
        bias,
        unit: std::marker::PhantomData,
    });
}

struct ParameterSlope<'a, U> {
    parameters: &'a [f32],
    which: usize,
    z: &'a [f32],
    slope: &'a mut [f32],
    unit: std::marker::PhantomData<U>,
}

impl<U: Unit> WithSimd for ParameterSlope<'_, U> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let parameters = duals(self.parameters, self.which);
        for (slope, z) in self.slope.iter_mut().zip(self.z) {
            *slope = U::value(Dual::fixed(*z), &parameters[..U::PARAMETERS.len()]).slope;
        }
    }
}

/// The parameters as numbers that are differentiated by one of them; as many as there may be.
#[inline(always)]
pub fn duals<N: Number>(parameters: &[N], which: usize) -> [Dual<N>; PARAMETERS] {
    let dual = |place| match parameters.get(place) {
        Some(parameter) if place == which => Dual::variable(*parameter),
        Some(parameter) => Dual::fixed(*parameter),
        None => Dual::constant(0.0),
    };
    std::array::from_fn(dual)
}

/// See [`Definition::parameter_slope`](super::Definition::parameter_slope).
pub fn parameter_slope<U: Unit>(arch: Arch, parameters: &[f32], which: usize, z: &[f32], slope: &mut [f32]) {
    arch.dispatch(ParameterSlope::<U> {
        parameters,
        which,
        z,
        slope,
        unit: std::marker::PhantomData,
    });
}

struct ApplySlope<'a> {
    gradient: &'a mut [f32],
    slope: &'a [f32],
    bias: &'a mut [f32],
}

impl WithSimd for ApplySlope<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        scale(self.gradient, self.slope, self.bias, |slope| slope);
    }
}

/// `gradient <- gradient * slope`, and its rows are added to `bias`.
pub fn apply_slope(arch: Arch, gradient: &mut [f32], slope: &[f32], bias: &mut [f32]) {
    arch.dispatch(ApplySlope { gradient, slope, bias });
}
