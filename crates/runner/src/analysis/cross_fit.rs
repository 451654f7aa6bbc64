//! Choices that do not judge themselves. To choose among many settings on the same seeds that are then compared favours
//! whoever has more to choose from; so seeds at even places are judged with the settings that those at odd places choose,
//! and the reverse (two-fold cross-fitting, as in Chernozhukov et al., 2018, The Econometrics Journal 21).

use crate::statistics::median;

/// A network's errors, where they were measured.
#[derive(Debug, Clone, Copy, Default)]
pub struct Errors {
    /// What is chosen by.
    pub validation: Option<f64>,
    /// What is compared.
    pub far: Option<f64>,
}

/// The settings of one activation by seed.
#[derive(Debug, Clone, PartialEq)]
pub struct CrossFitted {
    /// The cell that each seed is judged with.
    pub cells: Vec<usize>,
    /// The far error of each seed.
    pub far: Vec<Option<f64>>,
}

impl CrossFitted {
    /// Whether both halves of the seeds choose the same cell.
    pub fn halves_agree(&self) -> bool {
        self.cells.windows(2).all(|pair| pair[0] == pair[1])
    }
}

/// Of cells with the errors of their networks at each place of the seeds.
pub fn cross_fit(cells: &[Vec<Errors>]) -> CrossFitted {
    let places = cells.first().map_or(0, Vec::len);
    // One seed has no other to choose for it.
    let halves = if places < 2 { 1 } else { 2 };
    let choose = |half: usize| {
        let chosen_by = |cell: &Vec<Errors>| {
            let errors = cell
                .iter()
                .skip(half)
                .step_by(halves)
                .filter_map(|errors| errors.validation);
            let errors: Vec<f64> = errors.collect();
            if errors.is_empty() {
                f64::INFINITY
            } else {
                median(&errors)
            }
        };
        let errors: Vec<f64> = cells.iter().map(chosen_by).collect();
        (0..cells.len())
            .min_by(|a, b| errors[*a].total_cmp(&errors[*b]))
            .unwrap_or(0)
    };
    let chosen: Vec<usize> = (0..halves).map(choose).collect();
    let cells_of: Vec<usize> = (0..places).map(|place| chosen[(place + 1) % halves]).collect();
    CrossFitted {
        far: cells_of
            .iter()
            .enumerate()
            .map(|(place, cell)| cells[*cell][place].far)
            .collect(),
        cells: cells_of,
    }
}

#[cfg(test)]
mod tests {
    use actlab_model::network::random::{Random, Stream};

    use super::*;
    use crate::statistics::{Comparison, LEVEL, Verdict};

    fn errors(validation: f64, far: f64) -> Errors {
        Errors {
            validation: Some(validation),
            far: Some(far),
        }
    }

    #[test]
    fn each_half_is_judged_with_what_the_other_chooses() {
        // Even places choose the first cell, odd places the second.
        let cells = [
            [(1.0, 10.0), (2.0, 11.0), (1.0, 12.0), (2.0, 13.0)],
            [(2.0, 20.0), (1.0, 21.0), (2.0, 22.0), (1.0, 23.0)],
        ];
        let cells = cells.map(|cell| cell.map(|(validation, far)| errors(validation, far)).to_vec());
        let found = cross_fit(&cells);
        assert_eq!(found.cells, [1, 0, 1, 0]);
        assert_eq!(found.far, [20.0, 11.0, 22.0, 13.0].map(Some));
        assert!(!found.halves_agree());
        assert!(cross_fit(&cells[..1]).halves_agree());
        assert_eq!(cross_fit(&[vec![errors(1.0, 5.0)]]).far, [Some(5.0)]);
        assert_eq!(cross_fit(&[]).far, []);
    }

    /// How often ten seeds call one of two activations better that are no different, of which one has 24 settings and the
    /// other has one, and where what chooses is what is compared (nothing biases more). The sign test of 10 pairs has a
    /// level of 22/1024; five standard deviations of a binomial count are allowed for.
    #[test]
    fn choosing_among_many_settings_favours_nobody() {
        const TIMES: usize = 2000;
        let mut random = Random::new(3, Stream::Test);
        let mut cell = || -> Vec<Errors> {
            let error = |random: &mut Random| random.normal().exp();
            (0..10)
                .map(|_| error(&mut random))
                .map(|error| errors(error, error))
                .collect()
        };
        let (mut false_verdicts, mut naive) = (0, 0);
        for _ in 0..TIMES {
            let many: Vec<Vec<Errors>> = (0..24).map(|_| cell()).collect();
            let one = cross_fit(&[cell()]);
            let verdict = |of: &[Option<f64>]| {
                let pairs = of.iter().zip(&one.far).filter_map(|(a, b)| a.zip(*b));
                let compared = Comparison::of_pairs(&pairs.collect::<Vec<_>>(), LEVEL).expect("pairs");
                compared.verdict(compared.p)
            };
            let wrong = |verdict: Verdict| !matches!(verdict, Verdict::Undecided | Verdict::Equivalent);
            false_verdicts += usize::from(wrong(verdict(&cross_fit(&many).far)));
            // The same without cross-fitting, so that this test can tell.
            let far = |cell: &Vec<Errors>| median(&cell.iter().filter_map(|errors| errors.far).collect::<Vec<_>>());
            let best = many.iter().min_by(|a, b| far(a).total_cmp(&far(b))).expect("cells");
            let best: Vec<Option<f64>> = best.iter().map(|errors| errors.far).collect();
            naive += usize::from(wrong(verdict(&best)));
        }
        let level = 22.0 / 1024.0;
        let allowed = level * TIMES as f64 + 5.0 * (level * (1.0 - level) * TIMES as f64).sqrt();
        assert!(
            (false_verdicts as f64) < allowed,
            "{false_verdicts} of {TIMES}, {allowed} are allowed"
        );
        assert!((naive as f64) > allowed, "{naive} of {TIMES} without cross-fitting");
    }
}
