//! Two branches that become one value. More than two are joined one after the other.

use burn::tensor::{Tensor, activation};
use pulp::{Arch, Simd, WithSimd};

use crate::kernels::cpu::{result, vectorized};
use crate::kernels::product::padded;
use crate::number::Elementary;

/// What becomes of two branches `a` and `b`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Join {
    /// `a + b`; with a branch that does nothing, a residual block (He et al., CVPR 2016).
    Sum,
    /// `a b`, number by number.
    Product,
    /// `a sigmoid(b)`: the gated linear unit (Dauphin et al., ICML 2017).
    Gate,
    /// All of `a`, then all of `b`.
    Concatenation,
}

impl Join {
    /// All joins.
    pub const ALL: [Self; 4] = [Self::Sum, Self::Product, Self::Gate, Self::Concatenation];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Product => "product",
            Self::Gate => "gate",
            Self::Concatenation => "concatenation",
        }
    }

    /// Whether so many branches can be joined.
    pub fn takes(self, branches: usize) -> bool {
        match self {
            Self::Gate => branches == 2,
            Self::Sum | Self::Product | Self::Concatenation => branches >= 2,
        }
    }

    /// The width of what branches of these widths become; none where they do not fit.
    pub fn width(self, [a, b]: [usize; 2]) -> Option<usize> {
        match self {
            Self::Sum | Self::Product | Self::Gate => (a == b).then_some(a),
            Self::Concatenation => Some(a + b),
        }
    }

    /// `output <- join(a, b)`.
    pub fn forward(self, arch: Arch, branches: Branches<'_>, output: &mut [f32]) {
        let Branches { values: [a, b], widths } = branches;
        match self {
            Self::Sum => sum(arch, a, b, output),
            Self::Product => product(arch, a, b, output),
            Self::Gate => gate(arch, a, b, output),
            Self::Concatenation => {
                let stride = padded(widths[0] + widths[1]);
                for (branch, place) in [a, b].into_iter().zip(places(widths)) {
                    copy_columns(branch, [padded(place.1), 0], output, [stride, place.0], place.1);
                }
            }
        }
    }

    /// The gradient of the branch `which`, 0 or 1, from the `gradient` of the output: `delta <- gradient d join / d
    /// branch`, or added to `delta` where it `adds`.
    pub fn backward(
        self,
        arch: Arch,
        which: usize,
        branches: Branches<'_>,
        gradient: &[f32],
        delta: &mut [f32],
        adds: bool,
    ) {
        let Branches { values: [a, b], widths } = branches;
        match (self, which) {
            (Self::Sum, _) => pass(arch, gradient, delta, adds),
            (Self::Product, 0) => scaled(arch, gradient, b, delta, adds),
            (Self::Product, _) => scaled(arch, gradient, a, delta, adds),
            (Self::Gate, 0) => gated(arch, gradient, b, delta, adds),
            (Self::Gate, _) => gating(arch, gradient, a, b, delta, adds),
            (Self::Concatenation, which) => {
                let (stride, (start, width)) = (padded(widths[0] + widths[1]), places(widths)[which]);
                match adds {
                    true => add_columns(gradient, [stride, start], delta, [padded(width), 0], width),
                    false => copy_columns(gradient, [stride, start], delta, [padded(width), 0], width),
                }
            }
        }
    }

    /// The same by burn's own operations, of `[networks, samples, width]`.
    pub fn tensor(self, a: Tensor<3>, b: Tensor<3>) -> Tensor<3> {
        match self {
            Self::Sum => a + b,
            Self::Product => a * b,
            Self::Gate => a * activation::sigmoid(b),
            Self::Concatenation => Tensor::cat(vec![a, b], 2),
        }
    }

    /// The same in double precision, of `[samples, width]` without padding.
    pub fn reference(self, a: &[f64], b: &[f64], widths: [usize; 2]) -> Vec<f64> {
        let pairs = a.iter().zip(b);
        match self {
            Self::Sum => pairs.map(|(a, b)| a + b).collect(),
            Self::Product => pairs.map(|(a, b)| a * b).collect(),
            Self::Gate => pairs.map(|(a, b)| a * b.logistic()).collect(),
            Self::Concatenation => {
                let rows = a.chunks_exact(widths[0]).zip(b.chunks_exact(widths[1]));
                rows.flat_map(|(a, b)| a.iter().chain(b).copied()).collect()
            }
        }
    }
}

