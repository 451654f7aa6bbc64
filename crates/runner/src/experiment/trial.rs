//! A trial: one network, a point of the grid and a seed, known everywhere by a hash of its settings.

use anyhow::{Result, anyhow};

use super::network::{Hidden, Layout};

pub use super::settings::Resolved;

/// One network to train.
#[derive(Debug, Clone)]
pub struct Trial {
    /// See [`Resolved::id`].
    pub id: String,
    /// The id of the settings without the seed.
    pub cell: String,
    /// What its result depends on.
    pub settings: Resolved,
    /// Position of its target in the experiment.
    pub target: usize,
    /// An earlier trial that is the same problem, if there is one.
    pub same: Option<Same>,
}

/// What a trial shares with an earlier one, which is none of this kind itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Same {
    /// The earlier trial's id.
    pub of: String,
    /// To the bit, all that a network learns from: it is trained once for both.
    pub trains_alike: bool,
    /// But for rounding, all that it learns from and is tested on: it counts once.
    pub counts_once: bool,
}

impl Trial {
    /// The id that trials have in common which are trained once.
    pub fn trained_as(&self) -> &str {
        match &self.same {
            Some(same) if same.trains_alike => &same.of,
            _ => &self.id,
        }
    }

    /// The earlier trial that it counts together with.
    pub fn counted_with(&self) -> Option<&str> {
        let same = self.same.as_ref().filter(|same| same.counts_once)?;
        Some(&same.of)
    }
}

impl Resolved {
    /// As JSON, in a fixed order of keys: what the id is computed from.
    pub fn json(&self) -> String {
        serde_json::to_string(self).expect("settings are plain data")
    }

    /// 16 hexadecimal digits that stand for these settings everywhere: the beginning of the BLAKE3 digest of
    /// "actlab 1", a line break, and the settings as JSON.
    pub fn id(&self) -> String {
        let digest = blake3::hash(format!("actlab 1\n{}", self.json()).as_bytes());
        digest.to_hex()[..16].to_owned()
    }

    /// Inputs, these hidden widths, outputs.
    pub fn sizes(&self, hidden: &[usize]) -> Vec<usize> {
        let inputs = std::iter::once(self.inputs.len());
        inputs
            .chain(hidden.iter().copied())
            .chain(std::iter::once(self.outputs.len()))
            .collect()
    }

    /// What its network is made of.
    ///
    /// # Errors
    /// If what was stored is no network: of an experiment that was loaded it is one.
    pub fn layout(&self) -> Result<Layout> {
        match &self.hidden {
            Hidden::Widths(widths) => Ok(Layout::perceptron(&self.sizes(widths), self.activation)?),
            Hidden::Network(network) => {
                let sizes = self.sizes(&[]);
                let layout = network.layout(sizes[0], sizes[1]);
                layout.map_err(|misfit| anyhow!("{network}: {}", misfit.message))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_name_what_there_is_not_are_refused() {
        let settings = crate::experiment::test_settings("x", vec![[-1.0, 1.0]]).json();
        assert!(serde_json::from_str::<Resolved>(&settings).is_ok());
        for (from, to) in [("\"adam\"", "\"madam\""), ("\"tanh\"", "\"tan\"")] {
            let changed = settings.replace(from, to);
            assert_ne!(changed, settings);
            assert!(serde_json::from_str::<Resolved>(&changed).is_err(), "{to}");
        }
    }
}
