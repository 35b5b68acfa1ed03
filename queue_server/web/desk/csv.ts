// A table as a CSV file that spreadsheets open rightly, saved by the browser. Knows no table.
import { saveFile } from "./file";

type Cell = string | number | null;

/** RFC 4180 with CRLF. A cell that a spreadsheet would take for a formula is written as text. */
export function asCsv(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => row.map(field).join(",")).join("\r\n") + "\r\n";
}

function field(value: Cell): string {
  const text = value === null ? "" : String(value);
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Saves text as a file. The mark at the beginning tells Excel that it is UTF-8. */
export function save(name: string, csv: string): void {
  saveFile(name, `\ufeff${csv}`, "text/csv");
}
