// How this wall looks: the node's settings, and what its own address says otherwise. Knows no view of the hall.
import type { BoardView } from "@shared/wire/board";
import type { WallLayout, WallView } from "@shared/wire/wall";
import { computed, watchEffect, type Ref } from "vue";

const LAYOUTS: readonly WallLayout[] = ["table", "big", "split"];

/** Until the node has told its own. */
const PRESETS: WallView = {
  seq: 0,
  zones: [],
  layout: "table",
  columns: 1,
  theme: "light",
  closed: "show",
  closed_after_s: 600,
  shift: true,
  item_s: 12,
  between_s: 20,
  away_s: 15,
  media: [],
};

export function useOptions(wall: Ref<WallView | null>) {
  const address = new URLSearchParams(location.search);
  const zones = address.get("zone")?.split(",").filter(Boolean);
  const options = computed<WallView>(() => {
    const told = wall.value ?? PRESETS;
    return {
      ...told,
      zones: zones ?? told.zones,
      layout: LAYOUTS.find((each) => each === address.get("layout")) ?? told.layout,
      columns: address.has("columns") ? (address.get("columns") === "2" ? 2 : 1) : told.columns,
    };
  });
  watchEffect(() => {
    document.documentElement.dataset.theme = address.get("theme") ?? options.value.theme;
  });
  return options;
}

/** Those of `wanted` that the hall has. Empty means the whole hall: a wrong word must not make a floor miss its calls. */
export function knownZones(wanted: readonly string[], board: BoardView | null): ReadonlySet<string> {
  const known = new Set((board?.zones ?? []).map((each) => each.zone));
  return new Set(wanted.filter((zone) => known.has(zone)));
}

/** Whether something that stands in `zone` is of these zones. */
export function isIn(zones: ReadonlySet<string>, zone: string | undefined): boolean {
  return zones.size === 0 || zones.has(zone ?? "");
}
