use super::{Memory, NUMBERS, Numbers, Rule, STATE, WEIGHT_DECAY, decayed};
use crate::number::Number;
use crate::setting::{Setting, Values};

/// Gradient descent with momentum, as `torch.optim.SGD` has it: the learning rate is no part of the velocity, which
/// starts with the whole of the first gradient however much later ones are dampened. Without momentum nothing is
/// dampened.
#[derive(Debug)]
pub struct Sgd;

impl Rule for Sgd {
    const NAME: &'static str = "sgd";
    const SOURCE: &'static str = "Robbins & Monro, 1951; Polyak, 1964; Sutskever et al., ICML 2013";
    const SETTINGS: &'static [Setting] = &[
        Setting::new("momentum", 0.0, Values::Share),
        Setting::new("dampening", 0.0, Values::Share),
        Setting::new("nesterov", 0.0, Values::Switch),
        Setting::new(WEIGHT_DECAY, 0.0, Values::NotNegative),
    ];
    const KEPT: usize = 1;

    fn check(settings: &[f64]) -> Result<(), String> {
        let [momentum, dampening, nesterov] = std::array::from_fn(|setting| settings[setting]);
        if nesterov == 1.0 && momentum == 0.0 {
            return Err("Nesterov's momentum is a momentum: add momentum = 0.9, or leave nesterov out".to_owned());
        }
        if nesterov == 1.0 && dampening != 0.0 {
            return Err("Nesterov's momentum goes without dampening: remove one of nesterov and dampening".to_owned());
        }
        Ok(())
    }

    /// `[learning rate, momentum, 1 - dampening, 1 for Nesterov's, weight decay, 0, ..]`. The memory is 1 before the first
    /// step, then 0.
    fn numbers(learning_rate: f64, settings: &[f64], memory: &mut Memory) -> Numbers {
        let [momentum, dampening, nesterov, weight_decay] = std::array::from_fn(|setting| settings[setting]);
        let is_first = memory[0] == 1.0;
        memory[0] = 0.0;
        let complement = if is_first || momentum == 0.0 {
            1.0
        } else {
            1.0 - dampening
        };
        let mut numbers = [0.0; NUMBERS];
        let own = [learning_rate, momentum, complement, nesterov, weight_decay];
        for (number, own) in numbers.iter_mut().zip(own) {
            *number = own as f32;
        }
        numbers
    }

    #[inline(always)]
    fn update<N: Number>(state: [N; STATE], gradient: N, numbers: &[N; NUMBERS]) -> [N; STATE] {
        let [parameter, velocity, second, third] = state;
        let [rate, momentum, complement, nesterov, weight_decay, ..] = *numbers;
        let gradient = decayed(gradient, parameter, weight_decay);
        let velocity = N::mul_add(momentum, velocity, complement * gradient);
        let ahead = N::mul_add(momentum, velocity, gradient);
        let step = N::constant(0.5).if_less(nesterov, ahead, velocity);
        [parameter - rate * step, velocity, second, third]
    }
}
