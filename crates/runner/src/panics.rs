//! What the program panics with is kept for whoever mends it: in a file of the run's folder, where there is one, so
//! that it does not stand in the middle of a progress bar and is still there the next day.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::Write;
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::{Result, anyhow};

use crate::words::VERSION;

/// Name of the file in a run's folder.
pub const FILE: &str = "panics.log";

/// The run's folder, once it is known.
static RUN: Mutex<Option<PathBuf>> = Mutex::new(None);

/// From here on every panic is written down: to stderr until a run's folder is known, see [`keep_in`].
pub fn keep() {
    std::panic::set_hook(Box::new(|panic| {
        let text = describe(panic);
        let kept = path().is_some_and(|path| append(&path, &text).is_ok());
        if !kept {
            eprint!("{text}");
        }
    }));
}

/// From here on panics are written into this run's folder.
pub fn keep_in(run: &Path) {
    *RUN.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(run.to_owned());
}

/// "; see runs/paper/panics.log" where something was written there, to come after a message.
pub fn hint() -> String {
    let written = path().filter(|path| path.exists());
    written.map_or_else(String::new, |path| format!("; see {}", path.display()))
}

/// What burn, a driver or a mistake of ours panics with becomes an error, which says where more about it is written.
pub fn guard<T>(work: impl FnOnce() -> T) -> Result<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).map_err(|panic| {
        let text = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied());
        anyhow!("training failed: {}{}", text.unwrap_or("the device gave up"), hint())
    })
}

fn path() -> Option<PathBuf> {
    let run = RUN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    run.as_ref().map(|run| run.join(FILE))
}

fn append(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(text.as_bytes())
}

/// The message, the place and, where RUST_BACKTRACE asks for it, the way there; a release has no names for it, but
/// `cargo build --release --config 'profile.release.strip=false'` gives it some.
fn describe(panic: &PanicHookInfo<'_>) -> String {
    let thread = std::thread::current();
    let backtrace = Backtrace::capture();
    let way = match backtrace.status() {
        BacktraceStatus::Captured => backtrace.to_string(),
        _ => "with RUST_BACKTRACE=1 in the environment, the calls that led here are written down too\n".to_owned(),
    };
    format!(
        "actlab {} on {} {}, thread {}: {panic}\n{way}\n",
        VERSION,
        std::env::consts::OS,
        std::env::consts::ARCH,
        thread.name().unwrap_or("without a name"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHILD: &str = "ACTLAB_TEST_PANICS_IN";

    /// Not a test but what the test below runs in a process of its own: the hook is the whole process's.
    #[test]
    fn child() {
        let Some(run) = std::env::var_os(CHILD) else { return };
        keep();
        keep_in(Path::new(&run));
        assert_eq!(hint(), "");
        let failed: Result<()> = guard(|| panic!("a bug called Fred"));
        let text = failed.expect_err("a panic").to_string();
        assert!(text.contains("a bug called Fred") && text.contains(FILE), "{text}");
    }

    #[test]
    fn panics_are_kept_in_the_runs_folder_with_the_calls_where_they_are_asked_for() {
        for (backtrace, expected) in [("0", "with RUST_BACKTRACE=1"), ("1", "\n   0: ")] {
            let run = tempfile::TempDir::new().expect("a folder");
            let output = std::process::Command::new(std::env::current_exe().expect("this test"))
                .args(["panics::tests::child", "--exact", "--nocapture"])
                .env(CHILD, run.path())
                .env("RUST_BACKTRACE", backtrace)
                .env_remove("RUST_LIB_BACKTRACE")
                .output()
                .expect("the child runs");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let kept = std::fs::read_to_string(run.path().join(FILE)).expect("a log");
            for part in ["a bug called Fred", "panics.rs", expected] {
                assert!(kept.contains(part), "{part}: {kept}");
            }
            assert!(!String::from_utf8_lossy(&output.stderr).contains("Fred"));
        }
    }
}
