// Which call the band shows: each one once, in order, also after a burst or an absence; with the voice where there is
// one. Knows no layout.
import { serverNow_ms } from "@shared/api";
import type { BoardView, Call } from "@shared/wire/board";
import type { SayingView } from "@shared/wire/wall";
import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from "vue";
import { isIn, knownZones } from "./options";

const SHOWN_MS = 8000;
/** While others wait for the band it moves on sooner, or it would trail minutes behind a busy hall. */
const SHOWN_IN_BURST_MS = 4000;
const STALE_MS = 60_000;
/** A voice that does not know a call after so long, or has not said it after so much longer, does not hold it up. */
const UNHEARD_MS = 3000;
const UNSAID_MS = 60_000;
const REMEMBERED = "wall.announced";

interface Waiting {
  call: Call;
  came_ms: number;
}

/**
 * `current`: the call in the band. `fresh`: false once its time is over; it stays readable until the next one.
 * `caption`: what is said of it at this moment. `zones`: the wall's own, none: all.
 */
export function useAnnouncements(board: Ref<BoardView | null>, saying: Ref<SayingView | null>, zones: Ref<ReadonlySet<string>>) {
  const current = shallowRef<Call | null>(null);
  const fresh = ref(false);
  let queue: Waiting[] = [];
  let since_ms = 0;
  let told = "";
  // A wall that was reloaded neither repeats nor misses a call.
  let announced: number | null = Number(sessionStorage.getItem(REMEMBERED)) || null;

  const voiceZones = computed(() => knownZones(saying.value?.zones ?? [], board.value));
  /** The call that is said now, if it is one of this wall. */
  const spoken = computed(() => {
    const now = saying.value?.voice ? saying.value.now : null;
    return now && now.kind !== "emergency" && isIn(zones.value, now.zone) ? now : null;
  });

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
    const came_ms = performance.now();
    queue.push(...missed.filter((call) => isIn(zones.value, call.zone)).map((call) => ({ call, came_ms })));
    if (current.value === null && queue.length === 0) current.value = calls.findLast((call) => isIn(zones.value, call.zone)) ?? null;
    turn();
  }

  /** A wall that was away for long does not send people to windows that have gone on meanwhile. */
  function worthShowing(call: Call): boolean {
    const window = board.value?.windows.find((each) => each.window === call.window);
    const stillCalled = window?.label === call.label && window.ticket_state === "called";
    return stillCalled || serverNow_ms() - Date.parse(call.at) < STALE_MS;
  }

  /** Whether a call need not wait for the voice: there is none for it, or it is done with it. */
  function isDue({ call, came_ms }: Waiting): boolean {
    const voice = saying.value;
    if (!voice?.voice || !isIn(voiceZones.value, call.zone)) return true;
    const waits_ms = performance.now() - came_ms;
    if (call.seq > voice.heard) return waits_ms > UNHEARD_MS;
    return !voice.waiting.includes(call.seq) || waits_ms > UNSAID_MS;
  }

  function turn(): void {
    if (spoken.value) return follow();
    told = "";
    queue = queue.filter((each) => worthShowing(each.call));
    // Only the first of them: a call that waits for the voice is not overtaken by a later one.
    const next = queue[0] && isDue(queue[0]) ? queue[0] : null;
    if (fresh.value && performance.now() - since_ms < (next ? SHOWN_IN_BURST_MS : SHOWN_MS)) return;
    if (next) {
      queue.shift();
      show(next.call);
    } else fresh.value = false;
  }

  /** Show what is said, while it is said. */
  function follow(): void {
    const now = spoken.value;
    if (!now) return;
    const newest = Math.max(...now.seqs);
    // What the voice has said meanwhile, while the band had another call, is not shown after what it says now.
    queue = queue.filter((each) => !now.seqs.includes(each.call.seq) && !(each.call.seq < newest && isDue(each)));
    if (told === now.seqs.join()) return;
    told = now.seqs.join();
    const { kind, label, window, zone } = now;
    const of = board.value?.calls.find((call) => now.seqs.includes(call.seq));
    show({ seq: newest, at: of?.at ?? "", service: of?.service ?? "", window_name: of?.window_name ?? {}, kind: kind === "recall" ? kind : "call", label, window, zone });
  }

  function show(call: Call): void {
    current.value = call;
    since_ms = performance.now();
    fresh.value = true;
  }

  watch(board, (view) => view && take(view), { immediate: true });
  watch(saying, turn);
  const timer = setInterval(turn, 100);
  onScopeDispose(() => clearInterval(timer));
  return { current, fresh, spoken };
}
