//! What the user sees while networks train: a bar on a terminal, else a line now and then.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::PlannedStack;
use crate::words::{count, number};

/// How often a line is printed where there is no terminal.
const INTERVAL: Duration = Duration::from_secs(10);

/// What a trial costs beside its steps, as [`PlannedStack::work_per_step`] counts: a network is looked at for some 20 ms.
/// Where nothing is trained that is all there is to do.
const LOOK: u64 = 2_000_000_000;

/// Progress of a sweep; told by all workers.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    /// When the last line was printed, where lines are.
    printed: Option<Mutex<Instant>>,
    started: Instant,
    trials: u64,
    finished: AtomicU64,
    diverged: AtomicU64,
    failed: AtomicU64,
    network_steps: AtomicU64,
    work: AtomicU64,
    total_work: u64,
}

impl Progress {
    /// Of all trials of these stacks.
    pub fn new(stacks: &[PlannedStack]) -> Self {
        let trials: usize = stacks.iter().map(|stack| stack.all().count()).sum();
        let steps = stacks.iter().map(|stack| stack.work_per_step() * stack.network_steps());
        let work = steps.sum::<u64>() + LOOK * trials as u64;
        let terminal = std::io::stderr().is_terminal();
        let target = if terminal {
            ProgressDrawTarget::stderr_with_hz(8)
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(work), target);
        let style = ProgressStyle::with_template("{bar:32.cyan/dim} {percent:>3} %  {msg}  {elapsed} gone, {eta} left");
        bar.set_style(style.expect("the template is right").progress_chars("━━╌"));
        if terminal {
            bar.enable_steady_tick(Duration::from_millis(250));
        }
        Self {
            bar,
            printed: (!terminal).then(|| Mutex::new(Instant::now())),
            started: Instant::now(),
            trials: trials as u64,
            finished: AtomicU64::new(0),
            diverged: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            network_steps: AtomicU64::new(0),
            work: AtomicU64::new(0),
            total_work: work,
        }
    }

    /// Some steps of some networks are done.
    pub fn steps(&self, network_steps: u64, work: u64) {
        self.network_steps.fetch_add(network_steps, Relaxed);
        self.done(work);
    }

    /// Some trials are done.
    pub fn trials(&self, finished: usize, diverged: usize) {
        self.finished.fetch_add(finished as u64, Relaxed);
        self.diverged.fetch_add(diverged as u64, Relaxed);
        self.done(LOOK * finished as u64);
    }

    /// Some trials could not be trained.
    pub fn failed(&self, trials: usize) {
        self.failed.fetch_add(trials as u64, Relaxed);
        self.done(LOOK * trials as u64);
    }

    fn done(&self, work: u64) {
        self.work.fetch_add(work, Relaxed);
        self.bar.inc(work);
        self.show();
    }

    /// Takes the bar away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }

    /// "480 trials in 3 minutes (2,912 network-steps/s), 2 of them diverged".
    pub fn summary(&self) -> String {
        let diverged = match self.diverged.load(Relaxed) {
            0 => String::new(),
            diverged => format!(", {} of them diverged", number(diverged)),
        };
        let failed = match self.failed.load(Relaxed) {
            0 => String::new(),
            failed => format!("; {} failed", number(failed)),
        };
        format!(
            "{} trained in {} ({} network-steps/s){diverged}{failed}",
            count(self.finished.load(Relaxed), "trial"),
            HumanDuration(self.started.elapsed()),
            number(self.speed()),
        )
    }

    fn speed(&self) -> u64 {
        (self.network_steps.load(Relaxed) as f64 / self.started.elapsed().as_secs_f64().max(1e-9)) as u64
    }

    fn state(&self) -> String {
        format!(
            "{}/{} trials, {} network-steps/s, {} diverged",
            number(self.finished.load(Relaxed)),
            number(self.trials),
            number(self.speed()),
            number(self.diverged.load(Relaxed)),
        )
    }

    fn show(&self) {
        let Some(printed) = &self.printed else {
            self.bar.set_message(self.state());
            return;
        };
        // Whoever finds it locked leaves the line to the one who holds it.
        let Ok(mut printed) = printed.try_lock() else { return };
        if printed.elapsed() < INTERVAL {
            return;
        }
        *printed = Instant::now();
        let done = self.work.load(Relaxed) as f64 / self.total_work.max(1) as f64;
        let left = self.started.elapsed().mul_f64((1.0 - done).max(0.0) / done.max(1e-9));
        eprintln!("{:3.0} %  {}, {} left", 100.0 * done, self.state(), HumanDuration(left));
    }
}
