// One change after another: asks the server once per wish, goes on while it is away, says in words how it went.
import { newKey, Refusal, request } from "@shared/api";
import { refusalWords } from "@shared/common";
import { session, toLogin } from "@shared/session";
import type { FieldProblem } from "@shared/wire/contract";
import { reactive } from "vue";
import { t } from "./words";

/** A wish made while the server is away is repeated for so long, with the same idempotency key. */
const PATIENCE_MS = 20_000;

export interface AskState {
  /** What is being asked now, as its asker named it. */
  pending: string | null;
  retrying: boolean;
  /** Why the last wish was refused, in words. */
  refusal: string;
  code: string;
  facts: Record<string, unknown>;
  fields: FieldProblem[];
}

export interface Asked<Answer> {
  done: boolean;
  answer: Answer | null;
}

export interface AskOptions {
  /** False for the few operations outside the journal: they are sent once, and say so when nobody answers. */
  keyed?: boolean;
}

export function useAsk() {
  const state = reactive<AskState>({ pending: null, retrying: false, refusal: "", code: "", facts: {}, fields: [] });

  async function ask<Answer>(what: string, path: string, body: object = {}, options: AskOptions = {}): Promise<Asked<Answer>> {
    if (state.pending !== null) {
      state.refusal = t("still_working");
      return { done: false, answer: null };
    }
    Object.assign(state, { pending: what, refusal: "", code: "", facts: {}, fields: [] });
    try {
      const answer = await request<Answer>(path, {
        body,
        key: options.keyed === false ? undefined : newKey(),
        csrf: session.value?.csrf,
        patience_ms: PATIENCE_MS,
        onRetry: () => (state.retrying = true),
      });
      state.refusal = "";
      return { done: true, answer };
    } catch (error) {
      if (error instanceof Refusal) {
        if (error.status === 401) toLogin();
        Object.assign(state, { code: error.code, facts: error.facts, fields: error.fields });
      }
      state.refusal = refusalWords(error);
      return { done: false, answer: null };
    } finally {
      Object.assign(state, { pending: null, retrying: false });
    }
  }

  return { state, ask };
}
