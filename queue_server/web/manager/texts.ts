// Words in the hall's languages, as forms write them. Knows no form.
import { language } from "@shared/language";
import type { Text } from "@shared/wire/contract";

/** Only those languages in which something was written. */
export function withWords(text: Text): Text {
  return Object.fromEntries(Object.entries(text).map(([tag, words]) => [tag, words.trim()]).filter(([, words]) => words));
}

export function languageName(tag: string): string {
  return new Intl.DisplayNames([language.value], { type: "language" }).of(tag) ?? tag;
}
