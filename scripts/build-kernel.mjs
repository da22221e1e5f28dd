// Compiles the kernel (src/formats/kernel/assembly) to WebAssembly and writes it as a base64 string into
// src/formats/kernel/wasm.ts, which is not kept in the repository.
//   node scripts/build-kernel.mjs [--if-needed]
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const source = join(root, 'src/formats/kernel/assembly')
const target = join(root, 'src/formats/kernel/wasm.ts')

export async function buildKernel({ ifNeeded = false } = {}) {
  if (ifNeeded && isCurrent()) return
  const { default: asc } = await import('assemblyscript/asc')
  const folder = mkdtempSync(join(tmpdir(), 'zkops-kernel-'))
  const wasm = join(folder, 'kernel.wasm')
  const flags = ['--enable', 'simd', '-O3', '--converge', '--runtime', 'stub', '--noAssert', '--initialMemory', '2']
  const { error, stderr } = await asc.main([join(source, 'index.ts'), '--outFile', wasm, ...flags])
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`)
  const base64 = readFileSync(wasm).toString('base64')
  rmSync(folder, { recursive: true })
  writeFileSync(
    target,
    `// Made by scripts/build-kernel.mjs from assembly/.\nexport const WASM_BASE64 =\n  '${base64}'\n`,
  )
}

function isCurrent() {
  if (!existsSync(target)) return false
  const built = statSync(target).mtimeMs
  const files = [fileURLToPath(import.meta.url), ...readdirSync(source).map((file) => join(source, file))]
  return files.every((file) => statSync(file).mtimeMs <= built)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildKernel({ ifNeeded: process.argv.includes('--if-needed') })
}
