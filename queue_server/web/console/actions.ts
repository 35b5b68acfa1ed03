// The operations of a window: their order, keys and addresses, and doing one of them at a time, once. Knows no HTML.
import { newKey, Refusal, request } from "@shared/api";
import { refusalWords } from "@shared/common";
import type { IconName } from "@shared/components/UiIcon.vue";
import { session, toLogin } from "@shared/session";
import { API } from "@shared/wire/contract";
import type { TicketView } from "@shared/wire/tickets";
import { reactive } from "vue";
import { t } from "./words";

export const WORK = ["next", "recall", "start", "finish", "no_show", "park", "transfer"] as const;
export const WINDOW = ["open", "resume", "pause", "close"] as const;
export type Action = (typeof WORK)[number] | (typeof WINDOW)[number] | "call";

/** `key` as in KeyboardEvent.key, lower case. */
export const KEYS: Partial<Record<Action, string>> = {
  next: " ",
  recall: "r",
  start: "s",
  finish: "f",
  no_show: "n",
  park: "p",
  transfer: "t",
};

export const ICONS: Record<Action, IconName> = {
  next: "next",
  recall: "bell",
  start: "play",
  finish: "check",
  no_show: "skip",
  park: "park",
  transfer: "transfer",
  open: "window",
  close: "cross",
  pause: "pause",
  resume: "play",
  call: "bell",
};

/** A key pressed while the server is away is tried for so long, with the same idempotency key. */
const PATIENCE_MS = 20_000;
const NOTE_MS = 8000;

export interface Note {
  action: Action;
  words: string;
  tone: "info" | "alarm";
}

export function useActions(window: number) {
  const state = reactive({ pending: null as Action | null, retrying: false, note: null as Note | null });
  let forget = 0;
  let current: Promise<boolean> = Promise.resolve(true);
  let nextInLine = false;

  function say(action: Action, words: string, tone: Note["tone"]): void {
    clearTimeout(forget);
    state.note = { action, words, tone };
    forget = self.setTimeout(() => (state.note = null), NOTE_MS);
  }

  /**
   * One action of a person: one key, however often it has to be sent. True when the server did it.
   * The live view may tell what was done a moment before its answer comes; whoever presses the next key by then is
   * quick, not wrong: that one action waits its turn.
   */
  async function run(action: Action, body: object = {}): Promise<boolean> {
    if (state.pending !== null && (state.retrying || nextInLine || action === state.pending)) {
      say(action, t("still_working"), "info");
      return false;
    }
    if (state.pending !== null) {
      nextInLine = true;
      await current;
      nextInLine = false;
    }
    current = send(action, body);
    return current;
  }

  async function send(action: Action, body: object): Promise<boolean> {
    state.pending = action;
    state.note = null;
    try {
      const answer = await request<TicketView>(`${API}/windows/${window}/${action.replace("_", "-")}`, {
        body,
        key: newKey(),
        csrf: session.value?.csrf,
        patience_ms: PATIENCE_MS,
        onRetry: () => (state.retrying = true),
      });
      if (action === "next" && answer === null) say(action, t("nobody"), "info");
      return true;
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) toLogin();
      say(action, wordsFor(error), "alarm");
      return false;
    } finally {
      state.pending = null;
      state.retrying = false;
    }
  }

  /** What was said about a state that has passed is no longer true. */
  function unsay(): void {
    if (state.note?.tone === "alarm") state.note = null;
  }

  return { state, run, say, unsay };
}

function wordsFor(error: unknown): string {
  const wait_s = error instanceof Refusal && error.code === "too_soon" ? Number(error.facts.retry_after_s) : Number.NaN;
  return Number.isNaN(wait_s) ? refusalWords(error) : t("wait_s", { n: Math.ceil(wait_s) });
}
