/* What a server's parser would see of files that are not written yet. */
import { type PropertiesFile, parseProperties } from '../java/properties.ts'
import type { Release } from '../release.ts'
import { judge, type ServerView, type Verdict } from './verdict.ts'

export interface UnwrittenFiles {
  /** Where zoo.cfg will lie. */
  readonly path: string
  readonly zooCfg: Uint8Array
  /** Null: there is none. */
  readonly dynamic: { readonly path: string; readonly bytes: Uint8Array } | null
  /** Null: a server that runs alone. */
  readonly myid: string | null
  readonly flags: ReadonlyMap<string, string>
}

/** Every name resolves: whether it does where the server runs cannot be seen here. */
export function judgeUnwritten({ path, zooCfg, dynamic, myid, flags }: UnwrittenFiles, release: Release): Verdict {
  const files = new Map<string, PropertiesFile>([[path, parseProperties(zooCfg)]])
  if (dynamic !== null) files.set(dynamic.path, parseProperties(dynamic.bytes))
  const view: ServerView = {
    flags,
    properties: (name) => files.get(name) ?? 'missing',
    myid: () => (myid === null ? 'missing' : { line: myid }),
    lookup: () => ({ address: '192.0.2.1' }),
    writable: () => true,
  }
  return judge(path, view, release)
}
