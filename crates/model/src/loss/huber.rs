use super::{NUMBERS, Rule};
use crate::number::Number;
use crate::setting::{Setting, Values};

/// Huber's loss: a square near zero, and from `delta` on the line that continues it.
#[derive(Debug)]
pub struct Huber;

impl Rule for Huber {
    const NAME: &'static str = "huber";
    const FORMULA: &'static str = "d^2/2 where |d| < delta, else delta (|d| - delta/2)";
    const SOURCE: &'static str = "HuberLoss(delta); Huber, 1964";
    const SETTINGS: &'static [Setting] = &[Setting::new("delta", 1.0, Values::Positive)];

    /// `c (d - c/2)` with the slope `c`, both ways.
    #[inline(always)]
    fn add<N: Number>(difference: N, numbers: &[N; NUMBERS], sum: N) -> N {
        let slope = Self::slope(difference, numbers);
        N::mul_add(slope, difference - N::constant(0.5) * slope, sum)
    }

    /// The difference within ±delta. What is no number stays none.
    #[inline(always)]
    fn slope<N: Number>(difference: N, [delta]: &[N; NUMBERS]) -> N {
        let below = delta.if_less(difference, *delta, difference);
        below.if_less(-*delta, -*delta, below)
    }
}
