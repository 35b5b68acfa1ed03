// A bell that rings while somebody waits for a person: two short tones every three seconds. Knows not what for.
import { onScopeDispose, ref, watch, type Ref } from "vue";

const EVERY_MS = 3000;
const TONES_HZ = [880, 660];
const TONE_S = 0.25;

/** `silent`: the browser lets no page sound before somebody touched it; the page says so until then. */
export function useRing(on: Ref<boolean>): { silent: Ref<boolean> } {
  const silent = ref(false);
  let audio: AudioContext | null = null;
  let timer: ReturnType<typeof setInterval> | undefined;

  function ring(): void {
    audio ??= new AudioContext();
    silent.value = audio.state !== "running";
    if (silent.value) {
      void audio.resume().then(() => (silent.value = audio?.state !== "running"));
      return;
    }
    TONES_HZ.forEach((hertz, n) => {
      if (!audio) return;
      const tone = new OscillatorNode(audio, { frequency: hertz });
      const gain = new GainNode(audio, { gain: 0.3 });
      tone.connect(gain).connect(audio.destination);
      tone.start(audio.currentTime + n * TONE_S);
      tone.stop(audio.currentTime + (n + 1) * TONE_S);
    });
  }

  function stop(): void {
    clearInterval(timer);
    timer = undefined;
    silent.value = false;
  }

  watch(
    on,
    (rings) => {
      stop();
      if (!rings) return;
      ring();
      timer = setInterval(ring, EVERY_MS);
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    stop();
    void audio?.close();
  });
  return { silent };
}
