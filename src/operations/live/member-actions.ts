/*
 * What stops, starts and restarts the members of an ensemble:
 *
 * 1. --exec: a shell command of this machine that restarts a member.
 * 2. The inventory's restart, else its stop and start.
 * 3. Members that are the servers of a local sandbox need no commands.
 */
import { type CommandValues, type MemberCommand, memberCommand } from '../../cluster/remote/command.ts'
import { runCommand } from '../../cluster/remote/run.ts'
import type { ServerCommand } from '../../config/inventory/inventory.ts'
import type { SandboxSpec } from '../../sandbox/state.ts'
import { ZkopsError } from '../../support/errors.ts'
import { ownNames } from '../../support/own-names.ts'
import type { Target } from '../inventory/target.ts'

export interface ActionMember {
  readonly id: number
  /** Where clients reach it. */
  readonly host: string
  readonly clientPort: number | null
  /** As it runs, as far as it tells. */
  readonly dataDir: string | null
  readonly dataLogDir: string | null
}

export interface MemberAction {
  readonly does: 'stop' | 'start' | 'restart' | 'install'
  /** Word for word. */
  readonly text: string
  /** Throws `stopped.command`, `server.timeout`, `environment.*`, `interrupted`. */
  run(signal: AbortSignal): Promise<void>
}

export interface MemberActions {
  /** The sandbox whose servers they are, when no command says otherwise. */
  readonly sandbox: SandboxSpec | null
  /** One after the other they restart it. Throws `usage` when nothing says how. */
  restart(member: ActionMember): readonly MemberAction[]
  /** Throws `usage` when nothing says how. */
  stop(member: ActionMember): MemberAction
  /** A shell command on the member, through its `exec`. */
  command(member: ActionMember, command: string): MemberCommand
  /** Its files may be looked at, when nothing else is said of it. */
  isHere(member: ActionMember): boolean
  /** Known to have ended: it is of no use to wait for it. */
  hasEnded(member: ActionMember): Promise<boolean>
}

export interface ActionOptions {
  readonly target: Target
  readonly members: readonly ActionMember[]
  /** A shell command of this machine that restarts a member. */
  readonly exec: string | undefined
  readonly timeoutMs: number
  /** What `{to}` stands for. */
  readonly to?: string | undefined
}

export async function memberActions(options: ActionOptions): Promise<MemberActions> {
  const { target, members, exec } = options
  const told = exec !== undefined || target.servers.some(({ restart, start }) => restart !== null || start !== null)
  const sandbox = told ? null : await sandboxOf(members)
  const known = (member: ActionMember) => target.servers.find(({ id }) => id === member.id)
  const through = (does: MemberAction['does'], member: ActionMember, command: ServerCommand): MemberAction => {
    const whole = memberCommand(command, known(member)?.exec ?? null, valuesOf(member, options))
    return commandAction(does, whole, options.timeoutMs)
  }
  return {
    sandbox,
    restart(member) {
      if (exec !== undefined) return [through('restart', member, { command: exec, where: 'here' })]
      if (sandbox !== null) return [stopOf(sandbox, member.id), startOf(sandbox, member.id)]
      const { restart = null, stop = null, start = null } = known(member) ?? {}
      if (restart !== null) return [through('restart', member, restart)]
      if (stop === null || start === null) throw noWay(member)
      return [through('stop', member, stop), through('start', member, start)]
    },
    stop(member) {
      if (sandbox !== null) return stopOf(sandbox, member.id)
      const { stop = null } = known(member) ?? {}
      if (stop === null) throw noWay(member)
      return through('stop', member, stop)
    },
    command: (member, command) =>
      memberCommand({ command, where: 'member' }, known(member)?.exec ?? null, valuesOf(member, options)),
    isHere: ({ host }) => ownNames().has(host),
    hasEnded: async ({ id }) =>
      sandbox !== null && (await import('../../sandbox/ensemble.ts')).processOf(sandbox, id) === undefined,
  }
}

function valuesOf(member: ActionMember, { target, to }: ActionOptions): CommandValues {
  const { id, host, dataDir, dataLogDir } = member
  const server = target.servers.find((one) => one.id === id)
  return {
    ...{ id, host: server?.host ?? host, zone: server?.zone ?? null, config: server?.config ?? null },
    ...{ dataDir: server?.dataDir ?? dataDir, dataLogDir: server?.dataLogDir ?? dataLogDir, to: to ?? null },
  }
}

/** The sandbox whose servers all of them are; null when there is none. */
async function sandboxOf(members: readonly ActionMember[]): Promise<SandboxSpec | null> {
  const here = ownNames()
  if (members.length === 0 || !members.every(({ host }) => here.has(host))) return null
  const { listSandboxes } = await import('../../sandbox/state.ts')
  const isOf = ({ servers }: SandboxSpec) =>
    members.every(({ id, clientPort }) => servers.some((one) => one.id === id && one.clientPort === clientPort))
  return (await listSandboxes()).find(isOf) ?? null
}

function stopOf(spec: SandboxSpec, id: number): MemberAction {
  const run = async () => (await import('../../sandbox/ensemble.ts')).stop(spec, [id])
  return { does: 'stop', text: `zkops sandbox stop ${spec.name} ${id}`, run }
}

function startOf(spec: SandboxSpec, id: number): MemberAction {
  const run = async () => (await import('../../sandbox/ensemble.ts')).begin(spec, id)
  return { does: 'start', text: `zkops sandbox start ${spec.name} ${id}`, run }
}

function commandAction(does: MemberAction['does'], command: MemberCommand, timeoutMs: number): MemberAction {
  return {
    does,
    text: command.text,
    async run(signal) {
      const { exitCode, output } = await runCommand(command, { timeoutMs, signal })
      if (exitCode === 0) return
      const how = exitCode === null ? 'was ended by a signal' : `ended with exit code ${exitCode}`
      throw new ZkopsError('stopped.command', `${command.text} ${how}`, {
        hint: output.trim().split('\n').slice(-3).join('\n') || undefined,
      })
    },
  }
}

function noWay({ id }: ActionMember): ZkopsError {
  return new ZkopsError('usage', `Nothing says how server ${id} is restarted`, {
    hint: "Give --exec 'ssh {host} sudo systemctl restart zookeeper', or restart (or stop and start) in zkops.yaml: docs/inventory.md.",
  })
}
