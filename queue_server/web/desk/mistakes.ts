// What the server says of wrong values, in the page's language: its English sentences are known here, in one place, by
// pattern (desk/mistakes.json; a test holds every sentence of the settings against it). An unknown one stands as it is.
import { makeWords } from "@shared/language";
import type { FieldProblem } from "@shared/wire/contract";
import en from "@shared/words/en/mistakes.json";
import zh from "@shared/words/zh-CN/mistakes.json";
import patterns from "./mistakes.json";

const { t, tCode } = makeWords(zh, en);
const KNOWN = patterns.map(({ pattern, words }) => ({ pattern: new RegExp(pattern), words }));

/** One sentence for a mistake. `per`: the unit that the field shows, in units of the server, such as 60 for minutes. */
export function mistakeWords(sentence: string, per = 1): string {
  for (const { pattern, words } of KNOWN) {
    const found = pattern.exec(sentence);
    if (found) {
      const values = Object.fromEntries(found.slice(1).map((part, n) => [`p${n + 1}`, inUnits(part ?? "", per)]));
      return tCode("mistake.", words, "mistake.other", { ...values, sentence });
    }
  }
  return tCode("mistake.", "other", "mistake.other", { sentence });
}

function inUnits(part: string, per: number): string {
  const number = Number(part.replaceAll(",", ""));
  return per === 1 || part === "" || Number.isNaN(number) ? part : String(Math.ceil(number / per));
}

/** A mistake in a form that does not show it beside the field: the field's name first. */
export function fieldWords(problem: FieldProblem): string {
  const field = problem.field.split(".").at(-1);
  const name = tCode("field.", field, "field.other", { field: problem.field });
  return t("in_field", { field: name, words: mistakeWords(problem.problem) });
}
