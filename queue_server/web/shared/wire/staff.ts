// What staff, reception and managers see: consoles, figures, the hall at a glance: the mirror of queue_server/wire/staff.py, by hand. Knows only shapes.

import type { AppointmentFigures } from "./appointments";
import type { Emergency, ZoneInfo } from "./board";
import type { Estimate, Text, TicketState, WindowState } from "./contract";
import type { ServiceView, WindowInfo, WindowView } from "./hall";
import type { NodeReport } from "./nodes";
import type { SignPerson } from "./public";

export interface RateOffer {
  ticket_id: string;
  label: string;
  finished_at: string;
}

export interface WindowLiveView {
  seq: number;
  timezone: string;
  window: number;
  name: Text;
  state: WindowState;
  staff: string | null;
  label: string | null;
  ticket_state: TicketState | null;
  pause_reason: string | null;
  back_at: string | null;
  waiting: number;
  rate: RateOffer | null;
  /** Who sits here, if their card is shown; missing where the server is older. */
  person?: SignPerson | null;
}

export interface ConsoleWaiting {
  ticket_id: string;
  label: string;
  service: string;
  priority: string | null;
  arrived_at: string;
  /** The start of the slot, of somebody with an appointment. */
  due_at: string | null;
}

export interface ConsoleFigures {
  served: number;
  no_show: number;
  average_service_s: number | null;
  average_wait_s: number | null;
}

export interface ConsoleRules {
  min_calls_before_no_show: number;
  call_gap_s: number;
  out_of_turn_needs_reason: boolean;
}

export interface ConsoleWait {
  service: string;
  estimate: Estimate | null;
}

export interface ConsoleView {
  seq: number;
  timezone: string;
  window: WindowView;
  services: ServiceView[];
  windows: WindowInfo[];
  waiting: ConsoleWaiting[];
  waiting_total: number;
  /** Of somebody who takes a number now; left out by older servers. */
  waits?: ConsoleWait[];
  parked: ConsoleWaiting[];
  allowed: string[];
  go_on: string[];
  /** Its words are read at /windows/N/handover. */
  handover: { note: string; staff: string | null; at: string } | null;
  today: ConsoleFigures;
  rules: ConsoleRules;
  /** How many pages show this console now. */
  consoles?: number;
}

export interface HallServiceFigures {
  service: string;
  name: Text;
  waiting: number;
  /** The wait of somebody who comes now, in whole minutes. */
  estimate: Estimate | null;
  longest_wait_since: string | null;
  target_wait_s: number;
}

/** `zone`: the part of the hall it stands in, "" where there are none. */
export interface HallWindow extends WindowView {
  zone: string;
}

export interface HallView {
  seq: number;
  timezone: string;
  hall: Text;
  day: string | null;
  services: HallServiceFigures[];
  windows: HallWindow[];
  zones: ZoneInfo[];
  /** Null in a hall that takes no bookings. */
  appointments: AppointmentFigures | null;
  emergency: Emergency | null;
  nodes?: NodeReport[];
  issued: number;
  served: number;
  no_show: number;
  /** Calls for help that were taken, tickets given at the reception. */
  assisted: { help: number; reception: number; sites?: Record<string, number> };
  /** Without an answer, and past their day. */
  opinions: { open: number; overdue: number };
}

export interface Session {
  staff: string;
  name: string;
  role: string;
  window: number | null;
  csrf: string;
}
