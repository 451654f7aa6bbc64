use super::{Memory, NUMBERS, Numbers, Rule, Setting};
use crate::number::{Elementary, Number};

/// Adam (algorithm 1 of the paper), with the values of the paper, which are PyTorch's too.
#[derive(Debug)]
pub struct Adam;

impl Rule for Adam {
    const NAME: &'static str = "adam";
    const SOURCE: &'static str = "Kingma & Ba, ICLR 2015";
    const SETTINGS: &'static [Setting] = &[
        Setting {
            name: "beta1",
            default: 0.9,
        },
        Setting {
            name: "beta2",
            default: 0.999,
        },
        Setting {
            name: "epsilon",
            default: 1e-8,
        },
    ];

    /// `[learning rate, beta1, beta2, 1 - beta1, 1 - beta2, epsilon, 1 / (1 - beta1^t), 1 / (1 - beta2^t)]`. The
    /// complements are rounded once: from the rounded `beta2` they would be off by 5e-5 of themselves. The powers are
    /// remembered in double precision: after a million steps they are off by less than 1e-9 of themselves, and of no
    /// weight any more.
    fn numbers(learning_rate: f64, settings: &[f64], memory: &mut Memory) -> Numbers {
        let (beta1, beta2, epsilon) = (settings[0], settings[1], settings[2]);
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
        ]
        .map(|number| number as f32)
    }

    #[inline(always)]
    fn update<N: Number>([parameter, first, second]: [N; 3], gradient: N, numbers: &[N; NUMBERS]) -> [N; 3] {
        let [
            rate,
            beta1,
            beta2,
            complement1,
            complement2,
            epsilon,
            correction1,
            correction2,
        ] = *numbers;
        let first = N::mul_add(beta1, first, complement1 * gradient);
        let second = N::mul_add(beta2, second, complement2 * (gradient * gradient));
        let denominator = (second * correction2).square_root() + epsilon;
        let parameter = parameter - rate * (first * correction1) / denominator;
        [parameter, first, second]
    }
}
