// A ticket as the lines of a slip, in the words and the order of kiosk/slip.py (a test compares the words). Knows no printer.
import { makeWords } from "@shared/language";
import type { Language } from "@shared/language";
import { waitMinutes } from "@shared/time";
import type { Text } from "@shared/wire/contract";
import type { KioskView } from "@shared/wire/kiosk";
import type { TicketView } from "@shared/wire/tickets";
import en from "@shared/words/en/slip.json";
import zh from "@shared/words/zh-CN/slip.json";

const { t } = makeWords(zh, en);

/** What a slip needs of the hall. */
export type SlipHall = Pick<KioskView, "hall" | "timezone" | "languages" | "requeue_within_s"> & {
  services: Pick<KioskView["services"][number], "service" | "name" | "windows">[];
  words: { slip_footer: Text };
};

export interface Slip {
  hall: string;
  service: string;
  label: string;
  lines: string[];
  /** What the code opens, where it opens something. */
  progress: string;
  marks: string[];
  serial: string;
}

export function slipOf(ticket: TicketView, hall: SlipHall, tag: Language, reprint: boolean): Slip {
  const service = hall.services.find((each) => each.service === ticket.service);
  const windows = ticket.for_window === null ? (service?.windows ?? []) : [ticket.for_window];
  const lines: string[] = [];
  if (ticket.state === "waiting") lines.push(waitLine(ticket, hall.timezone, tag));
  if (windows.length > 0) lines.push(t("windows", { windows: windows.join(t("list_separator", {}, tag)) }, tag));
  lines.push(localTime(ticket.issued_at, hall.timezone), inLanguage(hall.words.slip_footer, tag) || t("footer", {}, tag));
  if (hall.requeue_within_s >= 60) lines.push(t("missed", { minutes: Math.floor(hall.requeue_within_s / 60) }, tag));
  return {
    hall: inLanguage(hall.hall, tag),
    service: serviceLine(service?.name ?? {}, tag, hall.languages) || ticket.service,
    label: ticket.label,
    lines,
    progress: ticket.link ? t("progress", {}, tag) : "",
    marks: [
      ...(ticket.priority ? [t("priority", {}, tag)] : []),
      ...(ticket.appointment ? [t("appointment", {}, tag)] : []),
      ...(reprint ? [t("reprint", {}, tag)] : []),
    ],
    serial: `No. ${ticket.serial}`,
  };
}

function inLanguage(text: Text, tag: string): string {
  return text[tag] || (Object.values(text)[0] ?? "");
}

/** The citizen's language first, then the hall's others, so that staff can read it too. */
function serviceLine(name: Text, tag: string, languages: string[]): string {
  const others = languages.filter((each) => each !== tag).map((each) => name[each] ?? "");
  return [...new Set([inLanguage(name, tag), ...others])].filter(Boolean).join(" ");
}

function waitLine(ticket: TicketView, timezone: string, tag: Language): string {
  if (ticket.due_at !== null) return t("due", { time: localTime(ticket.due_at, timezone).slice(-5) }, tag);
  const line = ticket.ahead === 0 ? t("next", {}, tag) : t("ahead", { ahead: ticket.ahead }, tag);
  const minutes = waitMinutes(ticket.estimate);
  return minutes ? t("minutes", { line, p50: minutes.low, p90: minutes.high }, tag) : line;
}

/** "2026-11-20 10:24", the Swedes' way of writing it. */
function localTime(at: string, timezone: string): string {
  const form = { timeZone: timezone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const;
  return new Intl.DateTimeFormat("sv-SE", form).format(new Date(at));
}
