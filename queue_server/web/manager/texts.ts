// Words in the hall's languages, as forms write them. Knows no form.
import { known, languageName as nameOf } from "@shared/language";
import type { Text } from "@shared/wire/contract";

/** Only those languages in which something was written. */
export function withWords(text: Text): Text {
  return Object.fromEntries(Object.entries(text).map(([tag, words]) => [tag, words.trim()]).filter(([, words]) => words));
}

export function languageName(tag: string): string {
  const ours = known(tag);
  return ours ? nameOf(ours).long : tag;
}
