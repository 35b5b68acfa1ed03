// How a citizen asked to see the page: large text, wheelchair height, contrast; and how the glass hangs. Knows no step.
import { onScopeDispose, reactive, ref, watchEffect } from "vue";

export interface Modes {
  large: boolean;
  low: boolean;
  contrast: boolean;
}

/** The modes of one citizen, shown as attributes of the page's root that styles go by. */
export function useModes(): Modes {
  const modes = reactive<Modes>({ large: false, low: false, contrast: false });
  watchEffect(() => {
    document.documentElement.toggleAttribute("data-large", modes.large);
    document.documentElement.toggleAttribute("data-low", modes.low);
    document.documentElement.toggleAttribute("data-contrast", modes.contrast);
  });
  return modes;
}

/** Whether the glass is wider than high. */
export function useWide() {
  const landscape = matchMedia("(orientation: landscape)");
  const wide = ref(landscape.matches);
  const onTurn = () => (wide.value = landscape.matches);
  landscape.addEventListener("change", onTurn);
  onScopeDispose(() => landscape.removeEventListener("change", onTurn));
  return wide;
}
