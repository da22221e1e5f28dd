/* What helps: as a command, and as what data repair does for it. */
import { quoted } from '../../datadir/undo-bundle.ts'

/** What data repair does with the files. */
export type Treatment =
  | { readonly kind: 'quarantine'; readonly files: readonly string[] }
  /** `away`: what is of no use at its new place either. */
  | { readonly kind: 'rename'; readonly moves: readonly Move[]; readonly away: readonly string[] }
  /** Logs are written anew from their own valid records. */
  | { readonly kind: 'mend'; readonly logs: readonly string[] }
  | { readonly kind: 'patch'; readonly logs: readonly string[]; readonly peers: readonly string[] }
  | { readonly kind: 'truncate' }
  | { readonly kind: 'rebuild' }
  | { readonly kind: 'resync' }
  | { readonly kind: 'seed'; readonly zookeeper: string }
  | { readonly kind: 'epochs' }

/** To a place that is free. */
export interface Move {
  readonly from: string
  readonly to: string
}

export interface Remedy {
  readonly rank: number
  /** What `data repair --remedy` calls it; null when it is another program's work. */
  readonly code: string | null
  readonly command: string
  readonly loses: string
  readonly why: string
}

/** A remedy before it is ranked. */
export interface Proposal extends Omit<Remedy, 'rank'> {
  readonly does: Treatment | null
}

export const NOTHING = 'nothing'

/** How a directory was named, so that another command looks at the same one in the same way. */
export interface Given {
  readonly dir: string
  readonly config?: string | undefined
  readonly logDir?: string | undefined
  readonly server?: string | undefined
  readonly role?: string | undefined
  readonly jvmFlags: readonly string[]
}

/** `data repair` for a remedy of the doctor, called in the same way. */
export function repairCommand(given: Given, code: string, peers: readonly string[] = []): string {
  const named = peers.map((peer) => `--peer ${quoted(peer)}`)
  return ['zkops data repair', quoted(given.dir), '--remedy', code, ...flagsOf(given), ...named].join(' ')
}

/** The doctor once more, with another property of the server. */
export function doctorCommand(given: Given, jvmFlag: string): string {
  const jvmFlags = [...given.jvmFlags, jvmFlag]
  return ['zkops data doctor', quoted(given.dir), ...flagsOf({ ...given, jvmFlags })].join(' ')
}

function flagsOf({ config, logDir, server, role, jvmFlags }: Given): readonly string[] {
  const named: readonly (readonly [string, string | undefined])[] = [
    ['--config', config],
    ['--log-dir', logDir],
    ['--server', server],
    ['--role', role],
  ]
  return [
    ...named.flatMap(([flag, value]) => (value === undefined ? [] : [`${flag} ${quoted(value)}`])),
    ...jvmFlags.map((flag) => `--jvm-flag=${quoted(flag)}`),
  ]
}
