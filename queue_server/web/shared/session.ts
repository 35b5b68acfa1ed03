// Who is signed in at the staff pages: read, sign in, sign out, and the proof that goes with every change.
import { ref } from "vue";
import { Refusal, request } from "./api";
import { API } from "./wire/contract";
import type { Session } from "./wire/staff";

export const session = ref<Session | null>(null);

/** The session of this browser, or null when nobody is signed in. Raises Refusal when nobody answers. */
export async function readSession(): Promise<Session | null> {
  try {
    session.value = await request<Session>(`${API}/session`);
  } catch (refusal) {
    if (!(refusal instanceof Refusal) || refusal.status !== 401) throw refusal;
    session.value = null;
  }
  return session.value;
}

export async function signIn(name: string, password: string): Promise<Session> {
  session.value = await request<Session>(`${API}/session`, { body: { name, password } });
  return session.value as Session;
}

export async function signOut(): Promise<void> {
  await request(`${API}/session`, { method: "DELETE", csrf: session.value?.csrf });
  session.value = null;
  location.assign("/login");
}

/** To the sign-in page, and back here afterwards. */
export function toLogin(): void {
  location.assign(location.pathname === "/" ? "/login" : `/login?next=${encodeURIComponent(location.pathname)}`);
}

/** Where somebody works who has just signed in; `next` only within this server. */
export function placeOf(who: Session, next: string | null): string {
  if (next && /^\/(?![/\\])/.test(next)) return next;
  if (who.role === "reception") return "/reception";
  return who.role === "staff" && who.window !== null ? `/console/${who.window}` : "/";
}
