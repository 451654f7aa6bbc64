//! Whatever comes in between: a run is killed, its store is locked or breaks, or another sweep wants it.

mod common;

use std::time::{Duration, Instant};

use common::{CPU, Folder, SMALL, contents, ran, stored};

/// Ten times: started, killed at a moment that the clock and the process id choose, started again.
#[cfg(unix)]
#[test]
fn killed_at_any_moment_a_run_ends_with_the_bits_of_an_undisturbed_one() {
    let folder = Folder::new();
    folder.write("small.toml", &SMALL.replace("steps = 60", "steps = 600"));
    let arguments = |out: &'static str| ["sweep", "small.toml", "--backend", CPU, "--threads", "2", "--out", out];
    let started = Instant::now();
    folder.ok(&arguments("undisturbed"));
    let undisturbed = started.elapsed();
    let run = folder.path().join("killed");
    let mut random = u64::from(std::process::id()) ^ 0x9e37_79b9_7f4a_7c15;
    let mut killed = 0;
    while killed < 10 {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let moment = undisturbed.mul_f64((random >> 40) as f64 / (1u64 << 24) as f64);
        let mut child = folder
            .command(&arguments("killed"))
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("actlab runs");
        std::thread::sleep(moment);
        let ended = child.try_wait().expect("a child").is_some();
        child.kill().expect("killed");
        child.wait().expect("a child");
        if ended {
            // It was done before the moment came: begin a new run, of which the next kill is part.
            std::fs::remove_dir_all(&run).expect("removed");
        }
        killed += 1;
    }
    let there = stored(&run);
    let last = folder.ok(&arguments("killed"));
    let expected = match there {
        32 => "nothing to train".to_owned(),
        31 => "training 1 trial ".to_owned(),
        there => format!("training {} trials", 32 - there),
    };
    assert!(
        last.stderr.contains(&expected),
        "{there} trials were there: {}",
        last.stderr
    );
    assert_eq!(contents(&folder.path().join("undisturbed")), contents(&run));
}

/// Starts a sweep of `small.toml`, and waits until something is stored.
fn started(folder: &Folder, arguments: &[&str]) -> std::process::Child {
    let child = folder
        .command(&[&["sweep", "small.toml", "--backend", CPU, "--threads", "2"], arguments].concat())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("actlab runs");
    let deadline = Instant::now() + Duration::from_secs(60);
    while stored(&folder.path().join("runs/small")) == 0 {
        assert!(Instant::now() < deadline, "nothing is stored");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

/// What it printed and how it ended; killed where it hangs.
fn ended(mut child: std::process::Child) -> common::Ran {
    let deadline = Instant::now() + Duration::from_secs(120);
    while child.try_wait().expect("a child").is_none() {
        if Instant::now() > deadline {
            child.kill().expect("killed");
            panic!("it hangs: {:?}", ran(child.wait_with_output().expect("a child")));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    ran(child.wait_with_output().expect("a child"))
}

fn slow() -> String {
    SMALL.replace("steps = 60", "steps = 20000")
}

/// Longer than the ten seconds that SQLite's users are used to wait.
#[test]
fn a_store_that_another_program_locks_is_waited_for() {
    let folder = Folder::new();
    folder.write("small.toml", &slow());
    let child = started(&folder, &[]);
    let other = rusqlite::Connection::open(folder.path().join("runs/small/actlab.sqlite")).expect("a store");
    other.busy_timeout(Duration::from_secs(60)).expect("set");
    other.execute_batch("BEGIN IMMEDIATE").expect("locked");
    std::thread::sleep(Duration::from_secs(25));
    other.execute_batch("ROLLBACK").expect("let go");
    let ran = ended(child);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(
        ran.stderr.matches("another program has locked the store").count(),
        1,
        "{}",
        ran.stderr
    );
    assert_eq!(stored(&folder.path().join("runs/small")), 32);
}

/// An error that no waiting mends: the table is gone. Workers that wait to be heard must not wait for ever.
#[test]
fn a_store_that_breaks_ends_the_sweep_with_one_message_and_keeps_what_it_has() {
    let folder = Folder::new();
    folder.write("small.toml", &slow());
    let child = started(&folder, &[]);
    let run = folder.path().join("runs/small");
    let other = rusqlite::Connection::open(run.join("actlab.sqlite")).expect("a store");
    other.busy_timeout(Duration::from_secs(60)).expect("set");
    other
        .execute_batch("ALTER TABLE timings RENAME TO gone")
        .expect("renamed");
    let there = stored(&run);
    let ran = ended(child);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert_eq!(ran.stderr.matches("error: ").count(), 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("the store cannot be written"), "{}", ran.stderr);
    assert!(there > 0 && stored(&run) == there);
    other
        .execute_batch("ALTER TABLE gone RENAME TO timings")
        .expect("renamed");
    folder.ok(&["sweep", "small.toml", "--backend", CPU]);
    assert_eq!(stored(&run), 32);
}

/// The reader of a pipe that has seen enough is no error.
#[test]
fn a_dry_run_into_a_closed_pipe_ends_quietly() {
    let folder = Folder::new();
    folder.write("small.toml", SMALL);
    let mut child = folder
        .command(&["sweep", "small.toml", "--backend", CPU, "--dry-run"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("actlab runs");
    drop(child.stdout.take());
    let ran = ran(child.wait_with_output().expect("a child"));
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
}

#[test]
fn two_sweeps_into_one_run_do_not_mix() {
    let folder = Folder::new();
    folder.write("small.toml", &SMALL.replace("steps = 60", "steps = 20000"));
    let mut first = folder
        .command(&["sweep", "small.toml", "--backend", CPU])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("actlab runs");
    let deadline = Instant::now() + Duration::from_secs(30);
    while !folder.path().join("runs/small/actlab.sqlite").exists() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(10));
    }
    let second = folder.run(&["sweep", "small.toml", "--backend", CPU]);
    first.kill().expect("killed");
    first.wait().expect("a child");
    assert_eq!(second.code, Some(1), "{}", second.stderr);
    assert!(
        second.stderr.contains("another actlab is training"),
        "{}",
        second.stderr
    );
}
