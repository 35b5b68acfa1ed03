// One citizen's way through the page, from home to paper: which step, what was chosen, what came of it. Knows no HTML.
import { newKey, Refusal } from "@shared/api";
import { language } from "@shared/language";
import { daysUntil } from "@shared/time";
import type { BookedView } from "@shared/wire/appointments";
import type { KioskService } from "@shared/wire/kiosk";
import type { KioskTicket, PrintView, PrintedAgain, ScanResult } from "@shared/wire/nodes";
import type { TicketView } from "@shared/wire/tickets";
import { computed, reactive } from "vue";
import type { OpinionDraft } from "./guide/opinion";
import { findBooked, forgetCard, forgetScan, printAgain, startCard, takeTicket, type TicketWish } from "./node";

export type Step =
  | "home"
  | "card"
  | "phone"
  | "appointment"
  | "code"
  | "booked"
  | "departments"
  | "services"
  | "search"
  | "confirm"
  | "taking"
  | "result"
  | "refused"
  | "scanned"
  | "guide"
  | "guide_search"
  | "guide_service"
  | "staff"
  | "notices"
  | "notice"
  | "map"
  | "sites"
  | "site"
  | OpinionStep;
/** A page for each thing that is asked, because a screen's keyboard and eight choices do not fit on one. */
export type OpinionStep = "opinion" | "opinion_about" | "opinion_words" | "opinion_phone";
/** What can be looked up without taking a number. */
export type LookUp = "guide" | "guide_search" | "opinion" | "map" | "sites" | "staff" | "notices";
export type Way = "none" | "card" | "phone";

interface Visit {
  step: Step;
  way: Way;
  /** The citizen said that they have an appointment: then a card or a phone number is only asked for it. */
  hasAppointment: boolean;
  /** Their open appointments, once a card or a phone number was asked for them. */
  booked: BookedView[];
  phone: string;
  department: string | null;
  /** The service whose guide is read. */
  guide: string | null;
  /** The web site that is used. */
  site: string | null;
  /** Windows that are looked for on the map, and what for. */
  sought: { windows: number[]; reason: string };
  /** The notice that is read. */
  notice: string | null;
  /** What is being put into the complaint box. */
  opinion: OpinionDraft | null;
  service: KioskService | null;
  priority: boolean;
  /** The code of an appointment that nobody could check: it goes with the ticket, and the server finds what it is for. */
  code: string;
  /** Of the confirm screen that is open or was sent. */
  tapId: string;
  ticket: KioskTicket | null;
  refusal: Refusal | null;
  reprint: "no" | "running" | PrintView;
  reprintTap: string;
  /** A slip that the end of the paper interrupted is printed by itself when there is paper. */
  paperWaits: boolean;
  /** Whose slip was held before the scanner. */
  scanned: TicketView | null;
}

const NOTHING: Visit = {
  step: "home",
  way: "none",
  hasAppointment: false,
  booked: [],
  phone: "",
  department: null,
  guide: null,
  notice: null,
  site: null,
  sought: { windows: [], reason: "" },
  opinion: null,
  service: null,
  priority: false,
  code: "",
  tapId: "",
  ticket: null,
  refusal: null,
  reprint: "no",
  reprintTap: "",
  paperWaits: false,
  scanned: null,
};

export function isOpinion(step: Step): step is OpinionStep {
  return step.startsWith("opinion");
}

/** More services than this on one page are hard to survey: then departments come first. */
const SURVEYABLE = 16;

const WORTH_ANOTHER_TRY = new Set(["server_unreachable", "not_durable", "slow_down", "unexpected"]);

