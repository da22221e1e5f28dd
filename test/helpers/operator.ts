import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { zkops } from './cli.ts'
import type { TestEnsemble } from './ensemble.ts'
import { makeJoiners } from './joiners.ts'
import { expectValid } from './schema.ts'
import { type RealServer, startServer } from './server.ts'

export interface Outcome {
  readonly exitCode: number | null
  readonly result: {
    readonly outcome?: string
    readonly undo?: string
    readonly plan: { readonly steps: readonly { readonly detail: string }[]; readonly undo: string }
    readonly refused: { readonly code: string; readonly why: string } | null
    readonly verified: readonly { readonly check: string; readonly ok: boolean | null; readonly detail: string }[]
    readonly prechecks: readonly { readonly check: string; readonly result: string; readonly detail: string }[]
    readonly error?: { readonly code: string }
  }
  readonly text: string
}

export type Joiner = RealServer & {
  readonly id: number
  readonly line: string
  readonly clientPort: number
  readonly adminPort: number
}

/** Somebody who changes the members of a real ensemble with zkops, and starts the servers that join. */
export interface Operator extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>
  /** What says which ensemble, and who. */
  readonly access: readonly string[]
  reconfig(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Outcome>
  /** Carried out, and everything that is to hold afterwards does. */
  done(...args: readonly string[]): Promise<Outcome>
  /** Refused with this code, and nothing was changed. */
  refused(code: string, ...args: readonly string[]): Promise<Outcome>
  /** `1 2 4o`, as all members have it. */
  members(): Promise<string>
  leader(): Promise<number>
  follower(): Promise<number>
  /** Made by config joiner, and running. */
  joiner(id: number, role?: 'participant' | 'observer', like?: Parameters<typeof makeJoiners>[5]): Promise<Joiner>
  /** The flags for an inventory of the members and these, AdminServers included. */
  inventory(...joiners: Joiner[]): readonly string[]
}

/** `folder`: for the files of joiners and the operator's journals. */
export async function operatorOf(ensemble: TestEnsemble, version: string, folder: string): Promise<Operator> {
  const password = (await ensemble.password()).trim()
  const env = { ZKOPS_PASSWORD: password, XDG_STATE_HOME: join(folder, 'state') }
  const access = ['--connect', ensemble.connect, '--auth-user', 'super']
  const joiners: RealServer[] = []
  const state = async (wanted: string) => {
    const { servers } = await ensemble.observe()
    const found = servers.find((server) => server.state === wanted)
    if (found === undefined) throw new Error(`none of ${ensemble.connect} is ${wanted}`)
    return found.id
  }
  const operator: Operator = {
    env,
    access,
    async reconfig(args, own = {}) {
      const named = args.includes('--inventory') ? access.slice(2) : access
      const { exitCode, stdout, stderr } = await zkops(['reconfig', ...args, ...named, '--json'], {
        env: { ...env, ...own },
      })
      const result = JSON.parse(stdout)
      if (result.error === undefined) await expectValid(`reconfig-${args[0]}`, result)
      return { exitCode, result, text: `${stderr}${stdout}` }
    },
    async done(...args) {
      const outcome = await operator.reconfig([...args, '--execute'])
      expect(outcome.exitCode, outcome.text).toBe(0)
      expect(outcome.result.outcome).toBe('done')
      expect(outcome.result.verified.filter(({ ok }) => ok === false)).toEqual([])
      const proved = outcome.result.verified.filter(({ ok }) => ok === true).map(({ check }) => check.split(' ')[0])
      expect(proved, outcome.text).toEqual(expect.arrayContaining(['POST1', 'POST2', 'POST3']))
      return outcome
    },
    async refused(code, ...args) {
      const outcome = await operator.reconfig([...args, '--execute'])
      const given = outcome.result.refused?.code ?? outcome.result.error?.code
      expect([outcome.exitCode, given], outcome.text).toEqual([5, code])
      return outcome
    },
    async members() {
      const { stdout } = await zkops(['reconfig', 'show', '--connect', ensemble.connect, '--json'])
      const { servers } = JSON.parse(stdout) as { servers: { id: number; role: string }[] }
      return servers.map(({ id, role }) => (role === 'observer' ? `${id}o` : String(id))).join(' ')
    },
    leader: () => state('leading'),
    follower: () => state('following'),
    async joiner(id, role = 'participant', like = undefined) {
      const [made] = await makeJoiners(ensemble, version, join(folder, `j${id}`), [id], role, like)
      const { config, clientPort, adminPort, value } = made!
      const server = await startServer({ version, config, clientPort })
      joiners.push(server)
      return Object.assign(server, { id, clientPort, adminPort, line: `server.${id}=${value}` })
    },
    inventory(...joining) {
      const own = ensemble.status.servers.map(({ id, role, ...ports }) => ({ id, role, ...ports }))
      const others = joining.map(({ id, line, clientPort, adminPort }) => {
        const [, quorumPort, electionPort, role] = /:(\d+):(\d+):(\w+);/.exec(line)!
        return { id, role, quorumPort, electionPort, clientPort, adminPort }
      })
      const servers = [...own, ...others].map(({ id, role, quorumPort, electionPort, clientPort, adminPort }) => {
        const ports = `{quorum: ${quorumPort}, election: ${electionPort}, client: ${clientPort}, admin: ${adminPort}}`
        return `      - {id: ${id}, host: 127.0.0.1, role: ${role}, ports: ${ports}}`
      })
      const file = join(folder, 'zkops.yaml')
      writeFileSync(file, `ensembles:\n  prod:\n    servers:\n${servers.join('\n')}\n`)
      return ['--inventory', file]
    },
    async [Symbol.asyncDispose]() {
      for (const joiner of joiners.splice(0)) await joiner[Symbol.asyncDispose]()
    },
  }
  return operator
}
