// The kiosk's words in both languages, and codes from printer and server turned into sentences.
import { Refusal } from "@shared/api";
import { factsAsValues } from "@shared/common";
import { makeWords } from "@shared/language";
import { comingTime } from "@shared/time";
import en from "@shared/words/en/kiosk.json";
import zh from "@shared/words/zh-CN/kiosk.json";

export const { t, tCode, has } = makeWords(zh, en, "kiosk");

/** "no paper", for a printer's code. */
export function printerWords(code: string): string {
  return tCode("printer.", code, "printer.unknown");
}

/** Why no number was taken, and what to do instead: citizens get their own words, never "error". */
export function refusalSentences(refusal: Refusal): { why: string; todo: string } {
  const when = refusal.facts.come_at ?? refusal.facts.slot;
  const time = typeof when === "string" ? comingTime(when) : "—";
  const values = { label: "—", time, ...factsAsValues(refusal.facts) };
  return {
    why: tCode("refusal.", refusal.code, "refusal.other", values),
    todo: tCode("refusal.", `${refusal.code}.do`, "refusal.other.do", values),
  };
}

/** "2、3" or "2, 3", at most five windows: more would not be read. */
export function windowList(windows: number[]): string {
  const shown = windows.slice(0, 5).join(t("list_separator"));
  return windows.length > 5 ? `${shown}…` : shown;
}
