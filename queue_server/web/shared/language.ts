// The language a page speaks, and how words are looked up in its language files. Knows no words itself.
import { computed, ref, shallowReactive, watch, watchEffect } from "vue";
import { textDirection } from "./direction";
import { fetchPack, type Pack } from "./packs";
import type { Text } from "./wire/contract";

/** A language tag: one of ours, or of a pack that was fetched. */
export type Language = string;
export const LANGUAGES: readonly Language[] = ["zh-CN", "en"];
const packs = shallowReactive(new Map<Language, Pack>());
const asked = new Set<Language>();
/** How many packs have come: changes when another language can be shown. */
export const packed = computed(() => packs.size);
/** The hall's languages, the first one first. */
const offered = ref<readonly Language[]>([]);

export const language = ref<Language>(fromAddress() ?? "zh-CN");

watchEffect(() => {
  document.documentElement.lang = language.value;
  document.documentElement.dir = textDirection(language.value, packs.get(language.value)?.direction);
});

/** What a language calls itself, for the switch. */
export function languageName(tag: Language): { short: string; long: string } {
  const ours: Record<Language, { short: string; long: string }> = {
    "zh-CN": { short: "中", long: "中文" },
    en: { short: "EN", long: "English" },
  };
  return ours[tag] ?? packs.get(tag)?.name ?? { short: tag, long: tag };
}

/** A page for the public tells the hall's languages; one that is none of ours is fetched from the page's own server. */
export function offer(tags: readonly Language[]): void {
  if (tags.join() !== offered.value.join()) offered.value = [...tags];
  for (const tag of tags) {
    if (LANGUAGES.includes(tag) || asked.has(tag)) continue;
    asked.add(tag);
    void fetchPack(tag).then((pack) => pack && packs.set(tag, pack));
  }
}

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
  return LANGUAGES.find((each) => each === tag) ?? (tag && packs.has(tag) ? tag : null);
}

/** The hall's first language that there are words for. */
export function firstOf(tags: readonly string[]): Language {
  return tags.map(known).find((tag) => tag !== null) ?? "zh-CN";
}

/** A hall's own words in the page's language, else in the first language they have. */
export function textOf(text: Text | null | undefined, tag: Language = language.value): string {
  return text ? (text[tag] ?? Object.values(text)[0] ?? "") : "";
}

type Values = Record<string, string | number>;

/**
 * Words of both languages with the same keys; a key missing in one is a type error. section: where a pack has these
 * words; what it lacks is said in the hall's first language that has it. Without a section: for staff, in ours only.
 * `{name}` is replaced by a value. "one | many" chooses by the value `n`, as the language's plural rules say.
 */
export function makeWords<Key extends string>(zh: Record<Key, string>, en: Record<Key, string>, ...sections: string[]) {
  const words: Record<Language, Record<string, string>> = { "zh-CN": zh, en };

  function inLanguage(key: Key, tag: Language): string | undefined {
    const ours = words[tag];
    if (ours) return ours[key];
    const pack = packs.get(tag)?.words;
    return sections.map((section) => pack?.[section]?.[key]).find(Boolean);
  }

  function t(key: Key, values: Values = {}, tag: Language = language.value): string {
    const used = [tag, ...offered.value, "zh-CN"].find((each) => inLanguage(key, each)) ?? "zh-CN";
    const forms = (inLanguage(key, used) ?? "").split(" | ");
    const one = forms.length > 1 && new Intl.PluralRules(used).select(Number(values.n)) === "one";
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
