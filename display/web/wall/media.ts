// What is shown of the folder between calls, and when. Knows neither calls nor how a picture looks.
import { request } from "@shared/api";
import type { MediaItem } from "@shared/wire/wall";
import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from "vue";

/** No film may keep the screen for ever. */
const LONGEST_VIDEO_MS = 600_000;

interface Times {
  item_s: number;
  between_s: number;
}

/**
 * `item`: what is shown now, null for nothing; `turn` grows with each showing. `may`: false takes it away at once.
 * `beside`: it has a place of its own, so that nothing is shown between two of them.
 */
export function useMedia(media: Ref<readonly MediaItem[]>, times: Ref<Times>, may: Ref<boolean>, beside: Ref<boolean>) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  /** Files that this page could not show, by address: it changes with the file. */
  const refused = ref<readonly string[]>([]);
  const items = computed(() => media.value.filter((each) => !(still && each.kind === "video") && !refused.value.includes(each.url)));
  const item = shallowRef<MediaItem | null>(null);
  const turn = ref(0);
  let last = "";
  let timer = 0;

  function after(ms: number, what: () => void): void {
    clearTimeout(timer);
    timer = window.setTimeout(what, ms);
  }

  /** The next one by name, so that a file that came or went changes nothing in their order. */
  function next(): void {
    const found = items.value.find((each) => each.name > last) ?? items.value[0];
    if (!found || !may.value) return rest();
    last = found.name;
    turn.value++;
    item.value = found;
    after(found.kind === "video" ? LONGEST_VIDEO_MS : times.value.item_s * 1000, over);
  }

  function over(): void {
    if (beside.value) return next();
    rest();
  }

  function rest(): void {
    item.value = null;
    clearTimeout(timer);
    if (may.value && items.value.length > 0) after(beside.value ? 0 : Math.max(1, times.value.between_s) * 1000, next);
  }

  /** The page cannot show it: the node leaves it out, and names it to whoever can do something about it. */
  function broken(): void {
    const found = item.value;
    if (!found) return;
    const here = new Set(media.value.map((each) => each.url));
    refused.value = [...refused.value.filter((url) => here.has(url)), found.url];
    rest();
    // Told once: without an answer nothing is lost but a line for the maintainer, this wall leaves it out by itself.
    void request("/api/media/trouble", { body: { name: found.name } }).catch(() => undefined);
  }

  watch([may, beside], rest, { flush: "sync", immediate: true });
  watch(items, (now) => {
    const shown = item.value;
    if (shown ? !now.some((each) => each.name === shown.name && each.url === shown.url && each.text === shown.text) : timer === 0 || now.length === 1) rest();
  });
  onScopeDispose(() => clearTimeout(timer));
  return { item, turn, over, broken };
}
