// How many tiles fit a box without scrolling, and in how few columns. Knows no contents.
import { computed, onMounted, onScopeDispose, ref, type Ref } from "vue";

/** Height of a pager and of the room above it, rem. */
const PAGER = 3.5;

/** Sizes in rem, so that large text means fewer tiles a page and not smaller ones. */
export function useCapacity(
  box: Ref<HTMLElement | undefined>,
  tile: () => { width: number; height: number; gap: number },
  count: () => number,
) {
  const most = ref(2);
  /** Few wide tiles are easier to read: no more columns than it takes to show all on one page, if that is possible. */
  const columns = computed(() => Math.max(1, Math.min(most.value, Math.max(2, Math.ceil(count() / rows.value)))));
  const rows = ref(4);
  /** Rows that leave room for a pager below them. */
  const rowsAbovePager = ref(3);
  /** Wider than high: then the pager has room beside the heading and none below. */
  const wide = ref(innerWidth > innerHeight);
  /** Too narrow for a pager with words, as with large text. */
  const narrow = ref(false);

  function measure(): void {
    if (!box.value) return;
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    const { width, height, gap } = tile();
    const fit = (room: number, size: number) => Math.max(1, Math.floor((room / rem + gap) / (size + gap)));
    wide.value = innerWidth > innerHeight;
    narrow.value = box.value.clientWidth / rem < 26;
    most.value = Math.min(4, fit(box.value.clientWidth, width));
    rows.value = fit(box.value.clientHeight, height);
    rowsAbovePager.value = fit(box.value.clientHeight - PAGER * rem, height);
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
  return { columns, rows, rowsAbovePager, wide, narrow };
}
