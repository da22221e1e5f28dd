/*
 * What a member runs to look around: one shell command, and what it prints.
 *
 * The shell is any POSIX one. A port is tried by bash's /dev/tcp, else by an nc that has -z, and never longer than the time that is
 * given; names are resolved by getent, which asks as the server does. Everything runs at the same time. Hosts and ports
 * are checked before they stand in it, so nothing in it is quoted, and it has no single quotes itself.
 *
 *   <mark> p 3 1 bash: connect: Connection refused …      port 3 of the list: exit status, what was said
 *   <mark> n 0 0 10.0.0.1 10.0.0.2                        name 0: exit status, addresses
 *   <mark> t none                                         neither of them is there
 */
import type { Reach, ReachOutcome } from '../../../cluster/reach.ts'

export interface Place {
  readonly host: string
  readonly number: number
}

/** What may stand in a shell command as it is. */
export const isPlainHost = (host: string): boolean => /^[A-Za-z0-9_][A-Za-z0-9._:-]{0,254}$/.test(plainHost(host))

const plainHost = (host: string): string => host.replace(/^\[|\]$/g, '')

/** Hosts have to be plain ones. `mark`: letters and digits that nothing else prints. */
export function lookScript(
  mark: string,
  places: readonly Place[],
  names: readonly string[],
  timeoutMs: number,
): string {
  const seconds = Math.max(1, Math.ceil(timeoutMs / 1000))
  const lines = [
    'LC_ALL=C; export LC_ALL',
    'has() { command -v "$1" >/dev/null 2>&1; }',
    `lim() { if has timeout; then timeout ${seconds} "$@"; else "$@"; fi; }`,
    'if has bash && has timeout; then t() { lim bash -c "exec 3<>/dev/tcp/$1/$2"; }',
    `elif has nc && nc -h 2>&1 | grep -q -e -z; then t() { lim nc -z -w ${seconds} -v "$1" "$2"; }`,
    `else echo "${mark} t none"; t() { return 126; }; fi`,
    'say() { printf "%s %.400s\\n" "$1" "$(printf "%s" "$2" | tr "\\n" " ")"; }',
    `p() { m=$(t "$2" "$3" 2>&1 </dev/null); say "${mark} p $1 $?" "$m"; }`,
    'r() { has getent || return 126; lim getent ahosts "$1" | while read a b; do echo "$a"; done; }',
    `n() { m=$(r "$2" 2>/dev/null </dev/null); say "${mark} n $1 $?" "$m"; }`,
    ...places.map(({ host, number }, i) => `p ${i} ${plainHost(host)} ${number} &`),
    ...names.map((name, i) => `n ${i} ${name} &`),
    'wait',
  ]
  return `sh -c '${lines.join('\n')}'`
}

export interface LookedAround {
  /** In the order of the places; what was not answered for is a failure. */
  readonly ports: readonly Reach[]
  /** In the order of the names; null: not known. */
  readonly names: readonly (readonly string[] | null)[]
  /** There is nothing to try ports with. */
  readonly toolless: boolean
}

export function readLook(mark: string, output: string, places: number, names: number): LookedAround {
  const ports: (Reach | undefined)[] = new Array(places).fill(undefined)
  const found: (readonly string[] | null)[] = new Array(names).fill(null)
  for (const line of output.split('\n')) {
    const [, kind, at, status, rest] = LINE.exec(line.trimEnd()) ?? []
    if (!line.startsWith(`${mark} `) || kind === undefined) continue
    const index = Number(at)
    const code = Number(status)
    if (kind === 'p' && index < places) ports[index] = reachOf(code, rest ?? '')
    else if (kind === 'n' && index < names) found[index] = namesOf(code, rest ?? '')
  }
  const missing: Reach = { outcome: 'failed', ms: null, detail: 'it was not said' }
  return {
    ports: ports.map((port) => port ?? missing),
    names: found,
    toolless: output.includes(`${mark} t none`),
  }
}

const LINE = /^\w+ ([pn]) (\d{1,6}) (\d{1,3}) ?(.*)$/

function reachOf(status: number, said: string): Reach {
  if (status === 0) return { outcome: 'open', ms: null, detail: null }
  const known = SAYINGS.find(([saying]) => saying.test(said))?.[1]
  // 124: timeout; 143 and 137: it was ended by it
  const outcome = known ?? ([124, 137, 143].includes(status) ? 'timeout' : 'failed')
  return { outcome, ms: null, detail: said.trim() === '' ? null : said.trim() }
}

const SAYINGS: readonly (readonly [RegExp, ReachOutcome])[] = [
  [/connection refused/i, 'refused'],
  [
    /no route to host|network is unreachable|host is (down|unreachable)|permission denied|not permitted/i,
    'unreachable',
  ],
  [
    /name or service not known|name resolution|bad address|not known|could not resolve|no address assoc|nodename/i,
    'unresolved',
  ],
  [/timed out|in progress/i, 'timeout'],
]

/** getent ends with 2 for a name that it does not find, and its reader with 0 all the same. */
function namesOf(status: number, said: string): readonly string[] | null {
  if (status === 126) return null
  const addresses = said.split(' ').filter((one) => /^[0-9a-f.:]{2,45}(%\w+)?$/i.test(one))
  return [...new Set(addresses)].sort()
}
