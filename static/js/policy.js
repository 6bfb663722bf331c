// The policy editor: rules move by drag and by keyboard, and their sentences follow what the preview says.
// Without this module the arrows of each rule are buttons that the server answers.

const ORDER = 'input[name$="-ORDER"]';

function rules() {
  return [...document.querySelectorAll("[data-rules] > [data-rule]")];
}

function announce(text) {
  const place = document.getElementById("announce");
  if (place) place.textContent = text;
}

/** Write each rule's place into its field, and let the preview know. */
function renumber(list) {
  rules().forEach((rule, index) => {
    const order = rule.querySelector(ORDER);
    if (order) order.value = String(index + 1);
    for (const button of rule.querySelectorAll("[data-move]")) {
      button.setAttribute("aria-label", `Move rule ${index + 1} ${button.dataset.move}`);
    }
  });
  list.dispatchEvent(new CustomEvent("rules-moved", { bubbles: true }));
}

function move(rule, step) {
  const all = rules();
  const from = all.indexOf(rule);
  const to = from + step;
  if (to < 0 || to >= all.length) return;
  if (step < 0) all[to].before(rule);
  else all[to].after(rule);
  renumber(rule.parentElement);
  announce(`Rule ${from + 1} is now rule ${to + 1} of ${all.length}.`);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-move]");
  if (!button) return;
  event.preventDefault();
  move(button.closest("[data-rule]"), button.dataset.move === "up" ? -1 : 1);
  button.focus();
});

document.addEventListener("keydown", (event) => {
  if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  const rule = event.target.closest("[data-rule]");
  if (!rule) return;
  event.preventDefault();
  const focused = document.activeElement;
  move(rule, event.key === "ArrowUp" ? -1 : 1);
  focused.focus();
});

let dragged = null;

function unmark() {
  for (const rule of rules()) rule.classList.remove("is-dragged", "is-target");
}

document.addEventListener("dragstart", (event) => {
  const grip = event.target.closest?.(".rule-grip");
  if (!grip) return;
  dragged = grip.closest("[data-rule]");
  dragged.classList.add("is-dragged");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", "rule");
});

document.addEventListener("dragover", (event) => {
  const over = dragged && event.target.closest?.("[data-rule]");
  if (!over) return;
  event.preventDefault();
  for (const rule of rules()) rule.classList.toggle("is-target", rule === over && rule !== dragged);
});

document.addEventListener("drop", (event) => {
  const over = dragged && event.target.closest?.("[data-rule]");
  if (!over) return;
  event.preventDefault();
  const all = rules();
  const [from, to] = [all.indexOf(dragged), all.indexOf(over)];
  if (from !== to) move(dragged, to - from);
});

document.addEventListener("dragend", () => {
  unmark();
  dragged = null;
});

/** Put the sentences of the preview into the rules that they speak of, wherever those stand by now. */
function retell() {
  for (const told of document.querySelectorAll("#preview [data-rule-words]")) {
    const words = document.getElementById(told.dataset.ruleWords);
    if (words) words.textContent = told.textContent;
  }
}

document.addEventListener("htmx:afterSettle", retell);
