import { execFileSync } from 'node:child_process'
import { ROOT } from './cli.ts'

/** Vitest global set-up: tests that run bin/run.js need a current dist/. */
export default function build(): void {
  execFileSync(process.execPath, ['scripts/build.mjs', '--if-needed'], { cwd: ROOT, stdio: 'inherit' })
}
