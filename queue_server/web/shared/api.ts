// Requests that may be repeated: one key per action of a person, kept through every retry. Knows no page and no rule.
import { keyAt } from "./key";
import { type FieldProblem, IDEMPOTENCY_HEADER, type Problem } from "./wire/contract";

/** A request that was answered with "no", or not at all (`server_unreachable`). Pages turn `code` into words. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    readonly facts: Record<string, unknown> = {},
    readonly fields: FieldProblem[] = [],
  ) {
    super(code);
  }
}

/** Makes the name of one action of a person. */
export function newKey(): string {
  return keyAt(serverNow_ms());
}

export interface RequestOptions {
  method?: "GET" | "POST" | "DELETE";
  body?: unknown;
  /** Idempotency key; made by the page once per action. Without one a POST is sent once and never repeated. */
  key?: string;
  /** How long to go on trying while nobody answers, in ms. */
  patience_ms?: number;
  /** Told before each repetition. */
  onRetry?: () => void;
  csrf?: string;
}

/** How far the server's clock is ahead of ours, ms; from the Date header, which has whole seconds. */
let serverAhead_ms = 0;

/** Now, by the server's clock as well as we know it. */
export function serverNow_ms(): number {
  return Date.now() + serverAhead_ms;
}

/**
 * Sends a request and reads its answer; null for 204. Raises Refusal.
 * Network failures and 503 are repeated with the same key until `patience_ms` is over.
 */
export async function request<Answer>(path: string, options: RequestOptions = {}): Promise<Answer | null> {
  const { method = options.body === undefined ? "GET" : "POST", patience_ms = 8000 } = options;
  const repeatable = method !== "POST" || options.key !== undefined;
  const until = performance.now() + patience_ms;
  for (let wait_ms = 200; ; wait_ms = Math.min(wait_ms * 2, 2000)) {
    const answer = await once<Answer>(path, method, options, Math.max(1000, until - performance.now()));
    if (!(answer instanceof Refusal)) return answer.value;
    // A node that says `server_unreachable` has tried for us already.
    const mayPass = answer.status === 0 || (answer.status === 503 && answer.code !== "server_unreachable");
    if (!repeatable || !mayPass || performance.now() + wait_ms > until) throw answer;
    options.onRetry?.();
    await new Promise((done) => setTimeout(done, wait_ms));
  }
}

async function once<Answer>(
  path: string,
  method: string,
  options: RequestOptions,
  timeout_ms: number,
): Promise<{ value: Answer | null } | Refusal> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  if (options.key !== undefined) headers[IDEMPOTENCY_HEADER] = options.key;
  if (options.csrf !== undefined) headers["X-CSRF-Token"] = options.csrf;
  let response: Response;
  let text: string;
  // Not AbortSignal.timeout, which phones older than 2022 do not have, and which stays until its time is over.
  const ends = new AbortController();
  const timer = setTimeout(() => ends.abort(), timeout_ms);
  try {
    response = await fetch(path, {
      method,
      headers,
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      credentials: "same-origin",
      cache: "no-store",
      signal: ends.signal,
    });
    text = await response.text();
  } catch {
    return new Refusal("server_unreachable", 0);
  } finally {
    clearTimeout(timer);
  }
  learnClock(response.headers.get("Date"));
  const json = parse(text);
  if (response.ok) return { value: response.status === 204 ? null : (json as Answer) };
  const problem = (json ?? {}) as Partial<Problem>;
  // A proxy whose process is away answers in its own words: as good as no answer.
  if (!problem.code && response.status >= 502 && response.status <= 504) return new Refusal("server_unreachable", 0);
  return new Refusal(problem.code ?? "unexpected", response.status, problem.facts ?? extras(problem), problem.fields ?? []);
}

/** Facts that stand beside `code` instead of in `facts`. */
function extras(problem: object): Record<string, unknown> {
  const known = new Set(["type", "title", "status", "code", "detail", "facts", "fields"]);
  return Object.fromEntries(Object.entries(problem).filter(([name]) => !known.has(name)));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function learnClock(date: string | null): void {
  const ahead_ms = date === null ? Number.NaN : Date.parse(date) + 500 - Date.now();
  // Less than 2 s is not worth a correction that is only good to a second.
  if (!Number.isNaN(ahead_ms)) serverAhead_ms = Math.abs(ahead_ms) > 2000 ? ahead_ms : 0;
}
