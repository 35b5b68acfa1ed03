// Builds the pages of one process into its own web/static; `--mode` names the owner. Knows no page's contents.
import vue from "@vitejs/plugin-vue";
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = dirname(fileURLToPath(import.meta.url));

/** Folder, pages and preset port of each process that serves pages. */
const OWNERS: Record<string, { folder: string; pages: string[]; port: number; base?: string; target?: string[] }> = {
  kiosk: { folder: "kiosk/web", pages: ["index"], port: 8081 },
  display: { folder: "display/web", pages: ["wall", "staff-board", "tablet", "sign", "index"], port: 8082 },
  queue_server: { folder: "queue_server/web", pages: ["login", "console", "reception", "manager", "index", "virtual"], port: 8080 },
  // Citizens' phones: beside the staff's pages at the same server, and for browsers that are older than ours.
  phone: { folder: "queue_server/web/phone", pages: ["index", "remote"], port: 8080, base: "/t/static/", target: ["es2018", "chrome80", "safari14"] },
  panel: { folder: "drivers/simulated/panel/web", pages: ["index"], port: 8083 },
};

export default defineConfig(({ mode }) => {
  const owner = OWNERS[mode];
  if (!owner) throw new Error(`--mode ${mode}: want one of ${Object.keys(OWNERS).join(", ")}`);
  const root = resolve(here, owner.folder);
  const input = Object.fromEntries(owner.pages.map((page) => [page, resolve(root, `${page}.html`)]));
  for (const file of Object.values(input)) if (!existsSync(file)) throw new Error(`${file} is missing`);
  return {
    root,
    // Pages are served at "/", "/wall", "/console/2": their assets need an absolute address.
    base: owner.base ?? "/static/",
    publicDir: false,
    plugins: [vue()],
    resolve: { alias: { "@shared": resolve(here, "queue_server/web/shared") } },
    define: { __VUE_OPTIONS_API__: "false", __VUE_PROD_DEVTOOLS__: "false" },
    build: {
      outDir: resolve(root, "static"),
      emptyOutDir: true,
      target: owner.target ?? "es2022",
      // No data: addresses, so that the content security policy can stay at 'self'.
      assetsInlineLimit: 0,
      rollupOptions: { input },
    },
    server: {
      host: "127.0.0.1",
      proxy: {
        "/api": `http://127.0.0.1:${owner.port}`,
        "/socket.io": { target: `http://127.0.0.1:${owner.port}`, ws: true },
      },
    },
  };
});
