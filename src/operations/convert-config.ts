/*
 * config convert:
 *
 * 1. Every member's files are read (zoo.cfg, the dynamic file, java.env, myid).
 * 2. They are changed for the release and layout that are asked for (config/convert/); each change has its reason.
 * 3. The result is judged as a server of that release does; what it would not take is refused.
 * 4. The plan writes the files, in place with the old ones kept, or into a folder of their own.
 */
import { basename, dirname, join, resolve } from 'node:path'
import type { ConfigChange } from '../config/convert/changes.ts'
import { type ConvertedMember, convertMember } from '../config/convert/convert.ts'
import { CONVERT_FINDINGS } from '../config/convert/findings.ts'
import type { Layout } from '../config/convert/members.ts'
import { rollingOrder } from '../config/convert/order.ts'
import { parseJvmEnv } from '../config/jvm-env.ts'
import { type Member, memberId, shownValue } from '../config/member.ts'
import type { Release } from '../config/release.ts'
import { judgeUnwritten } from '../config/verdict/memory-view.ts'
import { type Change, type Refusal, refusedChange } from '../support/change.ts'
import { ZkopsError } from '../support/errors.ts'
import type { Finding } from '../support/finding.ts'
import { type Draft, diffOf, draftOf, writingChange } from './generate-config/write.ts'
import type { FileDiff } from './zoo-cfg/fmt.ts'
import { releaseFor } from './zoo-cfg/lint.ts'
import { loadMember } from './zoo-cfg/load.ts'
import { configsAt } from './zoo-cfg/places.ts'
import { isReadByOthers } from './zoo-cfg/read-by-others.ts'
import { readable } from './zoo-cfg/read-member.ts'
import { readBytes } from './zoo-cfg/server-view.ts'

export interface ConvertOptions {
  readonly place: string
  readonly zookeeper: string | undefined
  readonly layout: Layout
  /** A folder for the files; undefined: in place. */
  readonly output: string | undefined
  /** Where the files will lie on the members; undefined: where they lie. */
  readonly confDir: string | undefined
}

export interface ConvertedFile {
  readonly file: string
  readonly changes: readonly ConfigChange[]
}

export interface PlannedConvert {
  readonly change: Change
  readonly diffs: readonly FileDiff[]
  readonly members: readonly ConvertedFile[]
  /** How to get the files onto the members. */
  readonly order: readonly string[]
}

interface Converted {
  readonly member: Member
  /** Where the result lies. */
  readonly folder: string
  readonly dynamicFile: string
  readonly result: ConvertedMember
}

/** Throws `usage`, `input.*`. */
export function planConvert(options: ConvertOptions): PlannedConvert {
  const { place, layout, output } = options
  const release = releaseFor(options.zookeeper)
  if (layout === 'dynamic' && release.minor === 4) throw new ZkopsError('usage', '3.4 has no dynamic file')
  const places = configsAt(place)
  const others = places.map(({ file }) => readable(loadMember(file)).member)
  const converted = others.map((member, i): Converted => {
    const name = places[i]!.name === '' ? basename(member.file) : places[i]!.name
    const folder = output === undefined ? dirname(member.file) : join(output, dirname(name))
    const dynamicFile = join(confDirOf(member, options), 'zoo.cfg.dynamic')
    const env = textOf(member.jvm?.file)
    return { member, folder, dynamicFile, result: convertMember({ member, others, release, layout, dynamicFile, env }) }
  })
  const drafts = converted.flatMap((one) => draftsOf(one, output !== undefined))
  const base = { from: place, zookeeper: release.line, layout }
  const change = writingChange(
    'config convert',
    drafts,
    base,
    output ?? dirname(others[0]!.file),
    findingsOf(converted),
  )
  const refused = refusal(converted, options, release)
  if (refused !== undefined) {
    return { change: refusedChange(change.plan, refused, change.findings), diffs: [], members: [], order: [] }
  }
  const all = converted.flatMap(({ result }) => result.changes)
  const oldStyle = others.some(({ ensemble }) => [...ensemble.servers.values()].some(({ client }) => client === null))
  const moved = layout !== 'as-is' && all.some(({ key }) => key === 'dynamicConfigFile') ? layout : null
  return {
    change,
    diffs: drafts.flatMap(diffOf),
    members: converted.map(({ member, result }) => ({ file: member.file, changes: result.changes.map(shown) })),
    order: rollingOrder({ release, oldStyle, moved, changes: all }),
  }
}

function shown(change: ConfigChange): ConfigChange {
  const { key, before, after } = change
  const hide = (value: string | null) => (value === null ? null : shownValue(key, value))
  return { ...change, before: hide(before), after: hide(after) }
}

/** A copy for other machines keeps what the file says itself about where it lies. */
function confDirOf({ file, settings }: Member, { output, confDir }: ConvertOptions): string {
  const dynamic = settings.get('dynamicConfigFile')?.value
  return (
    confDir ??
    (output === undefined ? dirname(resolve(file)) : dynamic === undefined ? '/etc/zookeeper' : dirname(dynamic))
  )
}

