// Makes the contents of a box smaller until nothing is cut off, for texts whose length nobody knows. Knows no page.
import type { Directive } from "vue";

const STEP = 0.04;
const stops = new WeakMap<HTMLElement, () => void>();

/**
 * `v-fit` on a box with `overflow: hidden` and one child: the child is zoomed out until it fits.
 * Its value is the smallest zoom, 0.4 if none is given; below that the text is really too long for its place.
 */
export const vFit: Directive<HTMLElement, number | undefined> = {
  mounted(box, { value }) {
    const fit = () => shrink(box, value ?? 0.4);
    const sizes = new ResizeObserver(fit);
    const words = new MutationObserver(fit);
    sizes.observe(box);
    words.observe(box, { childList: true, characterData: true, subtree: true });
    void document.fonts?.ready.then(fit);
    stops.set(box, () => {
      sizes.disconnect();
      words.disconnect();
    });
    fit();
  },
  unmounted(box) {
    stops.get(box)?.();
    stops.delete(box);
  },
};

function shrink(box: HTMLElement, least: number): void {
  const child = box.firstElementChild as HTMLElement | null;
  if (!child || box.clientHeight === 0) return;
  for (let zoom = 1; ; zoom -= STEP) {
    child.style.setProperty("zoom", zoom === 1 ? "" : zoom.toFixed(2));
    const fits = box.scrollHeight <= box.clientHeight + 1 && box.scrollWidth <= box.clientWidth + 1;
    if (fits || zoom - STEP < least) return;
  }
}
