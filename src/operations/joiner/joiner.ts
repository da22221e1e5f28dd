/*
 * config joiner:
 *
 * 1. A member's zoo.cfg (or all members' files) says what the members are like, and who they are; running members say
 *    who they are and what they run with, and are taken at their word (running.ts).
 * 2. What would go wrong is refused (config/joiner/refuse.ts).
 * 3. The new member's files are made of the member's own (config/joiner/joiner.ts), and judged as its server will.
 * 4. The plan writes them; how to go on is said with it.
 */
import { join } from 'node:path'
import { JOINER_FINDINGS } from '../../config/joiner/findings.ts'
import {
  DYNAMIC_NAME,
  type Joiner,
  type JoinerFile,
  type JoinerInputs,
  joinerFiles,
  joinerOf,
  membershipLines,
} from '../../config/joiner/joiner.ts'
import { refuseJoiners } from '../../config/joiner/refuse.ts'
import { parseJvmEnv } from '../../config/jvm-env.ts'
import { isOn, type Member, settingOf } from '../../config/member.ts'
import { fullLine } from '../../config/profiles/members.ts'
import type { Release } from '../../config/release.ts'
import { judgeUnwritten } from '../../config/verdict/memory-view.ts'
import { type Change, type Refusal, refusedChange } from '../../support/change.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { type Draft, diffOf, draftOf, writingChange } from '../generate-config/write.ts'
import type { LiveOptions } from '../inventory/target.ts'
import { targetFlags } from '../reconfig/target-flags.ts'
import type { FileDiff } from '../zoo-cfg/fmt.ts'
import { releaseFor } from '../zoo-cfg/lint.ts'
import { loadMember } from '../zoo-cfg/load.ts'
import { configsAt } from '../zoo-cfg/places.ts'
import { isReadByOthers } from '../zoo-cfg/read-by-others.ts'
import { readable } from '../zoo-cfg/read-member.ts'
import { readBytes } from '../zoo-cfg/server-view.ts'

export interface JoinerOptions {
  readonly ids: readonly number[]
  /** Values of server lines, in the order of the ids. */
  readonly servers: readonly string[]
  /** A member's zoo.cfg, or a folder of members' folders; undefined: what running members tell. */
  readonly from: string | undefined
  /** Running members to hold it against. */
  readonly live?: LiveOptions | undefined
  readonly zookeeper: string | undefined
  readonly output: string
  readonly confDir: string
  readonly dataDir: string | undefined
  readonly logDir: string | undefined
  readonly adminPort: number | undefined
}

export interface PlannedJoiner {
  readonly change: Change
  /** Files that are there and become others. */
  readonly diffs: readonly FileDiff[]
  /** What to do with the files, in order. */
  readonly next: readonly string[]
}

/** Throws `usage`, `input.*`, `server.refused` when no running member answers. */
export async function planJoiner(options: JoinerOptions, signal: AbortSignal): Promise<PlannedJoiner> {
  const { confDir, dataDir, logDir, adminPort, from, live } = options
  const running = live === undefined ? undefined : await (await import('./running.ts')).runningMembers(live, signal)
  const release = releaseFor(options.zookeeper ?? running?.zookeeper ?? undefined)
  const members = from === undefined ? [running!.member()] : membersAt(from)
  const base = members[0]!
  const inputs: JoinerInputs = {
    ...{ base, release, present: running?.lines ?? membershipLines(base), joiners: joinersOf(options, base) },
    ...{ places: { confDir, dataDir, logDir, adminPort }, env: envOf(base) },
  }
  const made = inputs.joiners.map((own) => ({ own, files: joinerFiles(own, inputs) }))
  const refused = refuseJoiners(inputs, members, running?.settings ?? []) ?? refusedByServer(made, inputs)
  const drafts = made.flatMap(({ own, files }) => draftsOf(own, files, options, base))
  const findings = [...(running?.findings(from !== undefined) ?? []), ...findingsOf(base, release)]
  const change = writingChange('config joiner', drafts, baseOf(inputs), options.output, findings)
  if (refused !== undefined) {
    return { change: refusedChange(change.plan, refused, change.findings), diffs: [], next: [] }
  }
  return { change, diffs: drafts.flatMap(diffOf), next: made.flatMap(({ own }) => nextSteps(own, inputs, options)) }
}

function membersAt(place: string): readonly Member[] {
  return configsAt(place).map(({ file }) => readable(loadMember(file)).member)
}

