// Compiles the kernel (src/formats/kernel/assembly) to WebAssembly and writes each of its modules as a base64 string into
// src/formats/kernel/wasm*.ts, which are not kept in the repository.
//   node scripts/build-kernel.mjs [--if-needed]
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const source = join(root, 'src/formats/kernel/assembly')
const target = (name) => join(root, `src/formats/kernel/${name}.ts`)
const modules = [
  { from: 'index.ts', to: 'wasm', flags: ['--initialMemory', '2'] },
  // works in the memory of the first
  { from: 'tally.ts', to: 'wasm-tally', flags: ['--importMemory'] },
]

export async function buildKernel({ ifNeeded = false } = {}) {
  if (ifNeeded && isCurrent()) return
  const { default: asc } = await import('assemblyscript/asc')
  const folder = mkdtempSync(join(tmpdir(), 'zkops-kernel-'))
  const wasm = join(folder, 'kernel.wasm')
  const common = ['--enable', 'simd', '-O3', '--converge', '--runtime', 'stub', '--noAssert']
  for (const { from, to, flags } of modules) {
    const { error, stderr } = await asc.main([join(source, from), '--outFile', wasm, ...common, ...flags])
    if (error) throw new Error(`${error.message}\n${stderr.toString()}`)
    const base64 = readFileSync(wasm).toString('base64')
    writeFileSync(
      target(to),
      `// Made by scripts/build-kernel.mjs from assembly/${from}.\nexport const WASM_BASE64 =\n  '${base64}'\n`,
    )
  }
  rmSync(folder, { recursive: true })
}

function isCurrent() {
  if (!modules.every(({ to }) => existsSync(target(to)))) return false
  const built = Math.min(...modules.map(({ to }) => statSync(target(to)).mtimeMs))
  const files = [fileURLToPath(import.meta.url), ...readdirSync(source).map((file) => join(source, file))]
  return files.every((file) => statSync(file).mtimeMs <= built)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildKernel({ ifNeeded: process.argv.includes('--if-needed') })
}