function textOf(file: string | undefined): string | null {
  const bytes = file === undefined ? 'missing' : readBytes(file)
  return typeof bytes === 'string' ? null : Buffer.from(bytes).toString('utf8')
}

/** In a folder of its own the result is whole: what does not change is copied. */
function draftsOf({ member, folder, result }: Converted, whole: boolean): Draft[] {
  const { zooCfg, dynamic, env } = result
  const mode = isReadByOthers(member.file) ? undefined : 0o600
  const one = (name: string, content: string | Uint8Array | null) =>
    content === null ? [] : (draftOf(join(folder, name), Buffer.from(content as string), mode) ?? [])
  const copied = whole && dynamic === null ? copyOfDynamic(member, result) : []
  const id = memberId(member)
  return [
    one(basename(member.file), zooCfg),
    one('zoo.cfg.dynamic', dynamic),
    copied.flatMap(([name, text]) => one(name, text)),
    one('java.env', env ?? (whole ? textOf(member.jvm?.file) : null)),
    whole && id !== null ? one('myid', `${id}\n`) : [],
  ].flat()
}

function copyOfDynamic({ dynamic, settings }: Member, { changes }: ConvertedMember): (readonly [string, string])[] {
  const path = settings.get('dynamicConfigFile')?.value
  const text = dynamic === null ? null : textOf(dynamic.file)
  const gone = changes.some(({ key, after }) => key === 'dynamicConfigFile' && after === null)
  return path === undefined || text === null || gone ? [] : [[basename(path), text]]
}

function refusal(converted: readonly Converted[], { layout }: ConvertOptions, release: Release): Refusal | undefined {
  for (const { member, dynamicFile, result } of converted) {
    if (layout === 'dynamic' && member.ensemble.servers.size === 0 && member.ensemble.unreadable.length === 0) {
      const why = `${member.file} names no members: there is nothing that a dynamic file could hold`
      return { code: 'refused.no-ensemble', why, counterexample: null }
    }
    if (hidesItsLine(member, result)) {
      const why = `${member.file} has a clientPortAddress, and which server line is its own is not known: put its myid beside it`
      return { code: 'refused.own-line-unknown', why, counterexample: null }
    }
    const { serverError } = judged(member, dynamicFile, result, release)
    if (serverError === null) continue
    const why = `a server of ${release.name} would not take ${member.file} as converted: ${serverError}`
    return { code: 'refused.rejected', why, counterexample: { file: member.file, serverError } }
  }
  return undefined
}

/** Where it listens belongs into its own line. */
function hidesItsLine(member: Member, { changes }: ConvertedMember): boolean {
  const given = member.settings.has('clientPortAddress') && memberId(member) === null
  return given && changes.some(({ key }) => key.startsWith('server.'))
}

/** The server's own parser has the last word. */
function judged(member: Member, dynamicFile: string, { zooCfg, dynamic, env }: ConvertedMember, release: Release) {
  const path = member.settings.get('dynamicConfigFile')?.value
  const old = textOf(member.dynamic?.file)
  const flags = env === null ? member.jvm?.properties : parseJvmEnv('java.env', env).properties
  const id = memberId(member)
  return judgeUnwritten(
    {
      path: join(dirname(dynamicFile), basename(member.file)),
      zooCfg,
      dynamic:
        dynamic !== null
          ? { path: dynamicFile, bytes: Buffer.from(dynamic, 'latin1') }
          : path === undefined || old === null
            ? null
            : { path, bytes: Buffer.from(old) },
      // who it is does not matter to what is judged
      myid: String(id ?? [...member.ensemble.servers.keys()][0] ?? 1),
      flags: new Map([...(flags ?? [])].map(([name, { value }]) => [name, value])),
    },
    release,
  )
}

function findingsOf(converted: readonly Converted[]): readonly Finding[] {
  return converted.flatMap(({ member, result }) => {
    const { file } = member
    const one = (
      code: string,
      severity: Finding['severity'],
      message: string,
      more: Partial<Finding> = {},
    ): Finding => {
      return { code, severity, message, file, ...more, remedy: CONVERT_FINDINGS[code]!.remedy }
    }
    const ids = result.assumed.map(String)
    const bare = [...(member.dynamic === null ? [] : member.ensemble.servers.values())].filter(
      ({ client }) => client === null,
    )
    return [
      ...result.changes
        .filter(({ takesEffect }) => takesEffect)
        .map(({ key, before }) =>
          one('convert.takes-effect', 'warning', `${key}=${shownValue(key, before!)} counts from now on`, { key }),
        ),
      ...result.byHand.map((key) => one('convert.by-hand', 'warning', `${key} belongs into java.env`, { key })),
      ...(ids.length === 0
        ? []
        : [
            one('convert.assumed-port', 'info', `the client port of ${ids.join(', ')} is taken from this file`, {
              evidence: { ids },
            }),
          ]),
      ...(bare.length === 0 || result.changes.some(({ key }) => key === 'dynamicConfigFile')
        ? []
        : [one('convert.members-untouched', 'info', `${bare.length} server lines have no client address`, {})]),
    ]
  })
}
