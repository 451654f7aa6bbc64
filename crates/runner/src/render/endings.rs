//! What networks end in and where they get there, in words and as a table.

use super::table::Table;
use super::words::{distance, ending, short};
use crate::analysis::endings::{Endings, Settling};
use crate::measure::far_field::{Asymptote, Ending, LIMIT, Settled};

/// What the columns of the table mean.
pub const LEGEND: &str = "What a network ends in follows from its weights by algebra, without a fit: far out every unit is \
    on one side of its activation. It is settled from the distance on, in half-widths from the centre of the range, from \
    which over every further decade up to 1,000 half-widths it stays within 1 % of a straight line and keeps the slope of \
    its asymptote; what settles beyond 100 half-widths is counted as that. Of several inputs the latest ray counts, of one \
    the later side, and of several outputs the last of them. Counts and quantiles are over all networks of an activation, of all targets, ranges and settings, each once; they describe \
    this run, and have no interval, as networks of one seed are not independent.";

/// A sentence for each activation.
pub fn sentences(endings: &[Endings]) -> Vec<String> {
    endings.iter().map(sentence).collect()
}

fn sentence(of: &Endings) -> String {
    let usual = of.usual();
    let count = match of.count(usual) {
        all if all == of.networks => format!("all {all}"),
        some => format!("{some} of {}", of.networks),
    };
    let mut text = format!("{}: {} (by algebra: {count})", of.activation, ending(usual));
    match (&of.settling, &of.swinging) {
        (Some(settling), _) => text += &settles(settling),
        (None, Some(swinging)) => {
            text += &format!(
                ", {} turns in a half-width, swinging {} times as far from 10 to {LIMIT} half-widths as up to 10 (medians)",
                short(swinging.turns),
                short(swinging.growth)
            );
        }
        (None, None) => (),
    }
    text
}

fn settles(of: &Settling) -> String {
    let Settling {
        of,
        beyond,
        median,
        nine_of_ten,
        last,
        median_within,
        ..
    } = *of;
    if let (Some(median), Some(nine_of_ten), Some(last)) = (median, nine_of_ten, last) {
        return format!(
            ", from {} half-widths on (median), nine of ten by {}, the last at {}",
            distance(median),
            distance(nine_of_ten),
            distance(last)
        );
    }
    let within = of - beyond;
    let medians = match (median, median_within) {
        (Some(median), _) => format!(", the median at {}", distance(median)),
        (None, Some(within)) => format!(", median where reached {}", distance(within)),
        (None, None) => String::new(),
    };
    format!("; settled by {LIMIT} half-widths: {within} of {of}{medians}")
}

/// A row for each activation.
pub fn table(endings: &[Endings]) -> Table {
    let mut columns = Table::of(endings)
        .shown("networks of", |row| row.activation.to_string())
        .shown("networks", |row| row.networks.to_string())
        .text("activation", |row| row.activation.to_string())
        .count("networks", |row| row.networks);
    // The columns of a band and of what nobody knows are for those that have it.
    for kind in Ending::ALL {
        let rare = matches!(kind, Ending::Band | Ending::Undetermined | Ending::Unknown);
        if !rare || endings.iter().any(|row| row.count(kind) > 0) {
            columns = columns.shown(&format!("end in: {}", kind.name()), |row| row.count(kind).to_string());
        }
        columns = columns.count(kind.name(), |row| row.count(kind));
    }
    let settling = |pick: fn(&Settling) -> Option<f64>| {
        move |row: &Endings| {
            row.settling
                .as_ref()
                .map(|settling| reached(pick(settling)))
                .unwrap_or_else(none)
        }
    };
    let number = |pick: fn(&Settling) -> Option<f64>| move |row: &Endings| row.settling.as_ref().and_then(pick);
    columns
        .shown("settled from (half-widths): median", settling(|of| of.median))
        .shown("nine of ten by", settling(|of| of.nine_of_ten))
        .shown("last by", settling(|of| of.last))
        .shown("networks beyond 100", |row| {
            row.settling.as_ref().map_or_else(none, |of| of.beyond.to_string())
        })
        .shown("turns per half-width (median)", |row| {
            row.swinging.map_or_else(none, |of| short(of.turns))
        })
        .shown("swing at 10 to 100 ÷ at 1 to 10 (median)", |row| {
            row.swinging.map_or_else(none, |of| short(of.growth))
        })
        .count("rays", |row| row.rays)
        .number("settled_median", number(|of| of.median))
        .number("settled_nine_of_ten", number(|of| of.nine_of_ten))
        .number("settled_last", number(|of| of.last))
        .number("settled_median_within", number(|of| of.median_within))
        .number("settled_beyond", number(|of| Some(of.beyond as f64)))
        .number("settled_straight", number(|of| Some(of.straight as f64)))
        .number("settled_of", number(|of| Some(of.of as f64)))
        .number("turns", |row| row.swinging.map(|of| of.turns))
        .number("growth", |row| row.swinging.map(|of| of.growth))
        .table()
}

