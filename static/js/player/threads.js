/** Comments stand in the transcript, each at the line that is spoken at its time. */
import { clock } from "./clock.js";
import { activeLine } from "./lines.js";

/** The server sends them beside the transcript, where they stay without scripts or lines; each change brings all anew. */
export class Threads {
  constructor(transcript) {
    this.transcript = transcript;
    const { list } = transcript;
    // htmx leaves the list of lines alone, which is long, so it does not see these forms. Nor does the list, a form
    // itself: browsers let no submit event out of a form in a form, so it is caught on its way in.
    document.addEventListener("submit", (event) => this.#send(event), true);
    list.addEventListener("keydown", (event) => {
      const draft = event.target.closest(".thread-new");
      if (event.key !== "Escape" || !draft || event.defaultPrevented) return;
      event.preventDefault();
      event.stopPropagation();
      this.#leave(draft);
    });
    // Nothing scrolls away from what one writes.
    list.addEventListener("focusin", (event) => { if (event.target.matches("textarea")) transcript.finding(true); });
    list.addEventListener("focusout", (event) => {
      if (event.target.matches("textarea")) transcript.finding(document.querySelector("[data-find]")?.hidden === false);
    });
    this.place();
  }

  /** Move those with a time to their lines, in call order. */
  place() {
    const { list, lines } = this.transcript;
    for (const old of list.querySelectorAll(".thread:not(.thread-new)")) old.remove();
    const found = [...document.querySelectorAll("#comments [data-at]")];
    const after = new Map();
    for (const thread of found) {
      const line = lines[this.#line(Number(thread.dataset.at))];
      (after.get(line) ?? line).after(thread);
      after.set(line, thread);
    }
    this.#index(found);
  }

  /** After what was sent has come back, refused or not: the focus stays with the thread. */
  sent(refused) {
    const id = this.sending;
    this.sending = null;
    if (!id) return;
    const { list } = this.transcript;
    if (id === "new") list.querySelector(".thread-new")?.remove();
    if (refused) return;
    const threads = [...document.querySelectorAll(".thread[id]")];
    const newest = () => threads.sort((one, other) => number(other) - number(one))[0];
    focusOn(document.getElementById(id) ?? (id === "new" ? newest() : null));
  }

  /** Open a box for a comment at a time, or on a span. */
  write(t, end = null) {
    const { list, lines } = this.transcript;
    list.querySelector(".thread-new")?.remove();
    const draft = document.getElementById("new-comment").content.firstElementChild.cloneNode(true);
    const form = draft.querySelector("form");
    this.#hidden(form, "at", t);
    if (end !== null && end > t) this.#hidden(form, "end", end);
    form.querySelector("label").textContent = `Comment at ${clock(t)}${end !== null && end > t ? `–${clock(end)}` : ""}`;
    let place = lines[this.#line(t)];
    while (place.nextElementSibling?.classList.contains("thread")) place = place.nextElementSibling;
    place.after(draft);
    const box = draft.querySelector("textarea");
    box.focus({ preventScroll: true });
    draft.scrollIntoView({ block: "nearest" });
  }

  #line(time) {
    return Math.max(0, activeLine(this.transcript.starts, time, 0));
  }

  #hidden(form, name, seconds) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value: seconds.toFixed(2) });
    form.append(input);
  }

  #leave(draft) {
    let line = draft.previousElementSibling;
    while (line && !line.matches(".ln")) line = line.previousElementSibling;
    draft.remove();
    line?.firstElementChild.focus({ preventScroll: true });
  }

  /** What stays beside the transcript: one line for each, which leads there. */
  #index(threads) {
    const index = document.querySelector("[data-thread-index]");
    index.hidden = !threads.length;
    index.replaceChildren(...threads.map((thread) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      const time = document.createElement("span");
      const text = document.createElement("span");
      Object.assign(button, { type: "button", className: "btn btn-quiet btn-small" });
      time.className = "num";
      time.textContent = clock(Number(thread.dataset.at));
      text.className = "clip";
      text.dir = "auto";
      text.textContent = `${thread.classList.contains("is-resolved") ? "✓ " : ""}${thread.dataset.said}`;
      button.append(time, " ", text);
      button.addEventListener("click", () => {
        focusOn(thread);
        thread.scrollIntoView({ block: "center" });
      });
      item.append(button);
      return item;
    }));
  }

  #send(event) {
    const form = event.target;
    if (!this.transcript.list.contains(form) || !form.closest(".thread")) return;
    event.preventDefault();
    if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) return;
    this.sending = form.closest(".thread").id || "new";
    const values = Object.fromEntries(new FormData(form, event.submitter));
    window.htmx.ajax("POST", form.action, { target: "#notes", swap: "outerHTML", values, event });
  }
}

const number = (thread) => Number(thread.id.replace("comment-", ""));

function focusOn(thread) {
  if (!thread) return;
  thread.tabIndex = -1;
  thread.focus({ preventScroll: true });
}
