import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { locate } from '../src/sandbox/locate.ts'
import { findJava, findProgram } from '../src/sandbox/programs.ts'
import { noProgress } from '../src/support/progress.ts'
import type { Command } from './measure.ts'

/** A yardstick, or why there is none on this machine. */
export type Peer = { readonly command: (...args: string[]) => Command } | { readonly missing: string }

export interface Peers {
  /** TxnLogToolkit of ZooKeeper 3.9.5. */
  readonly toolkit: Peer
  /** ZooKeeper's own reader in a bare loop over a folder. */
  readonly reader: Peer
  /** Framing and Adler-32 in C. */
  readonly c: Peer & { readonly library: string }
}

const VERSION = '3.9.5'

/** Finds and compiles the yardsticks; `folder` takes what is compiled. */
export async function findPeers(root: string, folder: string): Promise<Peers> {
  return { ...(await javaPeers(root, folder)), c: cPeer(root, folder) }
}

async function javaPeers(root: string, folder: string): Promise<{ toolkit: Peer; reader: Peer }> {
  try {
    const java = findJava()
    const { classPath } = await locate({ version: VERSION, progress: noProgress })
    const jars = classPath.flatMap(quietJars)
    // the tool's text is compared with ours
    const start = [java, '-Dfile.encoding=UTF-8', '-Duser.timezone=UTC', '-cp'] as const
    const tool = 'org.apache.zookeeper.server.persistence.TxnLogToolkit'
    const javac = join(dirname(java), 'javac')
    const compiled = spawnSync(
      existsSync(javac) ? javac : (findProgram('javac') ?? 'javac'),
      ['-cp', jars.join(':'), '-d', folder, join(root, 'bench/java/ReadLog.java')],
      { stdio: 'ignore' },
    )
    return {
      toolkit: { command: (...args) => [...start, jars.join(':'), tool, ...args] },
      reader:
        compiled.status === 0
          ? { command: (...args) => [...start, [folder, ...jars].join(':'), 'ReadLog', ...args] }
          : { missing: 'no javac' },
    }
  } catch (error) {
    const missing = error instanceof Error ? error.message : String(error)
    return { toolkit: { missing }, reader: { missing } }
  }
}

/** The jars of a class path entry without the logging backend, which would write to stdout: in the peers' favour. */
function quietJars(entry: string): string[] {
  if (!entry.endsWith('/*')) return [entry]
  const folder = dirname(entry)
  const jars = readdirSync(folder).filter((name) => name.endsWith('.jar') && !/^(logback|slf4j-log4j|log4j)/.test(name))
  return jars.map((name) => join(folder, name))
}

function cPeer(root: string, folder: string): Peers['c'] {
  const compiler = findProgram('cc')
  if (compiler === undefined) return { missing: 'no C compiler', library: 'C' }
  const program = join(folder, 'read_log')
  const source = join(root, 'bench/c/read_log.c')
  const compile = (...args: string[]) =>
    spawnSync(compiler, ['-O2', '-o', program, source, ...args], { stdio: 'ignore' }).status === 0
  const command = (...args: string[]): Command => [program, ...args]
  if (compile('-DLIBDEFLATE', '-ldeflate')) return { command, library: 'C + libdeflate' }
  if (compile('-lz')) return { command, library: 'C + zlib' }
  return { missing: 'neither libdeflate.h nor zlib.h', library: 'C' }
}
