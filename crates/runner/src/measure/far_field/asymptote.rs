//! What a network becomes along a ray, and along all of them.

use actlab_model::Activation;
use actlab_model::unit::End;
use serde::{Deserialize, Serialize};

/// What a function becomes as the distance `t` grows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asymptote {
    /// It approaches the line `slope t + intercept`; a constant, where the slope is 0.
    Line {
        /// Of the line.
        slope: f64,
        /// Of the line.
        intercept: f64,
    },
    /// It never settles, and never leaves the band of `slope t + low` and `slope t + high`.
    Band {
        /// Of the line that it stays near.
        slope: f64,
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
    },
    /// Rounding hides to which side a unit goes, or whether the whole goes anywhere.
    Undetermined {
        /// What it stays within whatever the side is, if it does.
        bound: Option<[f64; 2]>,
    },
    /// An activation has no known end.
    Unknown,
}

impl Asymptote {
    /// Of `factor f + shift`, for a factor above 0.
    pub fn scaled(self, factor: f64, shift: f64) -> Self {
        let moved = |value: f64| factor * value + shift;
        match self {
            Self::Line { slope, intercept } => Self::Line {
                slope: factor * slope,
                intercept: moved(intercept),
            },
            Self::Band { slope, low, high } => Self::Band {
                slope: factor * slope,
                low: moved(low),
                high: moved(high),
            },
            Self::Undetermined { bound } => Self::Undetermined {
                bound: bound.map(|ends| ends.map(moved)),
            },
            Self::Unknown => Self::Unknown,
        }
    }

    /// Whether it stays between two numbers for ever.
    pub fn is_bounded(self) -> bool {
        match self {
            Self::Line { slope, .. } | Self::Band { slope, .. } => slope == 0.0,
            Self::Undetermined { bound } => bound.is_some(),
            Self::Unknown => false,
        }
    }

    /// Of an activation on one side.
    fn of_end(end: End) -> Self {
        match end {
            End::Line { slope, intercept } => Self::Line { slope, intercept },
            End::Periodic { slope, low, high } => Self::Band { slope, low, high },
            End::Other => Self::Unknown,
        }
    }
}

/// What a network ends in, along all of its rays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ending {
    /// A straight line along some rays, along others perhaps a constant.
    Line,
    /// A constant along each.
    Constant,
    /// It does not settle, and stays between two numbers.
    Bounded,
    /// It does not settle, and stays near a line that goes on and on.
    Band,
    /// Rounding hides it.
    Undetermined,
    /// Nobody knows.
    Unknown,
}

impl Ending {
    /// All, in the order in which results list them.
    pub const ALL: [Self; 6] = [
        Self::Line,
        Self::Constant,
        Self::Bounded,
        Self::Band,
        Self::Undetermined,
        Self::Unknown,
    ];

    /// As results name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Constant => "constant",
            Self::Bounded => "bounded",
            Self::Band => "band",
            Self::Undetermined => "undetermined",
            Self::Unknown => "unknown",
        }
    }

    /// Of a network with these asymptotes: a constant is a line, and what is not known of one ray is not of the whole.
    pub fn over(rays: impl IntoIterator<Item = Asymptote>) -> Self {
        let rays: Vec<Asymptote> = rays.into_iter().collect();
        let any = |is: fn(&Asymptote) -> bool| rays.iter().any(is);
        let bounded = rays.iter().all(|ray| ray.is_bounded());
        if rays.is_empty() || any(|ray| matches!(ray, Asymptote::Unknown)) {
            Self::Unknown
        } else if any(|ray| matches!(ray, Asymptote::Undetermined { .. })) {
            Self::Undetermined
        } else if any(|ray| matches!(ray, Asymptote::Band { .. })) {
            if bounded { Self::Bounded } else { Self::Band }
        } else if bounded {
            Self::Constant
        } else {
            Self::Line
        }
    }

    /// What networks of this activation end in, as far as they are like one unit of it.
    pub fn of(activation: Activation) -> Self {
        Self::over(activation.ends().map(Asymptote::of_end))
    }
}
