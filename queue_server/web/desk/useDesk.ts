// Who sits at this desk: reads the session, and goes to the sign-in page when there is none any more. Knows no page.
import { refusalWords } from "@shared/common";
import type { Live } from "@shared/live";
import { readSession, session, toLogin } from "@shared/session";
import { onMounted, ref, watch, type Ref } from "vue";

/** `problem`: why nobody could be read, in words; "" when all is well. */
export function useDesk(live: Live | null = null): { problem: Ref<string> } {
  const problem = ref("");

  async function read(): Promise<void> {
    try {
      if (!(await readSession())) toLogin();
      problem.value = "";
    } catch (error) {
      problem.value = refusalWords(error);
    }
  }

  onMounted(read);
  if (live) {
    watch(live.connected, (on) => {
      // A page that was opened while the server was away has no session yet.
      if (on && session.value === null) void read();
    });
    watch(live.refused, (code) => {
      if (code === "unauthenticated" || code === "session_expired") toLogin();
    });
  }
  return { problem };
}
