// The reception page's words in both languages.
import { makeWords } from "@shared/language";
import en from "@shared/words/en/reception.json";
import zh from "@shared/words/zh-CN/reception.json";

/** "4821 7797": as it is printed, so that it is read out in two breaths. */
export function codeWords(code: string): string {
  return `${code.slice(0, 4)} ${code.slice(4)}`;
}

export const { t, tCode, has } = makeWords(zh, en);
