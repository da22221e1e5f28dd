// Runs a TypeScript program of this repository (bench/, test/fixtures): node scripts/run-ts.mjs FILE.ts [ARG…]
// Node 20 cannot read TypeScript itself, so the file and what it imports of ours is bundled first; packages stay outside.
import { mkdirSync, rmSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const [, , file, ...args] = process.argv
// inside the checkout, so that packages resolve; one per process, so that two runs do not meet
const folder = join(root, 'node_modules/.cache/zkops')
const outfile = join(folder, `${basename(file, '.ts')}-${process.pid}.mjs`)
mkdirSync(folder, { recursive: true })
process.on('exit', () => rmSync(outfile, { force: true }))
await build({
  entryPoints: [resolve(file)],
  outfile,
  bundle: true,
  packages: 'external',
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  sourcemap: 'inline',
  logLevel: 'warning',
})
process.setSourceMapsEnabled(true)
process.argv = [process.argv[0], resolve(file), ...args]
await import(pathToFileURL(outfile).href)
