// Which call the band shows: each one once, in order, also after a burst or an absence. Knows no layout.
import { serverNow_ms } from "@shared/api";
import type { BoardView, Call } from "@shared/wire";
import { onScopeDispose, ref, shallowRef, watch, type Ref } from "vue";

const SHOWN_MS = 8000;
/** While others wait for the band it moves on sooner, or it would trail minutes behind a busy hall. */
const SHOWN_IN_BURST_MS = 4000;
const STALE_MS = 60_000;
const REMEMBERED = "wall.announced";

/** `current`: the call in the band. `fresh`: false once its time is over; it stays readable until the next one. */
export function useAnnouncements(board: Ref<BoardView | null>) {
  const current = shallowRef<Call | null>(null);
  const fresh = ref(false);
  const queue: Call[] = [];
  let since_ms = 0;
  // A wall that was reloaded neither repeats nor misses a call.
  let announced: number | null = Number(sessionStorage.getItem(REMEMBERED)) || null;

  function take(view: BoardView): void {
    const calls = [...view.calls].reverse();
    const newest = calls.at(-1);
    // A journal that was begun anew counts from the beginning.
    if (announced !== null && view.seq < announced) announced = null;
    const missed = calls.filter((call) =>
      announced === null ? serverNow_ms() - Date.parse(call.at) < SHOWN_MS : call.seq > announced,
    );
    if (newest) {
      announced = newest.seq;
      sessionStorage.setItem(REMEMBERED, String(announced));
    } else announced ??= view.seq;
    queue.push(...missed.filter((call) => worthSaying(call, view)));
    if (current.value === null && queue.length === 0 && newest) current.value = newest;
    turn();
  }

  /** A wall that was away for long does not send people to windows that have gone on meanwhile. */
  function worthSaying(call: Call, view: BoardView): boolean {
    const window = view.windows.find((each) => each.window === call.window);
    const stillCalled = window?.label === call.label && window.ticket_state === "called";
    return stillCalled || serverNow_ms() - Date.parse(call.at) < STALE_MS;
  }

  function turn(): void {
    const shown_ms = performance.now() - since_ms;
    if (fresh.value && shown_ms < (queue.length > 0 ? SHOWN_IN_BURST_MS : SHOWN_MS)) return;
    const next = queue.shift();
    if (next) {
      current.value = next;
      since_ms = performance.now();
    }
    fresh.value = next !== undefined;
  }

  watch(board, (view) => view && take(view));
  const timer = setInterval(turn, 100);
  onScopeDispose(() => clearInterval(timer));
  return { current, fresh };
}
