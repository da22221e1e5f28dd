// Compiles the kernels to WebAssembly and writes each of their modules as a base64 string into a wasm*.ts, which is not
// kept in the repository.
//   node scripts/build-kernel.mjs [--if-needed]
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
/** Later kernels use sources of the first. */
const MODULES = [
  { from: 'src/formats/kernel/assembly/index.ts', to: 'src/formats/kernel/wasm.ts', flags: ['--initialMemory', '2'] },
  // works in the memory of the first
  { from: 'src/formats/kernel/assembly/tally.ts', to: 'src/formats/kernel/wasm-tally.ts', flags: ['--importMemory'] },
  {
    from: 'src/formats/snapshot/kernel/assembly/index.ts',
    to: 'src/formats/snapshot/kernel/wasm.ts',
    flags: ['--initialMemory', '8'],
  },
  { from: 'src/tree/kernel/assembly/index.ts', to: 'src/tree/kernel/wasm.ts', flags: ['--initialMemory', '2'] },
]
const FLAGS = ['--enable', 'simd', '-O3', '--converge', '--runtime', 'stub', '--noAssert']

export async function buildKernel({ ifNeeded = false } = {}) {
  const folders = new Set(MODULES.map(({ from }) => join(root, from, '..')))
  const sources = [...folders].flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
  for (const module of MODULES) if (!ifNeeded || !isCurrent(module, sources)) await compile(module)
}

async function compile({ from, to, flags }) {
  const { default: asc } = await import('assemblyscript/asc')
  const folder = mkdtempSync(join(tmpdir(), 'zkops-kernel-'))
  const wasm = join(folder, 'kernel.wasm')
  const { error, stderr } = await asc.main([join(root, from), '--outFile', wasm, ...FLAGS, ...flags])
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`)
  const base64 = readFileSync(wasm).toString('base64')
  rmSync(folder, { recursive: true })
  writeFileSync(
    join(root, to),
    `// Made by scripts/build-kernel.mjs from ${from}.\nexport const WASM_BASE64 =\n  '${base64}'\n`,
  )
}

function isCurrent({ to }, sources) {
  if (!existsSync(join(root, to))) return false
  const built = statSync(join(root, to)).mtimeMs
  return [fileURLToPath(import.meta.url), ...sources].every((file) => statSync(file).mtimeMs <= built)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildKernel({ ifNeeded: process.argv.includes('--if-needed') })
}
