import preact from "@preact/preset-vite";
import { defineConfig } from "vite";

// No inline scripts, no data: assets and no preload polyfill: the page is served under a strict content security policy.
export default defineConfig({
  plugins: [preact({ prefreshEnabled: false })],
  build: {
    outDir: "dist",
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { "/v1": { target: "http://127.0.0.1:8700", ws: true }, "/page.json": "http://127.0.0.1:8700" } },
});
