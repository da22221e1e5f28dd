/*
 * Makes a runnable server of a release in the user's cache:
 *
 * 1. A POM is rendered that names the release and the jars that its own POM leaves out.
 * 2. The installed Maven copies all of them into a folder of this process.
 * 3. The folder is renamed into place, so an installation is there as a whole or not at all, and two installations at
 *    the same time do not meet. What a killed one left behind is taken away by the next.
 */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { interrupted, systemErrorCode, ZkopsError } from '../support/errors.ts'
import { packageRoot } from '../support/package-root.ts'
import type { Progress } from '../support/progress.ts'
import { renderTemplate } from '../support/template.ts'
import { cacheFolder } from './places.ts'
import { isRunning, processIdentity } from './process.ts'
import { findJava, findMaven, runProgram } from './programs.ts'
import { artifactXml, LINES, lineOf } from './releases.ts'

const COPY_GOAL = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies'

/** The folder of an installed release. */
export function releaseFolder(version: string): string {
  return join(cacheFolder(), 'zookeeper', version)
}

/** True when the release is installed. */
export async function isInstalled(version: string): Promise<boolean> {
  return (await stat(join(releaseFolder(version), 'lib')).catch(() => undefined))?.isDirectory() === true
}

/**
 * Installs `version` unless it is there; returns its folder (jars in `lib/`).
 * Throws `environment.java`, `environment.maven` or `environment.install`.
 */
export async function installRelease(
  version: string,
  { progress, signal }: { readonly progress: Progress; readonly signal?: AbortSignal | undefined },
): Promise<string> {
  const folder = releaseFolder(version)
  if (await isInstalled(version)) return folder
  findJava()
  const maven = findMaven()
  const parent = join(folder, '..')
  await mkdir(parent, { recursive: true })
  await sweep(parent)
  const { pid, startedAt } = processIdentity(process.pid)!
  const work = join(parent, `.installing-${pid}-${startedAt}-${version}`)
  await mkdir(work)
  try {
    progress.step(`installing ZooKeeper ${version} with Maven …`)
    await writeFile(join(work, 'pom.xml'), await renderPom(version))
    const args = ['-B', '-q', COPY_GOAL, '-DincludeScope=runtime', `-DoutputDirectory=${join(work, 'lib')}`]
    const { exitCode, output } = await runProgram(maven, args, { cwd: work, signal })
    if (signal?.aborted) throw interrupted()
    if (exitCode !== 0) throw mavenFailed(version, output)
    await rename(work, folder).catch((error: unknown) => {
      // another process was faster
      if (!['ENOTEMPTY', 'EEXIST'].includes(systemErrorCode(error) ?? '')) throw error
    })
    progress.step(`installed ZooKeeper ${version}`)
    return folder
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function renderPom(version: string): Promise<string> {
  const template = await readFile(join(packageRoot(), 'templates/sandbox/pom.xml'), 'utf8')
  return renderTemplate(template, { version, extra: LINES[lineOf(version)]!.extra.map(artifactXml).join('\n') })
}

/** Takes away what installations that were killed have left. */
async function sweep(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const match = /^\.installing-(\d+)-([^-]+)-/.exec(name)
    if (match === null || isRunning({ pid: Number(match[1]), startedAt: match[2]! })) continue
    await rm(join(parent, name), { recursive: true, force: true })
  }
}

function mavenFailed(version: string, output: string): ZkopsError {
  const lines = output
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-6)
    .join('\n')
  return new ZkopsError('environment.install', `Maven could not fetch ZooKeeper ${version}`, { hint: lines })
}
