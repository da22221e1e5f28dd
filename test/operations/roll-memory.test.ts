import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { inventoryEnsemble } from '../../src/config/inventory/inventory.ts'
import { baseOfEnsemble, withOptions } from '../../src/config/inventory/target.ts'
import { memberActions } from '../../src/operations/live/member-actions.ts'
import { memoryOf } from '../../src/operations/roll/memory.ts'
import { actionMember, type RollMember } from '../../src/operations/roll/view.ts'
import { rollView } from '../helpers/roll-view.ts'

const folder = mkdtempSync(join(tmpdir(), 'zkops-roll-memory-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function directory(name: string, files: Readonly<Record<string, string>>): string {
  const place = join(folder, name)
  mkdirSync(join(place, 'version-2'), { recursive: true })
  for (const [file, text] of Object.entries(files)) writeFileSync(join(place, file), text)
  return place
}

const kept = directory('kept', { myid: '2\n', 'version-2/snapshot.0': '' })
const empty = directory('empty', { myid: '2\n', 'version-2/currentEpoch': '1' })
const another = directory('another', { myid: '7\n' })
const logs = directory('lo gs', { 'version-2/log.100000001': '' })

/** Server 2, with these fields in the inventory. */
async function memory(fields: object): Promise<string> {
  const server = { id: 2, host: '127.0.0.1', restart: 'true', ...fields }
  const target = withOptions(baseOfEnsemble('zkops.yaml', inventoryEnsemble('prod', { servers: [server] })), {}, {})
  const seen = rollView({ states: 'LFF' }).members[1]!
  const member: RollMember = { ...seen, place: { ...seen.place, host: '127.0.0.1' } }
  const members = [actionMember(member)]
  const actions = await memberActions({ target, members, exec: undefined, timeoutMs: 5000 })
  return memoryOf(member, { target, actions, timeoutMs: 5000, signal: new AbortController().signal })
}

test.each([
  ['a snapshot', { dataDir: kept }, 'kept'],
  ['nothing that could be loaded', { dataDir: empty }, 'empty'],
  ['logs elsewhere', { dataDir: empty, dataLogDir: logs }, 'kept'],
  ['the directory of another server', { dataDir: another }, 'not-seen'],
  ['no such directory: it lives in a container', { dataDir: join(folder, 'missing') }, 'not-seen'],
  ['nobody says where', {}, 'not-seen'],
])('%s: %j → %s', async (_, fields, answer) => {
  expect(await memory(fields)).toBe(answer)
  // the same through a command
  expect(await memory({ ...fields, exec: 'env LC_ALL=C sh -c' })).toBe(answer)
})

test('a command that fails has seen nothing', async () => {
  expect(await memory({ dataDir: empty, exec: 'false' })).toBe('not-seen')
  expect(await memory({ dataDir: empty, exec: '/no/such/program' })).toBe('not-seen')
})
