import { CHANGES, type EnsembleWatches, type WatchesMember } from '../operations/ensemble/clients/watches.ts'
import { hex64 } from '../support/hex.ts'
import { countText } from './amounts.ts'
import { counted, MEMBER_COLUMNS, memberHead, omittedText, orNothing, tableBlock } from './ensemble-clients.ts'
import { findingText } from './findings.ts'
import { printable, type Style } from './style.ts'

export function watchesText(result: EnsembleWatches, style: Style): string {
  const { color } = style
  const { members, paths, sessions } = result
  const memberRows = members.map((member) => [
    ...memberHead(member),
    ...[member.all, member.data, member.children, member.sessions, member.paths].map(orNothing),
    member.fanOut === null ? '-' : CHANGES.map((change) => countText(member.fanOut![change].most)).join('/'),
  ])
  const head = [...MEMBER_COLUMNS, 'all', 'data', 'child', 'sessions', 'paths', 'at once']
  const below = result.path === null ? '' : ` of ${printable(result.path)}`
  const listed = paths !== null && paths.length === 0 ? `\nno watches${below} for data or existence\n` : ''
  return [
    `${color.bold(printable(result.ensemble))}: ${sentence(members)}\n`,
    ...result.findings.map((finding) => findingText(finding, style)),
    tableBlock([head, ...memberRows], [3, 4, 5, 6, 7, 8]),
    listed,
    paths === null || paths.length === 0
      ? ''
      : `\n${tableBlock([['watched by', 'path'], ...paths.map(({ path, sessions: by }) => [countText(by), printable(path)])], [0])}`,
    omittedText(result.omittedPaths, style),
    sessions === null || sessions.length === 0
      ? ''
      : `\n${tableBlock([SESSION_COLUMNS, ...sessions.map(sessionRow)], [1])}`,
    omittedText(result.omittedSessions, style),
    ...NOTES.map((note) => `${color.dim(note)}\n`),
    result.heavy ? '' : `${color.dim('Which paths, and by whom, is told with --heavy.')}\n`,
  ].join('')
}

const NOTES = [
  'at once: the most that one creation/change/deletion/change of children told.',
  'Servers list no watches for children; a session counts once for each path.',
] as const

const SESSION_COLUMNS = ['session', 'watches', 'client', 'with'] as const

function sessionRow({ id, watches, client, member }: NonNullable<EnsembleWatches['sessions']>[number]) {
  return [hex64(id), countText(watches), printable(client ?? '-'), member]
}

function sentence(members: readonly WatchesMember[]): string {
  const sum = (of: (member: WatchesMember) => number | null) =>
    members.reduce((total, member) => total + (of(member) ?? 0), 0)
  if (members.every(({ all, data }) => all === null && data === null)) return 'no member tells its watches'
  if (members.every(({ all }) => all === null))
    return `${counted(
      sum(({ data }) => data),
      'watch',
      'watches',
    )} for data or existence`
  return `${counted(
    sum(({ all }) => all),
    'watch',
    'watches',
  )}, ${countText(sum(({ children }) => children))} of them for children`
}
