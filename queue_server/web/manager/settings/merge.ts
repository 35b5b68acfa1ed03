// Two people's changes to one document, put together: what only one of them changed is theirs, what both changed is mine.
import { same } from "./document";

type Row = { id: string | number | null };

/** `base` is what both began with. Lists of rows with an id are merged row by row, other lists are one value. */
export function merge<Value>(base: Value, mine: Value, theirs: Value): Value {
  if (same(mine, base)) return theirs;
  if (same(theirs, base)) return mine;
  if (isRows(mine) && isRows(theirs) && isRows(base)) return rows(base, mine, theirs) as Value;
  if (isTable(mine) && isTable(theirs) && isTable(base)) return table(base, mine, theirs) as Value;
  return mine;
}

function table(base: Record<string, unknown>, mine: Record<string, unknown>, theirs: Record<string, unknown>): Record<string, unknown> {
  const merged = [...new Set([...Object.keys(theirs), ...Object.keys(mine)])].map((key) => [key, merge(base[key], mine[key], theirs[key])] as const);
  return Object.fromEntries(merged.filter(([, value]) => value !== undefined));
}

function rows(base: Row[], mine: Row[], theirs: Row[]): Row[] {
  const of = (all: Row[], id: Row["id"]) => all.find((row) => row.id === id);
  // My order, then what they added.
  const ids = [...new Set([...mine, ...theirs].map((row) => row.id))];
  return ids.map((id) => merge(of(base, id), of(mine, id), of(theirs, id))).filter((row): row is Row => row !== undefined);
}

function isTable(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function isRows(value: unknown): value is Row[] {
  return Array.isArray(value) && value.every((row) => isTable(row) && "id" in row);
}
