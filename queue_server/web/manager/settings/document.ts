// A hall's settings as `GET /settings` gives them: the tables of its TOML file. Knows their shapes and nothing else.
import { textOf } from "@shared/language";
import type { Text } from "@shared/wire/contract";

export const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
export type Week = Partial<Record<(typeof WEEKDAYS)[number], string[]>>;

/** The items of a guide besides the materials, in the order in which halls post them. */
export const GUIDE_ITEMS = ["matter", "basis", "procedure", "conditions", "time_limit", "fees"] as const;
export type GuideSettings = Partial<Record<(typeof GUIDE_ITEMS)[number], Text>> & { published: boolean };

export interface ServiceSettings {
  id: string;
  name: Text;
  prefix: string;
  daily_quota: number | null;
  target_wait_s: number | null;
  department?: Text;
  materials?: Text[];
  weekly?: Week;
  slots?: { every_min: number | null; quota: number | null; weekly?: Week };
  skill?: string;
  after?: string[];
  pick_up?: boolean;
  guide?: GuideSettings;
}

export interface WindowSettings {
  id: number | null;
  name: Text;
  services: string[];
  then: string[];
  zone?: string;
  place?: Text;
}

export interface Named {
  id: string;
  name: Text;
}

export interface SkillSettings extends Named {
  staff: string[];
}

/** Something on a plan; `size` is 1 × 1 where it is left out. */
export interface MapItemSettings {
  kind: string;
  at: number[];
  size?: number[];
  window?: number;
  node?: string;
  name?: Text;
}

export interface MapSettings {
  id: string;
  width: number | null;
  height: number | null;
  items: MapItemSettings[];
}

export interface SiteSettings extends Named {
  url: string;
  hosts: string[];
  letter?: string;
  idle_s: number | null;
  most_s: number | null;
}

export interface RemoteSettings {
  weekly?: Week;
  services: string[];
  max_distance_m: number | null;
  here_within_m: number | null;
  latitude?: number;
  longitude?: number;
  check_in_within_s: number | null;
  per_day: number | null;
}

/** A number is null while its field is empty: the server then says what would be right. */
export interface SettingsDocument {
  hall: { id: string; name: Text; timezone: string; languages: string[]; public_url?: string; push_services?: string[] };
  hours?: { weekly: Week; last_ticket_before_s: number | null };
  calendar: { holidays: string[]; workdays: string[] };
  rules: Record<string, number | boolean | null>;
  privacy: { keep: string[]; keep_days: number | null };
  words: { slip_footer?: Text; marquee?: Text; help?: Text };
  services: ServiceSettings[];
  windows: WindowSettings[];
  opinions?: { due_days: number | null };
  zones?: Named[];
  skills?: SkillSettings[];
  maps?: MapSettings[];
  sites?: SiteSettings[];
  appointments?: Record<string, number | null>;
  remote?: RemoteSettings;
  offline?: Record<string, string>;
}

export interface SettingsView {
  version: number;
  document: SettingsDocument;
}

export interface Change {
  key: string;
  before: unknown;
  after: unknown;
}

export interface Version {
  version: number;
  at: string;
  by: string;
  source: string;
  changes: Change[];
}

/** The words of a row in the page's language, or in any that has some already. */
export function anyText(text: Text | undefined): string {
  return textOf(text) || (Object.values(text ?? {}).find(Boolean) ?? "");
}

/** The rules of bookings as a hall begins with them; the presets of config/settings.py (a test compares). */
export function freshAppointments(): Record<string, number | null> {
  return { days_ahead: 14, early_s: 0, late_s: 600, cancel_before_s: 7200, per_citizen: 3, no_show_limit: 3, no_show_within_days: 90, suspended_days: 30 };
}

/** Numbers from elsewhere as a hall begins with them; the presets of config/settings.py (a test compares). */
export function freshRemote(): RemoteSettings {
  return { services: [], max_distance_m: 0, here_within_m: 200, check_in_within_s: 900, per_day: 2 };
}

/** Rows as things to choose from. */
export function choices(rows: Named[] | undefined): { id: string; name: string }[] {
  return (rows ?? []).map(({ id, name }) => ({ id, name: anyText(name) || id }));
}

/** A row with the first free id `kind`-N and no words yet. */
export function freshNamed(kind: string, rows: { id: string }[], languages: string[]): Named {
  let n = rows.length + 1;
  while (rows.some((each) => each.id === `${kind}-${n}`)) n++;
  return { id: `${kind}-${n}`, name: Object.fromEntries(languages.map((tag) => [tag, ""])) };
}

/** A document by its own values, as nothing else holds them. */
export function copyOf<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}

export function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]));
}

/** Times that people set in minutes or hours, while the file counts seconds. */
const IN_MINUTES = ["target_wait_s", "last_ticket_before_s", "requeue_within_s", "appointments.early_s", "appointments.late_s", "remote.check_in_within_s", "most_s"];
const IN_HOURS = ["appointments.cancel_before_s"];

/** How many units of the file one unit of the field at `key` is. */
export function perOf(key: string): number {
  if (IN_HOURS.some((name) => key.endsWith(name))) return 3600;
  return IN_MINUTES.some((name) => key.endsWith(name)) ? 60 : 1;
}
