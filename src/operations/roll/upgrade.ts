/*
 * roll upgrade: another release, one member after the other.
 *
 * 1. Every member says which release it runs; there is no way back to an older one by a roll.
 * 2. What is known to go wrong between the two is said, and keeps it from beginning where data would be lost.
 * 3. Directories that lie on this machine are looked at as the new release would start on them.
 * 4. Member by member it is restarted, and has to come back with the release. What brings the release onto a member is
 *    the command's business (--exec, {to} stands for it), or done before; the servers of a sandbox get it here.
 */
import { type Release, releaseOf } from '../../config/release.ts'
import { serverFiles } from '../../sandbox/files.ts'
import type { Installation } from '../../sandbox/locate.ts'
import type { SandboxSpec } from '../../sandbox/state.ts'
import type { Check, Refusal } from '../../support/change.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { noProgress, type Progress } from '../../support/progress.ts'
import type { MemberAction } from '../live/member-actions.ts'
import { releaseFor } from '../zoo-cfg/lint.ts'
import { rollFinding } from './findings.ts'
import { trapsBetween } from './traps.ts'
import { actionMember, type RollMember } from './view.ts'
import type { RollKindOf, RollScene } from './work.ts'

/** `to`: a release or a line. Throws `usage`. */
export function upgradeKind(to: string, progress: Progress): RollKindOf {
  const release = releaseFor(to)
  return async (scene) => {
    const { members, actions } = scene
    const traps = trapsOf(members, release)
    const data = await checkDirectories(members, release, scene, progress)
    const { sandbox } = actions
    const installation = sandbox === null ? null : await installed(release, progress, scene.signal)
    return {
      ...{ kind: 'roll upgrade', verb: 'upgrade', base: { to }, data: { to } },
      refused: backwards(members, release) ?? stopping(traps) ?? data.refused,
      findings: [...traps, ...data.findings],
      undo: 'no roll leads back to an older release: its servers may not read what the new one wrote. Stop at a member that fails, and restore it',
      detail: ({ version }) => `${version ?? 'unknown release'} → ${to}`,
      isDone: (member) => runs(member, release),
      ...(sandbox === null ? {} : { actions: (member) => sandboxActions(member, sandbox, installation!, scene) }),
      after: async (member) =>
        runs(member, release) ? undefined : `it runs ${member.version ?? 'an unknown release'}, not ${to}`,
      checks: async (all) => [releaseCheck(all, release)],
    }
  }
}

/** `3.9` is any release of the line. */
function runs({ version }: RollMember, to: Release): boolean {
  return version !== null && (version === to.name || releaseOf(version)?.line === to.name)
}

function releaseCheck(members: readonly RollMember[], to: Release): Check {
  const told = members.map(({ name, version }) => `${name} ${version ?? '?'}`).join(', ')
  return { check: 'the release', ok: members.every((member) => runs(member, to)), detail: told }
}

function backwards(members: readonly RollMember[], to: Release): Refusal | null {
  const known = members.flatMap((member) => {
    const release = releaseOf(member.version ?? '')
    return release === undefined ? [] : [{ member, release }]
  })
  const newer = known.find(
    ({ release }) => release.minor > to.minor || (release.minor === to.minor && release.patch > to.patch),
  )
  if (newer === undefined || runs(newer.member, to)) return null
  const why = `${newer.member.name} runs ${newer.release.name}: ${to.name} is older, and may not read what it wrote`
  return { code: 'refused.downgrade', why, counterexample: { server: newer.member.id, runs: newer.release.name } }
}

/** Once for each release that runs. */
function trapsOf(members: readonly RollMember[], to: Release): readonly Finding[] {
  const releases = new Set(members.flatMap(({ version }) => version ?? []))
  const all = [...releases].flatMap((version) => {
    const from = releaseOf(version)
    return from === undefined || version === to.name ? [] : trapsBetween(from, to)
  })
  const once = new Map(all.map((trap) => [trap.message, trap]))
  return [...once.values()].map(({ code, severity, message }) => rollFinding(code, severity, message))
}

