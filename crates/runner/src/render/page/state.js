"use strict";
// The state (filters, chosen cell, theme) is in the address after #, so that a view can be linked to and the back button
// works. What is not in the address is empty.
const state = new Proxy(
  {},
  {
    get: (_, name) => new URLSearchParams(location.hash.slice(1)).get(name) || "",
    set: (_, name, value) => {
      const parameters = new URLSearchParams(location.hash.slice(1));
      if (value) parameters.set(name, value);
      else parameters.delete(name);
      location.hash = parameters.toString();
      return true;
    },
  },
);

