// One ticket by its link: live while there is a connection, asked for now and then while there is none. Knows no HTML.
import { newKey, Refusal, request } from "@shared/api";
import { useLive } from "@shared/live";
import { API } from "@shared/wire/contract";
import type { PhoneView } from "@shared/wire/phone";
import { computed, onScopeDispose, ref, shallowRef, watch } from "vue";

const ASK_EVERY_MS = 10_000;
/** A phone that changes from one cell to the next is not "offline". */
const PATIENCE_MS = 4000;

/** What a citizen may ask. */
export type Change = "cancel" | "later" | "rating" | "arrive";

export function useTicket(link: string) {
  const at = `${API}/phone/${encodeURIComponent(link)}`;
  const ticket = shallowRef<PhoneView | null>(null);
  /** Set when the server knows no such link. */
  const gone = ref<Refusal | null>(null);
  const heard = ref(new Date());
  const silent = ref(false);
  const live = useLive([], { link });
  const view = live.follow<PhoneView>(`ticket:${link}`);

  function take(now: PhoneView | null): void {
    if (!now) return;
    heard.value = new Date();
    silent.value = false;
    if (!ticket.value || now.seq >= ticket.value.seq) ticket.value = now;
  }

  async function ask(): Promise<void> {
    try {
      take(await request<PhoneView>(at, { patience_ms: PATIENCE_MS }));
      gone.value = null;
    } catch (refusal) {
      if (refusal instanceof Refusal && refusal.status === 404) {
        gone.value = refusal;
        live.close();
      } else silent.value = !live.connected.value || !ticket.value;
    }
  }

  /** Asks the server to change the ticket; raises Refusal. */
  async function change(what: Change, body: object = {}): Promise<void> {
    take(await request<PhoneView>(`${at}/${what}`, { body, key: newKey() }));
  }

  watch(view, take);
  watch(live.connected, (on) => {
    if (on) silent.value = false;
    else void ask();
  });
  const timer = setInterval(() => {
    if (live.connected.value && view.value) heard.value = new Date();
    else if (!gone.value && document.visibilityState === "visible") void ask();
  }, ASK_EVERY_MS);
  function onShown(): void {
    if (document.visibilityState === "visible" && !gone.value) void ask();
  }
  document.addEventListener("visibilitychange", onShown);
  onScopeDispose(() => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", onShown);
  });
  void ask();

  return { at, ticket, gone, heard, ask, change, offline: computed(() => silent.value && !gone.value) };
}
