// What every page has: the theme switch, the rail on a phone, keys, dialogs, whole-row links, copying, what is said after a swap.
import { startKeys } from "./keys.js";
import { startDialogs } from "./dialogs.js";
import { startPalette } from "./palette.js";
import { startRows } from "./rows.js";
import { copy, startToasts } from "./toast.js";

/** Switch between light and dark, and remember it. */
function startTheme() {
  const root = document.documentElement;
  const isDark = () =>
    root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const show = () => {
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.setAttribute("aria-pressed", String(isDark()));
    }
  };
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    root.dataset.theme = isDark() ? "light" : "dark";
    try {
      localStorage.setItem("theme", root.dataset.theme);
    } catch {
      // Not remembered where storage is switched off; the switch still works on this page.
    }
    show();
    // Drawings that took their colours from the tokens draw themselves anew.
    document.dispatchEvent(new CustomEvent("themechange"));
  });
  show();
}

/** Open and close the rail under 900 px. */
function startRail() {
  const button = document.querySelector("[data-rail-toggle]");
  button?.addEventListener("click", () => {
    const open = document.querySelector(".rail").classList.toggle("is-open");
    button.setAttribute("aria-expanded", String(open));
  });
}

/** Copy what a button holds: the whole of a shortened id, a link. `data-copied` is what is said then. */
function startCopy() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button.dataset.copy, button.dataset.copied);
  });
}

/** Reload the page that a form led to: the browser sends the form once more. */
function startReload() {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-reload]")) location.reload();
  });
}

/** Menus close when one clicks elsewhere or presses Escape. */
function startMenus() {
  const close = (except) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
  };
  document.addEventListener("click", (event) => close(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details.menu[open]");
    if (!open) return;
    close();
    open.querySelector("summary").focus();
  });
}

/** Offer the browser's time zone when it is not the one in which times are shown. */
function startZoneOffer() {
  const offer = document.getElementById("zone-offer");
  const guess = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!offer || !guess || guess === offer.dataset.zone) return;
  offer.querySelector("[data-guess]").textContent = guess.replaceAll("_", " ");
  offer.querySelector("button").value = guess;
  offer.hidden = false;
}

/** A request that failed says so, instead of leaving a page that looks unchanged. */
function startFailures() {
  const say = (text) => {
    const alert = document.createElement("div");
    alert.className = "alert alert-bad";
    const words = document.createElement("div");
    words.textContent = text;
    alert.append(words);
    document.getElementById("messages")?.replaceChildren(alert);
  };
  document.addEventListener("htmx:sendError", () =>
    say("Can’t reach the server. Nothing was changed. Check your connection and try again."));
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (status === 403) say("This page is out of date. Reload it and try again.");
    else if (status >= 500) say(`Something went wrong on our side (${status}). Nothing on this page was lost. Try again.`);
  });
}

/** Say what a swap brought that is worth saying: a live region that comes with its words stays silent. */
function startAnnouncing() {
  document.addEventListener("htmx:load", (event) => {
    const parts = [...event.detail.elt.querySelectorAll("[data-announce]")];
    if (parts.length === 0 || event.detail.elt === document.body) return;
    document.getElementById("announce").textContent = parts
      .map((part) => part.textContent.replace(/\s+/g, " ").trim())
      .join(" ");
  });
}

/** Requests that no one caused tell the server so: a page that is left open does not keep its reader signed in. */
function startTellingWhoAsked() {
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.detail.triggeringEvent) event.detail.headers["X-By-Itself"] = "1";
  });
}

startTheme();
startTellingWhoAsked();
startRail();
startCopy();
startMenus();
startReload();
startAnnouncing();
startFailures();
startZoneOffer();
startKeys();
startDialogs();
startRows();
startPalette();
startToasts();
