// The phone's words, and the national reasons by grade.
import { makeWords } from "@shared/language";
import enPhone from "@shared/words/en/phone.json";
import enReasons from "@shared/words/en/reasons.json";
import zhPhone from "@shared/words/zh-CN/phone.json";
import zhReasons from "@shared/words/zh-CN/reasons.json";

export const { t } = makeWords(zhPhone, enPhone, "phone");
export const { t: reason } = makeWords(zhReasons, enReasons, "reasons");
export type Grade = 1 | 2 | 3 | 4 | 5;
export type ReasonKey = keyof typeof zhReasons;

/** The codes of a grade begin with its figure. */
export function reasonsOf(grade: Grade): { key: ReasonKey; code: string }[] {
  const keys = Object.keys(zhReasons) as ReasonKey[];
  return keys.filter((key) => key.startsWith(`reason.${grade}`)).map((key) => ({ key, code: key.slice("reason.".length) }));
}
