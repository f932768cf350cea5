import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  build: {
    // Monaco alone is larger than the limit; everything comes from this machine.
    chunkSizeWarningLimit: 6000,
    // Data addresses are no requests, but the page's policy does not allow scripts to come from them.
    assetsInlineLimit: 0,
  },
});
