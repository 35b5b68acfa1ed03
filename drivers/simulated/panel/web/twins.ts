// The twins as the panel tells of them, asked for twice a second, and what a hand can do to them. Knows no HTML.
import { Refusal, request } from "@shared/api";
import { onScopeDispose, ref, shallowRef } from "vue";

export interface Slip {
  n: number;
  at: string;
  complete: boolean;
  text: string;
  png: string;
}
export interface PrinterState {
  paper: boolean;
  near_end: boolean;
  cover_open: boolean;
  cjk_font?: boolean;
  ignored?: string[];
  slips: Slip[];
}
export interface IdCardState {
  card: string | null;
  samples: { id: string; title: string }[];
}
export interface SignState {
  speaks: string;
  shown: Record<string, string>;
}
export interface PinsState {
  outputs: Record<string, number>;
  inputs: number[];
}
export interface RatingPadState {
  call_keys?: string[];
  addresses: number[];
  keys?: { value: number; title: string }[];
  rating_open: Record<string, boolean>;
  shown: Record<string, string>;
}
export interface Said {
  n?: number;
  at: string;
  language: string;
  tokens: string[];
  wav: string;
}
export interface SpeakerState {
  broken?: boolean;
  said: Said[];
}
export type Twin =
  | { name: string; kind: "printer"; state: PrinterState }
  | { name: string; kind: "idcard"; state: IdCardState }
  | { name: string; kind: "ratingpad" | "callpad"; state: RatingPadState }
  | { name: string; kind: "sign"; state: SignState }
  | { name: string; kind: "keypad" | "scanner"; state: object }
  | { name: string; kind: "gpio"; state: PinsState }
  | { name: string; kind: "speaker"; state: SpeakerState };

const EVERY_MS = 500;

export function useTwins() {
  const twins = shallowRef<Twin[] | null>(null);
  const away = ref(false);
  const refused = ref("");
  let stopped = false;
  let timer = 0;
  let last = "";

  async function look(): Promise<void> {
    try {
      const seen = (await request<Twin[]>("/api/twins", { patience_ms: 1500 })) ?? [];
      const text = JSON.stringify(seen);
      if (text !== last) twins.value = seen; // nothing is drawn anew while nothing changes
      last = text;
      away.value = false;
    } catch {
      away.value = true;
    }
  }

  async function forEver(): Promise<void> {
    await look();
    if (!stopped) timer = self.setTimeout(() => void forEver(), EVERY_MS);
  }

  void forEver();
  onScopeDispose(() => {
    stopped = true;
    clearTimeout(timer);
  });

  async function act(twin: string, what: string, body: object = {}): Promise<void> {
    refused.value = "";
    try {
      await request(`/api/twins/${encodeURIComponent(twin)}/${what}`, { body });
    } catch (error) {
      refused.value = error instanceof Refusal ? error.code : "unexpected";
    }
    await look();
  }

  return { twins, away, refused, act };
}
