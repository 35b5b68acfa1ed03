// Turning pages by themselves, for lists that are longer than the wall is high. Knows no contents.
import { computed, onScopeDispose, ref, type Ref } from "vue";

const PAGE_MS = 6000;

export function useTurningPages<Item>(items: Ref<Item[]>, perPage: Ref<number>, each_ms: number = PAGE_MS) {
  const turned = ref(0);
  const timer = setInterval(() => turned.value++, each_ms);
  onScopeDispose(() => clearInterval(timer));
  const pages = computed(() => Math.max(1, Math.ceil(items.value.length / perPage.value)));
  const page = computed(() => turned.value % pages.value);
  const shown = computed(() => items.value.slice(page.value * perPage.value, (page.value + 1) * perPage.value));
  return { shown, page, pages };
}
