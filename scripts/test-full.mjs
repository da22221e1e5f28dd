/*
 * npm run test:full [-- FILES]: every proof in full (npm test runs a fixed-seed sample), and the dated results in
 * docs/reliability.md.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const { status } = spawnSync(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=./scripts/full-run-reporter.mjs',
    ...process.argv.slice(2),
  ],
  {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: 'inherit',
    env: { ...process.env, ZKOPS_TEST_FULL: '1' },
  },
)
process.exitCode = status ?? 1
