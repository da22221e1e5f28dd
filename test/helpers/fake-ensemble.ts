import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePorts } from '../../src/sandbox/ports.ts'
import { type FakeMember, fakeMember, fakeWords } from './fake-member.ts'

type Mode = 'leader' | 'follower' | 'observer'

/** Members that answer as servers do, can be restarted and change who leads; for what no real ensemble does at will. */
export class FakeEnsemble implements AsyncDisposable {
  readonly inventory: string
  private readonly running = new Map<number, FakeMember>()
  private readonly ports: readonly number[]
  private readonly versions: string[]
  private leader: number

  private readonly observers: readonly number[]

  constructor(ports: readonly number[], versions: readonly string[], observers: readonly number[], fields: string) {
    this.ports = ports
    this.versions = [...versions]
    this.observers = observers
    this.leader = 2
    this.inventory = join(mkdtempSync(join(tmpdir(), 'zkops-fake-')), 'zkops.yaml')
    const servers = ports.map(
      (port, i) =>
        `      - {id: ${i + 1}, host: 127.0.0.1, zone: z${i + 1}, role: ${this.roleOf(i + 1)}, ports: {client: ${port}, admin: null}}`,
    )
    const shared = fields.split('\n').map((line) => `    ${line}`)
    writeFileSync(this.inventory, `ensembles:\n  prod:\n${shared.join('\n')}\n    servers:\n${servers.join('\n')}\n`)
  }

  static async start(
    fields: string,
    versions: readonly string[] = ['3.8.6', '3.8.6', '3.8.6'],
    observers: readonly number[] = [],
  ): Promise<FakeEnsemble> {
    const ports = await freePorts(versions.length, new Set())
    const ensemble = new FakeEnsemble(ports, versions, observers, fields)
    for (const [i] of versions.entries()) await ensemble.begin(i + 1)
    return ensemble
  }

  async begin(id: number): Promise<void> {
    const membership = [
      ...this.ports.map(
        (port, i) => `server.${i + 1}=127.0.0.1:${2000 + i}:${3000 + i}:${this.roleOf(i + 1)};127.0.0.1:${port}`,
      ),
      'version=100000000',
    ]
    const mode: Mode = id === this.leader ? 'leader' : this.observers.includes(id) ? 'observer' : 'follower'
    const words = fakeWords({ id, mode, zxid: '0x100000005', version: this.versions[id - 1]!, membership })
    this.running.set(id, await fakeMember({ kind: 'words', words }, this.ports[id - 1]))
  }

  async end(id: number): Promise<void> {
    await this.running.get(id)?.[Symbol.asyncDispose]()
    this.running.delete(id)
  }

  /** Away for a moment. */
  async restart(id: number, version?: string): Promise<void> {
    await this.end(id)
    await sleep(250)
    if (version !== undefined) this.versions[id - 1] = version
    await this.begin(id)
  }

  /** Whoever led follows, without a restart. */
  async lead(id: number): Promise<void> {
    const old = this.leader
    this.leader = id
    for (const one of [old, id]) {
      await this.end(one)
      await this.begin(one)
    }
  }

  private roleOf(id: number): string {
    return this.observers.includes(id) ? 'observer' : 'participant'
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const id of [...this.running.keys()]) await this.end(id)
  }
}
