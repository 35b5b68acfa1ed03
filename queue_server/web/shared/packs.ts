// A language beside ours, as one file that this page's own server has. Knows no page and no words of its own.

/** language-packs/xx.json; docs/languages.md says what stands in it. */
export interface Pack {
  language: string;
  name: { short: string; long: string };
  direction?: "ltr" | "rtl";
  /** section -> key -> words; what is missing is said in another language of the hall. */
  words: Record<string, Record<string, string>>;
}

const AGAIN_MS = 10_000;

/** Null when the server has no such file; while nobody answers it is asked again. */
export async function fetchPack(tag: string): Promise<Pack | null> {
  for (;;) {
    try {
      const answer = await fetch(`/words/${encodeURIComponent(tag)}.json`, { cache: "no-store" });
      if (answer.ok) return (await answer.json()) as Pack;
      if (answer.status === 404) return null;
    } catch {
      // Nobody answers: asked again below.
    }
    await new Promise((done) => setTimeout(done, AGAIN_MS));
  }
}
