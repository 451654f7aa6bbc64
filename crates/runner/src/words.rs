//! Words that the program says in many places.

use indicatif::HumanCount;

/// The version of this program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// "2,912".
pub fn number(number: u64) -> String {
    HumanCount(number).to_string()
}

/// "1 trial", "2 trials".
pub fn count(count: u64, thing: &str) -> String {
    format!("{} {thing}{}", number(count), if count == 1 { "" } else { "s" })
}
