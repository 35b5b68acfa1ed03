// What every message shares: the paths' beginning, the words for states, problems and the live feed's frame: the mirror of queue_server/wire/contract.py, by hand. Knows only shapes.

export const API = "/api/v1";

export const LIVE_NAMESPACE = "/live";

export const IDEMPOTENCY_HEADER = "Idempotency-Key";

/** Words by language tag. */
export type Text = Record<string, string>;

export type TicketState = "waiting" | "called" | "serving" | "parked" | "finished" | "no_show" | "cancelled";

export type WindowState = "closed" | "open" | "paused";

export interface Estimate {
  p50_s: number;
  p90_s: number;
}

export interface FieldProblem {
  field: string;
  problem: string;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  facts?: Record<string, unknown>;
  fields?: FieldProblem[];
}

export interface Follow<Data> {
  view: string;
  seq: number;
  data: Data;
}
