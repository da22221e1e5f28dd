import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { endMaintenance, maintenanceOf, startMaintenance } from '../../../src/operations/health/maintenance.ts'
import { silenceHealth } from '../../../src/operations/health/silence.ts'
import { findTarget } from '../../../src/operations/inventory/target.ts'
import { jsonText } from '../../../src/render/json.ts'
import { maintenanceText } from '../../../src/render/maintenance.ts'
import { maintenance as SCHEMA } from '../../../src/schemas/health.ts'

let folder: string
let live: Parameters<typeof findTarget>[0] & { readonly state: string | undefined }
const valid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(SCHEMA)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-maintenance-'))
  vi.stubEnv('XDG_STATE_HOME', join(folder, 'state'))
  const inventory = join(folder, 'zkops.yaml')
  const server = (id: number) => `      - {id: ${id}, host: zk${id}, ports: {client: 2181}}\n`
  const ensemble = (name: string) => `  ${name}:\n    servers:\n${server(1)}`
  writeFileSync(inventory, `ensembles:\n${ensemble('prod')}${ensemble('test')}`)
  live = liveOf({ ensemble: 'prod', inventory })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

function liveOf(given: { ensemble?: string; inventory?: string; connect?: string; state?: string }) {
  const none = { authUser: undefined, authScheme: undefined, passwordFile: undefined, timeoutMs: undefined }
  const noTls = { tlsCa: undefined, tlsCert: undefined, tlsKey: undefined, tlsServername: undefined }
  const nothing = { ensemble: undefined, connect: undefined, config: undefined, inventory: undefined, state: undefined }
  return { ...none, ...noTls, ...nothing, ...given }
}
const start = (why: string, forMs = 60_000) => startMaintenance({ ...live, forMs, why })
const now = async (options = live) => (await maintenanceOf((await findTarget(options)).target, options.state))?.why

test('a start is a silence, and the end of a silence is an end; the other ensemble is not touched', async () => {
  const started = await start('new disks')
  expect(started).toMatchObject({ ensemble: 'prod', maintenance: { why: 'new disks' }, ended: null })
  expect(valid(JSON.parse(jsonText(started)))).toBe(true)
  expect(await now()).toBe('new disks')
  expect(await now({ ...live, ensemble: 'test' })).toBeUndefined()
  const options = { ...live, forMs: undefined, why: undefined }
  expect(await silenceHealth({ ...options, end: false })).toMatchObject({ silence: { why: 'new disks' } })
  await silenceHealth({ ...options, end: true })
  expect(await now()).toBeUndefined()
})

test('what it replaced or ended is shown; an end without a start is no error', async () => {
  await start('first \u001b[31m')
  const second = await start('second')
  expect(second).toMatchObject({ maintenance: { why: 'second' }, ended: { why: 'first \u001b[31m' } })
  expect(maintenanceText(second)).toMatch(/^prod is in maintenance until .*: second\nended: until .*: first .*\n$/)
  expect(maintenanceText(second)).not.toContain('\u001b')
  const ended = await endMaintenance(live)
  expect(ended).toMatchObject({ maintenance: null, ended: { why: 'second' } })
  expect(valid(JSON.parse(jsonText(ended)))).toBe(true)
  expect(maintenanceText(ended)).toContain('prod is no longer in maintenance\nended: ')
  expect(maintenanceText(await endMaintenance(live))).toBe('prod was not in maintenance\n')
})

test('it ends by itself', async () => {
  await start('short', 60_000)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 })
  expect(await now()).toBeUndefined()
  expect(await endMaintenance(live)).toMatchObject({ ended: null })
})

test('refused: no reason, more than seven days, servers without a state file', async () => {
  await expect(start(' ')).rejects.toMatchObject({ code: 'usage' })
  await expect(start('x', 8 * 86_400_000)).rejects.toMatchObject({ code: 'usage' })
  live = liveOf({ connect: '127.0.0.1:1' })
  await expect(start('x')).rejects.toMatchObject({ code: 'usage' })
  expect(await now()).toBeUndefined()
  live = liveOf({ connect: '127.0.0.1:1', state: join(folder, 'check.json') })
  await start('with a state')
  expect(await now()).toBe('with a state')
})
