use super::{Memory, NUMBERS, Numbers, Rule, STATE, WEIGHT_DECAY, decayed};
use crate::number::{Elementary, Number};
use crate::setting::{Setting, Values};

/// RMSprop as `torch.optim.RMSprop` has it, with its defaults: the root is taken before epsilon is added, and the
/// learning rate is no part of the velocity. Centred, the variance of the gradients takes the place of their mean square
/// (Graves, 2013).
#[derive(Debug)]
pub struct RmsProp;

impl Rule for RmsProp {
    const NAME: &'static str = "rmsprop";
    const SOURCE: &'static str = "Tieleman & Hinton, 2012";
    const SETTINGS: &'static [Setting] = &[
        Setting::new("alpha", 0.99, Values::Share),
        Setting::new("epsilon", 1e-8, Values::Positive),
        Setting::new("momentum", 0.0, Values::Share),
        Setting::new("centered", 0.0, Values::Switch),
        Setting::new(WEIGHT_DECAY, 0.0, Values::NotNegative),
    ];
    const KEPT: usize = 3;

    /// `[learning rate, alpha, 1 - alpha, epsilon, momentum, 1 for centred, weight decay, 0, ..]`
    fn numbers(learning_rate: f64, settings: &[f64], _: &mut Memory) -> Numbers {
        let [alpha, epsilon, momentum, centered, weight_decay] = std::array::from_fn(|setting| settings[setting]);
        let mut numbers = [0.0; NUMBERS];
        let own = [
            learning_rate,
            alpha,
            1.0 - alpha,
            epsilon,
            momentum,
            centered,
            weight_decay,
        ];
        for (number, own) in numbers.iter_mut().zip(own) {
            *number = own as f32;
        }
        numbers
    }

    /// Keeps the mean square of the gradients, the velocity and, for those that are centred, the mean.
    #[inline(always)]
    fn update<N: Number>(state: [N; STATE], gradient: N, numbers: &[N; NUMBERS]) -> [N; STATE] {
        let [parameter, square, velocity, mean] = state;
        let [rate, alpha, complement, epsilon, momentum, centered, weight_decay, ..] = *numbers;
        let gradient = decayed(gradient, parameter, weight_decay);
        let square = N::mul_add(alpha, square, complement * (gradient * gradient));
        let mean = N::mul_add(alpha, mean, complement * gradient);
        let variance = square - mean * mean;
        let spread = N::constant(0.5).if_less(centered, variance, square);
        let step = gradient / (spread.square_root() + epsilon);
        let velocity = N::mul_add(momentum, velocity, step);
        [parameter - rate * velocity, square, velocity, mean]
    }
}
