// What can be put into the complaint box, while it is being written. Knows no page.
import type { OpinionSubject } from "@shared/wire/opinions";
import { t } from "./words";

export const SUBJECTS: readonly OpinionSubject[] = ["complaint", "suggestion", "praise", "question"];
export const ABOUT = ["waiting", "manner", "told", "process", "place", "kiosk", "rules", "other"] as const;
export type About = (typeof ABOUT)[number];

export interface OpinionDraft {
  /** One opinion, however often it is sent. */
  tapId: string;
  subject: OpinionSubject | null;
  about: About[];
  words: string;
  phone: string;
}

/** In Chinese for whoever reads it in the hall, whatever language the page has. */
export function textOfOpinion(draft: OpinionDraft): string {
  return [draft.about.map((each) => t(`about.${each}`, {}, "zh-CN")).join("、"), draft.words.trim()].filter(Boolean).join("：");
}