/** own: whether the server is away and this kiosk gives numbers of its own. */
export function useVisit(services: () => KioskService[], own: () => boolean = () => false) {
  const visit = reactive<Visit>({ ...NOTHING });
  let trail: Step[] = [];
  let wish: Omit<TicketWish, "tap_id" | "language"> | null = null;

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

  /** What a card or a phone number has booked decides the next step; who has nothing booked today is not told of it. */
  async function lookForBooked(who: { use_card: true } | { phone: string }): Promise<void> {
    const from = visit.step;
    try {
      visit.booked = await findBooked(who);
    } catch (error) {
      if (visit.step !== from) return;
      if (!visit.hasAppointment) choose();
      else refuse(error);
      return;
    }
    if (visit.step !== from) return; // the citizen went back meanwhile
    const today = visit.booked.filter((each) => daysUntil(each.slot) <= 0);
    if (visit.hasAppointment && today.length === 1 && today[0]) await checkIn(today[0].appointment_id);
    else if (visit.hasAppointment || today.length > 0) goTo("booked");
    else choose();
  }

  async function checkIn(appointment: string): Promise<void> {
    if (!["code", "card", "phone", "booked"].includes(visit.step)) return;
    if (visit.step === "code" && own()) {
      visit.code = appointment;
      choose();
      return;
    }
    trail.push(visit.step);
    visit.service = null;
    visit.tapId = newKey();
    wish = { appointment };
    await send();
  }

  function refuse(error: unknown): void {
    visit.refusal = error instanceof Refusal ? error : new Refusal("unexpected", 0);
    visit.step = "refused";
  }

  async function send(): Promise<void> {
    if (!wish) return;
    visit.step = "taking";
    visit.refusal = null;
    const who = { ...(visit.way === "card" && { use_card: true }), ...(visit.way === "phone" && { phone: visit.phone }) };
    try {
      visit.ticket = await takeTicket({ tap_id: visit.tapId, language: language.value, ...who, ...wish });
      visit.step = "result";
    } catch (error) {
      refuse(error);
    }
  }

  return {
    visit,
    departments,
    checkIn,

    appointment(): void {
      visit.hasAppointment = true;
      goTo("appointment");
    },

    checkInBy(way: "code" | "card" | "phone"): void {
      visit.way = way === "code" ? "none" : way;
      goTo(way);
    },

    /** Without an appointment after all, or for something else beside it. */
    otherService(): void {
      visit.hasAppointment = false;
      choose();
    },

    home(): void {
      forget();
      trail = [];
      wish = null;
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

    async cardRead(offersPriority: boolean): Promise<void> {
      if (visit.step !== "card") return;
      visit.priority = offersPriority;
      await lookForBooked({ use_card: true });
    },

    async phoneEntered(phone: string): Promise<void> {
      visit.phone = phone;
      if (visit.hasAppointment) await lookForBooked({ phone });
      else choose();
    },

    search(): void {
      goTo("search");
    },

    /** What can be looked up without taking a number. */
    look(step: LookUp): void {
      if (step === "opinion") visit.opinion = { tapId: newKey(), subject: null, about: [], words: "", phone: "" };
      if (step === "map") visit.sought = { windows: [], reason: "" };
      goTo(step);
    },

    /** On the map, windows for what `reason` says. */
    where(windows: number[], reason: string): void {
      visit.sought = { windows, reason };
      goTo("map");
    },

    siteChosen(site: string): void {
      visit.site = site;
      goTo("site");
    },

    opinionStep(step: OpinionStep): void {
      goTo(step);
    },

    guideChosen(service: string): void {
      visit.guide = service;
      goTo("guide_service");
    },

    noticeChosen(notice: string): void {
      visit.notice = notice;
      goTo("notice");
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
      if (!["confirm", "refused"].includes(visit.step)) return;
      if (visit.service) wish = { service: visit.service.service, ...(visit.priority && { priority: "elderly" }), ...(visit.code && { appointment: visit.code }) };
      await send();
    },

    /** What became of a slip after its answer: it waits for paper, or came out by itself. */
    paper(now: PrintedAgain): void {
      if (!now.tap_id || ![visit.tapId, visit.reprintTap].includes(now.tap_id)) return;
      visit.paperWaits = now.waiting;
      const print = { outcome: now.outcome, code: now.code };
      if (now.waiting) return;
      if (now.tap_id === visit.reprintTap) visit.reprint = print;
      else if (visit.ticket) visit.ticket.print = print;
    },

    /**
     * A slip or a code was held before the scanner. Whoever is about to confirm is not disturbed; what nobody
     * understands disturbs only those who may have meant it.
     */
    async scanned(scan: ScanResult): Promise<void> {
      void forgetScan().catch(() => undefined);
      if (["confirm", "taking"].includes(visit.step)) return;
      if (scan.kind === "unknown" && !["home", "appointment", "code", "scanned", "refused"].includes(visit.step)) return;
      this.home();
      if (scan.kind === "appointment" && scan.code) {
        this.appointment();
        this.checkInBy("code");
        await checkIn(scan.code);
      } else if (scan.ticket) {
        visit.scanned = scan.ticket;
        goTo("scanned");
      } else {
        const code = scan.kind === "unknown" ? "scan_unknown" : (scan.problem ?? "unexpected");
        refuse(new Refusal(code === "server_unreachable" ? "scan_unreachable" : code, 0));
      }
    },

    /** With the tap of the first try: if that one did reach the server, this gets its ticket and not a second one. */
    mayTryAgain(): boolean {
      return visit.refusal !== null && WORTH_ANOTHER_TRY.has(visit.refusal.code);
    },

    async reprint(ticketId: string): Promise<void> {
      if (visit.reprint === "running") return;
      visit.reprint = "running";
      visit.reprintTap = newKey();
      try {
        visit.reprint = await printAgain(ticketId, visit.reprintTap);
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
