// What citizens may read of people and notices, and what staff see of both: the mirror of queue_server/wire/public.py, by hand. Knows only shapes.

import type { Text } from "./contract";

export type Where = "on_duty" | "meeting" | "business_trip" | "out" | "leave" | "other";

/** One of the staff board; `photo`: a picture's id; `window`: where they sit now, else their own. */
export interface PersonView {
  name: Text;
  title: Text;
  number: string;
  photo: string | null;
  window: number | null;
  services: Text[];
  where: Where;
  /** When they expect to be back. */
  back_at: string | null;
  stand_in: Text | null;
}

/** Who sits at a window, as far as its sign may say it. */
export interface SignPerson {
  name: Text;
  title: Text;
  number: string;
  photo: string | null;
}

/** Every notice, for the manager. Dates are YYYY-MM-DD; `last` null: until it is taken down. */
export interface NoticeText {
  notice: string;
  title: Text;
  body: Text;
  first: string;
  last: string | null;
  picture: string | null;
  /** Shown between calls too. */
  wall: boolean;
}

/** A notice that is up today. */
export interface NoticeView extends NoticeText {
  /** Short enough for a slip. */
  printable: boolean;
}

/** What may be read of a staff account, once `shown`. */
export interface StaffCard {
  staff: string;
  name: Text;
  title: Text;
  number: string;
  photo: string | null;
  shown: boolean;
}

/** Every account, for colleagues; `window`: where they sit now, else their own. */
export interface WhereaboutsView {
  staff: string;
  name: string;
  window: number | null;
  where: Where;
  since: string | null;
  back_at: string | null;
  stand_in: string | null;
}
