// Times and durations as people say them, in the page's language and the hall's time zone. Knows no view.
import { onScopeDispose, ref, type Ref } from "vue";
import { serverNow_ms } from "./api";
import { t } from "./common";
import { language } from "./language";
import type { Estimate } from "./wire/contract";

/** So short a wait is over before it was read; kiosk/slip.py has the same. */
const HARDLY_ANY_S = 120;

/** The hall's zone once a view has told it, else the machine's own. */
const zone = ref<string | undefined>();

export function setTimezone(name: string | undefined): void {
  zone.value = name;
}

/** By language, zone and options, which are few. To make one takes 30 times as long as to ask one again, and clocks tick. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** In the digits that labels and slips have, so that people match them at a glance. */
function format(when: Date | number, options: Intl.DateTimeFormatOptions): string {
  const wish = { timeZone: zone.value, numberingSystem: "latn", calendar: "gregory", ...options };
  const key = `${language.value} ${JSON.stringify(wish)}`;
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(language.value, wish)));
  return found.format(when);
}

/** "10:24" */
export function clockTime(when: Date | string | number): string {
  return format(asDate(when), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** "10:24:05" */
export function clockTimeSeconds(when: Date | string | number): string {
  return format(asDate(when), { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
}

/** "11月20日 星期五", "Fri, 20 Nov" */
export function fullDate(when: Date | number): string {
  const date = format(when, { month: language.value === "en" ? "short" : "long", day: "numeric" });
  return t("date_full", { date, weekday: format(when, { weekday: language.value === "en" ? "short" : "long" }) });
}

/** When something begins: "14:00" today, "tomorrow 08:30", "Monday 08:30" within a week, else with the date. */
export function comingTime(when: string, now_ms: number = serverNow_ms()): string {
  const then = asDate(when);
  const time = clockTime(then);
  const days = daysUntil(when, now_ms);
  if (days <= 0) return time;
  if (days === 1) return t("tomorrow_at", { time });
  if (days < 7) return t("weekday_at", { weekday: format(then, { weekday: "long" }), time });
  return t("date_at", { date: format(then, { month: "short", day: "numeric" }), time });
}

/** The hall's date as "2026-11-20". */
export function today(now_ms: number = serverNow_ms()): string {
  return new Date(dayStart(now_ms)).toISOString().slice(0, 10);
}

/** How many days of the hall lie between now and then: 0 today, 1 tomorrow. */
export function daysUntil(when: string, now_ms: number = serverNow_ms()): number {
  return Math.round((dayStart(asDate(when).getTime()) - dayStart(now_ms)) / 86_400_000);
}

/** Midnight of the hall's day as a UTC number, only good for counting days. */
function dayStart(when_ms: number): number {
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone.value, year: "numeric", month: "numeric", day: "numeric" })
    .formatToParts(when_ms)
    .reduce<Record<string, number>>((all, part) => ({ ...all, [part.type]: Number(part.value) }), {});
  return Date.UTC(parts.year ?? 1970, (parts.month ?? 1) - 1, parts.day ?? 1);
}

/** "12 min", "1 h 5 min" */
export function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return t("under_a_minute");
  return minutes < 60 ? t("minutes", { n: minutes }) : t("hours_minutes", { h: Math.floor(minutes / 60), m: minutes % 60 });
}

const EXACT_BELOW = 10;
const STEP = 5;

/**
 * An estimated wait as a person is told it, never a single number; null when it is hardly any. Whole minutes below ten,
 * fives above, rounded apart: "46–79" promises more than anybody knows. kiosk/slip.py says it alike on paper.
 */
export function waitMinutes(estimate: Estimate | null | undefined): { low: number; high: number } | null {
  if (!estimate || estimate.p90_s < HARDLY_ANY_S) return null;
  const [p50, p90] = [Math.max(1, Math.floor(estimate.p50_s / 60)), Math.ceil(estimate.p90_s / 60)];
  const low = p50 < EXACT_BELOW ? p50 : Math.floor(p50 / STEP) * STEP;
  const high = p90 < EXACT_BELOW ? p90 : Math.ceil(p90 / STEP) * STEP;
  return { low, high: Math.max(low + 1, high) };
}

/** "3:07", "1:02:45" */
export function stopwatch(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n: number) => String(n).padStart(2, "0");
  const h = Math.floor(whole / 3600);
  const m = Math.floor(whole / 60) % 60;
  return h > 0 ? `${h}:${two(m)}:${two(whole % 60)}` : `${m}:${two(whole % 60)}`;
}

/** Seconds since `when` by the server's clock, never negative. */
export function secondsSince(when: string | null, now_ms: number): number {
  return when === null ? 0 : Math.max(0, (now_ms - Date.parse(when)) / 1000);
}

/** The server's time, renewed every `every_ms`. */
export function useNow(every_ms = 1000): Ref<number> {
  const now = ref(serverNow_ms());
  const timer = setInterval(() => (now.value = serverNow_ms()), every_ms);
  onScopeDispose(() => clearInterval(timer));
  return now;
}

function asDate(when: Date | string | number): Date {
  return when instanceof Date ? when : new Date(when);
}
