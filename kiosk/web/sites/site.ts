// A visit to a web site as this page sees it: pictures from the node, touches and keys to it. Knows no HTML.
import { Refusal, request } from "@shared/api";
import { language } from "@shared/language";
import { onScopeDispose, ref } from "vue";

export interface Size {
  width: number;
  height: number;
  /** How many of our pixels are one of the site's. */
  scale: number;
}

type Point = { x: number; y: number };
export type SiteEvent =
  | { type: "touch"; kind: "start" | "move" | "end" | "cancel"; points: Point[] }
  | { type: "wheel"; x: number; y: number; dx: number; dy: number }
  | { type: "key"; key: string }
  | { type: "text"; text: string }
  | ({ type: "size" } & Size)
  | { type: "answer"; ask: number; accepted: boolean; option: number | null }
  | { type: "back" | "start" | "stay" };

const OPEN_MS = 60_000;
const MOST = 60;

/** Keys that a site is given; others would be for a browser, and there is none to be seen. */
export const SITE_KEYS = new Set(["Enter", "Tab", "Backspace", "Delete", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"]);

/** draw: a new picture has come. The visit is over with the scope that made it. */
export function useSite(draw: (picture: ImageBitmap) => void) {
  const session = ref<string | null>(null);
  const failed = ref<string | null>(null);
  let over = false;
  let queue: SiteEvent[] = [];
  let sending = false;
  const gone = new AbortController();

  async function open(site: string, size: Size): Promise<void> {
    try {
      const answer = await request<{ session: string }>("/site/open", { body: { site, language: language.value, ...size }, patience_ms: OPEN_MS });
      const opened = (answer as { session: string }).session;
      if (over) leave(opened); // the citizen went home meanwhile
      else {
        session.value = opened;
        void look(opened);
      }
    } catch (error) {
      failed.value = error instanceof Refusal ? error.code : "unexpected";
    }
  }

  /** One picture after the other, as fast as they can be drawn. */
  async function look(of: string): Promise<void> {
    for (let after = 0; !over; ) {
      const answer = await fetch(`/site/${of}/frame?after=${after}`, { signal: gone.signal }).catch(() => null);
      if (over || answer?.status === 410) return;
      if (answer?.status === 200) {
        after = Number(answer.headers.get("X-Frame"));
        const body = await answer.blob().catch(() => null); // null: left while it came
        if (over || !body) continue;
        const picture = await createImageBitmap(body);
        draw(picture);
        picture.close();
      } else if (answer?.status !== 204) await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  /** In order; of moves that wait only the last counts. */
  function send(event: SiteEvent): void {
    const last = queue[queue.length - 1];
    if (event.type === "touch" && event.kind === "move" && last?.type === "touch" && last.kind === "move") queue.pop();
    queue.push(event);
    void flush();
  }

  async function flush(): Promise<void> {
    if (sending || !session.value) return;
    sending = true;
    while (queue.length && !over) {
      const events = queue.splice(0, MOST);
      await request("/site/touch", { body: { session: session.value, events } }).catch(() => undefined); // what the visit missed is seen on the glass
    }
    sending = false;
  }

  function leave(of: string): void {
    // The page may be going as well; a node that hears nothing closes by itself.
    void fetch("/site/close", { method: "POST", body: JSON.stringify({ session: of }), headers: { "Content-Type": "application/json" }, keepalive: true }).catch(() => undefined);
  }

  onScopeDispose(() => {
    over = true;
    gone.abort();
    queue = [];
    if (session.value) leave(session.value);
  });
  return { session, failed, open, send };
}
