// A busy morning played over the API as citizens and staff would: arrivals, calls, services, ratings, at many times speed.
// Knows no page: it asks as the manager who is signed in, and the hall's own rules decide everything.
import { newKey, Refusal, request } from "@shared/api";
import { API } from "@shared/wire/contract";
import type { HallInfo, WindowInfo } from "@shared/wire/hall";
import type { TicketView } from "@shared/wire/tickets";
import { reactive } from "vue";

/** Means of a busy township morning, in seconds of hall time. */
const ARRIVAL_EVERY_S = 40;
const WALK_S = 25;
const SERVICE_S = 300;
const BREATH_S = 10;
const STAFFED = 6;
const PRIORITY_SHARE = 0.12;
const TRANSFER_SHARE = 0.05;
const RATING_SHARE = 0.6;

export class Morning {
  readonly state = reactive({ running: false, issued: 0, served: 0, rated: 0, problem: "" });
  private round = 0;

  constructor(
    private readonly hall: HallInfo,
    private readonly csrf: () => string | undefined,
    private readonly speed: number,
  ) {}

  start(): void {
    if (this.state.running) return;
    Object.assign(this.state, { running: true, issued: 0, served: 0, rated: 0, problem: "" });
    const round = ++this.round;
    void this.play(round, () => this.arrive());
    for (const window of this.staffed()) void this.play(round, () => this.serve(window), () => this.open(window));
  }

  stop(): void {
    this.state.running = false;
    this.round++;
  }

  /** Repeat `step` until the morning is stopped; each step says how long it takes, in hall time. */
  private async play(round: number, step: () => Promise<number>, first?: () => Promise<unknown>): Promise<void> {
    try {
      await first?.();
      while (this.round === round) await this.pass(await step(), round);
    } catch (error) {
      if (this.round === round) this.state.problem = error instanceof Refusal ? error.code : String(error);
    }
  }

  private async pass(hall_s: number, round: number): Promise<void> {
    if (this.round === round) await new Promise((done) => setTimeout(done, (hall_s * 1000) / this.speed));
  }

  /** The windows for everything first, then the others, as many as a morning has staff. */
  private staffed(): WindowInfo[] {
    return [...this.hall.windows].sort((a, b) => b.services.length - a.services.length).slice(0, STAFFED);
  }

  private async open(window: WindowInfo): Promise<void> {
    await this.ask(`/windows/${window.window}/open`, {});
  }

  private async arrive(): Promise<number> {
    const served = new Set(this.staffed().flatMap((window) => window.services));
    const services = this.hall.services.filter((each) => served.has(each.service));
    const service = services[Math.floor(Math.random() ** 2 * services.length)];
    if (service) {
      const priority = Math.random() < PRIORITY_SHARE ? "elderly" : null;
      await this.ask("/tickets", { service: service.service, channel: "rehearsal", priority });
      this.state.issued++;
    }
    return exponential(ARRIVAL_EVERY_S);
  }

  private async serve(window: WindowInfo): Promise<number> {
    const at = `/windows/${window.window}`;
    const round = this.round;
    const ticket = await this.ask<TicketView>(`${at}/next`, {}, ["ticket_called", "window_paused", "window_closed"]);
    if (!ticket) return BREATH_S;
    await this.pass(WALK_S * (0.5 + Math.random()), round);
    await this.ask(`${at}/start`, {}, ["wrong_state", "no_ticket"]);
    await this.pass(exponential(SERVICE_S), round);
    const elsewhere = this.hall.services.filter((each) => each.service !== ticket.service);
    const target = elsewhere[Math.floor(Math.random() * elsewhere.length)];
    if (target && window.services.length > 1 && Math.random() < TRANSFER_SHARE) {
      await this.ask(`${at}/transfer`, { service: target.service }, ["wrong_state", "no_ticket"]);
      return BREATH_S;
    }
    const done = await this.ask<TicketView>(`${at}/finish`, {}, ["wrong_state", "no_ticket"]);
    if (done) this.state.served++;
    if (done && Math.random() < RATING_SHARE) {
      const grade = Math.random() < 0.9 ? 5 : 3;
      await this.ask(`/tickets/${ticket.ticket_id}/rating`, { grade }, ["already_rated", "not_served"]);
      this.state.rated++;
    }
    return BREATH_S;
  }

  /** One change; null where one of `usual` refuses it: somebody at the page did the same a moment before. */
  private async ask<Answer>(path: string, body: unknown, usual: string[] = []): Promise<Answer | null> {
    try {
      return await request<Answer>(API + path, { body, key: newKey(), csrf: this.csrf() });
    } catch (error) {
      if (error instanceof Refusal && usual.includes(error.code)) return null;
      throw error;
    }
  }
}

/** Times between people are memoryless; a cap keeps one long service from ending the show. */
function exponential(mean_s: number): number {
  return Math.min(-Math.log(1 - Math.random()) * mean_s, mean_s * 4);
}
