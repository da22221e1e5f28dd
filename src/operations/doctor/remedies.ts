/* What to do, from what loses nothing to what loses most; each as one command. */
import { NEWEST_LINE } from '../../config/release.ts'
import { hex64 } from '../../support/hex.ts'
import type { Refusal } from './log-refusals.ts'
import { DESTROYED, type Loss } from './loss.ts'
import type { Places } from './places.ts'
import type { Start } from './predict.ts'

export interface Remedy {
  readonly rank: number
  readonly command: string
  readonly loses: string
  readonly why: string
}

type Proposal = Omit<Remedy, 'rank'>

const NOTHING = 'nothing'
const AFTER_RESYNC =
  'nothing, when a majority without this member is in sync and at or past its last zxid; what only this member has otherwise'

export function remediesFor(start: Start, losses: readonly Loss[], places: Places): readonly Remedy[] {
  const { refusal } = start
  const proposals = refusal === null ? forLosses(start, losses, places) : forRefusal(refusal, start, places)
  return proposals.map((one, i) => ({ rank: i + 1, ...one }))
}

function repair({ dir }: Places, remedy: string): string {
  return `zkops data repair ${word(dir)} --remedy ${remedy}`
}

const SHORT_LOGS: ReadonlySet<string> = new Set(['log.empty', 'log.header-short'])
const DAMAGED_LOGS: ReadonlySet<string> = new Set(['log.checksum', 'log.length', 'log.undecodable', 'log.magic'])

function forRefusal(refusal: Refusal, start: Start, places: Places): readonly Proposal[] {
  const { code, file } = refusal
  const resync = resyncOf(places)
  if (code.startsWith('data.epoch-')) {
    const command = `zkops epoch repair ${word(places.dataDir)}`
    return [{ command, loses: NOTHING, why: 'it writes the value that the data proves, and keeps the old one' }]
  }
  if (SHORT_LOGS.has(code)) {
    const isLast = start.logs.at(-1)?.file === file
    const moveAway = {
      command: repair(places, code),
      loses: isLast ? NOTHING : 'the transactions that this log held',
      why: isLast ? 'nothing can have been in the newest log' : 'it moves the log away',
    }
    return isLast ? [moveAway] : [...resync, moveAway]
  }
  if (code === 'log.gap') return [...resync, patchOf(file!), rebuild(places)]
  if (DAMAGED_LOGS.has(code)) {
    const { zxid } = refusal
    const cut = zxid === undefined ? [] : [chop(places, zxid)]
    return [...resync, patchOf(file!), salvage(file!, false), ...cut]
  }
  if (code === 'log.unknown-type') {
    const command = `zkops data doctor ${word(places.dir)} --server ${NEWEST_LINE}`
    return [{ command, loses: NOTHING, why: 'a newer release wrote the record: that one starts on it' }, ...resync]
  }
  if (code === 'data.snapshot-refused' || code === 'data.acl-missing') {
    const why = 'it moves the snapshot away, so that the next older one and the logs are used'
    return [
      { command: repair(places, code), loses: 'nothing, when the logs reach back to it without a gap', why },
      ...resync,
    ]
  }
  if (code === 'data.no-snapshot' || code === 'data.no-valid-snapshot') {
    const first = start.logs[0]?.nameZxid
    const complete = first !== undefined && (first & 0xffffffffn) <= 1n && first >> 32n <= 1n
    const why = 'the logs begin with the first transaction: they make a snapshot'
    const seed = { command: `zkops data seed ${word(places.dir)}`, loses: NOTHING, why }
    return complete ? [seed, ...resync] : resync
  }
  if (code === 'data.mixed') {
    const [kind, from, to] =
      file === places.logs ? ['snapshot', places.logs, places.snapshots] : ['log', places.snapshots, places.logs]
    const command = `mv -n ${word(from!)}/${kind}.* ${word(to!)}/`
    return [{ command, loses: NOTHING, why: 'files of one kind belong together, where the configuration says' }]
  }
  if (code === 'data.missing') {
    const why = 'only when it is to be empty: is the disk mounted?'
    return [{ command: `mkdir -p ${word(file!)}`, loses: 'nothing that is there', why }]
  }
  if (code === 'data.not-writable' || code === 'data.unreadable' || code === 'log.directory') {
    const command = code === 'log.directory' ? repair(places, code) : `chmod -R u+rwX ${word(file!)}`
    return [{ command, loses: NOTHING, why: 'no file is changed; the owner must be the user of the service' }]
  }
  if (code === 'data.config') {
    const command = `zkops config lint ${word(places.config?.member.file ?? places.dir)} --check-files`
    return [{ command, loses: NOTHING, why: 'the configuration is wrong, not the data' }]
  }
  return resync
}

