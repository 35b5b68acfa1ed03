// Changes in words: which setting of which service or window, what it was and what it becomes. Knows no HTML.
import { duration } from "@shared/time";
import type { Text } from "@shared/wire/contract";
import { anyText, type Change, type SettingsDocument } from "./document";
import { has, t, tCode } from "./words";

export interface Described {
  key: string;
  what: string;
  before: string;
  after: string;
}

const ROW = /^(services|windows|zones|skills|maps|sites)\[(.+?)\]\.(.+)$/;
const CALLED = { services: "service_called", windows: "window_called", zones: "zone_called", skills: "skill_called", maps: "map_called", sites: "site_called" } as const;
type Rows = keyof typeof CALLED;

/** What is new or gone as a whole, such as a service, is one line and not one for each of its settings. */
export function describe(changes: Change[], documents: (SettingsDocument | null | undefined)[]): Described[] {
  const lines: Described[] = [];
  const whole = new Set<string>();
  const limit = changes.find((each) => each.key === "remote.per_day"); // it is there whenever the table is
  const remote = { isNew: limit?.before === null, isGone: limit !== undefined && limit.after === null };
  for (const change of changes) {
    const row = ROW.exec(change.key) as (RegExpExecArray & { 1: Rows }) | null;
    const prefix = row ? `${row[1]}[${row[2]}].` : "";
    const all = prefix ? changes.filter((each) => each.key.startsWith(prefix)) : [];
    const named = all.find((each) => each.key === `${prefix}name`);
    const isNew = named !== undefined && named.before === null;
    const isGone = named !== undefined && named.after === null;
    if (row && (isNew || isGone)) {
      if (whole.has(prefix)) continue;
      whole.add(prefix);
      const name = anyText((isNew ? named.after : named.before) as Text);
      lines.push({ key: prefix, what: t(isNew ? "is_new" : "is_gone", { what: rowName(row[1], name) }), before: "", after: "" });
    } else if (row) {
      const [before, after] = bothWords(change);
      const what = `${rowName(row[1], nameOf(row[1], row[2] ?? "", documents))} · ${settingName(row[3] ?? "")}`;
      lines.push({ key: change.key, what, before, after });
    } else if (change.key.startsWith("appointments.") && (change.before === null || change.after === null)) {
      if (!whole.has("appointments.")) lines.push({ key: "appointments.", what: t(change.before === null ? "bookings_begin" : "bookings_end"), before: "", after: "" });
      whole.add("appointments.");
    } else if (change.key.startsWith("remote.") && (remote.isNew || remote.isGone)) {
      if (!whole.has("remote.")) lines.push({ key: "remote.", what: t(remote.isNew ? "remote_begins" : "remote_ends"), before: "", after: "" });
      whole.add("remote.");
    } else {
      const [before, after] = bothWords(change);
      lines.push({ key: change.key, what: settingName(change.key), before, after });
    }
  }
  return lines;
}

/** Where a mistake is: `services[2].prefix` counts rows of the draft from 0. */
export function placeOf(field: string, draft: SettingsDocument): string {
  const row = /^(services|windows|zones|skills|maps|sites)\[(\d+)\]\.?([\w.]*)/.exec(field);
  if (!row) return has("part.", field) ? tCode("part.", field, "setting_other") : settingName(field);
  const kind = row[1] as Rows;
  const rows: { id: string | number | null; name?: Text }[] | undefined = draft[kind];
  const found = rows?.[Number(row[2])];
  const name = anyText(found?.name) || (kind === "maps" ? String(found?.id ?? "") : "") || t("unnamed");
  return [rowName(kind, name), ...(row[3] ? [settingName(row[3])] : [])].join(" · ");
}

function rowName(kind: Rows, name: string): string {
  return t(CALLED[kind], { name });
}

function nameOf(kind: Rows, id: string, documents: (SettingsDocument | null | undefined)[]): string {
  for (const document of documents) {
    const rows: { id: string | number | null; name?: Text }[] = document?.[kind] ?? [];
    const row = rows.find((each) => String(each.id) === id);
    if (row) return anyText(row.name) || id;
  }
  return id;
}

function settingName(key: string): string {
  const slotDay = /slots\.weekly\.(\w+)$/.exec(key);
  if (slotDay) return t("slot_hours_of", { day: tCode("day.", slotDay[1], "setting_other", { key }) });
  const remoteDay = /^remote\.weekly\.(\w+)$/.exec(key);
  if (remoteDay) return t("remote_hours_of", { day: tCode("day.", remoteDay[1], "setting_other", { key }) });
  const day = /weekly\.(\w+)$/.exec(key);
  if (day) return t("hours_of", { day: tCode("day.", day[1], "setting_other", { key }) });
  const known = key.replace(/(\[\d+\])?(\.[\w-]+)?$/, "");
  return has("setting.", key) ? tCode("setting.", key, "setting_other") : tCode("setting.", known, "setting_other", { key });
}

/** Of words in several languages only those that differ are shown. */
function bothWords({ key, before, after }: Change): [string, string] {
  if (!isText(before) || !isText(after) || key === "offline") return [valueWords(key, before), valueWords(key, after)];
  const differ = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((tag) => before[tag] !== after[tag]);
  const words = (text: Text) => differ.map((tag) => text[tag] || t("nothing")).join(" / ");
  return [words(before), words(after)];
}

/** Kiosks and their numbers: a table that only looks like words by language. */
function rangesWords(table: Text): string {
  return Object.entries(table).map(([node, range]) => `${node} ${range}`).join(t("list_separator")) || t("nothing");
}

function unitOf(key: string): string[] {
  if (key.endsWith("_s")) return [t("unit_s")];
  return key.endsWith("_min") ? [t("unit_min")] : [];
}

function isText(value: unknown): value is Text {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function valueWords(key: string, value: unknown): string {
  if (value === null || value === undefined) return t("nothing");
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (typeof value === "number") return key.endsWith("_s") && value >= 60 && value % 60 === 0 ? duration(value) : [String(value), ...unitOf(key)].join(" ");
  if (/^maps\[.+\.items$/.test(key) && Array.isArray(value)) return t("map_note", { n: value.length });
  if (Array.isArray(value)) return value.length ? value.map((each) => valueWords("", each)).join(t("list_separator")) : t("nothing");
  if (isText(value)) return key === "offline" ? rangesWords(value) : Object.values(value).join(" / ");
  return String(value);
}
