//! Functions as polynomials and combinations of others, once for CPUs and GPUs. A GPU's own `sin` and `tanh` are as
//! accurate as its driver likes (Vulkan asks for 2^-11), so it computes the same polynomials as a CPU.

use super::{Function, Number};

/// A polynomial by Horner's scheme, the coefficient of the highest power first.
#[inline(always)]
fn polynomial<N: Number, const COUNT: usize>(x: N, coefficients: [f32; COUNT]) -> N {
    let mut sum = constant(coefficients[0]);
    for coefficient in &coefficients[1..] {
        sum = N::mul_add(sum, x, constant(*coefficient));
    }
    sum
}

#[inline(always)]
fn constant<N: Number>(value: f32) -> N {
    N::constant(f64::from(value))
}

/// Hyperbolic tangent: a rational minimax approximation of degree 13 over 6, the one of the Eigen library
/// (`generic_fast_tanh_float`), on the interval outside of which `tanh` rounds to one.
#[inline(always)]
pub fn tanh<N: Number>(x: N) -> N {
    const NUMERATOR: [f32; 7] = [
        -2.760_768_4e-16,
        2.000_188e-13,
        -8.604_672e-11,
        5.122_297_1e-8,
        1.485_722_4e-5,
        6.372_619_3e-4,
        4.893_524_6e-3,
    ];
    const DENOMINATOR: [f32; 4] = [1.198_258_4e-6, 1.185_347_1e-4, 2.268_434_6e-3, 4.893_525e-3];
    let clamped = N::clamp(x, 9.0);
    let square = clamped * clamped;
    let numerator = polynomial(square, NUMERATOR);
    let denominator = polynomial(square, DENOMINATOR);
    N::clamp(clamped * (numerator / denominator), 1.0)
}

/// Sine within ±π/4, by the minimax polynomial of the Cephes library.
#[inline(always)]
pub fn sine_near_zero<N: Number>(x: N) -> N {
    let square = x * x;
    let sum = polynomial(square, [-1.951_529_6e-4, 8.332_161e-3, -1.666_665_5e-1]);
    N::mul_add(sum * square, x, x)
}

/// Cosine within ±π/4, by the minimax polynomial of the Cephes library.
#[inline(always)]
pub fn cosine_near_zero<N: Number>(x: N) -> N {
    let square = x * x;
    let sum = polynomial(square, [2.443_315_7e-5, -1.388_731_6e-3, 4.166_664_6e-2]);
    let rest = N::mul_add(constant(-0.5), square, constant(1.0));
    N::mul_add(sum * square, square, rest)
}

/// `exp(x) - 1` within ±ln(2)/2, by the minimax polynomial of the Cephes library.
#[inline(always)]
fn exponential_minus_one_near_zero<N: Number>(x: N) -> N {
    let sum = polynomial(
        x,
        [
            1.987_569_1e-4,
            1.398_2e-3,
            8.333_452e-3,
            4.166_579_6e-2,
            1.666_666_5e-1,
            0.5,
        ],
    );
    N::mul_add(sum, x * x, x)
}

/// `exp` within ±ln(2)/2.
#[inline(always)]
pub fn exponential_near_zero<N: Number>(x: N) -> N {
    exponential_minus_one_near_zero(x) + constant(1.0)
}

/// `ln(1 + x)` for `1 + x` from 1/√2 to √2, by the minimax polynomial of the Cephes library.
#[inline(always)]
pub fn logarithm_near_one<N: Number>(x: N) -> N {
    let square = x * x;
    let sum = polynomial(
        x,
        [
            7.037_683_6e-2,
            -1.151_461e-1,
            1.167_699_9e-1,
            -1.242_014_1e-1,
            1.424_932_3e-1,
            -1.666_805_8e-1,
            2.000_071_5e-1,
            -2.499_999_4e-1,
            3.333_333e-1,
        ],
    );
    N::mul_add(sum, x * square, N::mul_add(constant(-0.5), square, x))
}

/// A number with the few functions that all others are made of.
pub trait Basic: Number {
    /// Its absolute value.
    fn size(self) -> Self;
    /// Its sine.
    fn sin(self) -> Self;
    /// Its cosine.
    fn cos(self) -> Self;
    /// Its exponential.
    fn exp(self) -> Self;
    /// Its natural logarithm.
    fn ln(self) -> Self;
    /// Its square root.
    fn root(self) -> Self;
    /// The largest whole number that is not above it.
    fn floor(self) -> Self;
}

