// Whether the hall server is there, and if not, whether this kiosk gives numbers of its own. Knows no step.
import type { Live } from "@shared/live";
import type { NodeView } from "@shared/wire/nodes";
import { computed, ref, watchEffect, type ComputedRef, type Ref } from "vue";

export interface Server {
  connected: boolean;
  /** RFC 3339; "" while nothing is known. */
  since: string;
  /** Away, but tickets are given all the same: from the kiosk's own numbers. */
  own: boolean;
}

/** While true nobody knows who waits, so that no page says it. */
export const uncounted = ref(false);

export function useServer(live: Live, node: Ref<NodeView | null>): ComputedRef<Server> {
  const server = computed<Server>(() => {
    if (!live.connected.value) return { connected: false, since: live.since.value.toISOString(), own: false };
    const view = node.value;
    if (!view) return { connected: true, since: "", own: false };
    const { offline } = view;
    if (view.server.connected && !offline?.active) return { ...view.server, own: false };
    const since = view.server.connected ? (offline?.since ?? "") : view.server.since;
    return { connected: false, since, own: offline?.ready ?? false };
  });
  watchEffect(() => (uncounted.value = server.value.own));
  return server;
}
