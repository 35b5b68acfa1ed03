// How it is said where somebody is: by word, icon and colour, never by colour alone. Knows no page.
import type { IconName } from "@shared/components/UiIcon.vue";
import type { Where } from "@shared/wire/public";

export const WHERE: readonly Where[] = ["on_duty", "meeting", "business_trip", "out", "leave", "other"];

export const WHERE_ICONS: Record<Where, IconName> = {
  on_duty: "check",
  meeting: "people",
  business_trip: "transfer",
  out: "out",
  leave: "calendar",
  other: "clock",
};
