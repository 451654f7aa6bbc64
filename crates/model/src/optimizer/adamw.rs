use super::{Memory, NUMBERS, Numbers, Rule, STATE, WEIGHT_DECAY};
use crate::number::{Elementary, Number};
use crate::setting::{Setting, Values};

/// Adam with decoupled weight decay (algorithm 2 of the paper): every step takes a share off the parameter, beside the
/// step that its gradient asks for.
#[derive(Debug)]
pub struct AdamW;

impl Rule for AdamW {
    const NAME: &'static str = "adamw";
    const SOURCE: &'static str = "Loshchilov & Hutter, ICLR 2019";
    const SETTINGS: &'static [Setting] = &[
        Setting::new("beta1", 0.9, Values::Share),
        Setting::new("beta2", 0.999, Values::Share),
        Setting::new("epsilon", 1e-8, Values::Positive),
        Setting::new(WEIGHT_DECAY, 0.01, Values::NotNegative),
    ];
    const KEPT: usize = 2;

    /// `[learning rate / (1 - beta1^t), beta1, beta2, 1 - beta1, 1 - beta2, epsilon, 1 / (1 - beta2^t), what is kept, 0]`
    fn numbers(learning_rate: f64, settings: &[f64], memory: &mut Memory) -> Numbers {
        let [beta1, beta2, epsilon, weight_decay] = std::array::from_fn(|setting| settings[setting]);
        *memory = [memory[0] * beta1, memory[1] * beta2];
        [
            learning_rate / (1.0 - memory[0]),
            beta1,
            beta2,
            1.0 - beta1,
            1.0 - beta2,
            epsilon,
            1.0 / (1.0 - memory[1]),
            1.0 - learning_rate * weight_decay,
            0.0,
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
            correction,
            kept,
            _,
        ] = *numbers;
        let first = N::mul_add(beta1, first, complement1 * gradient);
        let second = N::mul_add(beta2, second, complement2 * (gradient * gradient));
        let denominator = (second * correction).square_root() + epsilon;
        [kept * parameter - rate * first / denominator, first, second, unused]
    }
}
