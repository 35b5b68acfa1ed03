// Messages between server, nodes and pages: the mirror of queue_server/wire.py, by hand. Knows only their shapes.

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

export interface AppointmentView {
  appointment_id: string;
  code: string;
  service: string;
  slot: string;
  day: string;
  time: string;
  state: "booked" | "checked_in" | "cancelled" | "missed";
  timing: string | null;
  ticket_id: string | null;
  label: string | null;
  masked_name?: string | null;
}

/** An appointment as a kiosk's own node tells its page: without the code. */
export type BookedView = Pick<AppointmentView, "appointment_id" | "service" | "slot" | "day" | "time">;

export interface SlotView {
  slot: string;
  time: string;
  quota: number;
  free: number;
}

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

export type OpinionSubject = "complaint" | "suggestion" | "praise" | "question";

/** due: the last day for an answer, YYYY-MM-DD. */
export interface OpinionReceipt {
  opinion: string;
  due: string;
}

/** For the manager; text and reply are null when their words have been deleted, phone is masked. */
export interface OpinionView {
  opinion: string;
  subject: OpinionSubject;
  channel: string;
  filed_at: string;
  due: string;
  overdue: boolean;
  text: string | null;
  phone: string | null;
  reply: string | null;
  answered_at: string | null;
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

export interface ConsoleView {
  seq: number;
  timezone: string;
  window: WindowView;
  services: ServiceView[];
  windows: WindowInfo[];
  waiting: ConsoleWaiting[];
  waiting_total: number;
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

/** A kiosk or display as the server knows it; `connected` while it follows a live view. */
export interface NodeReport {
  node: string;
  connected: boolean;
  seen_at: string;
  devices: DeviceView[];
}

/** `zone`: the part of the hall it stands in, "" where there are none. */
export interface HallWindow extends WindowView {
  zone: string;
}

/** Of today; missed: who has not come and has no claim to the slot any more. */
export interface AppointmentFigures {
  booked: number;
  came: number;
  missed: number;
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
  assisted: { help: number; reception: number };
  /** Without an answer, and past their day. */
  opinions: { open: number; overdue: number };
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
  item_s: number;
  between_s: number;
  away_s: number;
  media: MediaItem[];
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

export interface Session {
  staff: string;
  name: string;
  role: string;
  window: number | null;
  csrf: string;
}

export interface WhatIfFigures {
  mean_s: number;
  p50_s: number;
  p90_s: number;
  /** The share, 0-1, that nobody calls within four hours. */
  uncalled: number;
}

export interface WhatIfPair {
  now: WhatIfFigures | null;
  then: WhatIfFigures | null;
}

/** What `POST /whatif` answers: waits as it is, and with the windows changed. */
export interface WhatIfView {
  services: (WhatIfPair & { service: string })[];
  all: WhatIfPair;
  minutes: number;
}
