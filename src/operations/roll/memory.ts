/*
 * Whether a voter would come back without its memory: under its old id, on a directory that holds nothing. Its vote
 * counts, and it has forgotten what it acknowledged, so a quorum of it and of a member that is behind elects a leader
 * without committed transactions. Looked at on this machine, else through the member's `exec`.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '../../cluster/remote/run.ts'
import { serverFiles } from '../../sandbox/files.ts'
import { systemErrorCode, ZkopsError } from '../../support/errors.ts'
import { ownNames } from '../health/local.ts'
import type { Target } from '../inventory/target.ts'
import type { MemberActions } from '../live/member-actions.ts'
import { actionMember, type RollMember } from './view.ts'

export type Memory = 'kept' | 'empty' | 'not-seen'

export interface MemoryContext {
  readonly target: Target
  readonly actions: MemberActions
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

export async function memoryOf(member: RollMember, context: MemoryContext): Promise<Memory> {
  const directories = directoriesOf(member, context)
  if (directories.length === 0) return 'not-seen'
  const exec = context.target.servers.find(({ id }) => id === member.id)?.exec ?? null
  const here = exec === null && ownNames().has(member.place.host)
  const names = here ? await namesHere(directories) : exec === null ? null : await namesThere(member, context)
  if (names === null) return 'not-seen'
  return names.some((name) => /^(log|snapshot)\.[0-9a-f]/i.test(name)) ? 'kept' : 'empty'
}

function directoriesOf({ id, answer }: RollMember, { target, actions: { sandbox } }: MemoryContext): readonly string[] {
  const server = target.servers.find((one) => one.id === id)
  const spec = sandbox?.servers.find((one) => one.id === id)
  const files = spec === undefined ? undefined : serverFiles(sandbox!, spec)
  const told = (name: string) => answer?.settings.get(name)?.replace(/\/version-2\/?$/, '')
  const data = server?.dataDir ?? files?.dataDir ?? told('dataDir')
  const logs = server?.dataLogDir ?? files?.logDir ?? told('dataLogDir')
  return [data, logs].filter((one) => one != null)
}

/** Null: they may not be looked at. */
async function namesHere(directories: readonly string[]): Promise<readonly string[] | null> {
  try {
    const listed = directories.map((one) =>
      readdir(join(one, 'version-2')).catch((error) => {
        if (systemErrorCode(error) === 'ENOENT') return []
        throw error
      }),
    )
    return (await Promise.all(listed)).flat()
  } catch {
    return null
  }
}

const LIST = 'ls -1 {dataDir}/version-2'

async function namesThere(member: RollMember, context: MemoryContext): Promise<readonly string[] | null> {
  const { actions, timeoutMs, signal } = context
  const own = actionMember(member)
  const commands = [LIST, LIST.replace('dataDir', 'dataLogDir')].flatMap((command) => {
    try {
      return [actions.command(own, command)]
    } catch (error) {
      // that directory is not known
      if (error instanceof ZkopsError) return []
      throw error
    }
  })
  const ran = await Promise.all(
    commands.map((command) => runCommand(command, { timeoutMs, signal }).catch(() => undefined)),
  )
  signal.throwIfAborted()
  if (ran.some((one) => one === undefined || one.exitCode !== 0)) return null
  return ran.flatMap((one) => one!.stdout.toString().split('\n'))
}
