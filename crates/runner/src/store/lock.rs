//! Who may use a run's folder and its store, and who waits for whom.

use std::fs::{DirEntry, File, TryLockError};
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, anyhow};
use rusqlite::{Connection, OpenFlags};

use super::FILE;
use crate::error::{InputError, reject};
use crate::panics;

/// Name of the file that is locked while a process trains into a run.
const LOCK: &str = "lock";

/// Whether a folder without a store may become a run: it is not there, or it holds nothing but what we left there.
pub fn check_empty(run: &Path) -> Result<()> {
    let ours = [LOCK, panics::FILE];
    match std::fs::read_dir(run) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => reject!("the run folder {} cannot be read: {error}", run.display()),
        Ok(mut entries) => {
            let is_ours = |entry: &DirEntry| ours.iter().any(|ours| entry.file_name() == *ours);
            match entries.find(|entry| !entry.as_ref().is_ok_and(is_ours)) {
                None => Ok(()),
                Some(_) => reject!(
                    "{} is not a run of actlab: it has files, but no {FILE}; choose another folder with --out",
                    run.display()
                ),
            }
        }
    }
}

/// Locks a run's folder for as long as the file is open: the system lets go of it however the process ends.
pub fn lock(run: &Path) -> Result<File> {
    let lock = File::create(run.join(LOCK))
        .map_err(|error| InputError::new(format!("the run folder {} cannot be written: {error}", run.display())))?;
    lock.try_lock().map_err(|error| lock_error(error, run))?;
    Ok(lock)
}

fn lock_error(error: TryLockError, run: &Path) -> anyhow::Error {
    let shown = run.display();
    match error {
        TryLockError::WouldBlock => {
            anyhow!("another actlab is training into {shown}; wait for it, or choose another folder with --out")
        }
        TryLockError::Error(error) => {
            anyhow!("the run folder {shown} cannot be locked: {error}; choose another folder with --out")
        }
    }
}

/// How long until a locked store is tried again.
const WAIT: Duration = Duration::from_millis(50);
/// How long it is tried again.
const PATIENCE: Duration = Duration::from_secs(600);
/// How long until the user is told.
const SILENCE: Duration = Duration::from_secs(2);

/// Opens a store's file, which other programs may have locked: everything then waits, see [`PATIENCE`].
pub fn connect(file: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let mut connection = Connection::open_with_flags(file, flags)?;
    connection.busy_handler(Some(wait))?;
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(connection)
}

/// Whether to try a locked store once more.
fn wait(tries: i32) -> bool {
    let waited = WAIT * tries.unsigned_abs();
    if (waited..waited + WAIT).contains(&SILENCE) {
        eprintln!(
            "note: another program has locked the store; waiting for it, for {} minutes at most",
            PATIENCE.as_secs() / 60
        );
    }
    std::thread::sleep(WAIT);
    waited < PATIENCE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_that_cannot_be_had_is_not_called_another_actlab() {
        let run = Path::new("runs/x");
        let unsupported = std::io::Error::from(std::io::ErrorKind::Unsupported);
        let text = lock_error(TryLockError::Error(unsupported), run).to_string();
        assert!(
            text.contains("unsupported") && !text.contains("another actlab"),
            "{text}"
        );
        assert!(
            lock_error(TryLockError::WouldBlock, run)
                .to_string()
                .contains("another actlab")
        );
    }
}
