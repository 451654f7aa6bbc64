use super::{NUMBERS, Rule};
use crate::number::{Elementary, Number};
use crate::setting::Setting;

/// Mean absolute error. Where prediction and target are the same, its slope is 0, as PyTorch's is.
#[derive(Debug)]
pub struct Mae;

impl Rule for Mae {
    const NAME: &'static str = "mae";
    const FORMULA: &'static str = "|d|";
    const SOURCE: &'static str = "L1Loss";
    const SETTINGS: &'static [Setting] = &[];

    #[inline(always)]
    fn add<N: Number>(difference: N, _: &[N; NUMBERS], sum: N) -> N {
        sum + difference.abs_value()
    }

    #[inline(always)]
    fn slope<N: Number>(difference: N, _: &[N; NUMBERS]) -> N {
        difference.sign()
    }
}
