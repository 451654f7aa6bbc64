use super::{Memory, NUMBERS, Numbers, Rule, STATE, WEIGHT_DECAY, decayed};
use crate::number::{Elementary, Number};
use crate::setting::{Setting, Values};

/// Adam (algorithm 1 of the paper), with the values of the paper, which are PyTorch's too. Weight decay goes with the
/// gradient.
#[derive(Debug)]
pub struct Adam;

impl Rule for Adam {
    const NAME: &'static str = "adam";
    const SOURCE: &'static str = "Kingma & Ba, ICLR 2015";
    const SETTINGS: &'static [Setting] = &[
        Setting::new("beta1", 0.9, Values::Share),
        Setting::new("beta2", 0.999, Values::Share),
        Setting::new("epsilon", 1e-8, Values::Positive),
        Setting::new(WEIGHT_DECAY, 0.0, Values::NotNegative),
    ];
    const KEPT: usize = 2;

    /// `[learning rate, beta1, beta2, 1 - beta1, 1 - beta2, epsilon, 1 / (1 - beta1^t), 1 / (1 - beta2^t), weight
    /// decay]`. The complements are rounded once: from the rounded `beta2` they would be off by 5e-5 of themselves. The
    /// powers are remembered in double precision: after a million steps they are off by less than 1e-9 of themselves, and
    /// of no weight any more.
    fn numbers(learning_rate: f64, settings: &[f64], memory: &mut Memory) -> Numbers {
        let [beta1, beta2, epsilon, weight_decay] = std::array::from_fn(|setting| settings[setting]);
        *memory = [memory[0] * beta1, memory[1] * beta2];
        let [correction1, correction2] = memory.map(|power| 1.0 / (1.0 - power));
        [
            learning_rate,
            beta1,
            beta2,
            1.0 - beta1,
            1.0 - beta2,
            epsilon,
            correction1,
            correction2,
            weight_decay,
        ]
        .map(|number| number as f32)
    }

    #[inline(always)]
    fn update<N: Number>(state: [N; STATE], gradient: N, numbers: &[N; NUMBERS]) -> [N; STATE] {
        let [parameter, first, second, unused] = state;
        let [
            rate,
            beta1,
            beta2,
            complement1,
            complement2,
            epsilon,
            correction1,
            correction2,
            weight_decay,
        ] = *numbers;
        let gradient = decayed(gradient, parameter, weight_decay);
        let first = N::mul_add(beta1, first, complement1 * gradient);
        let second = N::mul_add(beta2, second, complement2 * (gradient * gradient));
        let denominator = (second * correction2).square_root() + epsilon;
        let parameter = parameter - rate * (first * correction1) / denominator;
        [parameter, first, second, unused]
    }
}
