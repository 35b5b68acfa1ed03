// What a wall page shows and says between and beside calls: the mirror of queue_server/wire/wall.py, by hand. Knows only shapes.

/** What a display's speaker says now; `seqs` of the calls that it announces. */
export interface Spoken {
  kind: "call" | "recall" | "emergency";
  seqs: number[];
  label: string;
  window: number;
  zone: string;
  language: string;
  text: string;
}

/** `saying`, on displays only. `voice`: a speaker that was last heard; `zones`: what it says of, none: all. */
export interface SayingView {
  seq: number;
  voice: boolean;
  zones: string[];
  /** Calls up to this `seq` are known to the voice; `waiting`: those of them that are still to be said. */
  heard: number;
  waiting: number[];
  now: Spoken | null;
}

export interface MediaItem {
  name: string;
  kind: "picture" | "video" | "notice";
  url: string;
  text: string;
}

export type WallLayout = "table" | "big" | "split";

/** `wall`, on displays only: how walls look and what they show between calls. */
export interface WallView {
  seq: number;
  zones: string[];
  layout: WallLayout;
  columns: number;
  theme: "light" | "dark";
  closed: "show" | "dim" | "clock" | "blank";
  closed_after_s: number;
  shift: boolean;
  /** Left out by older nodes, which know no other way than to say waits. */
  waits?: boolean;
  item_s: number;
  between_s: number;
  away_s: number;
  media: MediaItem[];
}
