// What a kiosk offers: services to take a ticket for, the guide, help: the mirror of queue_server/wire/kiosk.py, by hand. Knows only shapes.

import type { Estimate, Text } from "./contract";
import type { WindowInfo, WordsInfo } from "./hall";

export type Closed = "hall_closed" | "service_closed" | "quota_used";

export interface KioskService {
  service: string;
  name: Text;
  prefix: string;
  department: Text;
  materials: Text[];
  windows: number[];
  waiting: number;
  /** The wait of somebody who comes now, in whole minutes; null when it is not known. */
  estimate: Estimate | null;
  closed: Closed | null;
  opens_at: string | null;
}

export interface KioskView {
  seq: number;
  timezone: string;
  hall: Text;
  languages: string[];
  waiting: number;
  services: KioskService[];
  windows: WindowInfo[];
  words: WordsInfo;
  requeue_within_s: number;
  remote: boolean;
  appointments: boolean;
  /** Missing at kiosks that kept a view of an older server. */
  help?: HelpView[];
}

/** Somebody asked for a person at the kiosk `node`; taken_at: since when somebody is on the way. */
export interface HelpView {
  node: string;
  asked_at: string;
  taken_at: string | null;
}

/** What citizens can look up: `guide`. */
export interface GuideView {
  seq: number;
  services: GuideService[];
  /** Whether the hall has a complaint box. */
  opinions?: boolean;
}

/** The seven public items of a service; texts may have several lines. */
export interface GuideService {
  service: string;
  name: Text;
  department: Text;
  windows: number[];
  matter: Text;
  basis: Text;
  procedure: Text;
  conditions: Text;
  materials: Text[];
  time_limit: Text;
  fees: Text;
}
