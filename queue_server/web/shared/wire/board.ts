// What the walls and window signs show: the mirror of queue_server/wire/board.py, by hand. Knows only shapes.

import type { Estimate, Text, TicketState, WindowState } from "./contract";

export interface Call {
  seq: number;
  at: string;
  kind: "call" | "recall";
  label: string;
  window: number;
  window_name: Text;
  service: string;
  zone: string;
}

export interface ZoneInfo {
  zone: string;
  name: Text;
}

/** `zone`: the part of the hall it stands in, "" where there are none; `place`: how to find it. */
export interface BoardWindow {
  window: number;
  name: Text;
  zone: string;
  place: Text;
  state: WindowState;
  label: string | null;
  ticket_state: TicketState | null;
  pause_reason: string | null;
  back_at: string | null;
}

export interface BoardWaiting {
  service: string;
  name: Text;
  waiting: number;
  next: string[];
  /** Of somebody who takes a number now. */
  estimate: Estimate | null;
}

export interface Emergency {
  text: string;
  at: string;
}

export interface BoardView {
  seq: number;
  timezone: string;
  hall: Text;
  day: string;
  calls: Call[];
  windows: BoardWindow[];
  zones: ZoneInfo[];
  waiting: BoardWaiting[];
  marquee: Text;
  emergency: Emergency | null;
}
