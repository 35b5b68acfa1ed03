// Somebody has left the desk: tells it once nothing was touched for a while, and when the page is left. Knows no page.
import { onScopeDispose } from "vue";

const TOUCHES = ["pointerdown", "keydown", "input"] as const;

export function useIdle(after_ms: number, onIdle: () => void): void {
  let timer = 0;

  function touched(): void {
    clearTimeout(timer);
    timer = self.setTimeout(onIdle, after_ms);
  }

  for (const each of TOUCHES) addEventListener(each, touched, { capture: true, passive: true });
  addEventListener("pagehide", onIdle);
  touched();
  onScopeDispose(() => {
    clearTimeout(timer);
    for (const each of TOUCHES) removeEventListener(each, touched, { capture: true });
    removeEventListener("pagehide", onIdle);
  });
}
