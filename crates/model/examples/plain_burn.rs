//! A network of one's own in plain burn, with one of our activations and a spectral norm penalty: `cargo run --release
//! -p actlab-model --example plain_burn`.

use std::error::Error;

use actlab_model::Activation;
use actlab_model::device::{Choice, open};
use actlab_model::layers::{SpectralPenalty, activate};
use burn::tensor::{Distribution, Tensor};

fn main() -> Result<(), Box<dyn Error>> {
    let device = open(Choice::Auto)?.device.autodiff();
    let x = Tensor::<2>::random([256, 1], Distribution::Uniform(-2.0, 2.0), &device);
    let y = x.clone().powi_scalar(2);
    let softplus: Activation = "softplus".parse()?;
    let mut penalty = SpectralPenalty::new(32, 0, &device);

    let draw = |shape: [usize; 2]| Tensor::<2>::random(shape, Distribution::Normal(0.0, 0.5), &device);
    let mut parameters = [draw([1, 32]), draw([1, 32]), draw([32, 1]), draw([1, 1])];
    for step in 0..=1000 {
        let [w1, b1, w2, b2] = parameters.map(Tensor::require_grad);
        let hidden = activate(x.clone().matmul(w1.clone()) + b1.clone(), softplus);
        let error = (hidden.matmul(w2.clone()) + b2.clone() - y.clone())
            .powi_scalar(2)
            .mean();
        if step % 250 == 0 {
            println!(
                "step {step}: mean squared error {:.4}",
                error.clone().into_scalar::<f32>()
            );
        }
        let gradients = (error + penalty.of(w1.clone(), 1e-3)).backward();
        parameters = [w1, b1, w2, b2].map(|parameter| {
            let gradient = parameter.grad(&gradients).expect("a gradient");
            (parameter.inner() - gradient * 0.02).autodiff()
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_runs() {
        super::main().expect("no error");
    }
}
