// What a node says of itself: its devices, the card on its reader, what was scanned and pressed: the mirror of queue_server/wire/nodes.py, by hand. Knows only shapes.

import type { TicketView } from "./tickets";

/** A kiosk or display as the server knows it; `connected` while it follows a live view. */
export interface NodeReport {
  node: string;
  connected: boolean;
  seen_at: string;
  devices: DeviceView[];
}

// What nodes add to their own page.

export type Health = "ok" | "warning" | "failed";

export interface DeviceFacts {
  driver?: string;
  address?: string;
  firmware?: string;
  serial?: string;
  paper_left_percent?: number;
  last_error?: string;
  last_error_at?: string;
}

export interface DeviceView {
  name: string;
  kind: string;
  health: Health;
  code: string;
  detail: string;
  since: string;
  facts?: DeviceFacts;
}

export interface CardView {
  state: "waiting" | "read" | "refused";
  masked_name: string | null;
  offers_priority: boolean;
  code: string | null;
}

export interface NodeView {
  seq: number;
  node: string;
  server: { connected: boolean; since: string };
  devices: DeviceView[];
  card: CardView | null;
  /** Kiosks only. */
  offline?: NodeOffline;
}

/** ready: the kiosk gives tickets of its own while the server is away. refused: labels that the server would not take. */
export interface NodeOffline {
  active: boolean;
  since: string;
  ready: boolean;
  waiting: number;
  refused: string[];
}

export interface PrintView {
  outcome: "printed" | "not_printed" | "unconfirmed";
  code: string;
}

/** A code held before a kiosk's scanner: of a slip (`ticket`, else why not) or of an appointment (`code`). */
export interface ScanResult {
  id: number;
  kind: "ticket" | "appointment" | "unknown";
  ticket: TicketView | null;
  code: string | null;
  problem: string | null;
}

export interface ScanView {
  seq: number;
  scan: ScanResult | null;
}

/** Each key of a kiosk's key pad, named as a browser does. What `follow` answers is an old one. */
export interface KeyView {
  seq: number;
  key: string;
}

/** Whether the kiosk speaks to its citizen, and whether only they hear it. */
export interface GuidanceView {
  seq: number;
  on: boolean;
  private: boolean;
}

/** The slip of a tap that paper end interrupted; `waiting`: it is printed again by itself when there is paper. */
export interface PrintedAgain extends PrintView {
  seq: number;
  tap_id: string;
  waiting: boolean;
}

export interface KioskTicket {
  ticket: TicketView;
  print: PrintView;
}

/** What a site asks in a window of its own, shown by our page: words, a yes or no, or a list to choose from. */
export interface SiteAsk {
  id: number;
  kind: "tell" | "confirm" | "list";
  words: string;
  options: { words: string; off: boolean }[];
  chosen: number;
}

/** A visit to a web site at this kiosk; `notice`: what the site wanted and is not done here, `notices` counts them. */
export interface SiteScreen {
  seq: number;
  session: string;
  site: string;
  state: "opening" | "open" | "failed" | "closed";
  code: string | null;
  loading: boolean;
  back: boolean;
  writes: boolean;
  ask: SiteAsk | null;
  notice: string | null;
  notices: number;
}
