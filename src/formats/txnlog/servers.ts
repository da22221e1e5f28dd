/*
 * What a standalone server or a member does at its start with what was found, by release: "3.4-3.9" are the lines from
 * 3.4 to 3.9, "3.9.4+" that release and all later ones. Every text begins with "serves" or "refuses".
 *
 * test/e2e/log-servers.test.ts starts the servers of all lines on each of them.
 */

/** Ranges of releases, oldest first, and what they do. */
export type Servers = Readonly<Record<string, string>>

const EOF = 'refuses (EOFException)'
const OUT_OF_ORDER = 'refuses (Committed proposal cached out of order)'
const NOT_SEEN = 'serves, does not see the file'

export const SERVERS = {
  'torn-tail': { '3.4-3.9': 'serves, ignores the incomplete record' },
  'torn-tail.before-others': {
    '3.4-3.9.3': 'serves, goes on with the next log',
    '3.9.4+': 'serves, goes on with the next log; refuses when that leaves a gap',
  },
  drops: { '3.4-3.9': 'serves, silently drops this record and the rest of the file' },
  'drops.before-others': {
    '3.4-3.9.3': 'serves, silently drops this record and the rest of the file',
    '3.9.4+': 'serves, silently drops this record and the rest of the file; refuses when the next log leaves a gap',
  },
  checksum: { '3.4-3.9': 'refuses (CRC check failed)' },
  length: { '3.4-3.9': 'refuses (Unreasonable length)' },
  'length.-1': { '3.4-3.9': 'refuses (NullPointerException)' },
  'inner-length': { '3.4-3.9': 'refuses (Unreasonable length)' },
  'inner-length.close-session': {
    '3.4-3.5': 'serves, does not read the body of a closeSession',
    '3.6+': 'refuses (Unreasonable length); serves with closeSessionTxn.enabled=false',
  },
  'unknown-type': { '3.4-3.9': 'refuses (Unsupported Txn)' },
  magic: { '3.4-3.9': 'refuses (invalid magic number)' },
  'header-short': { '3.4-3.9': EOF },
  empty: { '3.4-3.9.2': EOF, '3.9.3+': 'serves, deletes the file' },
  'empty.before-others': { '3.4-3.9': EOF },
  'junk-behind-end': { '3.4-3.9': 'serves, never reads it' },
  gap: { '3.4-3.9.3': 'serves, silently without them', '3.9.4+': OUT_OF_ORDER },
  'gap.behind-snapshot': { '3.4-3.9': 'serves, silently without them: they follow the newest snapshot' },
  'gap.bridged': { '3.4-3.9': 'serves, starts from the snapshot' },
  'epoch-step': { '3.4-3.9': 'serves, silently without them' },
  replayed: { '3.4-3.9': 'serves, applies it again' },
  'name-mismatch': { '3.4-3.9': 'serves, replays it in the place of its name' },
  'stray-copy': { '3.4-3.5': NOT_SEEN, '3.6+': 'serves, replays it as a log of its own' },
  'stray-copy.compressed': { '3.4-3.5': NOT_SEEN, '3.6+': 'refuses (invalid magic number): logs are not unpacked' },
  'header-field': { '3.4-3.9': 'serves, does not look at it' },
  directory: { '3.4-3.9': 'refuses (FileNotFoundException)' },
} as const satisfies Readonly<Record<string, Servers>>

export type ServerCase = keyof typeof SERVERS

/** The longest payload of 3.4 to 3.5.6 for a `jute.maxbuffer`: those releases add 1024 to it. */
export function oldPayloadLimit(juteMaxbuffer: number): number {
  return juteMaxbuffer + 1024
}

/** What servers do with a record whose length field is above the older releases' limit only. */
export function refusedByOlder(servers: Servers): Servers {
  const [oldest, ...others] = Object.entries(servers)
  const [range, does] = oldest!
  return {
    '3.4-3.5.6': SERVERS.length['3.4-3.9'],
    [range.replace('3.4-', '3.5.7-')]: does,
    ...Object.fromEntries(others),
  }
}
