// Runs beside every page of a site, in a world of its own that the site cannot see: fields and lists that our page has
// to show a keyboard or choices for. Tells the node by `hallKiosk`, is told by `hallChoose`.
(() => {
  const WRITTEN = /^(text|search|email|tel|url|number|password|date|time|month|datetime-local|week)$/;
  const tell = (what) => globalThis.hallKiosk?.(JSON.stringify(what));
  const written = (at) =>
    at instanceof HTMLTextAreaElement || (at instanceof HTMLInputElement && WRITTEN.test(at.type) && !at.readOnly) || Boolean(at?.isContentEditable);
  let list = null;

  addEventListener("focusin", (event) => tell({ kind: "field", writes: written(event.composedPath()[0]) }), true);
  addEventListener("focusout", () => tell({ kind: "field", writes: false }), true);
  // A list would open in a window of the browser's own, which nobody sees.
  addEventListener(
    "mousedown",
    (event) => {
      const at = event.composedPath()[0];
      const select = at instanceof Element ? at.closest("select") : null;
      if (!select || select.disabled || select.multiple || select.size > 1) return;
      event.preventDefault();
      select.focus();
      list = select;
      const options = [...select.options].slice(0, 200).map((each) => ({ words: each.text.trim().slice(0, 80), off: each.disabled }));
      tell({ kind: "list", options, chosen: select.selectedIndex });
    },
    true,
  );
  addEventListener("resize", () => written(document.activeElement) && document.activeElement.scrollIntoView({ block: "center" }));
  globalThis.hallChoose = (index) => {
    if (!list?.options[index] || list.options[index].disabled) return;
    list.selectedIndex = index;
    for (const kind of ["input", "change"]) list.dispatchEvent(new Event(kind, { bubbles: true }));
  };
})();
