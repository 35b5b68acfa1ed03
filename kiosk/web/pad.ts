// The key pad of the kiosk's node, whose keys reach no browser: each is made a key of this page. Knows no step.
import type { Live } from "@shared/live";
import type { KeyView } from "@shared/wire/nodes";
import { watch } from "vue";

/**
 * Follows the pad. A key that a browser acts upon by itself (Enter on a button, Escape in a dialog, letters in a field)
 * is acted upon here, because keys made by a script are only told.
 */
export function usePad(live: Live): void {
  const keys = live.follow<KeyView>("keys");
  // Page and node are one machine: what was pressed before this page began is nobody's wish any more.
  let newest = Date.now();
  // Each by itself: two keys in one message must not become one.
  watch(
    keys,
    (pressed) => {
      if (!pressed || pressed.seq <= newest) return;
      newest = pressed.seq;
      press(pressed.key);
    },
    { flush: "sync" },
  );
}

export function press(key: string): void {
  const dialog = document.querySelector<HTMLDialogElement>("dialog[open]");
  const at = document.activeElement instanceof HTMLElement ? document.activeElement : document.body;
  const told = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
  if (!at.dispatchEvent(told)) return;
  if (key === "Enter" && at.matches("button, a[href]")) at.click();
  else if ((key === "Escape" || key === "Backspace") && dialog) dialog.dispatchEvent(new Event("cancel", { cancelable: true }));
  else if (at instanceof HTMLInputElement && at.type === "text") write(at, key);
}

function write(field: HTMLInputElement, key: string): void {
  if (key === "Backspace") field.value = field.value.slice(0, -1);
  else if (key.length === 1 && field.value.length < field.maxLength) field.value += key;
  else return;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
