/*
 * Whether a voter would come back without its memory: under its old id, on a directory that holds nothing. Its vote
 * counts, and it has forgotten what it acknowledged, so a quorum of it and of a member that is behind elects a leader
 * without committed transactions. Looked at on this machine, else through the member's `exec`.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '../../cluster/remote/run.ts'
import { serverFiles } from '../../sandbox/files.ts'
import { systemErrorCode, ZkopsError } from '../../support/errors.ts'
import { ownNames } from '../../support/own-names.ts'
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
  const exec = context.target.servers.find(({ id }) => id === member.id)?.exec ?? null
  const here = exec === null && ownNames().has(member.place.host)
  const seen = here ? await seenHere(member, context) : exec === null ? null : await seenThere(member, context)
  // a directory of this name that is not the member's says nothing: it may live in a container
  if (seen === null || seen.myid.trim() !== String(member.id)) return 'not-seen'
  return seen.names.some((name) => /^(log|snapshot)\.[0-9a-f]/i.test(name)) ? 'kept' : 'empty'
}

interface Seen {
  readonly myid: string
  readonly names: readonly string[]
}

async function seenHere(member: RollMember, { target, actions: { sandbox } }: MemoryContext): Promise<Seen | null> {
  const server = target.servers.find((one) => one.id === member.id)
  const spec = sandbox?.servers.find((one) => one.id === member.id)
  const files = spec === undefined ? undefined : serverFiles(sandbox!, spec)
  const told = actionMember(member)
  const data = server?.dataDir ?? files?.dataDir ?? told.dataDir
  const logs = server?.dataLogDir ?? files?.logDir ?? told.dataLogDir
  if (data === null) return null
  try {
    const myid = await readFile(join(data, 'myid'), 'utf8')
    const listed = [data, logs ?? data].map((one) =>
      readdir(join(one, 'version-2')).catch((error) => {
        if (systemErrorCode(error) === 'ENOENT') return []
        throw error
      }),
    )
    return { myid, names: (await Promise.all(listed)).flat() }
  } catch {
    return null
  }
}

const LIST = 'cat -- {dataDir}/myid && { ls -1 -- {dataDir}/version-2 {dataLogDir}/version-2 || true; }'

async function seenThere(member: RollMember, { actions, timeoutMs, signal }: MemoryContext): Promise<Seen | null> {
  const own = actionMember(member)
  const ran = await firstKnown([LIST, LIST.replace(' {dataLogDir}/version-2', '')], async (command) => {
    const whole = actions.command(own, command)
    return runCommand(whole, { timeoutMs, signal }).catch(() => undefined)
  })
  signal.throwIfAborted()
  if (ran === undefined || ran.exitCode !== 0) return null
  const [myid = '', ...names] = ran.stdout.toString().split('\n')
  return { myid, names }
}

/** The first whose directories are known. */
async function firstKnown<T>(all: readonly string[], run: (one: string) => Promise<T>): Promise<T | undefined> {
  for (const one of all) {
    try {
      return await run(one)
    } catch (error) {
      if (!(error instanceof ZkopsError) || error.code !== 'usage') throw error
    }
  }
  return undefined
}
