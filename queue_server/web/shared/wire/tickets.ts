// A ticket as pages and programs see it: the mirror of queue_server/wire/tickets.py, by hand. Knows only shapes.

import type { Estimate, TicketState } from "./contract";

export interface TicketView {
  ticket_id: string;
  label: string;
  serial: string;
  service: string;
  services: string[];
  state: TicketState;
  priority: string | null;
  ahead: number;
  estimate: Estimate | null;
  window: number | null;
  for_window: number | null;
  issued_at: string;
  called_at: string | null;
  started_at: string | null;
  ended_at: string | null;
  calls: number;
  outcome: string | null;
  channel: string;
  why: string | null;
  appointment: string | null;
  due_at: string | null;
  /** "offline": given by a kiosk while the server was away; and what staff should know of it. */
  here: boolean;
  flags: string[];
  link?: string;
}

/** One row that is kept of a citizen: of which day, what for, and the fields. Masked where that was asked for. */
export interface CitizenKept {
  day: string;
  kept_for: string;
  fields: Record<string, string>;
}

/** How many rows went. */
export interface CitizenDeleted {
  deleted: number;
}

/** Whose ticket it is, null for what is not known or not kept. Masked, unless a reason was given. */
export interface CitizenView {
  name: string | null;
  id_number: string | null;
  phone: string | null;
}
