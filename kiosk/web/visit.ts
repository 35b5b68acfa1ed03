// One citizen's way through the page, from home to paper: which step, what was chosen, what came of it. Knows no HTML.
import { newKey, Refusal } from "@shared/api";
import { language } from "@shared/language";
import type { KioskService, KioskTicket, PrintView } from "@shared/wire";
import { computed, reactive } from "vue";
import { forgetCard, printAgain, startCard, takeTicket } from "./node";

export type Step = "home" | "card" | "phone" | "departments" | "services" | "search" | "confirm" | "taking" | "result" | "refused";
export type Way = "none" | "card" | "phone";

interface Visit {
  step: Step;
  way: Way;
  phone: string;
  department: string | null;
  service: KioskService | null;
  priority: boolean;
  /** Of the confirm screen that is open or was sent. */
  tapId: string;
  ticket: KioskTicket | null;
  refusal: Refusal | null;
  reprint: "no" | "running" | PrintView;
}

const NOTHING: Visit = {
  step: "home",
  way: "none",
  phone: "",
  department: null,
  service: null,
  priority: false,
  tapId: "",
  ticket: null,
  refusal: null,
  reprint: "no",
};

/** More services than this on one page are hard to survey: then departments come first. */
const SURVEYABLE = 16;

const WORTH_ANOTHER_TRY = new Set(["server_unreachable", "not_durable", "slow_down", "unexpected"]);

export function useVisit(services: () => KioskService[]) {
  const visit = reactive<Visit>({ ...NOTHING });
  let trail: Step[] = [];

  /** In the order of the hall's file; empty when the hall has no departments worth a page. */
  const departments = computed(() => {
    const names = new Map<string, KioskService[]>();
    for (const service of services()) {
      const name = departmentOf(service);
      if (name) names.set(name, [...(names.get(name) ?? []), service]);
    }
    return services().length > SURVEYABLE && names.size > 1 ? [...names] : [];
  });

  function goTo(step: Step): void {
    trail.push(visit.step);
    visit.step = step;
  }

  function choose(): void {
    goTo(departments.value.length > 0 ? "departments" : "services");
  }

  function forget(): void {
    // A node that does not answer forgets by its own time-out.
    if (visit.way === "card") void forgetCard().catch(() => undefined);
  }

  return {
    visit,
    departments,

    home(): void {
      forget();
      trail = [];
      Object.assign(visit, NOTHING);
    },

    back(): void {
      const step = trail.pop() ?? "home";
      if (step === "home") this.home();
      else visit.step = step;
    },

    begin(way: Way): void {
      visit.way = way;
      if (way === "none") choose();
      else goTo(way);
    },

    async readCard(): Promise<void> {
      await startCard();
    },

    cardRead(offersPriority: boolean): void {
      if (visit.step !== "card") return;
      visit.priority = offersPriority;
      choose();
    },

    phoneEntered(phone: string): void {
      visit.phone = phone;
      choose();
    },

    search(): void {
      goTo("search");
    },

    departmentChosen(name: string): void {
      visit.department = name;
      goTo("services");
    },

    serviceChosen(service: KioskService): void {
      visit.service = service;
      visit.tapId = newKey();
      goTo("confirm");
    },

    /** Sends the wish of the open confirm screen, once: a second tap finds another step open. */
    async take(): Promise<void> {
      if (!visit.service || !["confirm", "refused"].includes(visit.step)) return;
      visit.step = "taking";
      visit.refusal = null;
      try {
        visit.ticket = await takeTicket({
          tap_id: visit.tapId,
          service: visit.service.service,
          language: language.value,
          ...(visit.way === "card" && { use_card: true }),
          ...(visit.way === "phone" && { phone: visit.phone }),
          ...(visit.priority && { priority: "elderly" }),
        });
        visit.step = "result";
      } catch (error) {
        visit.refusal = error instanceof Refusal ? error : new Refusal("unexpected", 0);
        visit.step = "refused";
      }
    },

    /** With the tap of the first try: if that one did reach the server, this gets its ticket and not a second one. */
    mayTryAgain(): boolean {
      return visit.refusal !== null && WORTH_ANOTHER_TRY.has(visit.refusal.code);
    },

    async reprint(ticketId: string): Promise<void> {
      if (visit.reprint === "running") return;
      visit.reprint = "running";
      try {
        visit.reprint = await printAgain(ticketId, newKey());
      } catch (error) {
        visit.reprint = { outcome: "not_printed", code: error instanceof Refusal ? error.code : "unexpected" };
      }
    },
  };
}

/** The department's name in the page's language, or "" without one. */
export function departmentOf(service: KioskService): string {
  return service.department[language.value] ?? Object.values(service.department)[0] ?? "";
}
