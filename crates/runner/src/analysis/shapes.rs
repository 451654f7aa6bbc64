//! Whether networks outside of their data are like their activation or like its first derivative, with numbers.

use actlab_model::Activation;
use actlab_model::unit::FarField as Family;

use super::claims::Looked;
use super::ranking::interval;
use crate::measure::far_field::{Shape, family_of_derivative};
use crate::render::table::Table;
use crate::statistics::median_interval;

/// What the columns of the table mean.
pub const LEGEND: &str = "Far from the origin an activation is a line, a constant or a wave, and its first derivative a \
    constant or a wave. R² is the share of a learned curve's variance that the best fit of such a family explains, 1 where \
    the curve is flat. Derivatives are root mean squares, in the target's standard deviations for each half-width (squared) \
    of the range. All are medians over networks with their 95 % interval.";

/// A row for each activation.
pub fn shapes(looked: &Looked<'_>) -> Table {
    let mut table = Table::new([
        "networks",
        "the activation is",
        "R² of that",
        "its derivative is",
        "R² of that",
        "like",
        "first derivative",
        "second derivative",
    ]);
    table.rows = Activation::all()
        .into_iter()
        .filter_map(|activation| {
            let of = looked
                .iter()
                .filter(|(trial, _)| trial.settings.activation == activation);
            row(activation, &of.filter_map(|(_, far)| far.shape).collect::<Vec<_>>())
        })
        .collect();
    table
}

fn row(activation: Activation, shapes: &[Shape]) -> Option<Vec<String>> {
    let (own, derived) = (activation.far_field(), family_of_derivative(activation));
    let over = |pick: &dyn Fn(&Shape) -> f64| median_interval(&shapes.iter().map(pick).collect::<Vec<_>>());
    let (of_own, of_derived) = (
        over(&|shape| shape.explained_by(own))?,
        over(&|shape| shape.explained_by(derived))?,
    );
    let like = if own == derived {
        "the same family"
    } else if of_own.low > of_derived.high {
        "the activation"
    } else if of_derived.low > of_own.high {
        "its derivative"
    } else {
        "undecided"
    };
    Some(vec![
        activation.to_string(),
        name(own).to_owned(),
        interval(Some(of_own)),
        name(derived).to_owned(),
        interval(Some(of_derived)),
        like.to_owned(),
        interval(over(&|shape| shape.slope)),
        interval(over(&|shape| shape.curvature)),
    ])
}

fn name(family: Family) -> &'static str {
    match family {
        Family::Affine => "a line",
        Family::Constant => "a constant",
        Family::Periodic => "a wave",
        Family::Other => "none of these",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(activation: Activation, shape: Shape) -> String {
        row(activation, &[shape; 5]).expect("a row")[5].clone()
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
        assert_eq!(
            column(Activation::new(&actlab_model::unit::Relu), line),
            "the activation"
        );
        assert_eq!(
            column(Activation::new(&actlab_model::unit::Relu), flat),
            "its derivative"
        );
        assert_eq!(
            column(Activation::new(&actlab_model::unit::Relu), Shape::default()),
            "undecided"
        );
        assert_eq!(
            column(Activation::new(&actlab_model::unit::Sinu), line),
            "the same family"
        );
        assert_eq!(row(Activation::new(&actlab_model::unit::Relu), &[]), None);
    }
}
