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

export interface ConfInputs {
  readonly release: Release
  /** The name of it. */
  readonly profile: string
  /** Whose files they are. */
  readonly label: string
  readonly values: readonly GeneratedValue[]
}

export interface FileInputs extends Omit<ConfInputs, 'label'> {
  readonly member: NewMember
  readonly places: Places
  readonly openFiles: number
  readonly zookeeperHome: string
}

/** Names of what confFiles makes. */
export function confFileNames(release: Release): readonly string[] {
  const logging = release.minor >= 8 ? 'logback.xml' : 'log4j.properties'
  return ['zoo.cfg', ...(release.minor > 4 ? ['zoo.cfg.dynamic'] : []), 'java.env', logging]
}

/** What a server reads when it starts. */
export function confFiles({ release, profile, label, values }: ConfInputs): readonly NewFile[] {
  const of = (place: GeneratedValue['place']) => values.filter((value) => value.place === place)
  const texts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'zoo.cfg': { id: label, profile, zookeeper: release.line, settings: commented(of('zoo.cfg'), propertyLine) },
    'zoo.cfg.dynamic': {
      members: of('dynamic')
        .map(({ key, value }) => formatEntry(key, value))
        .join('\n'),
    },
    'java.env': { flags: commented(of('java.env'), flagLine) },
  }
  return confFileNames(release).map((name) => ({ name, text: rendered(`config/${name}`, texts[name] ?? {}) }))
}

export function memberFiles(inputs: FileInputs): readonly NewFile[] {
  const { release, member, places, openFiles, zookeeperHome } = inputs
  const id = String(member.id)
  const { confDir, dataDir } = places
  const logDir = places.logDir ?? dataDir
  const file = (name: string, texts: Readonly<Record<string, string | number>>, as = name): NewFile => ({
    name: as,
    text: rendered(`config/${name}`, texts),
  })
  const unit = member.onHost === null ? 'zookeeper.service' : `zookeeper-${id}.service`
  const files = [
    ...confFiles({ ...inputs, label: id }),
    file('myid', { id }),
    // releases that know db.autocreate want it for a first start
    ...(release.minor >= 6 ? [file('initialize', {})] : []),
    file('zookeeper.service', { id, confDir, dataDir, logDir, openFiles, zookeeperHome }, unit),
    file('install.sh', { id, confDir, dataDir, logDir, confFiles: confFileNames(release).join(' '), unit }),
  ]
  return files.map(({ name, text }) => ({ name: `${id}/${name}`, text }))
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
