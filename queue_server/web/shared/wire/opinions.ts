// Opinions out of the box, their receipts and figures: the mirror of queue_server/wire/opinions.py, by hand. Knows only shapes.

export type OpinionSubject = "complaint" | "suggestion" | "praise" | "question";

/** due: the last day for an answer, YYYY-MM-DD. */
export interface OpinionReceipt {
  opinion: string;
  due: string;
}

/** For the manager; text and reply are null when their words have been deleted, phone is masked. */
export interface OpinionView {
  opinion: string;
  subject: OpinionSubject;
  channel: string;
  filed_at: string;
  due: string;
  overdue: boolean;
  text: string | null;
  phone: string | null;
  reply: string | null;
  answered_at: string | null;
}
