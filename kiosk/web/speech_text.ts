// What stands on the page as words to be said: a step, a dialog, whatever has the focus. Knows no speaker.
import { language } from "@shared/language";
import { t } from "./words";

/** Words for everybody near, and for the citizen alone; the same where nothing on the page is only theirs. */
export interface Words {
  open: string;
  own: string;
}

const UNSAID = "button, svg, script, [aria-hidden=true], [data-silent]";
const PERSONAL = "[data-private]";
const MOST = 600;

/** All that is to be read within `box`, in its order, then what can be chosen there. */
export function wordsOf(box: HTMLElement): Words {
  const choices = choiceWords(box);
  const all = (withOwn: boolean) => spoken([...lines(box, withOwn), ...choices].join(end())).slice(0, MOST);
  return { open: all(false), own: all(true) };
}

/** Name and state of what has the focus, and where it stands among its like; a key of a number is only its owner's. */
export function focusWords(on: HTMLElement): Words {
  const name = nameOf(on);
  const choices = [...(on.closest("dialog, main") ?? document.body).querySelectorAll<HTMLElement>("[data-choice]:not(:disabled)")];
  const at = choices.indexOf(on) + 1;
  const parts = [at > 0 ? t("say_choice", { name, at, n: choices.length }) : name];
  const pressed = on.ariaPressed ?? (on instanceof HTMLInputElement && on.type === "checkbox" ? String(on.checked) : null);
  if (pressed !== null) parts.push(t(pressed === "true" ? "say_on" : "say_off"));
  const own = spoken(parts.join(end()));
  return { open: on.closest(PERSONAL) ? "" : own, own };
}

/** What changes by itself and wants to be heard, by its element. */
export function statusWords(box: HTMLElement): Map<Element, Words> {
  const found = [...box.querySelectorAll<HTMLElement>("[role=status], [role=alert], [role=alertdialog], output")];
  const words = (each: HTMLElement, withOwn: boolean) => spoken(lines(each, withOwn).join(end()));
  return new Map(found.filter((each) => each.checkVisibility()).map((each) => [each, { open: words(each, false), own: words(each, true) }]));
}

function choiceWords(box: HTMLElement): string[] {
  const choices = [...box.querySelectorAll<HTMLElement>("[data-choice]:not(:disabled)")].filter((each) => each.checkVisibility());
  if (choices.length === 0) return [];
  return [t("say_choices", { n: choices.length }), ...choices.slice(0, 9).map((each, n) => `${n + 1}, ${nameOf(each)}`)];
}

function nameOf(each: HTMLElement): string {
  const label = each.ariaLabel ?? each.closest("label")?.innerText ?? each.innerText;
  return label.split(/\s*\n\s*/).filter(Boolean).join(", ");
}

/** The texts in `box`, one for each paragraph, cell or heading. */
function lines(box: HTMLElement, withOwn: boolean): string[] {
  const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  const found: { block: Element; text: string }[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const own = node.parentElement;
    const text = (node.nodeValue ?? "").trim();
    if (!own || !text || own.closest(UNSAID) || (!withOwn && own.closest(PERSONAL)) || !own.checkVisibility()) continue;
    const block = blockOf(own);
    const last = found[found.length - 1];
    if (last?.block === block) last.text += ` ${text}`;
    else found.push({ block, text: own.closest("output") ? [...text.replace(/\s/g, "")].join(" ") : text });
  }
  return found.map((each) => each.text);
}

function blockOf(own: Element): Element {
  let block = own;
  while (block.parentElement && getComputedStyle(block).display.startsWith("inline")) block = block.parentElement;
  return block;
}

/** One sentence after the other. */
export function sequence(sentences: string[]): string {
  return spoken(sentences.filter(Boolean).join(end()));
}

function end(): string {
  return language.value.startsWith("zh") ? "。" : ". ";
}

/** A042 letter by letter, 8–15 as a range: as a voice has to read it. */
function spoken(text: string): string {
  return text
    .replace(/\b([A-Z]{1,2})(\d{2,4})\b/g, (_, letters: string, digits: string) => [...letters, ...digits].join(" "))
    .replace(/(\d)\s*[–-]\s*(?=\d)/g, `$1 ${t("say_to")} `)
    .replace(/\s*·\s*/g, ", ")
    .replace(/([。！？.!?：:,，])\s*[。.,]\s*/g, "$1 ");
}