/// What two branches give, in rows that are padded to whole vectors, and how wide they are without.
#[derive(Debug, Clone, Copy)]
pub struct Branches<'a> {
    /// `[rows, stride]` of each.
    pub values: [&'a [f32]; 2],
    /// Of each.
    pub widths: [usize; 2],
}

/// Of each branch of a concatenation the first column and the width.
fn places(widths: [usize; 2]) -> [(usize, usize); 2] {
    [(0, widths[0]), (widths[0], widths[1])]
}

/// Columns of each row of `from` to those of `to`; of both the stride and the first column.
fn copy_columns(from: &[f32], [stride, first]: [usize; 2], to: &mut [f32], place: [usize; 2], width: usize) {
    for (from, to) in from.chunks_exact(stride).zip(to.chunks_exact_mut(place[0])) {
        to[place[1]..][..width].copy_from_slice(&from[first..][..width]);
    }
}

/// [`copy_columns`], added.
fn add_columns(from: &[f32], [stride, first]: [usize; 2], to: &mut [f32], place: [usize; 2], width: usize) {
    for (from, to) in from.chunks_exact(stride).zip(to.chunks_exact_mut(place[0])) {
        let columns = to[place[1]..][..width].iter_mut().zip(&from[first..][..width]);
        columns.for_each(|(to, from)| *to += from);
    }
}

/// What `value` says of each place of `delta`.
#[inline(always)]
fn write(delta: &mut [f32], adds: bool, value: impl Fn(usize) -> f32) {
    match adds {
        true => {
            for (i, delta) in delta.iter_mut().enumerate() {
                *delta += value(i);
            }
        }
        false => {
            for (i, delta) in delta.iter_mut().enumerate() {
                *delta = value(i);
            }
        }
    }
}

vectorized! {
    fn sum<'a>(a: &'a [f32], b: &'a [f32], output: &'a mut [f32]) {
        let (a, b) = (&a[..output.len()], &b[..output.len()]);
        write(output, false, |i| a[i] + b[i]);
    }

    fn product<'a>(a: &'a [f32], b: &'a [f32], output: &'a mut [f32]) {
        let (a, b) = (&a[..output.len()], &b[..output.len()]);
        write(output, false, |i| a[i] * b[i]);
    }

    fn gate<'a>(a: &'a [f32], b: &'a [f32], output: &'a mut [f32]) {
        let (a, b) = (&a[..output.len()], &b[..output.len()]);
        write(output, false, |i| a[i] * b[i].logistic());
    }

    fn pass<'a>(gradient: &'a [f32], delta: &'a mut [f32], adds: bool) {
        let gradient = &gradient[..delta.len()];
        write(delta, adds, |i| gradient[i]);
    }

    fn scaled<'a>(gradient: &'a [f32], other: &'a [f32], delta: &'a mut [f32], adds: bool) {
        let (gradient, other) = (&gradient[..delta.len()], &other[..delta.len()]);
        write(delta, adds, |i| gradient[i] * other[i]);
    }

    fn gated<'a>(gradient: &'a [f32], b: &'a [f32], delta: &'a mut [f32], adds: bool) {
        let (gradient, b) = (&gradient[..delta.len()], &b[..delta.len()]);
        write(delta, adds, |i| gradient[i] * b[i].logistic());
    }

    fn gating<'a>(gradient: &'a [f32], a: &'a [f32], b: &'a [f32], delta: &'a mut [f32], adds: bool) {
        let (gradient, a, b) = (&gradient[..delta.len()], &a[..delta.len()], &b[..delta.len()]);
        write(delta, adds, |i| {
            let open = b[i].logistic();
            gradient[i] * a[i] * (open * (1.0 - open))
        });
    }
}
