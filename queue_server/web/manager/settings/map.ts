// The things on a plan as lines that a person can write: kind, column, row, width, height, then number, kiosk or words.
import type { MapKind, MapView } from "@shared/wire/kiosk";
import type { MapItemSettings, MapSettings } from "./document";

/** `window 3 0 2 2 5`, `kiosk 8 14 1 2 kiosk-1`, `room 0 4 2 2 zh-CN=档案室; en=Archive` */
export function linesOf(items: MapItemSettings[]): string {
  return items.map(lineOf).join("\n");
}

function lineOf(item: MapItemSettings): string {
  const words = Object.entries(item.name ?? {}).map(([tag, text]) => `${tag}=${text}`).join("; ");
  return [item.kind, ...item.at, ...(item.size ?? [1, 1]), item.window || item.node || "", words].filter((part) => part !== "").join(" ");
}

/** null when a line cannot be read; the server says what else is wrong. */
export function itemsOf(text: string): MapItemSettings[] | null {
  const items = text.split("\n").map((line) => line.trim()).filter(Boolean).map(itemOf);
  return items.every((item) => item !== null) ? items : null;
}

function itemOf(line: string): MapItemSettings | null {
  const found = /^(\w+) +(\d+) +(\d+) +(\d+) +(\d+)(?: +(.+))?$/.exec(line);
  if (!found) return null;
  const [, kind = "", x, y, width, height, rest = ""] = found;
  const item: MapItemSettings = { kind, at: [Number(x), Number(y)] };
  if (width !== "1" || height !== "1") item.size = [Number(width), Number(height)];
  if (rest.includes("=")) {
    const words = rest.split(";").filter((each) => each.trim()).map((each) => each.trim().split("="));
    if (words.some((each) => each.length !== 2)) return null;
    item.name = Object.fromEntries(words.map(([tag = "", words = ""]) => [tag.trim(), words.trim()]));
  } else if (kind === "window") item.window = Number(rest) || 0;
  else if (kind === "kiosk" && rest) item.node = rest;
  else if (rest) return null;
  return item;
}

/** As a kiosk is told it. */
export function viewOf(map: MapSettings, name: string): MapView {
  const items = map.items.map((item) => {
    const [x = 0, y = 0] = item.at;
    const [width = 1, height = 1] = item.size ?? [1, 1];
    return { kind: item.kind as MapKind, x, y, width, height, window: item.window ?? 0, node: item.node ?? "", name: item.name ?? {} };
  });
  return { map: map.id, name: { "zh-CN": name, en: name }, width: map.width ?? 1, height: map.height ?? 1, items };
}
