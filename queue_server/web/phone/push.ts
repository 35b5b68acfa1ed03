// A notification from the hall also while the page is closed, where browser and hall allow it. Knows no ticket.
import { request } from "@shared/api";
import { language } from "@shared/language";

const WORKER = "/t/sw.js";
const SCOPE = "/t/";

/** Only https and this machine itself have service workers; some browsers have no push. */
export function mayPush(): boolean {
  return isSecureContext && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
}

/** Asks the citizen, then subscribes; false where something does not allow it. Called from a tap. `at`: the ticket's address. */
export async function subscribe(at: string): Promise<boolean> {
  if (!mayPush()) return false;
  try {
    const key = (await request<{ key: string | null }>(`${at}/push`))?.key;
    if (!key || (await Notification.requestPermission()) !== "granted") return false;
    const worker = await navigator.serviceWorker.register(WORKER, { scope: SCOPE });
    await navigator.serviceWorker.ready;
    const options = { userVisibleOnly: true, applicationServerKey: bytesOf(key) };
    const { endpoint, keys } = (await worker.pushManager.subscribe(options)).toJSON();
    await request(`${at}/push`, { body: { endpoint, p256dh: keys?.p256dh, auth: keys?.auth, language: language.value } });
    return true;
  } catch {
    return false; // a browser without its maker's push service, a hall that does not use it: the page rings instead
  }
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
