// The staff pages and who may open them: what rights.py says, by role. The server decides; this only spares dead ends.
import type { IconName } from "@shared/components/UiIcon.vue";

export interface Place {
  name: "reception" | "live" | "devices" | "whereabouts" | "notices" | "opinions" | "citizens" | "settings" | "people";
  path: string;
  icon: IconName;
  roles: readonly string[];
}

export const PLACES: readonly Place[] = [
  { name: "reception", path: "/reception", icon: "ticket", roles: ["reception", "staff", "manager"] },
  { name: "live", path: "/manager", icon: "people", roles: ["reception", "manager", "maintainer", "county"] },
  { name: "devices", path: "/manager/devices", icon: "printer", roles: ["reception", "manager", "maintainer", "county"] },
  { name: "whereabouts", path: "/manager/whereabouts", icon: "calendar", roles: ["reception", "manager"] },
  { name: "notices", path: "/manager/notices", icon: "note", roles: ["manager"] },
  { name: "opinions", path: "/manager/opinions", icon: "edit", roles: ["manager"] },
  { name: "citizens", path: "/manager/citizens", icon: "search", roles: ["manager"] },
  { name: "settings", path: "/manager/settings", icon: "settings", roles: ["manager", "maintainer", "county"] },
  { name: "people", path: "/manager/people", icon: "card", roles: ["manager"] },
];

/** Roles that serve at a window, and so open consoles and see whom they serve. */
export const AT_A_WINDOW: readonly string[] = ["staff", "manager"];

export function placesOf(role: string | undefined): Place[] {
  return PLACES.filter((place) => role !== undefined && place.roles.includes(role));
}
