// What a hall is: its services, windows, hours and words: the mirror of queue_server/wire/hall.py, by hand. Knows only shapes.

import type { Text, WindowState } from "./contract";
import type { TicketView } from "./tickets";

export interface WindowView {
  window: number;
  name: Text;
  services: string[];
  state: WindowState;
  staff: string | null;
  covers: string | null;
  pause_reason: string | null;
  back_at: string | null;
  ticket: TicketView | null;
}

export interface ServiceView {
  service: string;
  name: Text;
  prefix: string;
  department: Text;
  materials: Text[];
  windows: number[];
  bookable: boolean;
}

export interface WindowInfo {
  window: number;
  name: Text;
  services: string[];
}

export interface HoursInfo {
  weekly: string[][];
  last_ticket_before_s: number;
}

export interface WordsInfo {
  slip_footer: Text;
  marquee: Text;
  /** Left out by older servers. */
  help?: Text;
}

export interface HallInfo {
  hall: string;
  name: Text;
  timezone: string;
  languages: string[];
  services: ServiceView[];
  windows: WindowInfo[];
  hours: HoursInfo | null;
  words: WordsInfo;
  seq: number;
}
