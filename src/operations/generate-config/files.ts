/* The files of one member, from its values and the templates. */
import { formatEntry } from '../../config/java/properties.ts'
import type { NewMember } from '../../config/profiles/members.ts'
import type { GeneratedValue, Places } from '../../config/profiles/values.ts'
import type { Release } from '../../config/release.ts'
import { rendered } from './templates.ts'

export interface NewFile {
  /** From --output on. */
  readonly name: string
  readonly text: string
}

export interface FileInputs {
  readonly release: Release
  readonly profile: string
  readonly member: NewMember
  readonly places: Places
  readonly values: readonly GeneratedValue[]
  readonly openFiles: number
  readonly zookeeperHome: string
}

export function memberFiles({ release, profile, member, places, values, ...rest }: FileInputs): readonly NewFile[] {
  const id = String(member.id)
  const { confDir, dataDir } = places
  const logDir = places.logDir ?? dataDir
  const of = (place: GeneratedValue['place']) => values.filter((value) => value.place === place)
  const file = (name: string, texts: Readonly<Record<string, string | number>>, as = name): NewFile => ({
    name: `${id}/${as}`,
    text: rendered(`config/${name}`, texts),
  })
  const members = of('dynamic').map(({ key, value }) => formatEntry(key, value))
  const logging = release.minor >= 8 ? 'logback.xml' : 'log4j.properties'
  const conf = [
    file('zoo.cfg', { id, profile, zookeeper: release.line, settings: commented(of('zoo.cfg'), propertyLine) }),
    ...(members.length === 0 ? [] : [file('zoo.cfg.dynamic', { members: members.join('\n') })]),
    file('java.env', { flags: commented(of('java.env'), flagLine) }),
    file(logging, {}),
  ]
  const unit = member.onHost === null ? 'zookeeper.service' : `zookeeper-${id}.service`
  const confFiles = conf.map(({ name }) => name.slice(id.length + 1)).join(' ')
  return [
    ...conf,
    file('myid', { id }),
    // releases that know db.autocreate want it for a first start
    ...(release.minor >= 6 ? [file('initialize', {})] : []),
    file('zookeeper.service', { id, confDir, dataDir, logDir, ...rest }, unit),
    file('install.sh', { id, confDir, dataDir, logDir, confFiles, unit }),
  ]
}

function commented(values: readonly GeneratedValue[], line: (value: GeneratedValue, i: number) => string): string {
  return values.map((value, i) => `# ${value.why}\n${line(value, i)}`).join('\n\n')
}

function propertyLine({ key, value }: GeneratedValue): string {
  return formatEntry(key, value)
}

function flagLine({ key, value }: GeneratedValue, i: number): string {
  return `SERVER_JVMFLAGS="${i === 0 ? '' : '$SERVER_JVMFLAGS '}${key}${value}"`
}
