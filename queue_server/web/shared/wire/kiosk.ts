// What a kiosk offers: services to take a ticket for, the guide, help: the mirror of queue_server/wire/kiosk.py, by hand. Knows only shapes.

import type { Estimate, Text } from "./contract";
import type { WindowInfo, WordsInfo } from "./hall";
import type { NoticeView, PersonView } from "./public";

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
  /** Missing at nodes that kept a view of an older server, like the next one. */
  people?: PersonView[];
  notices?: NoticeView[];
  maps?: MapView[];
  sites?: SiteView[];
}

export type MapKind =
  | "window"
  | "kiosk"
  | "reception"
  | "waiting"
  | "entrance"
  | "exit"
  | "lift"
  | "stairs"
  | "toilet"
  | "accessible"
  | "baby"
  | "water"
  | "forms"
  | "screen"
  | "room"
  | "wall"
  | "other";

/** What stands there, and where: x, y of its upper left corner. `window` 0 and `node` "" for what is none. */
export interface MapItemView {
  kind: MapKind;
  x: number;
  y: number;
  width: number;
  height: number;
  window: number;
  node: string;
  name: Text;
}

/** The plan of a zone in units of its own; `name` is the zone's, empty where the hall has none. */
export interface MapView {
  map: string;
  name: Text;
  width: number;
  height: number;
  items: MapItemView[];
}

/** A web site offered at kiosks: where it begins, what else it may reach, and for how long anybody may use it. */
export interface SiteView {
  site: string;
  name: Text;
  letter: string;
  url: string;
  hosts: string[];
  idle_s: number;
  most_s: number;
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
