//! Writes `experiments/spring.csv`: a spring whose swing dies down, measured every 50 ms with a little noise.
//! `cargo run --release --example spring > experiments/spring.csv` makes the same bytes everywhere.

use actlab_model::network::random::{Random, Stream};

/// Rows of the file.
const ROWS: usize = 400;

fn main() {
    print!("{}", table());
}

fn table() -> String {
    let mut random = Random::new(0, Stream::Noise);
    let mut text =
        String::from("# a damped spring: cm from rest over time; made by crates/runner/examples/spring.rs\n");
    text += "time_s,position_cm\n";
    for row in 0..ROWS {
        let time = row as f64 * 0.05;
        let position = 8.0 * libm::exp(-0.15 * time) * libm::cos(2.2 * time) + 0.1 * random.normal();
        // A sensor misses a value now and then.
        let position = if row % 67 == 33 {
            String::new()
        } else {
            format!("{position:.4}")
        };
        text += &format!("{time:.2},{position}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_file_in_the_repository_is_what_this_program_writes() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../experiments/spring.csv");
        assert_eq!(std::fs::read_to_string(path).expect("the file"), super::table());
    }
}
