// One socket client for every page: follows views, keeps the newest, reconnects by itself. Knows no view's contents.
import { io, type Socket } from "socket.io-client";
import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from "vue";
import { type Follow, LIVE_NAMESPACE } from "./wire/contract";

export interface Live {
  /** False while there is no connection to the process that serves this page; true until the first try failed. */
  connected: Ref<boolean>;
  /** Since when `connected` is what it is. */
  since: Ref<Date>;
  /** Set when the process refuses this page: "forbidden", "unauthenticated" … */
  refused: Ref<string | null>;
  /** The newest whole view; null until the first has arrived. */
  follow<Data>(view: string): ShallowRef<Data | null>;
  close(): void;
}

interface Followed {
  data: ShallowRef<unknown>;
  seq: number;
}

/**
 * Opens the connection. `readyWhen`: the views that must have arrived before <body data-ready="true">.
 * `auth`: what stands for a session where nobody is signed in, such as a ticket's link.
 */
export function useLive(readyWhen: string[] = [], auth: Record<string, string> = {}): Live {
  const connected = ref(true);
  const since = ref(new Date());
  const refused = ref<string | null>(null);
  const followed = new Map<string, Followed>();
  const missing = new Set(readyWhen);
  const socket: Socket = io(LIVE_NAMESPACE, {
    auth,
    transports: ["websocket", "polling"],
    reconnectionDelay: 200,
    reconnectionDelayMax: 2000,
    randomizationFactor: 0.3,
    timeout: 4000,
  });

  function take(message: Follow<unknown>): void {
    const view = followed.get(message.view);
    if (!view || message.seq < view.seq) return;
    view.seq = message.seq;
    view.data.value = message.data;
    if (missing.delete(message.view) && missing.size === 0) document.body.dataset.ready = "true";
  }

  function ask(view: string): void {
    socket.timeout(5000).emit("follow", { view }, (error: Error | null, answer?: Follow<unknown> & { code?: string }) => {
      if (error) {
        // No answer although connected: ask again on a new connection, which is the same path as connecting.
        if (socket.connected) socket.disconnect().connect();
      } else if (answer?.code && answer.data === undefined) refused.value = answer.code;
      else if (answer?.data !== undefined) take(answer);
    });
  }

  function change(now: boolean): void {
    if (connected.value !== now) since.value = new Date();
    connected.value = now;
  }

  socket.on("view", take);
  socket.on("connect", () => {
    change(true);
    refused.value = null;
    for (const [view, state] of followed) {
      // A process that was started anew may count from the beginning: `seq` orders messages within one connection.
      state.seq = -1;
      ask(view);
    }
  });
  socket.on("disconnect", (reason) => {
    change(false);
    if (reason === "io server disconnect") socket.connect();
  });
  socket.on("connect_error", (error: Error) => {
    change(false);
    if (!socket.active) {
      refused.value = error.message;
      setTimeout(() => socket.connect(), 3000);
    }
  });

  function close(): void {
    socket.close();
  }
  onScopeDispose(close, true);

  return {
    connected,
    since,
    refused,
    close,
    follow<Data>(view: string): ShallowRef<Data | null> {
      const known = followed.get(view);
      if (known) return known.data as ShallowRef<Data | null>;
      const data = shallowRef<unknown>(null);
      followed.set(view, { data, seq: -1 });
      if (socket.connected) ask(view);
      return data as ShallowRef<Data | null>;
    },
  };
}
