// One rating from the offer to the thanks: which step, what was chosen, when it sends itself. Knows no HTML.
import { newKey, request, serverNow_ms } from "@shared/api";
import { refusalWords } from "@shared/common";
import type { RateOffer } from "@shared/wire/staff";
import { computed, onScopeDispose, reactive, watch, type Ref } from "vue";

const LIMIT_S = 60;
/** After a grade was touched: a citizen who walks away has rated all the same. */
const SENDS_ITSELF_S = 20;
const THANKS_S = 3;
const NOT_SENT_S = 8;
export const MOST_REASONS = 3;

export type Grade = 1 | 2 | 3 | 4 | 5;
type Step = "idle" | "grades" | "reasons" | "sending" | "thanks" | "not_sent";

export function useRating(window: number, offer: Ref<RateOffer | null>) {
  const rating = reactive({
    step: "idle" as Step,
    ticket: null as RateOffer | null,
    grade: null as Grade | null,
    reasons: [] as string[],
    why: "",
    left_s: 0,
  });
  let end_ms = 0;
  let tapId = "";
  /** Rated, refused or let go here: not offered a second time. */
  const over = new Set<string>();

  /** Seconds left to rate a ticket, counted from the end of its service and not from when this page was opened. */
  function leftOf(ticket: RateOffer): number {
    return Math.min(LIMIT_S, LIMIT_S - (serverNow_ms() - Date.parse(ticket.finished_at)) / 1000);
  }

  function mayBegin(ticket: RateOffer | null): ticket is RateOffer {
    return ticket !== null && !over.has(ticket.ticket_id) && leftOf(ticket) > 0;
  }

  function goTo(step: Step, limit_s: number): void {
    rating.step = step;
    end_ms = performance.now() + limit_s * 1000;
    rating.left_s = limit_s;
  }

  function begin(ticket: RateOffer): void {
    Object.assign(rating, { ticket, grade: null, reasons: [], why: "" });
    tapId = newKey();
    goTo("grades", leftOf(ticket));
  }

  function end(): void {
    if (rating.ticket) over.add(rating.ticket.ticket_id);
    Object.assign(rating, { step: "idle", ticket: null, grade: null, reasons: [] });
    if (mayBegin(offer.value)) begin(offer.value);
  }

  async function send(): Promise<void> {
    if (rating.step !== "reasons" || !rating.ticket || rating.grade === null) return;
    rating.step = "sending";
    const body = { tap_id: tapId, ticket_id: rating.ticket.ticket_id, grade: rating.grade, reasons: rating.reasons };
    try {
      await request(`/api/windows/${window}/rating`, { body, key: tapId, patience_ms: 15_000 });
      goTo("thanks", THANKS_S);
    } catch (refusal) {
      rating.why = refusalWords(refusal);
      goTo("not_sent", NOT_SENT_S);
    }
  }

  function tick(): void {
    if (rating.step === "idle" || rating.step === "sending") return;
    rating.left_s = Math.max(0, (end_ms - performance.now()) / 1000);
    if (rating.left_s > 0) return;
    if (rating.step === "reasons") void send();
    else end();
  }

  watch(offer, (now) => {
    if (mayBegin(now) && ["idle", "grades"].includes(rating.step)) {
      if (now.ticket_id !== rating.ticket?.ticket_id) begin(now);
    } else if (!now && rating.step === "grades") end(); // rated elsewhere, by the key pad for instance
  });
  const timer = setInterval(tick, 200);
  onScopeDispose(() => clearInterval(timer));

  return {
    rating,
    full: computed(() => rating.reasons.length >= MOST_REASONS),
    choose(grade: Grade): void {
      if (rating.step !== "grades") return;
      rating.grade = grade;
      goTo("reasons", SENDS_ITSELF_S);
    },
    change(): void {
      rating.reasons = [];
      rating.grade = null;
      goTo("grades", SENDS_ITSELF_S);
    },
    toggle(code: string): void {
      if (rating.reasons.includes(code)) rating.reasons = rating.reasons.filter((each) => each !== code);
      else if (rating.reasons.length < MOST_REASONS) rating.reasons = [...rating.reasons, code];
      end_ms = performance.now() + SENDS_ITSELF_S * 1000;
    },
    send,
    skip: end,
  };
}
