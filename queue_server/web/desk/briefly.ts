// Something that may be seen for a short time only, and of which nothing is left after it. Knows not what it is.
import { computed, onScopeDispose, ref, shallowRef } from "vue";

const STEP_MS = 500;

/** `value` is null before `show`, after `for_ms`, after `forget`, and once the page is hidden or left. */
export function useBriefly<Value>(for_ms: number) {
  const value = shallowRef<Value | null>(null);
  const left_ms = ref(0);
  let until_ms = 0;
  let timer = 0;

  function forget(): void {
    clearInterval(timer);
    value.value = null;
    left_ms.value = 0;
  }

  function look(): void {
    left_ms.value = until_ms - Date.now();
    // More than at the beginning: somebody has set the clock back.
    if (left_ms.value <= 0 || left_ms.value > for_ms) forget();
  }

  function show(what: Value): void {
    clearInterval(timer);
    until_ms = Date.now() + for_ms;
    left_ms.value = for_ms;
    value.value = what;
    timer = self.setInterval(look, STEP_MS);
  }

  // A page in the background is not watched, and its timers hardly run.
  const onHidden = () => document.hidden && forget();
  document.addEventListener("visibilitychange", onHidden);
  addEventListener("pagehide", forget);
  onScopeDispose(() => {
    forget();
    document.removeEventListener("visibilitychange", onHidden);
    removeEventListener("pagehide", forget);
  });
  return { value, left_s: computed(() => Math.ceil(left_ms.value / 1000)), show, forget };
}
