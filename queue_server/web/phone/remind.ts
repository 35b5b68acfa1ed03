// Telling somebody who looks elsewhere: sound, vibration, and a screen that stays on. Knows no ticket.
import { onScopeDispose, ref } from "vue";

const LONG_MS = [400, 150, 400, 150, 400];
const NOTES_HZ = [659, 523];
const NOTE_S = 0.35;

type WakeLock = { release(): Promise<void> };

export function useReminder() {
  const on = ref(false);
  /** False where the browser lets no page make a sound. */
  const audible = ref(true);
  let audio: AudioContext | null = null;
  let lock: WakeLock | null = null;

  /** Only a tap may allow sound; so it is asked for by a button. */
  async function allow(): Promise<void> {
    on.value = true;
    try {
      audio ??= new AudioContext();
      await audio.resume();
      audible.value = audio.state === "running";
    } catch {
      audible.value = false;
    }
    await stayAwake();
  }

  async function stayAwake(): Promise<void> {
    const wake = (navigator as { wakeLock?: { request(kind: "screen"): Promise<WakeLock> } }).wakeLock;
    try {
      lock = (await wake?.request("screen")) ?? null;
    } catch {
      lock = null; // battery saver: the page says to keep it open, and the phone decides
    }
  }

  function ring(): void {
    if ("vibrate" in navigator) navigator.vibrate(LONG_MS);
    if (!on.value || !audio || audio.state !== "running") return;
    NOTES_HZ.forEach((note_hz, n) => {
      if (!audio) return;
      const begin_s = audio.currentTime + n * NOTE_S;
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.frequency.value = note_hz;
      volume.gain.setValueAtTime(0.4, begin_s);
      volume.gain.exponentialRampToValueAtTime(0.001, begin_s + NOTE_S * 2);
      tone.connect(volume).connect(audio.destination);
      tone.start(begin_s);
      tone.stop(begin_s + NOTE_S * 2);
    });
  }

  function onShown(): void {
    if (on.value && document.visibilityState === "visible") void stayAwake();
  }
  document.addEventListener("visibilitychange", onShown);
  onScopeDispose(() => {
    document.removeEventListener("visibilitychange", onShown);
    void lock?.release();
    void audio?.close();
  });
  return { on, audible, allow, ring };
}
