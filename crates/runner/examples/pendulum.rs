//! Writes `experiments/pendulum.csv`: periods of a pendulum by its length, its mass and how far it swings, measured with a
//! little noise. `cargo run --release --example pendulum > experiments/pendulum.csv` makes the same bytes everywhere.

use actlab_model::network::random::{Random, Stream};

/// Rows of the file.
const ROWS: usize = 300;

/// Of the earth, in cm/s^2.
const GRAVITY: f64 = 981.0;

/// Standard deviation of a measurement, in seconds.
const NOISE: f64 = 0.01;

fn main() {
    print!("{}", table());
}

fn table() -> String {
    let mut random = Random::new(0, Stream::Noise);
    let mut text = String::from(
        "# periods of a pendulum: 2 pi sqrt(length/981) (1 + swing^2/16 + 11 swing^4/3072), swing in radians, which the mass \
         does not change; made by crates/runner/examples/pendulum.rs\n",
    );
    text += "length_cm,mass_g,swing_deg,period_s\n";
    for _ in 0..ROWS {
        let mut between = |low: f64, high: f64| low + (high - low) * random.uniform();
        let (length, mass, swing) = (between(10.0, 200.0), between(50.0, 500.0), between(0.0, 80.0));
        let period = period(length, swing) + NOISE * random.normal();
        text += &format!("{length:.1},{mass:.0},{swing:.1},{period:.3}\n");
    }
    text
}

/// The series in the amplitude, up to its fourth power.
fn period(length: f64, swing: f64) -> f64 {
    let square = swing.to_radians() * swing.to_radians();
    2.0 * std::f64::consts::PI * libm::sqrt(length / GRAVITY) * (1.0 + square / 16.0 + 11.0 * square * square / 3072.0)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_file_in_the_repository_is_what_this_program_writes() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../experiments/pendulum.csv");
        assert_eq!(std::fs::read_to_string(path).expect("the file"), super::table());
    }
}
