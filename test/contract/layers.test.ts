import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../helpers/cli.ts'

/** Which import in which room the linter must refuse; design/architecture: bin → commands → operations → … → support. */
const FORBIDDEN: readonly (readonly [file: string, imported: string])[] = [
  ['src/support/x.ts', '../formats/errors.ts'],
  ['src/support/x.ts', 'chalk'],
  ['src/formats/txnlog/x.ts', 'node:fs'],
  ['src/formats/txnlog/x.ts', '../../datadir/log-files.ts'],
  ['src/formats/x.ts', '../operations/dump-log.ts'],
  ['src/tree/x.ts', '../datadir/log-files.ts'],
  ['src/tree/x.ts', '../operations/restore.ts'],
  ['src/tree/kernel/x.ts', 'node:fs'],
  ['src/formats/x.ts', '../tree/tree.ts'],
  ['src/datadir/x.ts', 'node:net'],
  ['src/datadir/x.ts', '../operations/dump-log.ts'],
  ['src/config/x.ts', '../cluster/quorum.ts'],
  ['src/cluster/quorum.ts', 'zookeeper'],
  ['src/cluster/admin/x.ts', 'execa'],
  ['src/cluster/client/x.ts', 'execa'],
  ['src/cluster/remote/x.ts', 'zookeeper'],
  ['src/sandbox/x.ts', '../operations/sandbox/up.ts'],
  ['src/sandbox/x.ts', 'zookeeper'],
  ['src/operations/x.ts', '../render/json.ts'],
  ['src/operations/x.ts', '@oclif/core/flags'],
  ['src/operations/x.ts', '../cli/flags.ts'],
  ['src/render/x.ts', 'node:fs'],
  ['src/render/x.ts', '../datadir/log-files.ts'],
  ['src/cli/x.ts', '../operations/explain.ts'],
  ['src/cli/x.ts', 'zookeeper'],
  ['src/commands/x.ts', 'node:fs'],
  ['src/commands/x.ts', 'chalk'],
  ['src/commands/log/x.ts', '../../formats/txnlog/scan.ts'],
  ['src/schemas/x.ts', '../operations/explain.ts'],
]

const ALLOWED: readonly (readonly [file: string, imported: string])[] = [
  ['src/formats/x.ts', '../support/hex.ts'],
  ['src/tree/x.ts', '../formats/errors.ts'],
  ['src/tree/kernel/x.ts', '../../support/errors.ts'],
  ['src/operations/x.ts', '../tree/tree.ts'],
  ['src/datadir/x.ts', '../formats/errors.ts'],
  ['src/datadir/x.ts', 'node:fs'],
  ['src/operations/x.ts', '../datadir/log-files.ts'],
  ['src/operations/x.ts', 'node:fs/promises'],
  ['src/render/x.ts', '../operations/explain.ts'],
  ['src/commands/log/x.ts', '../../render/json.ts'],
  ['src/commands/log/x.ts', '../../operations/dump-log.ts'],
  ['src/cluster/client/x.ts', 'zookeeper'],
  ['src/cluster/remote/x.ts', 'execa'],
]

/** One tree of offending files, linted once with the project's own rules: file and import → the linter's sentence. */
function lintAll(cases: readonly (readonly [file: string, imported: string])[]): Map<string, string> {
  const tree = mkdtempSync(join(tmpdir(), 'zkops-layers-'))
  cpSync(join(ROOT, 'biome.json'), join(tree, 'biome.json'))
  const names = cases.map(([file, imported], i) => {
    const name = join(dirname(file), `case${i}-${basename(file)}`)
    mkdirSync(dirname(join(tree, name)), { recursive: true })
    writeFileSync(join(tree, name), `import { x } from '${imported}'\n\nexport const y = x\n`)
    return name
  })
  const { stdout } = spawnSync(
    join(ROOT, 'node_modules/.bin/biome'),
    ['lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none', '.'],
    { cwd: tree, encoding: 'utf8' },
  )
  rmSync(tree, { recursive: true })
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: readonly { category: string; message: string; location: { path: string | { file: string } } }[]
  }
  const found = new Map<string, string>()
  for (const { category, message, location } of diagnostics) {
    const path = typeof location.path === 'string' ? location.path : location.path.file
    const i = names.findIndex((name) => path.endsWith(name))
    if (i >= 0 && category === 'lint/style/noRestrictedImports') found.set(cases[i]!.join(' '), message)
  }
  return found
}

test('the linter refuses every import that points back, and says why', () => {
  const found = lintAll(FORBIDDEN)
  expect([...found.keys()].sort()).toEqual(FORBIDDEN.map((one) => one.join(' ')).sort())
  for (const sentence of found.values()) expect(sentence).toMatch(/[a-z]{3}.*\.$/)
})

test('imports that point down pass', () => {
  expect([...lintAll(ALLOWED).keys()]).toEqual([])
})
