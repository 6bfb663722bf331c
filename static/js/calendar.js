// A month to choose a first and a last day from, beneath the two inputs of a period, which stay for typing.

const DAY = 86_400_000; // milliseconds
const utc = (day) => new Date(`${day}T00:00:00Z`);
const iso = (date) => date.toISOString().slice(0, 10);
const written = (day, options) => new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options }).format(utc(day));

/** The day so many days after `day`, both as 2026-11-30. Pure. */
export function daysLater(day, days) {
  return iso(new Date(utc(day).getTime() + days * DAY));
}

/** The same day so many months later, at most that month's last. Pure. */
export function monthsLater(day, months) {
  const [year, month, date] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return iso(new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))));
}

/** The weeks of the month of `day`, Monday to Sunday, with the days of other months that complete them. Pure. */
export function weeksOf(day) {
  const start = `${day.slice(0, 7)}-01`;
  const before = (utc(start).getUTCDay() + 6) % 7;
  const length = (utc(monthsLater(start, 1)) - utc(start)) / DAY;
  return Array.from({ length: Math.ceil((before + length) / 7) }, (_, week) =>
    Array.from({ length: 7 }, (_, at) => daysLater(start, week * 7 + at - before)));
}

/** Where a key leads from a day; null for a key that leads nowhere. Pure. */
export function dayAfterKey(day, key) {
  const weekday = (utc(day).getUTCDay() + 6) % 7;
  const days = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7, Home: -weekday, End: 6 - weekday }[key];
  if (days !== undefined) return daysLater(day, days);
  return { PageUp: monthsLater(day, -1), PageDown: monthsLater(day, 1) }[key] ?? null;
}

/** The period once `day` is chosen: the first choice begins one, the second ends it, whichever is earlier. Pure. */
export function chosenPeriod([first, last], day) {
  if (!first || last) return [day, ""];
  return day < first ? [day, first] : [first, day];
}

function make(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

class Calendar {
  constructor(box) {
    this.inputs = [...box.querySelectorAll("input")];
    const now = new Date();
    this.today = iso(new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate())));
    this.at = this.period()[0] || this.today;
    this.root = make("div", { class: "calendar", role: "group", "aria-label": "Calendar" });
    this.root.addEventListener("click", (event) => this.#click(event));
    this.root.addEventListener("keydown", (event) => this.#key(event));
    box.append(this.root);
    box.addEventListener("input", () => this.#show());
    box.closest("details").addEventListener("toggle", () => this.#show());
    this.#show();
  }

  /** The days in the inputs, "" for none; of an hour its day. */
  period() {
    return this.inputs.map((input) => input.value.slice(0, 10));
  }

  #show(focus = false) {
    const [first, last] = this.period();
    const head = weeksOf(this.at)[0].map((day) =>
      make("th", { scope: "col", abbr: written(day, { weekday: "long" }) }, written(day, { weekday: "short" })));
    const rows = weeksOf(this.at).map((week) => make("tr", {}, ...week.map((day) => this.#cell(day, first, last))));
    this.root.replaceChildren(
      make("div", { class: "spread" },
        this.#step("Previous month", -1, "‹"),
        make("strong", { "aria-live": "polite" }, written(this.at, { month: "long", year: "numeric" })),
        this.#step("Next month", 1, "›")),
      make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows)),
      make("p", { class: "meta" }, first && !last ? "Choose the last day." : "Choose the first day."));
    if (focus) this.root.querySelector(`[data-day="${this.at}"]`).focus();
  }

  #step(name, months, sign) {
    return make("button", { type: "button", class: "btn btn-quiet btn-small", "data-month": months, "aria-label": name }, sign);
  }

  #cell(day, first, last) {
    const isOther = day.slice(0, 7) !== this.at.slice(0, 7);
    const isBetween = first && last && day > first && day < last;
    const button = make("button", {
      type: "button", "data-day": day, tabindex: day === this.at ? 0 : -1, "aria-pressed": day === first || day === last,
      "aria-label": `${written(day, { weekday: "long" })} ${written(day, { day: "numeric", month: "long", year: "numeric" })}`,
    }, String(Number(day.slice(8))));
    if (day === this.today) button.setAttribute("aria-current", "date");
    return make("td", { class: isBetween ? "is-between" : isOther ? "is-other" : "" }, button);
  }

  #click(event) {
    // What was clicked is drawn anew, so nothing above could tell that it was in this menu.
    event.stopPropagation();
    const button = event.target.closest("button");
    if (button?.dataset.month) {
      const step = button.dataset.month;
      this.at = monthsLater(this.at, Number(step));
      this.#show();
      this.root.querySelector(`[data-month="${step}"]`).focus();
    } else if (button) {
      this.at = button.dataset.day;
      chosenPeriod(this.period(), this.at).forEach((day, place) => {
        // An hour of a day gives way to whole days.
        this.inputs[place].type = "date";
        this.inputs[place].value = day;
      });
      this.#show(true);
      this.inputs[0].dispatchEvent(new Event("change", { bubbles: true }));
    }
  }

  #key(event) {
    if (!event.target.dataset.day) return;
    const day = dayAfterKey(event.target.dataset.day, event.key);
    if (day === null) return;
    event.preventDefault();
    event.stopPropagation();
    this.at = day;
    this.#show(true);
  }
}

if (typeof document !== "undefined") for (const box of document.querySelectorAll("[data-calendar]")) new Calendar(box);
