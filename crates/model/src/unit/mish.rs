use super::{End, Unit};
use crate::number::{Elementary, Number};

/// Self-regularised non-monotonic unit.
#[derive(Debug)]
pub struct Mish;

/// `x` where the exponential is more than its digits hold beside 1.
#[inline(always)]
fn limited<N: Number>(x: N) -> N {
    let limit = N::constant(20.0);
    limit.if_less(x, limit, x)
}

/// `tanh(ln(1 + e)) = n / (n + 2)` with `n = e (e + 2)`.
#[inline(always)]
fn numerator<N: Number>(e: N) -> N {
    e * (e + N::constant(2.0))
}

impl Unit for Mish {
    const NAME: &'static str = "mish";
    const FORMULA: &'static str = "x tanh(ln(1 + exp(x)))";
    const SOURCE: &'static str = "Misra, BMVC 2020";

    #[inline(always)]
    fn value<N: Number>(x: N, _: &[N]) -> N {
        let n = numerator(limited(x).exponential());
        x * (n / (n + N::constant(2.0)))
    }

    #[inline(always)]
    fn slope<N: Number>(x: N, _: N, _: &[N]) -> N {
        let (one, two) = (N::constant(1.0), N::constant(2.0));
        let x = limited(x);
        let e = x.exponential();
        let n = numerator(e);
        let (share, rest) = (n / (n + two), two / (n + two));
        // 1 - share^2, without the difference of what is nearly the same.
        let steep = rest * (one + share);
        share + x * (e / (one + e)) * steep
    }

    /// At 1.4906.
    fn lipschitz(_: &[f64]) -> f64 {
        1.088_498_161_251_728
    }

    fn ends(_: &[f64]) -> [End; 2] {
        [End::constant(0.0), End::line(1.0, 0.0)]
    }

    /// It is least at -1.1924.
    fn range(_: &[f64]) -> [f64; 2] {
        [-0.308_843_413_017_250_45, f64::INFINITY]
    }
}
