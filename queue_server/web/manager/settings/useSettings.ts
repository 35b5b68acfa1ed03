// The settings being edited: what is in force, what somebody makes of it, what the server says to that, saving and undo.
// Knows no field by name.
import { newKey, Refusal, request } from "@shared/api";
import { refusalWords } from "@shared/common";
import { session, toLogin } from "@shared/session";
import { API, type FieldProblem } from "@shared/wire/contract";
import { computed, inject, onScopeDispose, provide, reactive, ref, watch, type ComputedRef, type InjectionKey, type Ref } from "vue";
import { useAsk } from "../../desk/ask";
import { copyOf, same, type Change, type SettingsDocument, type SettingsView, type Version } from "./document";
import { merge } from "./merge";
import { t } from "./words";

const TRY_AFTER_MS = 300;
const PATH = `${API}/settings`;

export type Settings = ReturnType<typeof useSettings>;
const MISTAKES: InjectionKey<Ref<FieldProblem[]>> = Symbol("mistakes");
const MAY_CHANGE: InjectionKey<Ref<boolean>> = Symbol("may change");

export function useSettings() {
  const original = ref<SettingsView | null>(null);
  const draft = ref<SettingsDocument | null>(null);
  const history = ref<Version[]>([]);
  const changes = ref<Change[]>([]);
  const mistakes = ref<FieldProblem[]>([]);
  const problem = ref("");
  const said = ref("");
  const trying = ref(false);
  const { state, ask } = useAsk();
  let timer = 0;
  let turn = 0;

  const dirty = computed(() => draft.value !== null && original.value !== null && !same(draft.value, original.value.document));
  const mayChange = computed(() => session.value?.role === "manager");
  provide(MISTAKES, mistakes);
  provide(MAY_CHANGE, mayChange);

  async function load(): Promise<void> {
    try {
      take(await read());
      history.value = (await request<Version[]>(`${PATH}/history`)) ?? [];
      problem.value = "";
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) toLogin();
      problem.value = refusalWords(error);
    }
  }

  async function read(): Promise<SettingsView> {
    return (await request<SettingsView>(PATH)) as SettingsView;
  }

  /** Begin anew with what is in force, on top of it what was edited meanwhile. */
  function take(view: SettingsView): void {
    const mine = draft.value !== null && original.value !== null ? merge(original.value.document, draft.value, view.document) : view.document;
    original.value = view;
    draft.value = copyOf(mine);
  }

  watch(draft, () => {
    clearTimeout(timer);
    turn++;
    said.value = "";
    if (!dirty.value) [changes.value, mistakes.value, trying.value] = [[], [], false];
    else if (mayChange.value) {
      trying.value = true;
      timer = self.setTimeout(tryOut, TRY_AFTER_MS);
    }
  }, { deep: true });

  async function tryOut(): Promise<void> {
    const mine = ++turn;
    const body = { document: draft.value, version: original.value?.version ?? 0 };
    try {
      const answer = await request<{ changes: Change[] }>(`${PATH}/try`, { body, key: newKey(), csrf: session.value?.csrf });
      if (mine !== turn) return;
      [changes.value, mistakes.value, problem.value] = [answer?.changes ?? [], [], ""];
    } catch (error) {
      if (mine !== turn) return;
      if (error instanceof Refusal && error.code === "invalid_values") [mistakes.value, changes.value, problem.value] = [error.fields, [], ""];
      else problem.value = refusalWords(error);
    }
    trying.value = false;
  }

  async function save(): Promise<void> {
    const body = { document: draft.value, version: original.value?.version ?? 0 };
    await settle(await ask<SettingsView>("save", PATH, body), "saved");
  }

  async function undo(): Promise<void> {
    await settle(await ask<SettingsView>("undo", `${PATH}/undo`, { version: original.value?.version ?? 0 }), "undone");
  }

  async function settle(asked: { done: boolean; answer: SettingsView | null }, words: "saved" | "undone"): Promise<void> {
    if (asked.done && asked.answer) {
      if (words === "saved") draft.value = null;
      take(asked.answer);
      await load();
      said.value = t(words);
    } else if (state.code === "settings_changed") {
      state.refusal = "";
      await load();
      said.value = t("merged");
    } else if (state.code === "invalid_values") mistakes.value = state.fields;
    else if (state.facts.label) state.refusal += t("refused_label", { label: String(state.facts.label) });
  }

  function discard(): void {
    if (original.value) draft.value = copyOf(original.value.document);
    state.refusal = "";
  }

  function warn(event: BeforeUnloadEvent): void {
    if (dirty.value) event.preventDefault();
  }
  addEventListener("beforeunload", warn);
  onScopeDispose(() => {
    clearTimeout(timer);
    removeEventListener("beforeunload", warn);
  });

  return reactive({ original, draft, history, changes, mistakes, problem, said, trying, dirty, mayChange, asking: state, load, save, undo, discard, tryOut });
}

/** What is wrong in the field at `path`, and below it unless `own`. */
export function useMistakes(path: () => string | undefined, own = false): ComputedRef<FieldProblem[]> {
  const all = inject(MISTAKES, ref([]));
  return computed(() => all.value.filter(({ field }) => field === path() || (!own && [".", "["].some((end) => field.startsWith(`${path()}${end}`)))));
}

/** Whether whoever looks may change anything. */
export function useMayChange(): Ref<boolean> {
  return inject(MAY_CHANGE, ref(false));
}