/// Any function, of the basic ones.
#[inline(always)]
pub fn apply<N: Basic>(x: N, function: Function) -> N {
    let (half, one) = (constant::<N>(0.5), constant::<N>(1.0));
    match function {
        Function::Abs => x.size(),
        Function::Sign => sign(x),
        Function::Sin => x.sin(),
        Function::Cos => x.cos(),
        Function::Tan => x.sin() / x.cos(),
        Function::Asin => arcsine(x),
        Function::Acos => N::constant(std::f64::consts::FRAC_PI_2) - arcsine(x),
        Function::Atan => arctangent(x),
        Function::Sinh => hyperbolic_sine(x),
        Function::Cosh => {
            let grown = x.size().exp();
            half * (grown + one / grown)
        }
        Function::Tanh => tanh(x),
        Function::Logistic => half * tanh(half * x) + half,
        Function::Erf => error_function(x),
        Function::Exp => x.exp(),
        Function::ExpM1 => {
            let near = exponential_minus_one_near_zero(x);
            x.size().if_less(constant(0.35), near, x.exp() - one)
        }
        Function::Ln => x.ln(),
        Function::Log2 => x.ln() * N::constant(std::f64::consts::LOG2_E),
        Function::Log10 => x.ln() * N::constant(std::f64::consts::LOG10_E),
        Function::Sqrt => x.root(),
        Function::Cbrt => sign(x) * (x.size().ln() / constant(3.0)).exp(),
        Function::Floor => x.floor(),
        Function::Ceil => -(-x).floor(),
        Function::Round => sign(x) * (x.size() + half).floor(),
        Function::Trunc => sign(x) * x.size().floor(),
    }
}

/// Near zero `x + x P(x^2)`, farther out `1 - exp(x Q(x))`: both polynomials minimax for the relative error of the whole
/// (Lawson's algorithm, from values of twice the digits), 0.02 units in the last place before rounding. At 4 all rounds
/// to one.
#[inline(always)]
fn error_function<N: Basic>(x: N) -> N {
    const NEAR: [f32; 7] = [
        8.382_412e-5,
        -8.145_603e-4,
        5.201_286_6e-3,
        -2.685_95e-2,
        1.128_369_7e-1,
        -3.761_263_5e-1,
        1.283_791_7e-1,
    ];
    const FAR: [f32; 7] = [
        -1.083_819_6e-5,
        3.188_815_6e-4,
        -3.626_565_4e-3,
        2.372_857_2e-2,
        -1.061_981_5e-1,
        -6.351_746_3e-1,
        -1.128_642_8,
    ];
    let (size, end) = (x.size(), constant::<N>(4.0));
    let near = N::mul_add(polynomial(x * x, NEAR), x, x);
    let size_within = end.if_less(size, end, size);
    let rest = (size_within * polynomial(size_within, FAR)).exp();
    size.if_less(constant(0.92), near, sign(x) * (constant::<N>(1.0) - rest))
}

#[inline(always)]
fn sign<N: Basic>(x: N) -> N {
    let (zero, one) = (constant::<N>(0.0), constant::<N>(1.0));
    x.if_less(zero, -one, zero.if_less(x, one, x))
}

#[inline(always)]
fn arcsine<N: Basic>(x: N) -> N {
    let one = constant::<N>(1.0);
    arctangent(x / ((one - x) * (one + x)).root())
}

/// The reduction and the minimax polynomial of the Cephes library.
#[inline(always)]
fn arctangent<N: Basic>(x: N) -> N {
    let (one, size) = (constant::<N>(1.0), x.size());
    let (far, middle) = (constant::<N>(2.414_213_7), constant::<N>(0.414_213_57));
    let turned = middle.if_less(size, (size - one) / (size + one), size);
    let reduced = far.if_less(size, -one / size, turned);
    let quarter = N::constant(std::f64::consts::FRAC_PI_4);
    let start = middle.if_less(size, quarter, constant(0.0));
    let start = far.if_less(size, quarter + quarter, start);
    let square = reduced * reduced;
    let sum = polynomial(square, [8.053_745e-2, -1.387_768_6e-1, 1.997_771_1e-1, -3.333_295e-1]);
    sign(x) * (start + N::mul_add(sum * square, reduced, reduced))
}

/// Near zero, where the difference of exponentials has no digits left, by the polynomial of the Cephes library.
#[inline(always)]
fn hyperbolic_sine<N: Basic>(x: N) -> N {
    let (one, size) = (constant::<N>(1.0), x.size());
    let grown = size.exp();
    let far = sign(x) * (constant::<N>(0.5) * (grown - one / grown));
    let square = x * x;
    let sum = polynomial(square, [2.037_219_1e-4, 8.330_284e-3, 1.666_671_6e-1]);
    let near = N::mul_add(sum * square, x, x);
    size.if_less(one, near, far)
}

/// A power by the exponential of the logarithm: of negative bases no number.
#[inline(always)]
pub fn power<N: Basic>(base: N, exponent: N) -> N {
    (exponent * base.ln()).exp()
}