function joinersOf({ ids, servers }: JoinerOptions, base: Member): readonly Joiner[] {
  if (ids.length !== servers.length) {
    throw new ZkopsError('usage', `${ids.length} --id and ${servers.length} --server do not go together`, {
      hint: "Give one for the other: --id 4 --server 'zk4:2888:3888;2181'.",
    })
  }
  if (new Set(ids).size < ids.length) throw new ZkopsError('usage', '--id names an id twice')
  const clientPort = settingOf(base, 'clientPort')?.value
  return servers.map((text, i) => {
    const value = fullLine(text.trim(), clientPort)
    const joiner = joinerOf(BigInt(ids[i]!), value)
    if (joiner !== undefined) return joiner
    throw new ZkopsError('usage', `--server ${text} is no server line`, {
      hint: "For example --server 'zk4:2888:3888:participant;2181'.",
    })
  })
}

function envOf({ jvm }: Member): string | null {
  const bytes = jvm === null ? 'missing' : readBytes(jvm.file)
  return typeof bytes === 'string' ? null : Buffer.from(bytes).toString('utf8')
}

function baseOf({ base, release, joiners }: JoinerInputs): Readonly<Record<string, unknown>> {
  const lines = joiners.map(({ id, value }) => `server.${id}=${value}`)
  return { from: base.file, zookeeper: release.line, joining: lines }
}

interface Made {
  readonly own: Joiner
  readonly files: readonly JoinerFile[]
}

/** The server's own parser has the last word. */
function refusedByServer(made: readonly Made[], { places, release }: JoinerInputs): Refusal | undefined {
  for (const { own, files } of made) {
    const bytes = (name: JoinerFile['name']) => files.find((file) => file.name === name)?.bytes
    const env = bytes('java.env')
    const properties = env === undefined ? [] : parseJvmEnv('java.env', Buffer.from(env).toString('utf8')).properties
    const { serverError } = judgeUnwritten(
      {
        path: `${places.confDir}/zoo.cfg`,
        zooCfg: bytes('zoo.cfg')!,
        dynamic: { path: `${places.confDir}/${DYNAMIC_NAME}`, bytes: bytes(DYNAMIC_NAME)! },
        myid: String(own.id),
        flags: new Map([...properties].map(([name, { value }]) => [name, value])),
      },
      release,
    )
    if (serverError === null) continue
    const why = `the server of ${release.name} would not take the files: ${serverError}`
    return { code: 'refused.rejected', why, counterexample: { serverError } }
  }
  return undefined
}

/** One member's files lie in --output itself, those of several in a folder for each. */
function draftsOf(own: Joiner, files: readonly JoinerFile[], { output, ids }: JoinerOptions, base: Member): Draft[] {
  const folder = ids.length === 1 ? output : join(output, String(own.id))
  // what was kept from others stays so
  const mode = isReadByOthers(base.file) ? undefined : 0o600
  return files.flatMap(({ name, bytes }) => draftOf(join(folder, name), Buffer.from(bytes), mode) ?? [])
}

const OWN_FILES = /(key|trust)Store\.(location|passwordPath)$|keytab|login\.config$/i

function findingsOf(base: Member, release: Release): readonly Finding[] {
  const own = [...base.settings.values(), ...base.flags.values()].filter(({ key }) => OWN_FILES.test(key))
  const finding = (code: string, severity: Finding['severity'], message: string, evidence: object): Finding => {
    const { remedy } = JOINER_FINDINGS[code]!
    return { code, severity, message, file: base.file, evidence: { ...evidence }, remedy }
  }
  const files = own.map(({ key, value }) => ({ key, value }))
  return [
    ...(own.length === 0
      ? []
      : [finding('joiner.own-files', 'info', `it needs its own ${own.map(({ key }) => key).join(', ')}`, { files })]),
    ...(isOn(base, 'reconfigEnabled', release)
      ? []
      : [finding('joiner.reconfig-disabled', 'warning', `reconfigEnabled is not true in ${base.file}`, {})]),
  ]
}

function nextSteps(
  { id, line, value }: Joiner,
  { places, base }: JoinerInputs,
  { output, ids, live }: JoinerOptions,
): string[] {
  const folder = ids.length === 1 ? output : join(output, String(id))
  const [data, logs] = ['dataDir', 'dataLogDir'].map((key) => base.settings.get(key)?.value)
  const dataDir = places.dataDir ?? data
  const logDir = places.logDir ?? logs
  // an observer that takes over a configuration without itself becomes a follower without a vote
  const mode = line.role === 'observer' ? 'follower or observer' : 'follower'
  return [
    `On the host of server.${id}: zkops data init ${dataDir} --myid ${id}${logDir === undefined ? '' : ` --log-dir ${logDir}`}; it needs empty directories and no file initialize.`,
    `Put ${folder}/zoo.cfg and what lies beside it into ${places.confDir}, where the server may write.`,
    `Start it once, and wait until srvr says Mode: ${mode}. Do not restart it before it is added: it takes over the members' configuration, in which it is not yet.`,
    `Add it: zkops reconfig add 'server.${id}=${value}'${targetFlags(live ?? {})}`,
  ]
}