fn none() -> String {
    "-".to_owned()
}

fn reached(at: Option<f64>) -> String {
    at.map_or_else(|| format!("> {LIMIT}"), distance)
}

/// What a ray ends in, with its numbers; `t` is the distance in half-widths.
pub fn asymptote(asymptote: Asymptote) -> String {
    let from = |slope: f64, rest: String| match slope {
        0.0 => rest,
        slope => format!("{} t + {rest}", short(slope)),
    };
    match asymptote {
        Asymptote::Line { slope: 0.0, intercept } => format!("the constant {}", short(intercept)),
        Asymptote::Line { slope, intercept } => from(slope, short(intercept)),
        Asymptote::Band { slope, low, high } => from(slope, format!("[{}, {}]", short(low), short(high))),
        Asymptote::Undetermined { bound: None } => "undetermined: rounding hides a side".to_owned(),
        Asymptote::Undetermined {
            bound: Some([low, high]),
        } => format!("undetermined, within [{}, {}]", short(low), short(high)),
        Asymptote::Unknown => "unknown: its activation has no known end".to_owned(),
    }
}

/// Where a ray gets there.
pub fn settled(settled: Settled) -> String {
    match settled {
        Settled::From(at) => format!("from {} half-widths on", distance(at)),
        Settled::Straight(at) => {
            format!(
                "beyond {LIMIT} half-widths; straight from {} on, but not along it yet",
                distance(at)
            )
        }
        Settled::Beyond => format!("beyond {LIMIT} half-widths"),
    }
}

#[cfg(test)]
mod tests {
    use actlab_model::Activation;
    use actlab_model::unit::{Relu, Tanh};

    use super::*;

    #[test]
    fn sentences_say_the_share_and_where() {
        let settling = Settling {
            of: 240,
            beyond: 0,
            straight: 0,
            median: Some(1.0),
            nine_of_ten: Some(1.59),
            last: Some(4.0),
            median_within: Some(1.0),
        };
        let mut of = Endings {
            activation: Activation::new(&Relu).into(),
            networks: 240,
            counts: vec![239, 1, 0, 0, 0, 0],
            rays: 2,
            settling: Some(settling),
            swinging: None,
        };
        assert_eq!(
            sentence(&of),
            "relu: a straight line (by algebra: 239 of 240), from 1.0 half-widths on (median), nine of ten by 1.6, the last \
             at 4.0"
        );
        of.activation = Activation::new(&Tanh).into();
        of.counts = vec![0, 240, 0, 0, 0, 0];
        of.settling = Some(Settling {
            beyond: 117,
            median: Some(63.1),
            nine_of_ten: None,
            last: None,
            median_within: Some(40.0),
            ..settling
        });
        assert_eq!(
            sentence(&of),
            "tanh: a constant (by algebra: all 240); settled by 100 half-widths: 123 of 240, the median at 63"
        );
        of.settling = of.settling.map(|of| Settling { median: None, ..of });
        assert!(
            sentence(&of).ends_with("123 of 240, median where reached 40"),
            "{}",
            sentence(&of)
        );
    }
}
