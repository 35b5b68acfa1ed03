// How many tiles fit a box without scrolling, and in how few columns. Knows no contents.
import { computed, onMounted, onScopeDispose, ref, type Ref } from "vue";

/** Sizes in rem, so that large text means fewer tiles a page and not smaller ones. */
export function useCapacity(
  box: Ref<HTMLElement | undefined>,
  tile: { width: number; height: number; gap: number },
  count: () => number,
) {
  const most = ref(2);
  /** Few wide tiles are easier to read: no more columns than it takes to show all on one page, if that is possible. */
  const columns = computed(() => Math.max(1, Math.min(most.value, Math.max(2, Math.ceil(count() / rows.value)))));
  const rows = ref(4);
  /** Wider than high: then the pager has room beside the heading and none below. */
  const wide = ref(innerWidth > innerHeight);
  /** Too narrow for a pager with words, as with large text. */
  const narrow = ref(false);

  function measure(): void {
    if (!box.value) return;
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    const fit = (room: number, size: number) => Math.max(1, Math.floor((room / rem + tile.gap) / (size + tile.gap)));
    wide.value = innerWidth > innerHeight;
    narrow.value = box.value.clientWidth / rem < 26;
    most.value = Math.min(4, fit(box.value.clientWidth, tile.width));
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
  return { columns, rows, wide, narrow };
}
