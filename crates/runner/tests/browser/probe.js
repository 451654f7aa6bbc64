// Runs before the page's own scripts: remembers whatever goes wrong and whatever leaves the page.
window.probe = { errors: [], requests: [] };
addEventListener("error", (event) => probe.errors.push(String(event.message)));
addEventListener("unhandledrejection", (event) => probe.errors.push(String(event.reason)));
addEventListener("securitypolicyviolation", (event) => probe.requests.push(event.blockedURI));
for (const level of ["error", "warn"]) {
  console[level] = (...words) => probe.errors.push(words.map(String).join(" "));
}
