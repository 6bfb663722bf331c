// Native dialogs: data-dialog="id" opens, data-close closes, focus goes back by itself.

/** Wire the page's dialog buttons, also those that htmx brings later. */
export function startDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialog);
      if (dialog instanceof HTMLDialogElement) {
        event.preventDefault();
        dialog.showModal();
      }
      return;
    }
    const closer = event.target.closest("[data-close]");
    if (closer) {
      event.preventDefault();
      closer.closest("dialog")?.close();
    }
  });
  // A click on the backdrop lands on the dialog itself.
  document.addEventListener("click", (event) => {
    if (event.target instanceof HTMLDialogElement && event.target.matches(".dialog")) {
      const box = event.target.getBoundingClientRect();
      const inside =
        event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
      if (!inside && event.detail > 0) event.target.close();
    }
  });
}
