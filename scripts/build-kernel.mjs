// Compiles the kernels to WebAssembly and writes each as a base64 string into a module that is not kept in the repository.
//   node scripts/build-kernel.mjs [--if-needed]
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const LOG_KERNEL = 'src/formats/kernel/assembly'
/** `shared`: folders whose sources it uses besides its own. */
const MODULES = [
  { source: LOG_KERNEL, target: 'src/formats/kernel/wasm.ts', shared: [] },
  { source: 'src/tree/kernel/assembly', target: 'src/tree/kernel/wasm.ts', shared: [LOG_KERNEL] },
]
const FLAGS = ['--enable', 'simd', '-O3', '--converge', '--runtime', 'stub', '--noAssert', '--initialMemory', '2']

export async function buildKernel({ ifNeeded = false } = {}) {
  for (const module of MODULES) {
    if (!ifNeeded || !isCurrent(module)) await compile(module)
  }
}

async function compile({ source, target }) {
  const { default: asc } = await import('assemblyscript/asc')
  const folder = mkdtempSync(join(tmpdir(), 'zkops-kernel-'))
  const wasm = join(folder, 'kernel.wasm')
  const { error, stderr } = await asc.main([join(root, source, 'index.ts'), '--outFile', wasm, ...FLAGS])
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`)
  const base64 = readFileSync(wasm).toString('base64')
  rmSync(folder, { recursive: true })
  writeFileSync(
    join(root, target),
    `// Made by scripts/build-kernel.mjs from ${source}.\nexport const WASM_BASE64 =\n  '${base64}'\n`,
  )
}

function isCurrent({ source, target, shared }) {
  if (!existsSync(join(root, target))) return false
  const built = statSync(join(root, target)).mtimeMs
  const sources = [source, ...shared].flatMap((folder) =>
    readdirSync(join(root, folder)).map((file) => join(root, folder, file)),
  )
  return [fileURLToPath(import.meta.url), ...sources].every((file) => statSync(file).mtimeMs <= built)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildKernel({ ifNeeded: process.argv.includes('--if-needed') })
}
