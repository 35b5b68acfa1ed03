// The tablet's words, and the national reasons in both languages.
import { language, makeWords } from "@shared/language";
import enReasons from "@shared/words/en/reasons.json";
import en from "@shared/words/en/tablet.json";
import zhReasons from "@shared/words/zh-CN/reasons.json";
import zh from "@shared/words/zh-CN/tablet.json";

export const { t } = makeWords(zh, en, "tablet");
const reasons = makeWords({ ...zhReasons, none: "" }, { ...enReasons, none: "" }, "reasons");

/** A reason as the node lists it: a code, and words in the languages the node knows. */
export interface Reason {
  code: string;
  [language: string]: string;
}

export function reasonWords(reason: Reason): string {
  const own = reason[language.value];
  return own || reasons.tCode("reason.", reason.code, "none") || reason["zh-CN"] || reason.code;
}
