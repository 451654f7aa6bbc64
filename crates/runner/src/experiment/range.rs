//! Where a network is trained, and how far a point is from there.

use serde::{Deserialize, Serialize};

/// One interval, `[low, high]`.
pub type Interval = [f64; 2];

/// For each input the intervals to train on, in ascending order and apart from each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Range(pub Vec<Vec<Interval>>);

/// The parts of the line, relative to the range, that errors are measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Region {
    /// Inside of the range.
    Inside,
    /// In a gap between two intervals of the range.
    Gap,
    /// Outside, in the band with this index of [`BANDS`].
    Band(usize),
    /// Farther out than the last band.
    Beyond,
}

impl Region {
    /// That of a point which is so many half-widths from the centre, more than 1.
    pub fn outside(distance: f64) -> Self {
        let band = BANDS.iter().position(|(_, end)| distance <= *end);
        band.map_or(Self::Beyond, Self::Band)
    }
}

/// The bands of the far field: distances from the centre in half-widths of the range.
pub const BANDS: [(f64, f64); 3] = [(1.0, 1.5), (1.5, 2.0), (2.0, 4.0)];

impl Range {
    /// Centre and half-width of the range along one input, gaps included.
    pub fn hull(&self, input: usize) -> (f64, f64) {
        let intervals = &self.0[input];
        let (low, high) = (intervals[0][0], intervals[intervals.len() - 1][1]);
        (0.5 * (low + high), 0.5 * (high - low))
    }

    /// How many half-widths a point is from the centre, along the input where it is farthest.
    pub fn distance(&self, x: &[f64]) -> f64 {
        let along = |(input, x): (usize, &f64)| {
            let (centre, half_width) = self.hull(input);
            (x - centre).abs() / half_width
        };
        x.iter().enumerate().map(along).fold(0.0, f64::max)
    }

    /// The region that a point is in.
    pub fn region(&self, x: &[f64]) -> Region {
        let inside = |(input, x): (usize, &f64)| self.0[input].iter().any(|[low, high]| (*low..=*high).contains(x));
        if x.iter().enumerate().all(inside) {
            return Region::Inside;
        }
        match self.distance(x) {
            near if near <= 1.0 => Region::Gap,
            far => Region::outside(far),
        }
    }

    /// Whether there are gaps.
    pub fn has_gap(&self) -> bool {
        self.0.iter().any(|intervals| intervals.len() > 1)
    }

    /// The point at fraction `t` in `[0, 1)` of the intervals of one input, laid end to end.
    pub fn at(&self, input: usize, t: f64) -> f64 {
        let intervals = &self.0[input];
        let total: f64 = intervals.iter().map(|[low, high]| high - low).sum();
        let mut left = t * total;
        for [low, high] in intervals {
            if left < high - low {
                return low + left;
            }
            left -= high - low;
        }
        intervals[intervals.len() - 1][1]
    }
}

impl std::fmt::Display for Range {
    /// `[-5, 5]`, with a gap `[-5, -1] [1, 5]`, and with inputs of different ranges `[-5, 5] x [0, 1]`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let side = |intervals: &Vec<Interval>| {
            let parts: Vec<String> = intervals.iter().map(|[low, high]| format!("[{low}, {high}]")).collect();
            parts.join(" ")
        };
        let same = self.0.iter().all(|intervals| intervals == &self.0[0]);
        let sides: Vec<String> = self
            .0
            .iter()
            .take(if same { 1 } else { self.0.len() })
            .map(side)
            .collect();
        f.pad(&sides.join(" x "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_fall_into_the_bands_of_their_distance() {
        let range = Range(vec![vec![[10.0, 14.0], [16.0, 20.0]]]);
        let cases = [
            (12.0, Region::Inside),
            (15.0, Region::Gap),
            (20.0, Region::Inside),
            (21.0, Region::Band(0)),
            (9.0, Region::Band(0)),
            (23.5, Region::Band(1)),
            (34.0, Region::Band(2)),
            (-5.0, Region::Band(2)),
            (36.0, Region::Beyond),
        ];
        for (x, region) in cases {
            assert_eq!(range.region(&[x]), region, "{x}");
        }
        assert_eq!(range.at(0, 0.75), 18.0);
        assert_eq!(range.to_string(), "[10, 14] [16, 20]");
    }

    #[test]
    fn with_several_inputs_the_farthest_counts() {
        let range = Range(vec![vec![[-1.0, 1.0]], vec![[-10.0, 10.0]]]);
        assert_eq!(range.region(&[0.5, 5.0]), Region::Inside);
        assert_eq!(range.region(&[1.2, 5.0]), Region::Band(0));
        assert_eq!(range.region(&[0.0, 30.0]), Region::Band(2));
    }
}
