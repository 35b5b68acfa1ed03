// Remaining seconds until the page goes home by itself; every touch and key starts them anew. Knows no step.
import { onScopeDispose, ref, watch, type Ref } from "vue";

/** `limit`: seconds for the present step, or null for none. */
export function useIdle(limit: Ref<number | null>, onEnd: () => void) {
  const left_s = ref(0);
  let end_ms = 0;

  function restart(): void {
    end_ms = performance.now() + (limit.value ?? 0) * 1000;
    tick();
  }

  function tick(): void {
    if (limit.value === null) return;
    left_s.value = Math.max(0, (end_ms - performance.now()) / 1000);
    if (left_s.value === 0) {
      onEnd();
      restart();
    }
  }

  function touched(event: Event): void {
    // The question whether somebody is there answers for itself: it must not vanish between finger down and finger up.
    if (!(event.target as Element | null)?.closest?.("[data-asks]")) restart();
  }

  const timer = setInterval(tick, 250);
  for (const kind of ["pointerdown", "keydown"] as const) addEventListener(kind, touched, { capture: true, passive: true });
  onScopeDispose(() => {
    clearInterval(timer);
    for (const kind of ["pointerdown", "keydown"] as const) removeEventListener(kind, touched, { capture: true });
  });
  watch(limit, restart, { immediate: true });
  return { left_s, restart };
}
