// What the page asks of its own kiosk node. Knows no step and no words.
import { newKey, request } from "@shared/api";
import { language } from "@shared/language";
import type { BookedView } from "@shared/wire/appointments";
import type { KioskTicket, PrintView } from "@shared/wire/nodes";
import type { OpinionReceipt, OpinionSubject } from "@shared/wire/opinions";

/** The node tries the server again by itself, then prints: give it time before we call it away. */
const PATIENCE_MS = 30_000;

export interface TicketWish {
  /** Made once per confirm screen: two posts with one tap_id give one ticket and one paper. */
  tap_id: string;
  service?: string;
  /** The code of an appointment, or its id when the node told it. */
  appointment?: string;
  language: string;
  use_card?: boolean;
  phone?: string;
  priority?: string;
}

export async function takeTicket(wish: TicketWish): Promise<KioskTicket> {
  const answer = await request<KioskTicket>("/api/tickets", { body: wish, key: wish.tap_id, patience_ms: PATIENCE_MS });
  return answer as KioskTicket;
}

export async function printAgain(ticketId: string, tapId: string): Promise<PrintView> {
  const answer = await request<{ print: PrintView }>(`/api/tickets/${encodeURIComponent(ticketId)}/reprint`, {
    body: { tap_id: tapId, language: language.value },
    key: tapId,
    patience_ms: PATIENCE_MS,
  });
  return (answer as { print: PrintView }).print;
}

/** Rings at the reception until somebody takes it, or here for a while when that is away, or until it is withdrawn. */
export async function askHelp(): Promise<"reception" | "here"> {
  const answer = await request<{ rings: "reception" | "here" }>("/api/help", { body: { tap_id: newKey() } });
  return answer?.rings ?? "reception";
}

export async function withdrawHelp(): Promise<void> {
  await request("/api/help/withdraw", { body: { tap_id: newKey() } });
}

export interface Opinion {
  /** Made once per opinion: two posts with one tap_id are one opinion. */
  tap_id: string;
  subject: OpinionSubject;
  text: string;
  phone?: string;
}

/** Puts it into the complaint box; says until when it is answered. */
export async function fileOpinion(opinion: Opinion): Promise<OpinionReceipt> {
  return (await request<OpinionReceipt>("/api/opinions", { body: opinion })) as OpinionReceipt;
}

/** What to bring to a service, on paper. */
export async function printMaterials(service: string, tapId: string): Promise<PrintView> {
  const answer = await request<{ print: PrintView }>("/api/guide/print", {
    body: { tap_id: tapId, service, language: language.value },
    key: tapId,
    patience_ms: PATIENCE_MS,
  });
  return (answer as { print: PrintView }).print;
}

/** A notice that is short enough, on paper. */
export async function printNotice(notice: string, tapId: string): Promise<PrintView> {
  const answer = await request<{ print: PrintView }>("/api/notices/print", {
    body: { tap_id: tapId, notice, language: language.value },
    key: tapId,
    patience_ms: PATIENCE_MS,
  });
  return (answer as { print: PrintView }).print;
}

/** The open appointments of whoever laid the card, or has this phone number; the earliest first. */
export async function findBooked(who: { use_card: true } | { phone: string }): Promise<BookedView[]> {
  const answer = await request<{ booked: BookedView[] }>("/api/appointments/find", { body: who });
  return answer?.booked ?? [];
}

export async function startCard(): Promise<void> {
  await request("/api/card/start", { method: "POST", body: {} });
}

/** What was scanned has been taken, or is nobody's any more. */
export async function forgetScan(): Promise<void> {
  await request("/api/scan/forget", { method: "POST", body: {} });
}

/** The node forgets by itself after 60 s; this makes it sooner. */
export async function forgetCard(): Promise<void> {
  await request("/api/card/forget", { method: "POST", body: {} });
}
