"use strict";
// The state (filters, chosen cell, theme) is in the address after #, so that a view can be linked to and the back button
// works. What is not in the address is empty.
const parameters = () => new URLSearchParams(location.hash.slice(1));

// Several at once, which the back button undoes together.
function change(values) {
  const changed = parameters();
  for (const [name, value] of Object.entries(values)) {
    if (value) changed.set(name, value);
    else changed.delete(name);
  }
  location.hash = changed.toString();
}

const state = new Proxy(
  {},
  {
    get: (_, name) => parameters().get(name) || "",
    set: (_, name, value) => {
      change({ [name]: value });
      return true;
    },
  },
);
