import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { applySwap, type FileChange, prepareSwap } from '../../src/datadir/swap-files.ts'
import { listUndo, planUndo } from '../../src/operations/data-repair/undo.ts'
import { unfinishedBundles } from '../../src/operations/doctor/unfinished.ts'

const folder = mkdtempSync(join(tmpdir(), 'zkops-undo-'))
afterAll(() => rmSync(folder, { recursive: true }))
const { signal } = new AbortController()

const OLD = { 'log.1': 'one', 'log.9': 'nine', currentEpoch: '1' }
const NEW = { 'log.1': undefined, 'log.9': 'another', currentEpoch: '1', 'snapshot.9': 'made' }

/** A data directory with logs apart that was changed; `finish`: all of it. */
async function changed(finish = true, apart = false) {
  const place = mkdtempSync(join(folder, 'case-'))
  const data = join(place, 'data')
  const version = join(data, 'version-2')
  mkdirSync(version, { recursive: true })
  mkdirSync(join(place, 'logs'))
  for (const [name, text] of Object.entries(OLD)) writeFileSync(join(version, name), text)
  writeFileSync(join(place, 'logs/log.5'), 'five')
  const changes: FileChange[] = [
    { kind: 'write', target: join(version, 'log.9'), bytes: Buffer.from('another') },
    { kind: 'write', target: join(version, 'snapshot.9'), bytes: Buffer.from('made') },
    { kind: 'remove', target: join(version, 'log.1') },
    ...(apart ? [{ kind: 'remove', target: join(place, 'logs/log.5') } as const] : []),
  ]
  const bundle = await prepareSwap(data, 'data repair', changes, signal)
  if (finish) await applySwap(bundle)
  return { place, data, bundle }
}

function contents(data: string) {
  const names = ['log.1', 'log.9', 'currentEpoch', 'snapshot.9']
  const text = (name: string) => {
    const file = join(data, 'version-2', name)
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined
  }
  return Object.fromEntries(names.map((name) => [name, text(name)]))
}

async function undone(data: string) {
  const change = await planUndo({ words: [data] })
  expect(change.refused).toBe(null)
  const { verified } = await change.apply()
  expect(verified.map(({ ok }) => ok)).toEqual([true])
}

const copy = (from: string, to: string) => cpSync(from, to, { recursive: true, preserveTimestamps: true })

describe('a data directory', () => {
  test('that was moved is taken back where it is', async () => {
    const { place, data } = await changed()
    const moved = join(place, 'elsewhere')
    renameSync(data, moved)
    expect((await listUndo({ words: [moved] })).bundles.map(({ state }) => state)).toEqual(['done'])
    await undone(moved)
    expect(contents(moved)).toEqual(OLD)
    expect(existsSync(data)).toBe(false)
  })

  test('that was copied: the other one stays as it is', async () => {
    const { place, data } = await changed()
    const twin = join(place, 'copy')
    copy(data, twin)
    await undone(twin)
    expect(contents(twin)).toEqual(OLD)
    expect(contents(data)).toEqual(NEW)
    await undone(data)
    expect(contents(data)).toEqual(OLD)
  })

  test('beside which another word is no bundle: nothing is guessed', async () => {
    const { data, bundle } = await changed()
    await expect(planUndo({ words: [`${bundle.id}.typo`, data] })).rejects.toMatchObject({ code: 'usage' })
    await expect(planUndo({ words: [bundle.id, bundle.id.replace('Z', '1Z')] })).rejects.toMatchObject({
      code: 'usage',
    })
    expect((await planUndo({ words: [data, bundle.id] })).refused).toBe(null)
  })

  test('that is named by its version-2, or relative to here', async () => {
    const { data } = await changed()
    const { plan } = await planUndo({ words: [join(data, 'version-2')] })
    expect(plan.steps.map(({ target }) => target)).toContain(join(data, 'version-2/log.1'))
  })

  test('whose repair was interrupted before it was moved', async () => {
    const { place, data } = await changed(false)
    renameSync(data, join(place, 'elsewhere'))
    const [bundle] = await unfinishedBundles(join(place, 'elsewhere'))
    await applySwap(bundle!)
    expect(contents(join(place, 'elsewhere'))).toEqual(NEW)
  })

  test('with files outside: nothing is done once it lies elsewhere', async () => {
    const { place, data } = await changed(true, true)
    const twin = join(place, 'copy')
    copy(data, twin)
    const change = await planUndo({ words: [twin] })
    expect(change.refused).toMatchObject({ code: 'refused.changed' })
    expect(change.refused!.why).toContain(join(place, 'logs/log.5'))
    expect((await listUndo({ words: [twin] })).bundles.map(({ state }) => state)).toEqual(['changed'])
    expect(contents(twin)).toEqual(NEW)
    await undone(data)
    expect(readFileSync(join(place, 'logs/log.5'), 'utf8')).toBe('five')
  })
})

describe('a bundle', () => {
  const rewritten = (bundle: { directory: string }, change: (text: string) => string) => {
    const file = join(bundle.directory, 'bundle.json')
    writeFileSync(file, change(readFileSync(file, 'utf8')))
  }

  test('of version 2 has absolute paths', async () => {
    const { data, bundle } = await changed()
    rewritten(bundle, (text) =>
      text
        .replace('"zkopsUndo": 3', '"zkopsUndo": 2')
        .replace(/^ *"root".*\n/m, '')
        .replaceAll('"version-2', `"${join(data, 'version-2')}`),
    )
    await undone(data)
    expect(contents(data)).toEqual(OLD)
  })

  test('whose paths lead out of the directory is none', async () => {
    const { data, bundle } = await changed()
    rewritten(bundle, (text) => text.replaceAll('"version-2/', '"version-2/../../'))
    expect((await listUndo({ words: [data] })).bundles).toEqual([])
  })
})
