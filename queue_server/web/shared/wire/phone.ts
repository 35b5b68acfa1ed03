// What a citizen's own phone shows of a ticket, and tickets taken from afar: the mirror of queue_server/wire/phone.py, by hand. Knows only shapes.

import type { Estimate, Text, TicketState } from "./contract";

export interface PhoneWindow {
  window: number;
  name: Text;
}

/** How who took a number elsewhere checks in; `by`: until when it is kept, once somebody behind it was called. */
export interface CheckIn {
  code: string;
  by: string | null;
  within_s: number;
  near_m: number;
}

export interface RemoteService {
  service: string;
  name: Text;
  department: Text;
  waiting: number;
  estimate: Estimate | null;
  closed: string | null;
  opens_at: string | null;
}

export interface RemoteView {
  timezone: string;
  languages: string[];
  hall: Text;
  closed: string | null;
  opens_at: string | null;
  max_distance_m: number;
  check_in_within_s: number;
  keep_days: number;
  services: RemoteService[];
}

export interface RemoteTicket {
  label: string;
  path: string;
}

export interface PhoneView {
  seq: number;
  timezone: string;
  languages: string[];
  hall: Text;
  day: string;
  over: boolean;
  label: string;
  service: Text;
  materials: Text[];
  state: TicketState;
  priority: boolean;
  ahead: number;
  estimate: Estimate | null;
  window: PhoneWindow | null;
  windows: PhoneWindow[];
  calls: number;
  issued_at: string;
  called_at: string | null;
  ended_at: string | null;
  return_within_s: number;
  return_until: string | null;
  allowed: ("cancel" | "later" | "rating")[];
  later_left: number;
  later_behind: number;
  notice_ahead: number;
  rated: boolean;
  check_in: CheckIn | null;
}
