// Calls the eyes and ears of staff back when somebody comes after nobody was waiting: a short tone and a blinking title.
// Silent where motion is unwelcome or the switch is off. Knows only a number.
import { onScopeDispose, ref, watch, type Ref } from "vue";

const BLINK_MS = 1000;
const BLINKS = 20;
const NOTES_HZ = [660, 880];
const NOTE_S = 0.16;
const LOUDNESS = 0.12;
const MUTED = "console-muted";

export interface Attention {
  /** True for every second blink: the title then says that somebody waits. */
  blinking: Ref<boolean>;
  muted: Ref<boolean>;
}

/** `waiting`: how many wait for this window; null until it is known, or while nobody could be called anyway. */
export function useAttention(waiting: () => number | null): Attention {
  const muted = ref(localStorage.getItem(MUTED) === "yes");
  const blinking = ref(false);
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let speaker: AudioContext | null = null;
  let timer = 0;

  watch(muted, (now) => localStorage.setItem(MUTED, now ? "yes" : "no"));
  watch(waiting, (now, before) => {
    if (before === 0 && now !== null && now > 0 && !still.matches) {
      blink();
      if (!muted.value) chime();
    } else if (!now) rest();
  });

  function blink(): void {
    rest();
    let left = BLINKS;
    blinking.value = true;
    timer = self.setInterval(() => {
      blinking.value = !blinking.value;
      if (--left === 0) rest();
    }, BLINK_MS);
  }

  function rest(): void {
    clearInterval(timer);
    blinking.value = false;
  }

  function chime(): void {
    if (speaker?.state !== "running") return;
    NOTES_HZ.forEach((pitch_hz, n) => note(speaker as AudioContext, pitch_hz, n * NOTE_S));
  }

  /** Somebody is at the desk: browsers let a page sound from now on, and there is no need to blink. */
  function touched(): void {
    rest();
    speaker ??= new AudioContext();
    if (speaker.state === "suspended") void speaker.resume();
  }

  for (const event of ["keydown", "pointerdown"] as const) addEventListener(event, touched);
  onScopeDispose(() => {
    for (const event of ["keydown", "pointerdown"] as const) removeEventListener(event, touched);
    rest();
    void speaker?.close();
  });

  return { blinking, muted };
}

function note(speaker: AudioContext, pitch_hz: number, in_s: number): void {
  const at = speaker.currentTime + in_s;
  const tone = speaker.createOscillator();
  const volume = speaker.createGain();
  tone.frequency.value = pitch_hz;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(LOUDNESS, at + 0.02);
  volume.gain.linearRampToValueAtTime(0, at + NOTE_S);
  tone.connect(volume).connect(speaker.destination);
  tone.start(at);
  tone.stop(at + NOTE_S);
}
