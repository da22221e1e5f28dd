import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ZkopsError } from '../support/errors.ts'
import type { Progress } from '../support/progress.ts'
import { installRelease, releaseFolder } from './install.ts'
import { cacheFolder } from './places.ts'
import { NEWEST, resolveRelease } from './releases.ts'

/** A ZooKeeper that can be run. */
export interface Installation {
  readonly version: string
  readonly source: 'cache' | 'home' | 'debian'
  /** The folder, as a user knows it. */
  readonly location: string
  /** Entries of a Java class path. */
  readonly classPath: readonly string[]
}

export interface LocateOptions {
  /** A release or a line; undefined: the newest, or whatever `home` holds. */
  readonly version?: string | undefined
  /** An unpacked binary distribution. */
  readonly home?: string | undefined
  readonly progress: Progress
  readonly signal?: AbortSignal | undefined
}

/**
 * The installation to run: `home` if given, else the release in the cache (installed now if it is missing); without a
 * wanted release ZOOKEEPER_HOME comes first. Throws `environment.*`, `input.*` for a home that is none, `usage`.
 */
export async function locate(options: LocateOptions): Promise<Installation> {
  const home = options.home ?? (options.version === undefined ? process.env.ZOOKEEPER_HOME : undefined)
  if (home !== undefined && home !== '') {
    const found = await fromHome(home)
    if (options.version !== undefined && resolveRelease(options.version) !== found.version) {
      throw new ZkopsError('usage', `${home} holds ZooKeeper ${found.version}, not ${options.version}`)
    }
    return found
  }
  const version = resolveRelease(options.version ?? NEWEST)
  const debian = await fromDebian()
  if (debian?.version === version) return debian
  return fromCache(version, await installRelease(version, options))
}

/** Everything that can be run here: the cache, ZOOKEEPER_HOME, Debian's packages. */
export async function listInstallations(): Promise<readonly Installation[]> {
  const names = await readdir(join(cacheFolder(), 'zookeeper')).catch(() => [])
  const cached = names.filter((name) => /^\d/.test(name)).map((name) => fromCache(name, releaseFolder(name)))
  const home = process.env.ZOOKEEPER_HOME
  const others = await Promise.all([home ? fromHome(home).catch(() => undefined) : undefined, fromDebian()])
  return [...cached, ...others.filter((one) => one !== undefined)].sort((a, b) =>
    a.version.localeCompare(b.version, 'en', { numeric: true }),
  )
}

function fromCache(version: string, folder: string): Installation {
  return { version, source: 'cache', location: folder, classPath: [join(folder, 'lib/*')] }
}

/** An unpacked distribution: zookeeper-X.Y.Z.jar in it (3.4) or in its lib/ (3.5 on). Throws `input.zookeeper-home`. */
async function fromHome(home: string): Promise<Installation> {
  for (const folder of [join(home, 'lib'), home]) {
    const names = await readdir(folder).catch(() => [])
    const version = names
      .map((name) => /^zookeeper-(\d+\.\d+\.\d+)[\w.-]*\.jar$/.exec(name)?.[1])
      .find((found) => found)
    if (version !== undefined) {
      return { version, source: 'home', location: home, classPath: [join(home, '*'), join(home, 'lib/*')] }
    }
  }
  throw new ZkopsError(
    'input.zookeeper-home',
    `${home} is no unpacked ZooKeeper: no zookeeper-X.Y.Z.jar in it or its lib/`,
    {
      file: home,
    },
  )
}

const DEBIAN_JARS = '/usr/share/java'
/** What Debian's own start script puts on the class path, and what its server needs beside it. */
const DEBIAN_NEEDS =
  /^(zookeeper|zookeeper-jute|slf4j-api|slf4j-log4j12|slf4j-reload4j|reload4j|log4j-1\.2|logback-classic|logback-core|netty|netty-.*|metrics-core|metrics-core3|snappy-java|commons-cli|commons-io|jetty9?-.*|jackson-(core|databind|annotations)|servlet-api(-3\.1)?|jakarta-servlet-api|javax.servlet-api|jline2?|spotbugs-annotations|audience-annotations)\.jar$/

/** Debian's libzookeeper-java, if it is installed. */
async function fromDebian(): Promise<Installation | undefined> {
  const names = await readdir(DEBIAN_JARS).catch(() => [])
  const version = names.map((name) => /^zookeeper-(\d+\.\d+\.\d+)\.jar$/.exec(name)?.[1]).find((found) => found)
  if (version === undefined || !(await stat(join(DEBIAN_JARS, 'zookeeper.jar')).catch(() => undefined)))
    return undefined
  const classPath = names.filter((name) => DEBIAN_NEEDS.test(name)).map((name) => join(DEBIAN_JARS, name))
  return { version, source: 'debian', location: DEBIAN_JARS, classPath }
}
