use super::{End, Unit};
use crate::number::{Elementary, Number};

/// Cardinal sine.
#[derive(Debug)]
pub struct Sinc;

/// Nearer to 0 than this the quotients lose their digits, and the series has those of a double.
const NEAR: f64 = 1.0;

/// Of the series `(-1)^k x^(2k) / (2k + 1)!`.
const TERMS: usize = 10;
const SERIES: [f64; TERMS] = {
    let mut terms = [1.0; TERMS];
    let mut k = 1;
    while k < TERMS {
        terms[k] = -terms[k - 1] / (2 * k * (2 * k + 1)) as f64;
        k += 1;
    }
    terms
};

/// Of its derivative, divided by `x`.
const DERIVED: [f64; TERMS - 1] = {
    let mut terms = [0.0; TERMS - 1];
    let mut k = 1;
    while k < TERMS {
        terms[k - 1] = (2 * k) as f64 * SERIES[k];
        k += 1;
    }
    terms
};

#[inline(always)]
fn sum<N: Number>(terms: &[f64], square: N) -> N {
    let add = |sum: N, term: &f64| sum.mul_add(square, N::constant(*term));
    terms.iter().rev().fold(N::constant(0.0), add)
}

/// `far / x`, and near to 0 `near` instead.
#[inline(always)]
fn quotient<N: Number>(x: N, near: N, far: N) -> N {
    let (size, limit) = (x.abs_value(), N::constant(NEAR));
    let divisor = size.if_less(limit, limit, x);
    size.if_less(limit, near, far / divisor)
}

impl Unit for Sinc {
    const NAME: &'static str = "sinc";
    const FORMULA: &'static str = "sin(x) / x, and 1 at 0";

    #[inline(always)]
    fn value<N: Number>(x: N, _: &[N]) -> N {
        quotient(x, sum(&SERIES, x * x), x.sine())
    }

    #[inline(always)]
    fn slope<N: Number>(x: N, y: N, _: &[N]) -> N {
        quotient(x, x * sum(&DERIVED, x * x), x.cosine() - y)
    }

    /// At 2.0816.
    fn lipschitz(_: &[f64]) -> f64 {
        0.436_181_817_271_458_5
    }

    /// Both sides approach 0, as `1/x` does.
    fn ends(_: &[f64]) -> [End; 2] {
        [End::constant(0.0); 2]
    }

    /// It is least at 4.4934.
    fn range(_: &[f64]) -> [f64; 2] {
        [-0.217_233_628_211_221_7, 1.0]
    }
}
