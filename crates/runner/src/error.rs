//! Errors that are the user's to mend. Everything else that goes wrong is an ordinary `anyhow` error.

use std::fmt;

/// The user's input is wrong: exit 2, nothing touched.
#[derive(Debug)]
pub struct InputError(String);

impl InputError {
    /// An error with this message, which says what is wrong, where, and what to type instead.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InputError {}

/// Returns early with an [`InputError`].
macro_rules! reject {
    ($($message:tt)*) => {
        return Err($crate::error::InputError::new(format!($($message)*)).into())
    };
}
pub(crate) use reject;

/// "; did you mean "x"?" where one of `known` is near to `word`, else nothing.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let scored = known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(word, name), name));
    match scored.min() {
        Some((distance, name)) if distance <= 1 + word.chars().count() / 3 => format!("; did you mean \"{name}\"?"),
        _ => String::new(),
    }
}