function stopping(traps: readonly Finding[]): Refusal | null {
  const trap = traps.find(({ severity }) => severity === 'error')
  if (trap === undefined) return null
  return { code: trap.code.replace('roll.', 'refused.'), why: trap.message, counterexample: null }
}

interface DataChecks {
  readonly refused: Refusal | null
  readonly findings: readonly Finding[]
}

/** As the doctor foresees the start of the new release. */
async function checkDirectories(
  members: readonly RollMember[],
  to: Release,
  scene: RollScene,
  progress: Progress,
): Promise<DataChecks> {
  const findings: Finding[] = []
  for (const member of members) {
    if (runs(member, to)) continue
    const place = placeOf(member, scene)
    if (place === undefined) {
      const message = `the directories of ${member.name} are not on this machine: zkops data doctor --server ${to.name} there tells how it will start`
      findings.push(rollFinding('roll.data-not-seen', 'info', message, member.id))
      continue
    }
    const { diagnose } = await import('../doctor/doctor.ts')
    const options = { ...place, server: to.name, role: 'quorum', jvmFlags: [], peers: [] } as const
    const { prediction, loss } = await diagnose({ ...options, signal: scene.signal, progress })
    if (prediction.outcome === 'refuses') {
      const why = `${member.name} would not start with ${to.name}: ${prediction.message}. See zkops data doctor ${place.dir} --server ${to.name}`
      return {
        refused: { code: 'refused.data', why, counterexample: { server: member.id, reason: prediction.reason } },
        findings,
      }
    }
    for (const { file, why, records } of loss) {
      const message = `${member.name} would drop ${records} records of ${file} at its start: ${why}`
      findings.push(rollFinding('roll.data-loss', 'warning', message, member.id))
    }
  }
  return { refused: null, findings }
}

/** What the doctor looks at; undefined: it does not lie on this machine. */
function placeOf(member: RollMember, { found, actions }: RollScene) {
  const { sandbox } = actions
  const spec = sandbox?.servers.find(({ id }) => id === member.id)
  if (spec !== undefined) {
    const { dataDir, logDir, config } = serverFiles(sandbox!, spec)
    return { dir: dataDir, logDir, config }
  }
  const server = found.target.servers.find(({ id }) => id === member.id)
  if (server?.exec != null || !actions.isHere(actionMember(member))) return undefined
  const told = actionMember(member)
  const dir = server?.dataDir ?? told.dataDir
  const logDir = server?.dataLogDir ?? told.dataLogDir ?? undefined
  return dir === null ? undefined : { dir, logDir, config: server?.config ?? undefined }
}

async function installed(to: Release, progress: Progress, signal: AbortSignal): Promise<Installation> {
  const { locate } = await import('../../sandbox/locate.ts')
  return locate({ version: to.name, progress, signal })
}

function sandboxActions(
  member: RollMember,
  { name }: SandboxSpec,
  { version, location, classPath }: Installation,
  { actions }: RollScene,
): readonly MemberAction[] {
  const { id } = member
  const start = async () => {
    const [{ upgradeServer }, { begin }] = await Promise.all([
      import('../../sandbox/state.ts'),
      import('../../sandbox/ensemble.ts'),
    ])
    begin(await upgradeServer(name, id, { zookeeper: version, location, classPath }), id)
  }
  const text = `zkops sandbox start ${name} ${id} --zookeeper ${version}`
  return [actions.stop(actionMember(member)), { does: 'start', text, run: start }]
}

/** From the journal. Throws `usage` for a release that is not known. */
export function resumedUpgrade(data: unknown): RollKindOf {
  const { to } = data as { readonly to: string }
  if (typeof to !== 'string') throw new ZkopsError('input.journal', 'the journal names no release')
  return upgradeKind(to, noProgress)
}
