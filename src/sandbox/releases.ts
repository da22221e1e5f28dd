import { didYouMean } from '../support/did-you-mean.ts'
import { ZkopsError } from '../support/errors.ts'

/** A Maven artifact, `group:name:version`. */
type Artifact = `${string}:${string}:${string}`

interface Line {
  /** The newest release of the line. */
  readonly newest: string
  /**
   * What a server needs at run time but the published POM leaves out (scope provided, or logging): metrics to start at
   * all from 3.6 on, snappy for snapshots, jetty and jackson for the AdminServer, commons-cli for the tools, a logger.
   */
  readonly extra: readonly Artifact[]
}

const jetty = (version: string, jackson: string): readonly Artifact[] => [
  `org.eclipse.jetty:jetty-server:${version}`,
  `org.eclipse.jetty:jetty-servlet:${version}`,
  `org.eclipse.jetty:jetty-client:${version}`,
  `com.fasterxml.jackson.core:jackson-databind:${jackson}`,
]
const metrics = (version: string): Artifact => `io.dropwizard.metrics:metrics-core:${version}`
const snappy = (version: string): Artifact => `org.xerial.snappy:snappy-java:${version}`
const cli = (version: string): Artifact => `commons-cli:commons-cli:${version}`
const RELOAD4J: Artifact = 'org.slf4j:slf4j-reload4j:1.7.36'

/** Release lines, oldest first. */
export const LINES: Readonly<Record<string, Line>> = {
  '3.4': { newest: '3.4.14', extra: [] },
  '3.5': {
    newest: '3.5.10',
    extra: [...jetty('9.4.46.v20220331', '2.13.3'), cli('1.2'), RELOAD4J],
  },
  '3.6': {
    newest: '3.6.4',
    extra: [...jetty('9.4.49.v20220914', '2.13.4.2'), metrics('3.2.5'), snappy('1.1.8.4'), cli('1.2'), RELOAD4J],
  },
  '3.7': {
    newest: '3.7.2',
    extra: [...jetty('9.4.52.v20230823', '2.15.2'), metrics('4.1.12.1'), snappy('1.1.10.5'), cli('1.4'), RELOAD4J],
  },
  '3.8': {
    newest: '3.8.6',
    extra: [...jetty('9.4.58.v20250814', '2.15.2'), metrics('4.1.12.1'), snappy('1.1.10.5'), cli('1.5.0')],
  },
  '3.9': {
    newest: '3.9.5',
    extra: [
      ...jetty('9.4.58.v20250814', '2.15.2'),
      metrics('4.1.12.1'),
      snappy('1.1.10.5'),
      cli('1.5.0'),
      'ch.qos.logback:logback-classic:1.3.15',
    ],
  },
}

export const NEWEST = Object.values(LINES).at(-1)!.newest

/** `3.8.6` as it is, `3.8` as the newest release of that line. Throws `usage` for anything else. */
export function resolveRelease(wanted: string): string {
  const line = LINES[wanted]
  if (line !== undefined) return line.newest
  const match = /^(3\.\d+)\.\d+$/.exec(wanted)
  if (match !== null && match[1]! in LINES) return wanted
  const known = Object.values(LINES).map(({ newest }) => newest)
  const nearest = didYouMean(wanted, known)
  throw new ZkopsError('usage', `${wanted} is no ZooKeeper release from 3.4 to 3.9`, {
    hint: nearest === undefined ? `For example: ${known.join(', ')}.` : `Did you mean ${nearest}?`,
  })
}

/** The line of a release: `3.8` of `3.8.6`. */
export function lineOf(version: string): string {
  return version.split('.', 2).join('.')
}

/** Whether `version` belongs to `line` or a later one. */
export function isAtLeast(version: string, line: string): boolean {
  return Number(lineOf(version).split('.')[1]) >= Number(line.split('.')[1])
}

export function artifactXml(artifact: Artifact): string {
  const [group, name, version] = artifact.split(':')
  return `    <dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`
}
