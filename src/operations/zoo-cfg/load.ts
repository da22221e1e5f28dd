/* Reads what belongs to a configuration file: myid, the dynamic file, java.env, and what lies beside it instead. */
import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { readEnsemble } from '../../config/ensemble.ts'
import { lastEntries, parseProperties } from '../../config/java/properties.ts'
import { JavaError, javaTrim, parseInt64 } from '../../config/java/values.ts'
import { type JvmEnv, parseJvmEnv } from '../../config/jvm-env.ts'
import { type Member, type MyId, type Setting, settingsOf } from '../../config/member.ts'
import type { Problem } from '../../config/verdict/verdict.ts'
import type { Finding } from '../../support/finding.ts'
import { type DiskView, diskView, readBytes } from './server-view.ts'

export interface Loaded {
  readonly member: Member
  readonly view: DiskView
  /** Why the file itself cannot be read. */
  readonly problem: Problem | null
  readonly findings: readonly Finding[]
}

const EMPTY = parseProperties(new Uint8Array())

/** `known`: the bytes, when they do not lie in the file (standard input). */
export function loadMember(file: string, known?: Uint8Array): Loaded {
  const jvm = known === undefined ? readJvmEnv(join(dirname(file), 'java.env')) : null
  const flags = new Map([...(jvm?.properties ?? [])].map(([name, { value }]) => [name, value]))
  const bytes = known ?? readBytes(file)
  const properties = typeof bytes === 'string' ? EMPTY : parseProperties(bytes)
  const entries = lastEntries(properties)
  const trimmed = (key: string) => {
    const value = entries.get(key)?.value
    return value === undefined ? undefined : javaTrim(value)
  }
  const dataDir = trimmed('dataDir')
  const dynamicFile = trimmed('dynamicConfigFile')
  const { instead, findings } = known === undefined ? besides(file, dataDir, dynamicFile) : NOTHING_BESIDE
  const view = diskView({
    flags,
    instead,
    known: typeof bytes === 'string' ? new Map() : new Map([[file, bytes]]),
  })
  const settings = settingsOf(file, properties)
  const dynamic = readDynamic(dynamicFile, view, instead)
  const member: Member = {
    file,
    properties,
    settings: new Map(settings.map((setting) => [setting.key, setting])),
    flags: flagSettings(jvm),
    jvm,
    dynamic,
    // a generous reader takes the lines of both files
    ensemble: readEnsemble([...settings, ...(dynamic?.settings ?? [])]),
    myid: readMyId(dataDir, view),
    proposed: known === undefined && existsSync(`${file}.dynamic.next`),
    writable: known !== undefined || view.writable(file),
  }
  return { member, view, problem: typeof bytes === 'string' ? bytes : null, findings }
}

const NOTHING_BESIDE = { instead: new Map<string, string>(), findings: [] as readonly Finding[] }

/** Files beside the zoo.cfg that stand for those of another machine, as `config generate` lays them. */
function besides(file: string, dataDir: string | undefined, dynamicFile: string | undefined): typeof NOTHING_BESIDE {
  const instead = new Map<string, string>()
  const beside = (name: string) => join(dirname(file), name)
  if (dataDir !== undefined && !existsSync(dataDir) && existsSync(beside('myid'))) {
    instead.set(`${dataDir}/myid`, beside('myid'))
  }
  if (dynamicFile !== undefined && !existsSync(dynamicFile)) {
    const own = beside(basename(dynamicFile))
    if (own !== file && existsSync(own)) instead.set(dynamicFile, own)
  }
  const findings = [...instead].map(([wanted, read]): Finding => {
    const message = `${wanted} is not on this machine; ${read} was read in its place`
    return { code: 'config.read-beside', severity: 'info', level: 'INFO', message, file, evidence: { wanted, read } }
  })
  return { instead, findings }
}

function readJvmEnv(file: string): JvmEnv | null {
  const bytes = readBytes(file)
  return typeof bytes === 'string' ? null : parseJvmEnv(file, Buffer.from(bytes).toString('utf8'))
}

function flagSettings(jvm: JvmEnv | null): ReadonlyMap<string, Setting> {
  const settings = [...(jvm?.properties ?? [])].map(([key, { value, line }]): Setting => {
    return { key, value, file: jvm!.file, line }
  })
  return new Map(settings.map((setting) => [setting.key, setting]))
}

function readDynamic(
  path: string | undefined,
  view: DiskView,
  instead: ReadonlyMap<string, string>,
): Member['dynamic'] {
  if (path === undefined) return null
  const file = instead.get(path) ?? path
  const properties = view.properties(path)
  return { file, settings: typeof properties === 'string' ? [] : settingsOf(file, properties) }
}

function readMyId(dataDir: string | undefined, view: DiskView): MyId {
  const state = dataDir === undefined ? 'missing' : view.myid(dataDir)
  if (state === 'missing' || state === 'hidden' || state === 'directory') return { state: 'missing' }
  if (typeof state === 'string') return { state: 'bad', text: null }
  try {
    return { state: 'id', id: parseInt64(state.line ?? '') }
  } catch (error) {
    if (!(error instanceof JavaError)) throw error
    return { state: 'bad', text: state.line }
  }
}
