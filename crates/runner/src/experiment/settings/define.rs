//! What the rows of the table become.

/// Turns the rows of settings into what the compiler has to know of them: the types of an experiment's settings and of
/// a trial's, so that a setting that nothing uses does not compile, and the list of all rows.
///
/// A row with `=> (field: Type = default)` is a setting of a trial, in whose results it has a column. Where it does not
/// go with the target, a trial has the default too, or what stands after `else`. A row without is one that
/// [`super::resolve`] knows by its key.
macro_rules! settings {
    ($(
        $(#[doc = $help:literal])+
        $key:literal $(=> ($field:ident: $type:ty = $default:expr $(, else $absent:expr)?))? {
            kind: $kind:expr,
            $(default: $shared:expr,)?
            $(instead: $instead:literal,)?
            list: $list:literal,
            since: $since:literal,
            with: $with:ident,
            shown: $shown:literal $(,)?
        }
    )+) => {
        /// Every row, in the order of an experiment.
        pub const ROWS: &[Row] = &[$(Row {
            key: $key,
            help: concat!($($help, "\n"),+),
            kind: &$kind,
            default: &[$(|| plain::$field().default.json())? $(|| serde_json::json!($shared))?],
            list: $list,
            since: $since,
            with: With::$with,
            shown: $shown,
            instead: &[$($instead)?],
            column: &[$(stringify!($field))?],
        }),+];

        /// How the values of each setting of a trial are read and stored.
        mod plain {
            use super::*;

            $($(
                pub fn $field() -> Plain<$type> {
                    Plain {
                        key: $key,
                        column: stringify!($field),
                        kind: &$kind,
                        default: $default,
                        absent: None$(.or(Some($absent)))?,
                        list: $list,
                        since: $since,
                        with: With::$with,
                    }
                }
            )?)+
        }

        /// An experiment, every setting resolved.
        #[derive(Debug, Clone)]
        pub struct Settings {
            /// Of the run.
            pub name: String,
            /// What to learn.
            pub targets: Axis<Target>,
            /// For each target the ranges to train on.
            pub ranges: Axis<Vec<Range>>,
            /// Seeds.
            pub seeds: Vec<u64>,
            /// How far out networks are looked at for what they become, in half-widths from the centre of their range.
            pub far_distance: f64,
            /// Whether networks are compared with single units.
            pub lean: bool,
            /// Whether the values of `steps` are epochs, which become steps with each trial.
            pub in_epochs: bool,
            /// Values that others have published.
            pub published: Vec<Published>,
            $($(
                #[doc = concat!("Values of `", $key, "`.")]
                pub $field: Axis<$type>,
            )?)+
        }

        impl Settings {
            /// With what was typed for the settings of a trial.
            fn new(document: &Document, shared: Shared) -> Result<Self, InputError> {
                let Shared { name, targets, ranges, seeds, far_distance, lean, in_epochs, published } = shared;
                Ok(Self {
                    name,
                    targets,
                    ranges,
                    seeds,
                    far_distance,
                    lean,
                    in_epochs,
                    published,
                    $($($field: plain::$field().axis(document)?,)?)+
                })
            }

            /// Of each setting of a trial its column, how many values it has, and whether a list was typed.
            fn axes_of_trials(&self) -> Vec<(&'static str, usize, bool)> {
                vec![$($((stringify!($field), self.$field.values.len(), self.$field.swept),)?)+]
            }

            /// Replaces each cell by one for each value of the axes of a section.
            fn spread(&self, section: &str, is_data: bool, cells: &mut Vec<Resolved>) {
                $($(
                    if section_of($key) == section && With::$with.goes(is_data) {
                        spread(cells, &self.$field.values, |cell, value| cell.$field = value);
                    }
                )?)+
            }
        }

        /// Everything that a trial's result depends on, and nothing else.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Resolved {
            /// The name of what to learn.
            pub target: String,
            /// Names of the inputs.
            pub inputs: Vec<String>,
            /// Names of the outputs: the expressions, or the columns. One is named as the target.
            pub outputs: Vec<String>,
            /// For data: a digest of the columns' values.
            pub data: Option<String>,
            /// Where it is trained.
            pub range: Range,
            $($(
                #[doc = concat!("The value of `", $key, "`.")]
                pub $field: $type,
            )?)+
            /// Of the initial weights, samples and noise; of a cell, absent.
            pub seed: Option<u64>,
        }

        impl Resolved {
            /// A cell on this target of one output and this range, every setting at its default. `data` is the digest of
            /// the values.
            pub fn new(target: String, inputs: Vec<String>, data: Option<String>, range: Range) -> Self {
                let is_data = data.is_some();
                Self {
                    outputs: vec![target.clone()],
                    target,
                    inputs,
                    data,
                    range,
                    $($($field: plain::$field().of(is_data),)?)+
                    seed: None,
                }
            }

            /// The same network on the data of another: with its target, its range, and its settings of the section `data`.
            pub fn on_data_of(&self, other: &Self) -> Self {
                let mut moved = self.clone();
                moved.target = other.target.clone();
                moved.inputs = other.inputs.clone();
                moved.outputs = other.outputs.clone();
                moved.data = other.data.clone();
                moved.range = other.range.clone();
                $($(
                    if section_of($key) == "data" {
                        moved.$field = other.$field.clone();
                    }
                )?)+
                moved
            }

            /// A setting as results show it, by the name of its column; empty where there is none.
            pub fn text(&self, column: &str) -> String {
                match column {
                    "target" => self.target.clone(),
                    "range" => self.range.to_string(),
                    "seed" => self.seed.map_or_else(String::new, |seed| seed.to_string()),
                    $($(stringify!($field) => self.$field.text(),)?)+
                    _ => String::new(),
                }
            }
        }

        impl Serialize for Resolved {
            /// What is left out, and the order: ids depend on both.
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("target", &self.target)?;
                map.serialize_entry("inputs", &self.inputs)?;
                if self.outputs.len() > 1 {
                    map.serialize_entry("outputs", &self.outputs)?;
                }
                if let Some(data) = &self.data {
                    map.serialize_entry("data", data)?;
                }
                $($(
                    if With::$with == With::Data {
                        plain::$field().write(&self.$field, &mut map)?;
                    }
                )?)+
                map.serialize_entry("range", &self.range)?;
                $($(
                    if With::$with != With::Data {
                        plain::$field().write(&self.$field, &mut map)?;
                    }
                )?)+
                if let Some(seed) = &self.seed {
                    map.serialize_entry("seed", seed)?;
                }
                map.end()
            }
        }

        impl<'de> Deserialize<'de> for Resolved {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let fields = serde_json::Map::deserialize(deserializer)?;
                let target: String = field(&fields, "target")?;
                let outputs: Option<Vec<String>> = field(&fields, "outputs")?;
                Ok(Self {
                    outputs: outputs.unwrap_or_else(|| vec![target.clone()]),
                    target,
                    inputs: field(&fields, "inputs")?,
                    data: field(&fields, "data")?,
                    range: field(&fields, "range")?,
                    $($($field: plain::$field().read(&fields).map_err(D::Error::custom)?,)?)+
                    seed: field(&fields, "seed")?,
                })
            }
        }
    };
}
pub(super) use settings;
