import type { TestEnsemble } from './ensemble.ts'
import { runJava } from './oracle.ts'

/** What Story.java did to a znode. */
export interface ToldChange {
  readonly change: string
  readonly path: string
  readonly session: string
  readonly cause: string | null
  /** The new data, or the last one of what was deleted; undefined for a changed access list. */
  readonly data: string | null | undefined
}

export interface ToldSession {
  readonly session: string
  readonly timeoutMs: number
  readonly how: string
}

export interface Told {
  readonly changes: readonly ToldChange[]
  readonly sessions: readonly ToldSession[]
}

/** Runs Story.java against a server and waits until the session of its killed client has expired. */
export async function tellStory({ connect }: TestEnsemble, version: string): Promise<Told> {
  // the client of 3.4 does not connect under Java 14 and later
  const client = version.startsWith('3.4') ? '3.5.10' : version
  const output = await runJava(client, 'Story', [connect, version, 'tell'])
  await runJava(client, 'Story', [connect, version, 'await', '/story/killed'])
  const lines = output
    .trim()
    .split('\n')
    .map((line) => line.split('\t'))
  return {
    changes: lines.filter(([word]) => word !== 'session').map(toChange),
    sessions: lines
      .filter(([word]) => word === 'session')
      .map(([, session, timeout, how]) => ({ session: session!, timeoutMs: Number(timeout), how: how! })),
  }
}

function toChange([change, path, session, cause, data]: string[]): ToldChange {
  return {
    change: change!,
    path: path!,
    session: session!,
    cause: cause === '-' ? null : cause!,
    data: change === 'acl' ? undefined : data === 'null' ? null : data!.slice(1).replaceAll('\\n', '\n'),
  }
}
