// Spoken guidance: what the kiosk's node says while the page is used, off until somebody asks for it. Knows no step.
import { request } from "@shared/api";
import { language } from "@shared/language";
import type { Live } from "@shared/live";
import type { GuidanceView } from "@shared/wire/nodes";
import { computed, onScopeDispose, ref, watch, type Ref } from "vue";
import { focusWords, sequence, statusWords, wordsOf, type Words } from "./speech_text";
import { t } from "./words";

/** What belongs together is said together: a dialog and the button in it that has the focus. */
const TOGETHER_MS = 150;
const JACK_IN = "F15";
const JACK_OUT = "F16";

/** main: where steps are shown. available: whether the node can speak. */
export function useSpeech(live: Live, main: Ref<HTMLElement | undefined>, available: Ref<boolean>) {
  const view = live.follow<GuidanceView>("guidance");
  const on = computed(() => view.value?.on ?? false);
  /** What is being said, for those who do not hear it. */
  const caption = ref("");
  let framed: string | null = null;
  let focus: HTMLElement | null = null;
  let known = new Map<Element, Words>();
  let begins = false;
  let timer = 0;
  let last: Words = { open: "", own: "" };
  let sending: Promise<unknown> = Promise.resolve();
  let newest = 0;
  let ending = false;

  function turn(now: boolean, own?: boolean): void {
    if (now && !available.value) return;
    ending = !now;
    void request("/api/guidance", { body: { on: now, ...(own !== undefined && { private: own }) } }).catch(() => undefined);
  }

  function say(words: Words, interrupt: boolean): void {
    if (!words.own.trim()) return;
    caption.value = interrupt ? words.open : `${caption.value} ${words.open}`.trim();
    if (interrupt) newest += 1;
    const turnOf = newest;
    // Without a word for everybody there is still one for who listens alone.
    const body = { text: words.open || "…", private: words.own, language: language.value, interrupt };
    // In their order; what was overtaken while it waited is left out.
    sending = sending.then(() => (turnOf === newest && on.value && !ending ? request("/api/say", { body }).catch(() => undefined) : undefined));
  }

  function plan(): void {
    clearTimeout(timer);
    timer = window.setTimeout(speak, TOGETHER_MS);
  }

  function speak(): void {
    const dialog = document.querySelector<HTMLDialogElement>("dialog[open]");
    const box = dialog ?? main.value;
    if (!on.value || !box) return;
    const frame = dialog ? `dialog ${dialog.ariaLabel}` : `step ${main.value?.dataset.step}`;
    const parts: Words[] = [];
    const statuses = statusWords(box);
    if (begins) parts.push(same(t("speech_begin")));
    if (begins || frame !== framed) parts.push(wordsOf(box));
    if (focus?.isConnected && (!dialog || dialog.contains(focus))) parts.push(focusWords(focus));
    const changed = ([each, words]: [Element, Words]) => known.get(each)?.own !== words.own;
    const news = parts.length > 0 ? [] : [...statuses].filter(changed).map(([, words]) => words);
    [framed, known, begins, focus] = [frame, statuses, false, null];
    if (parts.length > 0) say((last = joined(parts)), true);
    else if (news.length > 0) say(joined(news), false);
  }

  function onFocus(event: FocusEvent): void {
    if (event.target instanceof HTMLElement && event.target.matches("button, input, a[href]")) {
      focus = event.target;
      plan();
    }
  }
  function onPress(): void {
    // A button that says what it is now, such as one that was pressed.
    focus = document.activeElement instanceof HTMLElement && document.activeElement.ariaPressed !== null ? document.activeElement : focus;
    plan();
  }
  function onKey(event: KeyboardEvent): void {
    if (event.key === "*") turn(!on.value);
    else if (event.key === JACK_IN) turn(true, true);
    else if (event.key === JACK_OUT) turn(false, false);
    else if (event.key === "/" && on.value) say(last, true);
    else return;
    event.preventDefault();
  }

  const changes = new MutationObserver(plan);
  watch(on, (now) => {
    if (!now) {
      changes.disconnect();
      removeEventListener("focusin", onFocus);
      removeEventListener("click", onPress);
      clearTimeout(timer);
      caption.value = "";
      return;
    }
    begins = true;
    changes.observe(document.body, { subtree: true, childList: true, characterData: true });
    addEventListener("focusin", onFocus);
    addEventListener("click", onPress);
    plan();
  });
  // In another language, or in headphones that were plugged in just now, the step is said again.
  watch([language, () => view.value?.private], () => {
    framed = null;
    if (on.value) plan();
  });
  addEventListener("keydown", onKey, { capture: true });
  onScopeDispose(() => {
    changes.disconnect();
    removeEventListener("keydown", onKey, { capture: true });
  });
  return { on, caption, turn };
}

function same(words: string): Words {
  return { open: words, own: words };
}

function joined(parts: Words[]): Words {
  return { open: sequence(parts.map((each) => each.open)), own: sequence(parts.map((each) => each.own)) };
}
