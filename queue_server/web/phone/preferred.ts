// The phone's own language where the hall speaks it. Knows no page.
import { firstOf, known, type Language } from "@shared/language";

export function preferred(offered: string[]): Language {
  const own = navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
  return offered.includes(own) ? (known(own) ?? firstOf(offered)) : firstOf(offered);
}
