//! A trained network as a module of PyTorch: the lines of Python that build it again, whose weights are named as those of
//! the [store](crate::store::weights).

mod activation;

use actlab_model::network::architecture::Join;
use actlab_model::network::program::{Buffer, Operation, Program};
use actlab_model::network::trained::TrainedNetwork;

use crate::experiment::network::Hidden;
use crate::store::Stored;
use activation::Activations;

/// The file that the module's weights are beside of it in.
pub const WEIGHTS: &str = "weights.safetensors";

/// The module of a trial's network.
pub fn module(trial: &Stored, network: &TrainedNetwork) -> String {
    let rates = rates(trial);
    let of = Module {
        trial,
        network,
        program: network
            .architecture
            .program()
            .without_dropouts(|place| rates[place] == 0.0),
        rates,
        activations: Activations::new(&network.activations),
    };
    let class = match trial.settings.hidden {
        Hidden::Widths(_) => of.sequential(),
        Hidden::Network(_) => of.lists(),
    };
    let scaling = serde_json::json!(trial.scaling);
    let classes: String = of.activations.classes().map(|class| class + "\n\n").collect();
    format!(
        "{}\n{IMPORTS}\n# From the target's units to the network's.\nSCALING = {scaling}\n\n\n{classes}{class}\n\n{USE}",
        of.head()
    )
}

const IMPORTS: &str = "from pathlib import Path

import safetensors.torch
import torch
from torch import nn
";

const USE: &str = r#"def load(path=Path(__file__).with_name("weights.safetensors")):
    """The network with its weights, which lie beside this file."""
    network = Network()
    network.load_state_dict(safetensors.torch.load_file(path))
    return network.eval()


def predict(network, x):
    """Answers, [samples, outputs], at x, [samples, inputs], both in the target's own units."""
    x_mean, x_std, y_mean, y_std = (torch.as_tensor(SCALING[name], dtype=x.dtype) for name in ("x_mean", "x_std", "y_mean", "y_std"))
    return network((x - x_mean) / x_std) * y_std + y_mean
"#;

struct Module<'a> {
    trial: &'a Stored,
    network: &'a TrainedNetwork,
    /// Without the dropouts that leave nothing out.
    program: Program,
    /// What each dropout leaves out while the network trains.
    rates: Vec<f64>,
    activations: Activations,
}

fn rates(trial: &Stored) -> Vec<f64> {
    let layout = trial.settings.layout();
    let rates = layout.map(|layout| layout.dropout).unwrap_or_default();
    rates
        .into_iter()
        .map(|rate| rate.unwrap_or(trial.settings.dropout))
        .collect()
}

impl Module<'_> {
    fn head(&self) -> String {
        let settings = &self.trial.settings;
        // What ends a string of Python, or begins an escape.
        let plain = |text: String| text.replace('"', "'").replace('\\', "/").replace('\n', " ");
        format!(
            "\"\"\"{} on {}, learned by {} ({}): trial {} of actlab.\n\n    network = load()\n    y = predict(network, x)\n\"\"\"\n",
            plain(settings.target.clone()),
            settings.range,
            plain(settings.hidden.to_string()),
            plain(settings.activations().to_string()),
            self.trial.id
        )
    }

    fn linear(&self, layer: usize) -> String {
        let [inputs, outputs] = self.program.layers()[layer];
        format!("nn.Linear({inputs}, {outputs})")
    }

    /// A perceptron. A dropout has a name of its own, so that the weights keep theirs.
    fn sequential(&self) -> String {
        let (mut modules, mut layers) = (Vec::new(), 0);
        for operation in self.program.operations() {
            match operation {
                Operation::Dense { layer, activation, .. } => {
                    layers = *layer;
                    modules.push((format!("{}", 2 * layer), self.linear(*layer)));
                    modules.extend(activation.map(|slot| (format!("{}", 2 * layer + 1), self.activations.built(slot))));
                }
                Operation::Dropout { place, .. } => {
                    modules.push((
                        format!("{}_dropout", 2 * layers + 1),
                        format!("nn.Dropout({})", self.rates[*place]),
                    ));
                }
                Operation::Join { .. } => {}
            }
        }
        let drops = self.rates.iter().any(|rate| *rate > 0.0);
        let lines = modules.into_iter().map(|(name, module)| match drops {
            true => format!("            \"{name}\": {module},\n"),
            false => format!("            {module},\n"),
        });
        let lines: String = lines.collect();
        let (begin, end) = match drops {
            true => (
                "super().__init__()\n        modules = {\n",
                "        }\n        for name, module in modules.items():\n            self.add_module(name, module)\n",
            ),
            false => ("super().__init__(\n", "        )\n"),
        };
        format!("class Network(nn.Sequential):\n    def __init__(self):\n        {begin}{lines}{end}")
    }

    /// Any network.
    fn lists(&self) -> String {
        let list = |name: &str, modules: Vec<String>| {
            let modules: String = modules
                .iter()
                .map(|module| format!("            {module},\n"))
                .collect();
            format!("        self.{name} = nn.ModuleList([\n{modules}        ])\n")
        };
        let layers = (0..self.program.layers().len()).map(|layer| self.linear(layer));
        let activations = (0..self.network.activations.len()).map(|slot| self.activations.built(slot));
        let mut init = list("layers", layers.collect()) + &list("activations", activations.collect());
        for layer in (0..self.program.layers().len()).filter(|layer| !self.program.trains(*layer)) {
            init += &format!("        self.layers[{layer}].requires_grad_(False)  # frequencies of Fourier features\n");
        }
        format!(
            "class Network(nn.Module):\n    def __init__(self):\n        super().__init__()\n{init}\n    def forward(self, x):\n{}",
            self.forward()
        )
    }

    fn forward(&self) -> String {
        let mut lines = String::new();
        for operation in self.program.operations() {
            let value = match operation {
                Operation::Dense {
                    input,
                    layer,
                    activation,
                    ..
                } => {
                    let linear = format!("self.layers[{layer}]({})", value(input.buffer));
                    activation.map_or(linear.clone(), |slot| format!("self.activations[{slot}]({linear})"))
                }
                Operation::Join { join, inputs, .. } => joined(*join, inputs.map(|read| value(read.buffer))),
                Operation::Dropout { input, place, .. } => {
                    let rate = self.rates[*place];
                    format!("nn.functional.dropout({}, {rate}, self.training)", value(input.buffer))
                }
            };
            lines += &format!("        {} = {value}\n", self::value(operation.output()));
        }
        lines + &format!("        return {}\n", value(self.program.output()))
    }
}

/// The variable of a buffer.
fn value(buffer: Buffer) -> String {
    match buffer {
        Program::INPUT => "x".to_owned(),
        buffer => format!("h{buffer}"),
    }
}

fn joined(join: Join, [a, b]: [String; 2]) -> String {
    match join {
        Join::Sum => format!("{a} + {b}"),
        Join::Product => format!("{a} * {b}"),
        Join::Gate => format!("{a} * torch.sigmoid({b})"),
        Join::Concatenation => format!("torch.cat([{a}, {b}], -1)"),
    }
}
