/*
 * data init: a new member's directories as a server wants them.
 *
 *     <dataDir>/myid
 *     <dataDir>/version-2/
 *     <dataLogDir>/version-2/
 *     <dataLogDir>/initialize     of a first member only: with db.autocreate=false it lets a server vote without data
 *
 * The marker is looked for where the logs are (FileTxnSnapLog), not beside myid. A member that joins or comes back must
 * not have it: it would vote with nothing. myid comes last, so that no server starts on a half.
 */
import { chown, mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { aloneIn } from '../../datadir/change-lock.ts'
import { putFile, syncFolder } from '../../datadir/replace-file.ts'
import { runningServer } from '../../datadir/running-server.ts'
import { quoted } from '../../datadir/undo-bundle.ts'
import {
  type Applied,
  type Change,
  LOSES_NOTHING,
  makePlan,
  type Refusal,
  refusedChange,
} from '../../support/change.ts'
import { fileError, systemErrorCode, ZkopsError } from '../../support/errors.ts'
import { loadMember } from '../zoo-cfg/load.ts'
import { directoriesOf } from './place.ts'

export interface InitOptions {
  readonly directory?: string | undefined
  readonly config?: string | undefined
  readonly logDir?: string | undefined
  readonly myid: number
  readonly role: 'first' | 'joiner'
}

interface Step {
  readonly action: 'make' | 'write'
  readonly target: string
  readonly detail: string
  /** Null: a directory. */
  readonly content: string | null
}

/** Throws `usage`, `input.*`. */
export async function planInit(options: InitOptions): Promise<Change> {
  const { config, myid, role } = options
  const named = config === undefined ? undefined : await directoriesOf(config)
  const data = options.directory ?? named?.dataDir
  if (data === undefined) {
    throw new ZkopsError('usage', 'Which directory? Give it as the argument, or its zoo.cfg with --config')
  }
  const logs = options.logDir ?? named?.dataLogDir ?? data
  const alone = await aloneIn(data)
  const steps: Step[] = []
  for (const folder of new Set([data, logs].flatMap((root) => [root, join(root, 'version-2')]))) {
    if ((await entriesOf(folder)) === undefined) {
      steps.push({ action: 'make', target: folder, detail: 'directory', content: null })
    }
  }
  if (role === 'first' && !(await entriesOf(logs))?.includes('initialize')) {
    const detail = 'marker of a first member: it may vote without data, once'
    steps.push({ action: 'write', target: join(logs, 'initialize'), detail, content: '' })
  }
  steps.push({ action: 'write', target: join(data, 'myid'), detail: String(myid), content: `${myid}\n` })
  const plan = makePlan({
    kind: 'data init',
    base: { dataDir: data, dataLogDir: logs, myid, role, config: config ?? null },
    steps: steps.map(({ action, target, detail }) => ({ action, target, detail, reversible: true })),
    loses: LOSES_NOTHING,
    undo: undoOf(steps),
  })
  const refused = (await occupied(data, logs, role)) ?? notListed(config, myid)
  if (refused !== undefined) return refusedChange(plan, refused)
  return { plan, refused: null, findings: [], apply: () => alone(() => apply(steps, data, logs, options)) }
}

async function occupied(data: string, logs: string, role: InitOptions['role']): Promise<Refusal | undefined> {
  const no = (code: string, why: string): Refusal => ({ code, why, counterexample: null })
  for (const root of new Set([data, logs])) {
    const inside = (await entriesOf(root)) ?? []
    if (inside.includes('myid')) return no('refused.exists', `${join(root, 'myid')} exists: this is a member already`)
    const files = (await entriesOf(join(root, 'version-2'))) ?? []
    if (files.length > 0) return no('refused.exists', `${join(root, 'version-2')} is not empty: it holds ${files[0]}`)
    if (role === 'joiner' && inside.includes('initialize')) {
      return no('refused.exists', `${join(root, 'initialize')} exists: a joiner would vote without data`)
    }
    const server = inside.length === 0 ? undefined : await runningServer(root)
    if (server !== undefined) return no('refused.running-server', `A server has ${root}: ${server.why}`)
  }
  return undefined
}

/** An id that the configuration does not know; without members in it there is nothing to know. */
function notListed(config: string | undefined, myid: number): Refusal | undefined {
  const servers = config === undefined ? undefined : loadMember(config).member.ensemble.servers
  if (servers === undefined || servers.size === 0 || servers.has(BigInt(myid))) return undefined
  const ids = [...servers.keys()].join(', ')
  const why = `${config} lists the members ${ids}: a server refuses to start ("My id ${myid} not in the peer list")`
  return { code: 'refused.not-listed', why, counterexample: { myid, members: [...servers.keys()].map(Number) } }
}

function undoOf(steps: readonly Step[]): string {
  const files = steps.filter(({ content }) => content !== null).map(({ target }) => quoted(target))
  const folders = steps.filter(({ content }) => content === null).map(({ target }) => quoted(target))
  return [`rm ${files.join(' ')}`, ...(folders.length === 0 ? [] : [`rmdir ${folders.reverse().join(' ')}`])].join(
    ' && ',
  )
}

async function apply(steps: readonly Step[], data: string, logs: string, options: InitOptions): Promise<Applied> {
  const again = await occupied(data, logs, options.role)
  if (again !== undefined) throw new ZkopsError('refused.exists', again.why)
  for (const [done, { target, content }] of steps.entries()) {
    try {
      const like = await nearest(dirname(resolve(target)))
      if (content === null) {
        await mkdir(target, { recursive: true })
        // only root may give files away
        await chown(target, like.uid, like.gid).catch(() => {})
        await syncFolder(dirname(resolve(target)))
      } else await putFile(target, Buffer.from(content), { ...like, mode: 0o644 })
    } catch (error) {
      const code = systemErrorCode(error)
      if (code === undefined) throw error
      throw new ZkopsError('stopped.output', `${target} cannot be made (${code}); ${done} steps were done`, {
        file: target,
        cause: error,
        hint: 'Put it right and run the command again: it goes on.',
      })
    }
  }
  const read = await readFile(join(data, 'myid'), 'utf8')
  const marker = (await entriesOf(logs))?.includes('initialize') ?? false
  const verified = [
    { check: 'myid', ok: read === `${options.myid}\n`, detail: read.trim() },
    { check: 'marker', ok: marker === (options.role === 'first'), detail: marker ? 'may vote without data' : 'none' },
  ]
  return { stepsDone: steps.length, verified, journal: null, undo: undoOf(steps) }
}

/** The nearest directory that is there: its owner gets what is made in it. */
async function nearest(folder: string) {
  for (let place = folder; ; place = dirname(place)) {
    const found = await stat(place).catch(() => undefined)
    if (found !== undefined || place === dirname(place)) return found ?? { uid: 0, gid: 0 }
  }
}

/** Undefined when there is none. Throws `input.*` when it is no directory, or may not be read. */
async function entriesOf(folder: string): Promise<readonly string[] | undefined> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined
    throw fileError(error, folder)
  }
}
