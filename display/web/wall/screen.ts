// What keeps a screen that is always on from burning in: small moves, and rest while the hall is closed.
import type { BoardView, BoardWindow } from "@shared/wire/board";
import type { KioskView } from "@shared/wire/kiosk";
import type { WallView } from "@shared/wire/wall";
import { computed, onScopeDispose, ref, watch, type Ref } from "vue";

const MINUTE_MS = 60_000;
/** Around the middle, in rem; no place is taken twice within eight minutes. */
const PLACES = [[0, 0], [0.12, 0], [0.12, 0.12], [0, 0.12], [-0.12, 0.12], [-0.12, 0], [-0.12, -0.12], [0, -0.12]] as const;

/** Where everything stands in this minute, for CSS `translate`. */
export function useShift(on: Ref<boolean>) {
  const n = ref(0);
  const timer = setInterval(() => n.value++, MINUTE_MS);
  onScopeDispose(() => clearInterval(timer));
  return computed(() => {
    const [x, y] = PLACES[on.value ? n.value % PLACES.length : 0] ?? [0, 0];
    return `${x}rem ${y}rem`;
  });
}

export function usePortrait(): Ref<boolean> {
  const query = matchMedia("(orientation: portrait)");
  const portrait = ref(query.matches);
  const change = () => (portrait.value = query.matches);
  query.addEventListener("change", change);
  onScopeDispose(() => query.removeEventListener("change", change));
  return portrait;
}

/**
 * Whether the wall rests: all its windows have been closed for so long, and either the hall gives no tickets or nobody
 * waits. An emergency, and a window that opens, end it at once.
 */
export function useRest(options: Ref<WallView>, board: Ref<BoardView | null>, windows: Ref<BoardWindow[]>, kiosk: Ref<KioskView | null>) {
  const closed = computed(() => {
    if (!board.value || board.value.emergency || options.value.closed === "show") return false;
    const noTickets = (kiosk.value?.services ?? []).every((each) => each.closed === "hall_closed");
    const nobody = board.value.waiting.every((each) => each.waiting === 0);
    return windows.value.every((each) => each.state === "closed") && ((kiosk.value !== null && noTickets) || nobody);
  });
  const rests = ref(false);
  let timer = 0;
  watch(
    [closed, () => options.value.closed_after_s],
    ([now, after_s]) => {
      clearTimeout(timer);
      rests.value = false;
      if (now) timer = window.setTimeout(() => (rests.value = true), after_s * 1000);
    },
    { immediate: true },
  );
  onScopeDispose(() => clearTimeout(timer));
  return computed(() => (rests.value ? options.value.closed : "show"));
}
