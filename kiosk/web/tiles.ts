// How many tiles fit a box without scrolling. Knows no contents.
import { onMounted, onScopeDispose, ref, type Ref } from "vue";

/** Sizes in rem, so that large text means fewer tiles a page and not smaller ones. */
export function useCapacity(box: Ref<HTMLElement | undefined>, tile: { width: number; height: number; gap: number }) {
  const columns = ref(2);
  const rows = ref(4);

  function measure(): void {
    if (!box.value) return;
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    const fit = (room: number, size: number) => Math.max(1, Math.floor((room / rem + tile.gap) / (size + tile.gap)));
    columns.value = Math.min(4, fit(box.value.clientWidth, tile.width));
    rows.value = fit(box.value.clientHeight, tile.height);
  }

  const observer = new ResizeObserver(measure);
  const attributes = new MutationObserver(measure);
  onMounted(() => {
    if (box.value) observer.observe(box.value);
    attributes.observe(document.documentElement, { attributes: true });
    measure();
  });
  onScopeDispose(() => {
    observer.disconnect();
    attributes.disconnect();
  });
  return { columns, rows };
}
