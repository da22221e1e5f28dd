import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/helpers/build.ts'],
    setupFiles: ['test/helpers/setup.ts'],
    // oclif and our own sink write past console; vitest must not stand in between
    disableConsoleIntercept: true,
    testTimeout: 60_000,
    hookTimeout: 300_000,
    // real servers share two cores
    maxWorkers: 2,
    env: { NO_COLOR: '1', OCLIF_COLUMNS: '80', TZ: 'UTC' },
    coverage: { provider: 'v8', include: ['src/**'] },
  },
})
