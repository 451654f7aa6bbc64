use super::{NUMBERS, Rule};
use crate::number::Number;
use crate::setting::Setting;

/// Mean squared error.
#[derive(Debug)]
pub struct Mse;

impl Rule for Mse {
    const NAME: &'static str = "mse";
    const FORMULA: &'static str = "d^2";
    const SOURCE: &'static str = "MSELoss";
    const SETTINGS: &'static [Setting] = &[];

    #[inline(always)]
    fn add<N: Number>(difference: N, _: &[N; NUMBERS], sum: N) -> N {
        N::mul_add(difference, difference, sum)
    }

    #[inline(always)]
    fn slope<N: Number>(difference: N, _: &[N; NUMBERS]) -> N {
        difference + difference
    }
}
