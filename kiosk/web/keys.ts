// Keys and key pads instead of touches: arrows, + and - move, digits choose, Enter does, Escape goes back. Knows no step.
import { onMounted, onScopeDispose } from "vue";

const TOUCHABLE = "button:not(:disabled), input:not(:disabled), a[href]";
const OVERLAP_PX = 4;
type Way = "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight";

/**
 * Within the page, or within the dialog that is open. Elements with `data-choice` are chosen by their number, which
 * they show as soon as a key was pressed; `data-primary` is what Enter does while nothing has the focus. A pad of
 * numbers has no arrows: + and - go to the next and the one before in reading order, Backspace goes back as Escape does.
 */
export function useKeys(back: () => void): void {
  function onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    document.documentElement.dataset.keys = "";
    const dialog = document.querySelector<HTMLElement>("dialog[open]");
    const within = dialog ?? document.body;
    const writing = isText(event.target);
    if (event.key.startsWith("Arrow") && !(writing && /Left|Right/.test(event.key))) {
      event.preventDefault();
      move(within, event.key as Way);
    } else if (event.key === "+" || event.key === "-") {
      event.preventDefault();
      step(within, event.key === "+" ? 1 : -1);
    } else if (event.key === "Enter" && event.target instanceof HTMLInputElement && event.target.type === "checkbox") {
      event.preventDefault();
      event.target.click();
    } else if (dialog) return;
    else if (event.key === "Escape" || (event.key === "Backspace" && !event.defaultPrevented && !(isText(event.target) && event.target.value))) back();
    else if (event.defaultPrevented || writing) return;
    else if (/^[1-9]$/.test(event.key)) within.querySelectorAll<HTMLElement>("[data-choice]")[Number(event.key) - 1]?.click();
    else if (event.key === "Enter" && !focused()) within.querySelector<HTMLElement>("[data-primary]")?.click();
  }
  function onTouch(): void {
    delete document.documentElement.dataset.keys;
  }
  onMounted(() => {
    addEventListener("keydown", onKey);
    addEventListener("pointerdown", onTouch, { passive: true });
  });
  onScopeDispose(() => {
    removeEventListener("keydown", onKey);
    removeEventListener("pointerdown", onTouch);
  });
}

function isText(target: EventTarget | null): target is HTMLInputElement {
  return target instanceof HTMLInputElement && target.type === "text";
}

function focused(): HTMLElement | null {
  const active = document.activeElement;
  return active instanceof HTMLElement && active.matches(TOUCHABLE) ? active : null;
}

function touchable(within: HTMLElement): HTMLElement[] {
  return [...within.querySelectorAll<HTMLElement>(TOUCHABLE)].filter((each) => each.checkVisibility());
}

function focus(on: HTMLElement | null | undefined): void {
  on?.focus({ focusVisible: true } as FocusOptions);
}

/** Where keys begin: at the step's own choices, not at the head of the page. */
function first(all: HTMLElement[]): HTMLElement | undefined {
  return all.find((each) => each.matches("[data-choice], [data-primary]") || each.closest("main, dialog")) ?? all[0];
}

/** One further or back in reading order, round the page. */
function step(within: HTMLElement, by: 1 | -1): void {
  const all = touchable(within);
  const from = focused();
  const at = from && within.contains(from) ? all.indexOf(from) : -1;
  focus(at < 0 ? first(all) : all[(at + by + all.length) % all.length]);
}

/** To the nearest thing in that direction; what lies straight ahead is nearer than what lies aside. */
function move(within: HTMLElement, way: Way): void {
  const all = touchable(within);
  const from = focused();
  if (!from || !within.contains(from)) {
    focus(first(all));
    return;
  }
  const here = from.getBoundingClientRect();
  let best: HTMLElement | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const each of all) {
    const there = each.getBoundingClientRect();
    const { ahead, aside, off } = offset(way, here, there);
    const way_px = ahead + 3 * aside + 0.2 * off;
    if (each !== from && ahead > -OVERLAP_PX && way_px < least) [best, least] = [each, way_px];
  }
  focus(best);
}

/** From edge to edge in the direction, how far aside it lies, and how far off the middle line. */
function offset(way: Way, here: DOMRect, there: DOMRect): { ahead: number; aside: number; off: number } {
  const ahead = {
    ArrowLeft: here.left - there.right,
    ArrowRight: there.left - here.right,
    ArrowUp: here.top - there.bottom,
    ArrowDown: there.top - here.bottom,
  }[way];
  if (way === "ArrowLeft" || way === "ArrowRight") {
    const off = Math.abs(there.top + there.height / 2 - (here.top + here.height / 2));
    return { ahead, aside: gap(here.top, here.bottom, there.top, there.bottom), off };
  }
  const off = Math.abs(there.left + there.width / 2 - (here.left + here.width / 2));
  return { ahead, aside: gap(here.left, here.right, there.left, there.right), off };
}

/** How far two stretches are apart; 0 while they overlap. */
function gap(a1: number, a2: number, b1: number, b2: number): number {
  return Math.max(0, b1 - a2, a1 - b2);
}
