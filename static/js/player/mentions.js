/** Whom a comment mentions: an @ in a box marked data-mentions offers those who can see the recording. */

const WAIT = 120;

/** What is typed behind the last @ before the caret, {from, text}; null where no mention is being typed. Pure. */
export function typing(value, caret) {
  const match = /(?:^|[^\w@.])@([\w.+-]*)$/.exec(value.slice(0, caret));
  return match ? { from: caret - match[1].length, text: match[1] } : null;
}

/** The value with the mention completed, and where the caret goes: {value, caret}. Pure. */
export function completed(value, caret, from, handle) {
  const rest = value.slice(caret);
  const blank = /^\s/.test(rest) ? "" : " ";
  return { value: value.slice(0, from) + handle + blank + rest, caret: from + handle.length + 1 };
}

class Picker {
  constructor() {
    this.list = document.createElement("ul");
    Object.assign(this.list, { id: "mention-list", className: "menu-list mention-list", hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "People");
    document.body.append(this.list);
    // A pointer takes the focus from the box only when it lets go elsewhere.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#take(option);
    });
    document.addEventListener("input", (event) => { if (event.target.matches("[data-mentions]")) this.#look(event.target); });
    document.addEventListener("keydown", (event) => this.#key(event), true);
    document.addEventListener("focusout", (event) => { if (event.target === this.box) this.#close(); });
  }

  #look(box) {
    clearTimeout(this.timer);
    const at = typing(box.value, box.selectionStart);
    if (!at) {
      this.#close();
      return;
    }
    this.timer = setTimeout(async () => {
      const response = await fetch(`${box.dataset.mentions}?q=${encodeURIComponent(at.text)}`, {
        headers: { Accept: "application/json" },
      }).catch(() => null);
      const people = response?.ok ? (await response.json()).people : [];
      const now = typing(box.value, box.selectionStart);
      if (document.activeElement === box && now?.text === at.text) this.#show(box, at.from, people);
    }, WAIT);
  }

  #show(box, from, people) {
    this.#close();
    if (!people.length) return;
    Object.assign(this, { box, from });
    this.list.replaceChildren(...people.map(({ handle, name }, i) => {
      const option = document.createElement("li");
      option.id = `mention-${i}`;
      option.setAttribute("role", "option");
      option.dataset.handle = handle;
      option.textContent = name === handle ? `@${handle}` : `${name} @${handle}`;
      return option;
    }));
    this.list.hidden = false;
    const area = box.getBoundingClientRect();
    const below = area.bottom + this.list.offsetHeight < window.innerHeight;
    this.list.style.insetBlockStart = `${below ? area.bottom : area.top - this.list.offsetHeight}px`;
    this.list.style.insetInlineStart = `${area.left}px`;
    box.setAttribute("aria-autocomplete", "list");
    box.setAttribute("aria-controls", this.list.id);
    this.#choose(0);
  }

  #choose(index) {
    const options = [...this.list.children];
    this.index = (index + options.length) % options.length;
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === this.index)));
    this.box.setAttribute("aria-activedescendant", options[this.index].id);
  }

  #key(event) {
    if (this.list.hidden || event.target !== this.box || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#choose(this.index + step);
    else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) this.#take(this.list.children[this.index]);
    else if (event.key === "Escape") this.#close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #take(option) {
    const { box, from } = this;
    const { value, caret } = completed(box.value, box.selectionStart, from, option.dataset.handle);
    box.value = value;
    box.setSelectionRange(caret, caret);
    this.#close();
  }

  #close() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.box?.removeAttribute("aria-activedescendant");
    this.box?.removeAttribute("aria-controls");
    this.box = null;
  }
}

if (typeof document !== "undefined") new Picker();
