// Compiles the kernels to WebAssembly and writes each as a base64 string into a wasm.ts beside its sources, which is not
// kept in the repository.
//   node scripts/build-kernel.mjs [--if-needed]
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
/** Folders with an assembly/ in them. The second one uses sources of the first. */
const KERNELS = ['src/formats/kernel', 'src/formats/snapshot/kernel']

export async function buildKernel({ ifNeeded = false } = {}) {
  const sources = KERNELS.flatMap((kernel) => {
    const folder = join(root, kernel, 'assembly')
    return readdirSync(folder).map((file) => join(folder, file))
  })
  for (const kernel of KERNELS) {
    if (!ifNeeded || !isCurrent(join(root, kernel, 'wasm.ts'), sources)) await compile(join(root, kernel))
  }
}

async function compile(kernel) {
  const { default: asc } = await import('assemblyscript/asc')
  const folder = mkdtempSync(join(tmpdir(), 'zkops-kernel-'))
  const wasm = join(folder, 'kernel.wasm')
  const flags = ['--enable', 'simd', '-O3', '--converge', '--runtime', 'stub', '--noAssert', '--initialMemory', '8']
  const { error, stderr } = await asc.main([join(kernel, 'assembly/index.ts'), '--outFile', wasm, ...flags])
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`)
  const base64 = readFileSync(wasm).toString('base64')
  rmSync(folder, { recursive: true })
  writeFileSync(
    join(kernel, 'wasm.ts'),
    `// Made by scripts/build-kernel.mjs from assembly/.\nexport const WASM_BASE64 =\n  '${base64}'\n`,
  )
}

function isCurrent(target, sources) {
  if (!existsSync(target)) return false
  const built = statSync(target).mtimeMs
  return [fileURLToPath(import.meta.url), ...sources].every((file) => statSync(file).mtimeMs <= built)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildKernel({ ifNeeded: process.argv.includes('--if-needed') })
}
