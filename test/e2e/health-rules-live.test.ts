import { appendFileSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ForecastResult } from '../../src/operations/forecast/forecast.ts'
import { zkops } from '../helpers/cli.ts'
import { startEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'
import { health } from '../helpers/health.ts'
import { expectValid } from '../helpers/schema.ts'

/* What rules need beyond mntr, on real servers. */

const LINES = FULL ? ['3.5', '3.6', '3.7', '3.8', '3.9'] : ['3.5', '3.9']

describe.each(LINES)('%s', (zookeeper) => {
  test('heap, clients, the configuration file, and a forecast from the state', async () => {
    await using server = await startEnsemble({ zookeeper, members: 0, properties: { maxClientCnxns: 40 } })
    const folder = mkdtempSync(join(tmpdir(), 'zkops-rules-'))
    const [{ config, clientPort, adminPort }] = server.status.servers as [(typeof server.status.servers)[0]]
    const ports = `{client: ${clientPort}, admin: ${adminPort}}`
    const inventory = join(folder, 'zkops.yaml')
    writeFileSync(inventory, `ensembles:\n  one:\n    servers:\n      - {id: 0, host: 127.0.0.1, ports: ${ports}}\n`)
    const state = ['--state', join(folder, 'state.json')]
    const skip = ['--skip', 'slow-answer', 'jvm-pause', 'rejected-connections']
    const first = await health(['--inventory', inventory, '--local', ...state, ...skip])
    expect(first).toMatchObject({ status: 'ok', codes: [] })
    const value = (name: string) => first.result.metrics.find((metric) => metric.name === name)?.value
    expect(value('heap_max')).toBeGreaterThan(2 ** 24)
    expect(value('heap_used')).toBeLessThanOrEqual(value('heap_max')!)

    const sockets = await Promise.all(Array.from({ length: 34 }, () => idleClient(clientPort)))
    const crowded = await health(['--inventory', inventory, '--only', 'client-connections'])
    expect(crowded.codes).toEqual(['health.client-connections 0'])
    for (const socket of sockets) socket.destroy()

    appendFileSync(config, '\ntickTime=3000\n')
    const later = new Date(Date.now() + 120_000)
    utimesSync(config, later, later)
    const changed = await health(['--inventory', inventory, '--local', ...state, ...skip])
    expect(changed.codes).toEqual(['health.file-differs 0', 'health.restart-pending 0'])
    expect(changed.result.findings[0]!.message).toMatch(/tickTime \(\d+, file 3000\)/)

    const { exitCode, stdout, stderr } = await zkops([
      'health',
      'forecast',
      '--inventory',
      inventory,
      ...state,
      '--json',
    ])
    const result = JSON.parse(stdout) as ForecastResult
    expect({ exitCode, kind: result.basis?.kind }, stderr).toEqual({ exitCode: 0, kind: 'state' })
    await expectValid('health-forecast', result)
    expect(result.forecasts.map(({ what }) => what)).toEqual(['zxid', 'heap'])
    rmSync(folder, { recursive: true })
  }, 120_000)
})

/** A connection without a session, as a client has it that hangs. */
function idleClient(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port }, () => resolve(socket))
    socket.on('error', reject)
  })
}
