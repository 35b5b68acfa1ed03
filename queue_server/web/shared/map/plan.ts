// How a plan's words are set into its boxes, and its signs. Knows no page and no colour.
import type { MapKind } from "@shared/wire/kiosk";

export interface SetWords {
  lines: string[];
  /** Of a letter, in units of the plan. */
  size: number;
}

const LINE = 1.2;
const LATIN = 0.57;

/** As large as they fit, in up to three lines, at most `most` units high a letter. */
export function setWords(words: string, width: number, height: number, most: number): SetWords {
  let best: SetWords = { lines: [words], size: 0 };
  for (const lines of [[words], halves(words, 2), halves(words, 3)]) {
    const widest = Math.max(...lines.map(lengthOf), 1);
    const size = Math.min((width * 0.9) / widest, (height * 0.9) / (lines.length * LINE), most);
    if (size > best.size + 0.01) best = { lines, size };
  }
  return best;
}

/** In letters as wide as they are high. */
export function lengthOf(words: string): number {
  return [...words].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 0x2e7f ? 1 : LATIN), 0);
}

/** About equal parts: between words where there are some, else between Chinese letters. */
function halves(words: string, count: number): string[] {
  const parts = words.includes(" ") ? words.split(" ") : lengthOf(words) === [...words].length ? [...words] : [words];
  const joint = words.includes(" ") ? " " : "";
  const aim = lengthOf(words) / count;
  const lines: string[] = [""];
  for (const part of parts) {
    const last = lines[lines.length - 1] as string;
    const longer = last ? last + joint + part : part;
    if (last && lines.length < count && lengthOf(longer) > aim + 0.7) lines.push(part);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** Signs on a 24 × 24 grid, drawn for this project, for boxes that are too small for words. */
export const SIGNS: Partial<Record<MapKind, string>> = {
  kiosk: "M7 3h10v12H7z M10 15v6 M14 15v6 M7 21h10",
  reception: "M12 3a9 9 0 1 1 0 18a9 9 0 0 1 0-18 M12 11v6 M12 7v.3",
  waiting: "M6 4v9h11 M6 13v7 M17 13v7 M6 9h0",
  entrance: "M10 4h10v16H10 M3 12h11 M10 8l4 4-4 4",
  exit: "M14 4H4v16h10 M10 12h11 M17 8l4 4-4 4",
  lift: "M4 3h16v18H4z M9 15V9 M6.500 11.500L9 9l2.500 2.500 M15.500 9v6 M13 12.500l2.500 2.500 2.500-2.500",
  stairs: "M3 20h5v-5h5v-5h5V5h4",
  toilet: "M7 4a1.500 1.500 0 1 1 0 .1 M7 8v7 M4 9h6 M5.500 20v-5h3v5 M17 4a1.500 1.500 0 1 1 0 .1 M17 8l-3.500 7h7z M16 15v5 M18 15v5 M12 3v18",
  accessible: "M10 4.200a1.300 1.300 0 1 1 0 .1 M10 8v6h6l2.500 5 M10 10.500h5 M7.600 11.500a5 5 0 1 0 6.800 6.300",
  baby: "M9 7a3 3 0 1 1 6 0a3 3 0 0 1-6 0 M6 21c0-5 2.500-9 6-9s6 4 6 9z M9.500 16h5",
  water: "M12 3c4 5 6 8 6 11a6 6 0 0 1-12 0c0-3 2-6 6-11z",
  forms: "M5 3h14v18H5z M8 8h8 M8 12h8 M8 16h5",
  screen: "M3 4.500h18v12H3z M8.500 20.500h7 M12 16.500v4",
};
