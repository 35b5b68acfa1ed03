// How every page begins: tokens, ground, theme, root component. The page's HTML names its surface. Knows no page.
import { createApp, type Component } from "vue";
import "./tokens.css";
import "./base.css";

/** Mounts the page; `?theme=dark` chooses the dark theme. */
export function startPage(root: Component): void {
  const theme = new URLSearchParams(location.search).get("theme");
  if (theme) document.documentElement.dataset.theme = theme;
  createApp(root).mount("#app");
}

/** Says that the page shows what it is for; tests and screenshots wait for it. */
export function markReady(): void {
  document.body.dataset.ready = "true";
}
