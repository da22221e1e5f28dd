/*
 * config lint:
 *
 * 1. Every file is read with what belongs to it (load.ts).
 * 2. Each is judged as a server's parser does, for the release asked for or for every line. Names are looked up only
 *    where the parser does it.
 * 3. The rules of the catalogue are run over all files together.
 * 4. With --check-files, --resolve, --detect and --live more is looked at: stores, directories, permissions, names,
 *    memory, what the running members say.
 */

import { OTHER_FINDINGS } from '../../config/findings.ts'
import type { Member } from '../../config/member.ts'
import { NEWEST_LINE, RELEASE_LINES, type Release, releaseOf } from '../../config/release.ts'
import type { Facts } from '../../config/rules/facts.ts'
import { NO_FACTS } from '../../config/rules/facts.ts'
import { RULES } from '../../config/rules/index.ts'
import type { Issue, Level, Rule } from '../../config/rules/rule.ts'
import { judge, type Verdict } from '../../config/verdict/verdict.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { Finding, Severity } from '../../support/finding.ts'
import type { LiveLook } from './live.ts'
import { type Loaded, loadMember } from './load.ts'
import { resolveForServer } from './names.ts'
import { configsAt } from './places.ts'
import { readPipe } from './read-pipe.ts'

export interface LintOptions {
  readonly places: readonly string[]
  /** A release or a line; undefined: every line, and the newest for the rules. */
  readonly zookeeper?: string | undefined
  readonly checkFiles: boolean
  readonly resolve: boolean
  /** The members run on this machine: its memory, swap and limits count. */
  readonly detect: boolean
  /** Running members are asked. */
  readonly live?: LiveLook | undefined
  readonly signal: AbortSignal
}

export interface FileVerdict extends Verdict {
  readonly file: string
  readonly zookeeper: string
}

export interface LintResult {
  readonly zookeeper: string
  readonly accepted: boolean
  readonly serverError: string | null
  readonly files: readonly string[]
  readonly verdicts: readonly FileVerdict[]
  readonly findings: readonly Finding[]
}

/** Throws `usage` for an unknown release; whatever is wrong with files is in the result. */
export async function lintConfigs(options: LintOptions): Promise<LintResult> {
  const release = releaseFor(options.zookeeper)
  const releases = options.zookeeper === undefined ? RELEASE_LINES.map((line) => releaseOf(line)!) : [release]
  const files = [...new Set(options.places.flatMap((place) => configsAt(place).map(({ file }) => file)))]
  const loaded: Loaded[] = []
  for (const file of files) {
    options.signal.throwIfAborted()
    loaded.push(loadMember(file, await readPipe(file, options.signal)))
  }
  const verdicts = await judgeAll(loaded, releases, options.signal)
  const own = new Map(loaded.map(({ member }) => [member, verdicts.get(member)!.get(release.name)!]))
  const extra = await lookFurther(loaded, options, release)
  const members = loaded.flatMap(({ member, problem }) => (problem === null ? [member] : []))
  const context = { release, exactRelease: /\.\d+\./.test(release.name), members, verdicts: own, facts: extra.facts }
  const issues = RULES.flatMap((rule) => [...rule.check(context)].map((issue) => findingOf(rule, issue)))
  const rejected = [...own.values()].find(({ accepted }) => !accepted)
  return {
    zookeeper: release.name,
    accepted: rejected === undefined,
    serverError: rejected?.serverError ?? null,
    files,
    verdicts: loaded.flatMap(({ member }) =>
      [...verdicts.get(member)!].map(([zookeeper, verdict]) => ({ file: member.file, zookeeper, ...verdict })),
    ),
    findings: [...loaded.flatMap(({ findings }) => findings), ...issues, ...extra.findings.map(withRemedy)],
  }
}

/** `3.8` or `3.8.6`; undefined: the newest line. Throws `usage`. */
export function releaseFor(zookeeper: string | undefined): Release {
  const release = releaseOf(zookeeper ?? NEWEST_LINE)
  if (release !== undefined) return release
  throw new ZkopsError('usage', `${zookeeper} is no ZooKeeper release from 3.4 to 3.9`, {
    hint: `For example: ${RELEASE_LINES.join(', ')}, or 3.8.6.`,
  })
}

/** Each member's verdict by release. What the parser needs of the resolver is asked for once, all together. */
export async function judgeAll(
  loaded: readonly Loaded[],
  releases: readonly Release[],
  signal: AbortSignal,
): Promise<ReadonlyMap<Member, ReadonlyMap<string, Verdict>>> {
  const judgeOne = ({ member, view }: Loaded) =>
    new Map(releases.map((release) => [release.name, judge(member.file, view, release)]))
  const verdicts = new Map<Member, ReadonlyMap<string, Verdict>>()
  for (const one of loaded) verdicts.set(one.member, judgeOne(one))
  const open = loaded.filter(({ view }) => view.unresolved.size > 0)
  if (open.length === 0) return verdicts
  const names = await resolveForServer(open.flatMap(({ view }) => [...view.unresolved]))
  signal.throwIfAborted()
  for (const one of open) {
    for (const host of [...one.view.unresolved]) one.view.learn(host, names.get(host)!)
    verdicts.set(one.member, judgeOne(one))
  }
  return verdicts
}

/** What only --check-files, --resolve, --detect and --live look at; their code is loaded only then. */
async function lookFurther(
  loaded: readonly Loaded[],
  { checkFiles, resolve, detect, live, signal }: LintOptions,
  release: Release,
): Promise<{ facts: Facts; findings: readonly Finding[] }> {
  const members = loaded.flatMap(({ member, problem }) => (problem === null ? [member] : []))
  const findings: Finding[] = []
  let facts = NO_FACTS
  if (checkFiles) {
    const { checkAllFiles } = await import('./check-files.ts')
    const checked = checkAllFiles(members)
    facts = { ...facts, directories: checked.directories }
    findings.push(...checked.findings)
  }
  if (resolve) {
    const { checkNames } = await import('./check-names.ts')
    const checked = await checkNames(members)
    facts = { ...facts, addresses: checked.addresses }
    findings.push(...checked.findings)
  }
  if (live !== undefined)
    findings.push(...(await (await import('./live.ts')).liveFindings(members, live, release, signal)))
  if (detect) facts = { ...facts, host: (await import('./host-facts.ts')).hostFacts() }
  signal.throwIfAborted()
  return { facts, findings }
}

function withRemedy(finding: Finding): Finding {
  return { remedy: OTHER_FINDINGS[finding.code]?.remedy, ...finding } as Finding
}

const SEVERITY: Readonly<Record<Level, Severity>> = {
  ERROR: 'error',
  HIGH: 'warning',
  MEDIUM: 'warning',
  LOW: 'info',
  INFO: 'info',
}

function findingOf(
  rule: Rule,
  { member, message, setting, key, evidence, remedy, level = rule.level }: Issue,
): Finding {
  const id = member.myid.state === 'id' ? String(member.myid.id) : undefined
  return {
    code: rule.code,
    severity: SEVERITY[level],
    level,
    message,
    file: setting?.file ?? member.file,
    key: setting?.key ?? key,
    member: id,
    evidence: { rule: rule.id, ...(setting === undefined ? {} : { line: setting.line }), ...evidence },
    remedy: remedy ?? rule.explanation.remedy,
  } as Finding
}
