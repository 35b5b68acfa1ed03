// The words every page shares, and an error's words for people. Knows no page.
import { Refusal } from "./api";
import { makeWords } from "./language";
import enCommon from "./words/en/common.json";
import enErrors from "./words/en/errors.json";
import zhCommon from "./words/zh-CN/common.json";
import zhErrors from "./words/zh-CN/errors.json";

export const { t, tCode, has } = makeWords({ ...zhCommon, ...zhErrors }, { ...enCommon, ...enErrors }, "common", "errors");

/** One sentence for a refused or failed request. */
export function refusalWords(refusal: unknown): string {
  if (!(refusal instanceof Refusal)) return t("error.unexpected");
  return tCode("error.", refusal.code, "error.unexpected", factsAsValues(refusal.facts));
}

/** Facts that can stand in a sentence. */
export function factsAsValues(facts: Record<string, unknown>): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(facts).filter((fact): fact is [string, string | number] => ["string", "number"].includes(typeof fact[1])),
  );
}

/** "Priority: senior"; codes the language files do not know are a hall's own words. */
export function priorityWords(code: string): string {
  return has("priority.", code) ? tCode("priority.", code, "priority.other") : code;
}

/** "Lunch break"; reasons the language files do not know were typed by staff. */
export function pauseWords(reason: string): string {
  return has("pause.", reason) ? tCode("pause.", reason, "pause.other") : reason;
}