function forLosses(start: Start, losses: readonly Loss[], places: Places): readonly Proposal[] {
  const failed = (start.picked?.passed ?? []).filter(({ how }) => how === 'fails')
  const first = losses[0]
  if (first === undefined) {
    if (failed.length === 0) return []
    const why = 'the server falls back by itself, but keeps ephemeral state of the damaged snapshot'
    return [{ command: repair(places, 'data.snapshot-failed'), loses: NOTHING, why }]
  }
  const peer = losses.find((loss) => loss.peer)?.peer
  const records = losses.find(
    ({ file, records: count, bytes }) => (count ?? 0) > 0 && (bytes ?? 0) > 0 && file.includes('log.'),
  )
  return [
    save(places),
    ...(peer ? [patchOf(first.file, peer)] : []),
    ...(records === undefined
      ? []
      : [
          salvage(
            records.file,
            losses.every(({ bytes, why }) => (bytes ?? 0) > 0 && why !== DESTROYED),
          ),
        ]),
    ...resyncOf(places),
    rebuild(places, losses),
  ]
}

function save({ snapshots, logs }: Places): Proposal {
  const sources = snapshots === logs ? [snapshots] : [snapshots, logs]
  const command = `tar -cf before-start.tar ${sources.map(word).join(' ')}`
  return { command, loses: NOTHING, why: 'the first start writes over the evidence; this repairs nothing' }
}

function resyncOf(places: Places): readonly Proposal[] {
  if (places.role !== 'quorum') return []
  const why = 'the member starts without data and gets all of it from the leader'
  return [{ command: repair(places, 'data.resync'), loses: AFTER_RESYNC, why }]
}

function patchOf(file: string, peer = 'PEER'): Proposal {
  const command = `zkops log patch ${word(file)} --from ${peer === 'PEER' ? peer : word(peer)} --output patched --execute`
  return { command, loses: NOTHING, why: 'the missing records come from a copy of the same history, each proven' }
}

function salvage(file: string, isWhole: boolean): Proposal {
  const command = `zkops log salvage ${word(file)} --output salvaged --execute`
  const loses = isWhole ? NOTHING : 'the damaged records; the ones that can be read are kept'
  return { command, loses, why: 'every valid record is written anew' }
}

function chop({ logs }: Places, zxid: bigint): Proposal {
  const command = `zkops log chop ${word(logs)} --to-zxid ${hex64(zxid)} --output chopped --execute`
  return { command, loses: `every transaction after ${hex64(zxid)}`, why: 'the log ends in front of the damage then' }
}

function rebuild({ dir }: Places, losses: readonly Loss[] = []): Proposal {
  const command = `zkops snapshot build ${word(dir)} --output rebuilt`
  const spans = losses.map(({ firstZxid, lastZxid }) =>
    firstZxid === null ? 'unknown' : `${hex64(firstZxid)}..${hex64(lastZxid!)}`,
  )
  const loses =
    spans.length === 0 ? 'the missing transactions' : `${spans.slice(0, 3).join(', ')}${spans.length > 3 ? ', …' : ''}`
  return { command, loses, why: 'a fresh directory of what is there, with the loss made known' }
}

/** A word of a shell command. */
function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
