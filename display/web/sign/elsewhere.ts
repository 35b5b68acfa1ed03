// Where else to go while a window serves nobody: the open windows that serve the same. Knows no page.
import type { BoardView } from "@shared/wire/board";
import type { KioskView } from "@shared/wire/kiosk";

const MOST = 4;
/** Who serves more than this is not replaced by windows that serve a part of it: which part would be a guess. */
const FEW_SERVICES = 3;

/** Services of a window by id, empty while the hall is not known. */
export function servicesOf(window: number, kiosk: KioskView | null): string[] {
  return kiosk?.windows.find((each) => each.window === window)?.services ?? [];
}

/**
 * Open windows other than `window` that serve all that it serves; where there is none, those that serve any of it,
 * unless it serves many things. At most four, because more are not read from a sign: first those with nobody in hand.
 */
export function openElsewhere(window: number, kiosk: KioskView | null, board: BoardView | null): number[] {
  const mine = servicesOf(window, kiosk);
  const open = (board?.windows ?? []).filter((each) => each.state === "open" && each.window !== window);
  const shared = (other: number) => servicesOf(other, kiosk).filter((service) => mine.includes(service)).length;
  const all = open.filter((each) => mine.length > 0 && shared(each.window) === mine.length);
  const some = all.length > 0 || mine.length > FEW_SERVICES ? all : open.filter((each) => shared(each.window) > 0);
  const busy = (label: string | null) => (label === null ? 0 : 1);
  return some
    .sort((a, b) => busy(a.label) - busy(b.label) || a.window - b.window)
    .slice(0, MOST)
    .map((each) => each.window)
    .sort((a, b) => a - b);
}
