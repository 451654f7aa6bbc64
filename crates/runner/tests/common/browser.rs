//! Pages in headless Chromium.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::Folder;

const PROBE: &str = include_str!("../browser/probe.js");

/// What depends on no page.
pub const PURE: [&str; 4] = [
    include_str!("../../src/render/page/scales.js"),
    include_str!("../../src/render/page/words.js"),
    include_str!("../../src/render/page/unpack.js"),
    include_str!("../../src/render/page/choice.js"),
];

/// The installed browser. A machine without one skips these tests and says so; CI must have one.
pub fn chromium() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found = std::env::split_paths(&folders)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|program| program.exists());
    if found.is_none() {
        assert!(
            std::env::var_os("CI").is_none_or(|ci| ci != "true"),
            "CI has no Chromium: install the package chromium"
        );
        eprintln!("no Chromium on this machine: the page is not clicked through");
    }
    found
}

/// Opens a copy of `page` in which nothing may be fetched and runs `script` in it; what the script left in `#seen`.
pub fn open(browser: &Path, folder: &Folder, page: &str, script: &str) -> Value {
    const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; \
                          img-src data: blob:; font-src data:; worker-src blob:";
    let head =
        format!("<head>\n<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n<script>{PROBE}</script>");
    let watched = page.replacen("<head>", &head, 1);
    let end = watched.rfind("</body>").expect("a body");
    let (body, rest) = watched.split_at(end);
    let path = folder.write("watched.html", &format!("{body}<script>{script}</script>{rest}"));
    let profile = tempfile::TempDir::new().expect("a profile");
    let output = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        // WebGL without a graphics card.
        .args(["--use-angle=swiftshader", "--enable-unsafe-swiftshader"])
        .args(["--window-size=1280,1600", "--virtual-time-budget=60000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}", path.display()))
        .output()
        .expect("Chromium runs");
    let dom = String::from_utf8_lossy(&output.stdout);
    let seen = dom
        .rsplit_once("<pre id=\"seen\">")
        .and_then(|(_, rest)| rest.split_once("</pre>"));
    let Some((seen, _)) = seen else {
        panic!("the page did not finish: {}", String::from_utf8_lossy(&output.stderr));
    };
    let json = seen
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&");
    serde_json::from_str(&json).expect("JSON")
}
