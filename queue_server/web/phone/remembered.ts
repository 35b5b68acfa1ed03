// The number that was taken here today, so that closing the page loses nothing; stays in this browser. Knows no server.
import type { RemoteTicket } from "@shared/wire/phone";

const KEY = "remote-ticket";
const DAY_MS = 24 * 3600 * 1000;

export function remember(ticket: RemoteTicket): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...ticket, at: Date.now() }));
  } catch {
    // a browser that keeps nothing: the page of the ticket is open all the same
  }
}

export function remembered(): RemoteTicket | null {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "null") as (RemoteTicket & { at: number }) | null;
    const sameDay = kept !== null && Date.now() - kept.at < DAY_MS && new Date(kept.at).getDate() === new Date().getDate();
    return sameDay && /^\/t\/[A-Za-z0-9_-]{22}$/.test(kept.path) ? { label: kept.label, path: kept.path } : null;
  } catch {
    return null;
  }
}
