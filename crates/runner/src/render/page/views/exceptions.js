// Trials that the tables name lead to the cell that they are of.

function leadToTrials() {
  for (const button of document.querySelectorAll("button[data-trial]")) {
    button.onclick = () => {
      const cell = now.cellOf(button.dataset.trial);
      if (!cell) return;
      change({ ...now.towards(cell), trial: button.dataset.trial });
      element("networks-section").scrollIntoView({ behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    };
  }
}
