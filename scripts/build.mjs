// Builds what ships: the kernel, dist/ (bundled ES modules: one entry per command, shared chunks) and oclif.manifest.json.
//   node scripts/build.mjs              always
//   node scripts/build.mjs --if-needed  only when dist is missing or older than a source file
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildKernel } from './build-kernel.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)

const files = (dir) =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))

await buildKernel({ ifNeeded: true })
if (process.argv.includes('--if-needed') && isCurrent()) process.exit(0)

// Importing a builtin as an ES module makes Node evaluate every getter of it (fs: 4 ms); require does not.
const requireBuiltins = {
  name: 'require-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'builtin' } : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({ contents: `module.exports = require('${path}')` }))
  },
}

// oclif's modules require each other at their top, help, plugins and all; behind a proxy each is evaluated when a
// property of it is first looked at, so that a command pays for the parser only.
const lazyOclif = {
  name: 'lazy-oclif',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\.?\// }, ({ path, importer, namespace, kind, resolveDir }) => {
      const inside = namespace === 'file' && importer.includes('/@oclif/core/lib/')
      if (kind !== 'require-call' || !inside) return undefined
      return { path: join(resolveDir, path), namespace: 'lazy', pluginData: { path, resolveDir } }
    })
    onLoad({ filter: /.*/, namespace: 'lazy' }, ({ pluginData: { path, resolveDir } }) => ({
      resolveDir,
      contents: `
        const load = () => require(${JSON.stringify(path)})
        module.exports = new Proxy({}, {
          get: (_, key) => load()[key],
          has: (_, key) => key in load(),
          ownKeys: () => Reflect.ownKeys(load()),
          getOwnPropertyDescriptor: (_, key) => {
            const found = Object.getOwnPropertyDescriptor(load(), key)
            return found && { ...found, configurable: true }
          },
        })`,
    }))
  },
}

// What CommonJS code finds around itself. Making it takes a millisecond, so only files that use it get it.
const COMMONJS = [
  "import {createRequire as __createRequire} from 'node:module'",
  "import {fileURLToPath as __fileURLToPath} from 'node:url'",
  "import {dirname as __dirnameOf} from 'node:path'",
  'const require=__createRequire(import.meta.url),__filename=__fileURLToPath(import.meta.url),__dirname=__dirnameOf(__filename)',
].join(';')

const { build } = await import('esbuild')
rmSync('dist', { recursive: true, force: true })
await build({
  entryPoints: ['src/cli/main.ts', ...files('src/commands').filter((file) => file.endsWith('.ts'))],
  outbase: 'src',
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minify: true,
  legalComments: 'none',
  // the native client is optional; the others are tools that oclif mentions but that do not run here
  plugins: [requireBuiltins, lazyOclif],
  // only reached when oclif looks for commands and settings itself, which the manifest spares it
  alias: {
    tinyglobby: './scripts/not-shipped.cjs',
    minimatch: './scripts/not-shipped.cjs',
    lilconfig: './scripts/not-shipped.cjs',
    'cli-spinners': './scripts/not-shipped.cjs',
  },
  external: ['zookeeper', 'typescript', 'tsx', 'tsx/cjs/api', 'ts-node'],
  logLevel: 'warning',
})
for (const file of files('dist').filter((name) => name.endsWith('.js'))) {
  const code = readFileSync(file, 'utf8')
  if (/\b(require|__filename|__dirname)\b/.test(code)) writeFileSync(file, `${COMMONJS};${code}`)
}
execFileSync(process.execPath, ['node_modules/oclif/bin/run.js', 'manifest'], {
  stdio: ['ignore', 'ignore', 'inherit'],
  env: { ...process.env, OCLIF_SKIP_NEW_VERSION_CHECK: 'true', NODE_ENV: 'production' },
})
sortManifest()

/** oclif lists commands as the file system does. */
function sortManifest() {
  const manifest = JSON.parse(readFileSync('oclif.manifest.json', 'utf8'))
  const byId = Object.entries(manifest.commands).sort(([a], [b]) => (a < b ? -1 : 1))
  writeFileSync(
    'oclif.manifest.json',
    `${JSON.stringify({ ...manifest, commands: Object.fromEntries(byId) }, null, 2)}\n`,
  )
}

function isCurrent() {
  if (!existsSync('dist/cli/main.js') || !existsSync('oclif.manifest.json')) return false
  const built = statSync('oclif.manifest.json').mtimeMs
  return [...files('src'), ...files('scripts'), 'package.json'].every((file) => statSync(file).mtimeMs <= built)
}
