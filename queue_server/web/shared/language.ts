// The language a page speaks, and how words are looked up in its language files. Knows no words itself.
import { ref, watch, watchEffect } from "vue";
import type { Text } from "./wire";

export type Language = "zh-CN" | "en";
export const LANGUAGES: readonly Language[] = ["zh-CN", "en"];
/** What each language calls itself, for the switch. */
export const LANGUAGE_NAMES: Record<Language, { short: string; long: string }> = {
  "zh-CN": { short: "中", long: "中文" },
  en: { short: "EN", long: "English" },
};

export const language = ref<Language>(fromAddress() ?? "zh-CN");

watchEffect(() => {
  document.documentElement.lang = language.value;
});

/** Staff pages keep the language of this browser; pages for the public begin with the hall's each time. */
export function keepLanguage(): void {
  language.value = fromAddress() ?? known(localStorage.getItem("language")) ?? language.value;
  watch(language, (tag) => localStorage.setItem("language", tag));
}

/** `?lang=en` fixes the language of a page that nobody touches, such as a wall. */
export function fromAddress(): Language | null {
  return known(new URLSearchParams(location.search).get("lang"));
}

export function known(tag: string | null | undefined): Language | null {
  return LANGUAGES.find((each) => each === tag) ?? null;
}

/** The hall's first language that we have words for. */
export function firstOf(tags: readonly string[]): Language {
  return tags.map(known).find((tag) => tag !== null) ?? "zh-CN";
}

/** A hall's own words in the page's language, else in the first language they have. */
export function textOf(text: Text | null | undefined, tag: Language = language.value): string {
  return text ? (text[tag] ?? Object.values(text)[0] ?? "") : "";
}

type Values = Record<string, string | number>;

/**
 * Words of both languages with the same keys; a key missing in one is a type error.
 * `{name}` is replaced by a value. "one | many" chooses by the value `n`, as the language's plural rules say.
 */
export function makeWords<Key extends string>(zh: Record<Key, string>, en: Record<Key, string>) {
  const words: Record<Language, Record<Key, string>> = { "zh-CN": zh, en };

  function t(key: Key, values: Values = {}, tag: Language = language.value): string {
    const forms = words[tag][key].split(" | ");
    const one = forms.length > 1 && new Intl.PluralRules(tag).select(Number(values.n)) === "one";
    const form = forms[one ? 0 : forms.length - 1] ?? "";
    return form.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  }

  /** The words for a code that came from outside: `prefix` + code if there are any, else `otherwise`. */
  function tCode(prefix: string, code: string | null | undefined, otherwise: Key, values: Values = {}): string {
    const key = `${prefix}${code}`;
    return key in zh ? t(key as Key, values) : t(otherwise, values);
  }

  /** Whether the language files have words for `prefix` + code. */
  function has(prefix: string, code: string | null | undefined): boolean {
    return `${prefix}${code}` in zh;
  }

  return { t, tCode, has };
}
