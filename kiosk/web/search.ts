// Finds services by what a person types: pinyin, its initials, Chinese or English. Knows no page.
import type { Text } from "@shared/wire/contract";

/** What can be found: a service to take a number for, or one with a guide. */
export interface Findable {
  service: string;
  name: Text;
  department: Text;
}

/** Whether `words` are read or written like `typed`. */
export type Reads = (words: string, typed: string) => boolean;

/** Fetched when a search opens, not with the page: it is a third of the page's size. */
export async function loadPinyin(): Promise<Reads> {
  const { match } = (await import("pinyin-match")).default;
  return (words, typed) => match(words, typed) !== false;
}

/** Spaces and capitals do not matter: "social ins" is "socialins". */
function plain(words: string): string {
  return words.toLowerCase().replace(/\s+/g, "");
}

/**
 * As it is written: Chinese anywhere, Latin letters where a word begins ("ins", but not "sura"), or as first letters.
 * All that counts until the pinyin has come.
 */
export const written: Reads = (words, typed) => {
  if (!/^[\x20-\x7f]+$/.test(typed)) return plain(words).includes(typed);
  const each = words.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const initials = each.map((word) => word.slice(0, 1)).join("");
  return each.some((_, at) => each.slice(at).join("").startsWith(typed)) || (typed.length > 1 && initials.startsWith(typed));
};

/**
 * The services that `typed` may mean, best first: those whose name begins with it, whose name has it, whose department
 * has it; within each in the hall's own order. All of them while nothing is typed.
 */
export function find<Found extends Findable>(services: Found[], typed: string, reads: Reads): Found[] {
  const wish = plain(typed);
  if (wish === "") return services;
  const rank = (service: Found): number => {
    const names = Object.values(service.name);
    if (names.some((name) => plain(name).startsWith(wish))) return 0;
    if (names.some((name) => fits(name.slice(0, 1), wish.slice(0, 1), reads) && fits(name, wish, reads))) return 1;
    if (names.some((name) => fits(name, wish, reads))) return 2;
    return Object.values(service.department).some((name) => fits(name, wish, reads)) ? 3 : 4;
  };
  return services
    .map((service, at) => ({ service, at, rank: rank(service) }))
    .filter((found) => found.rank < 4)
    .sort((one, other) => one.rank - other.rank || one.at - other.at)
    .map((found) => found.service);
}

function fits(name: string, wish: string, reads: Reads): boolean {
  return written(name, wish) || (/\p{Script=Han}/u.test(name) && reads(name, wish));
}
