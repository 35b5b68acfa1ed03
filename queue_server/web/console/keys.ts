// Keys of the console: one key, one action. Keys typed into a field or a dialog belong to that.
import { onScopeDispose } from "vue";
import { KEYS, type Action } from "./actions";

export function useKeys(onAction: (action: Action) => void, onSearch: () => void): void {
  const byKey = new Map(Object.entries(KEYS).map(([action, key]) => [key, action as Action]));

  function belongsElsewhere(event: KeyboardEvent): boolean {
    const target = event.target as Element | null;
    return event.ctrlKey || event.altKey || event.metaKey || (target?.closest("input, textarea, select") ?? document.querySelector("dialog[open]")) !== null;
  }

  function onDown(event: KeyboardEvent): void {
    if (belongsElsewhere(event)) return;
    const action = byKey.get(event.key.toLowerCase());
    if (action) {
      // Space is "next" everywhere on this page; a button in focus is pressed with Enter.
      event.preventDefault();
      if (!event.repeat) onAction(action);
    } else if (event.key === "/") {
      event.preventDefault();
      onSearch();
    }
  }

  function onUp(event: KeyboardEvent): void {
    if (event.key === " " && !belongsElsewhere(event)) event.preventDefault();
  }

  addEventListener("keydown", onDown);
  addEventListener("keyup", onUp);
  onScopeDispose(() => {
    removeEventListener("keydown", onDown);
    removeEventListener("keyup", onUp);
  });
}
