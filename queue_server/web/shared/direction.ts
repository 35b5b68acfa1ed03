// Which way a language is written. Knows no words.

const RIGHT_TO_LEFT = new Set(["ar", "dv", "fa", "he", "ku-arab", "ps", "sd", "ug", "ur", "yi"]);

/** As its pack says, else as the language is known to be written. */
export function textDirection(tag: string, said?: "ltr" | "rtl"): "ltr" | "rtl" {
  const main = tag.toLowerCase().split("-")[0] ?? "";
  return said ?? (RIGHT_TO_LEFT.has(main) || RIGHT_TO_LEFT.has(tag.toLowerCase()) ? "rtl" : "ltr");
}
