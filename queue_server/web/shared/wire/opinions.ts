// Opinions out of the box, their receipts and figures: the mirror of queue_server/wire/opinions.py, by hand. Knows only shapes.

export type OpinionSubject = "complaint" | "suggestion" | "praise" | "question";

/** number: what the citizen is told, left out by older servers; due: the last day for an answer, YYYY-MM-DD. */
export interface OpinionReceipt {
  opinion: string;
  number?: string;
  due: string;
}

/** For the manager; text and reply are null when their words have been deleted, phone is masked. received: the day it came on paper, if earlier. */
export interface OpinionView {
  opinion: string;
  number: string;
  subject: OpinionSubject;
  channel: string;
  filed_at: string;
  received: string | null;
  due: string;
  overdue: boolean;
  text: string | null;
  phone: string | null;
  reply: string | null;
  answered_at: string | null;
}
