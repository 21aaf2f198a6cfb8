/** The page is served by Balans from web/static; assets are named by their content and live under /assets/. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../static",
    emptyOutDir: true,
    target: ["chrome100", "firefox110", "safari15.4"],
    modulePreload: { polyfill: false },
    // Nothing inlined: the content security policy allows neither data: fonts nor inline scripts.
    assetsInlineLimit: 0,
    rollupOptions: {
      input: ["index.html", "me.html", "outages.html", "privacy.html", "sign-in.html", "team.html", "admin.html", "tv.html"],
    },
  },
  server: {
    proxy: { "/ws": { target: "ws://127.0.0.1:8000", ws: true }, "/api": "http://127.0.0.1:8000" },
  },
  test: { include: ["test/**/*.test.ts"] },
});
