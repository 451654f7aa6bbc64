// Trials that the tables name lead to the cell that they are of.

// Where the page is to be once it is drawn: its heights change until then.
let goal = null;

function leadToTrials() {
  for (const button of document.querySelectorAll("button[data-trial]")) {
    button.onclick = () => {
      const cell = now.cellOf(button.dataset.trial);
      if (!cell) return;
      goal = element("networks-section");
      change({ ...now.towards(cell), trial: button.dataset.trial });
      drawAll();
    };
  }
}

function arrive() {
  if (!goal) return;
  goal.scrollIntoView();
  goal = null;
}
