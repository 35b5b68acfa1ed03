// The language a phone's owner reads, where the hall speaks it. Knows no page.
import { firstOf, known, offer, type Language } from "@shared/language";

/** As the phone is set, whatever its region: "ug-CN" reads what the hall calls "ug". */
export function preferred(offered: string[]): Language {
  offer(offered);
  const main = (tag: string) => tag.toLowerCase().split("-")[0];
  const own = navigator.languages.map((tag) => offered.find((each) => main(each) === main(tag) && known(each))).find(Boolean);
  // Who reads none of the hall's languages is better helped by English.
  return own ?? (offered.includes("en") ? "en" : firstOf(offered));
}
