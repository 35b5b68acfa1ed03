// Where else to go while a window serves nobody: the open windows that serve the same. Knows no page.
import type { BoardView, KioskView } from "@shared/wire";

const MOST = 4;

/** Services of a window by id, empty while the hall is not known. */
export function servicesOf(window: number, kiosk: KioskView | null): string[] {
  return kiosk?.windows.find((each) => each.window === window)?.services ?? [];
}

/**
 * Open windows other than `window` that serve all that it serves; where there is none, those that serve any of it.
 * Those without a ticket in hand come first; at most four, because more are not read from a sign.
 */
export function openElsewhere(window: number, kiosk: KioskView | null, board: BoardView | null): number[] {
  const mine = servicesOf(window, kiosk);
  const open = (board?.windows ?? []).filter((each) => each.state === "open" && each.window !== window);
  const shared = (other: number) => servicesOf(other, kiosk).filter((service) => mine.includes(service)).length;
  const all = open.filter((each) => mine.length > 0 && shared(each.window) === mine.length);
  const some = all.length > 0 ? all : open.filter((each) => shared(each.window) > 0);
  const busy = (label: string | null) => (label === null ? 0 : 1);
  return some
    .sort((a, b) => busy(a.label) - busy(b.label) || a.window - b.window)
    .slice(0, MOST)
    .map((each) => each.window);
}
