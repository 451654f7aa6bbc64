//! Whether networks outside of their data are like their activation or like its first derivative, with numbers.

use actlab_model::Activation;
use actlab_model::unit::FarField as Family;

use super::far_field::{Looked, of};
use crate::analysis::cells::activations;
use crate::measure::far_field::{Shape, family_of_derivative};
use crate::statistics::{Estimate, median_interval};

/// What networks are more like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Like {
    /// Their activation.
    Activation,
    /// Its first derivative.
    Derivative,
    /// Both are of one family.
    Same,
    /// The intervals overlap.
    Undecided,
}

/// How much of the networks of an activation is explained by what.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likeness {
    /// Whose networks.
    pub activation: Activation,
    /// What the activation is far from the origin.
    pub own: Family,
    /// The share of the networks' variance that this explains.
    pub of_own: Estimate,
    /// What its first derivative is far from the origin.
    pub derived: Family,
    /// The share that this explains.
    pub of_derived: Estimate,
    /// What follows.
    pub like: Like,
    /// Root mean square of the networks' first derivative, as [`Shape::slope`].
    pub slope: Estimate,
    /// Root mean square of the second, as [`Shape::curvature`].
    pub curvature: Estimate,
}

/// For each activation that has networks.
pub fn shapes(looked: &[Looked<'_>]) -> Vec<Likeness> {
    let of = |activation: Activation| {
        let shapes = of(looked, activation).into_iter().filter_map(|far| far.shape);
        likeness(activation, &shapes.collect::<Vec<_>>())
    };
    let found = looked.iter().map(|looked| looked.trial.settings.activation);
    activations(found).into_iter().filter_map(of).collect()
}

fn likeness(activation: Activation, shapes: &[Shape]) -> Option<Likeness> {
    let (own, derived) = (activation.far_field(), family_of_derivative(activation));
    let over = |pick: &dyn Fn(&Shape) -> f64| median_interval(&shapes.iter().map(pick).collect::<Vec<_>>());
    let of_own = over(&|shape| shape.explained_by(own))?;
    let of_derived = over(&|shape| shape.explained_by(derived))?;
    let like = if own == derived {
        Like::Same
    } else if of_own.low > of_derived.high {
        Like::Activation
    } else if of_derived.low > of_own.high {
        Like::Derivative
    } else {
        Like::Undecided
    };
    Some(Likeness {
        activation,
        own,
        of_own,
        derived,
        of_derived,
        like,
        slope: over(&|shape| shape.slope)?,
        curvature: over(&|shape| shape.curvature)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn like(activation: Activation, shape: Shape) -> Like {
        likeness(activation, &[shape; 5]).expect("networks").like
    }

    #[test]
    fn networks_are_like_what_explains_more_of_them() {
        let (line, flat) = (
            Shape {
                line: 1.0,
                ..Shape::default()
            },
            Shape {
                line: 0.2,
                constant: 1.0,
                ..Shape::default()
            },
        );
        assert_eq!(like(Activation::new(&actlab_model::unit::Relu), line), Like::Activation);
        assert_eq!(like(Activation::new(&actlab_model::unit::Relu), flat), Like::Derivative);
        assert_eq!(
            like(Activation::new(&actlab_model::unit::Relu), Shape::default()),
            Like::Undecided
        );
        assert_eq!(like(Activation::new(&actlab_model::unit::Sinu), line), Like::Same);
        assert_eq!(likeness(Activation::new(&actlab_model::unit::Relu), &[]), None);
    }
}
