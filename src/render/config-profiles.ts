import type { ProfilesResult } from '../operations/generate-config/profiles.ts'
import type { TemplatesResult } from '../operations/generate-config/templates.ts'
import { columns, sizeText } from './amounts.ts'
import { printable, type Style } from './style.ts'

/** A line for each profile. */
export function profilesText({ profiles }: ProfilesResult): string {
  const rows = profiles.map(({ name, ramBytes, cores, summary }) => [
    printable(name),
    sizeText(ramBytes),
    `${cores} ${cores === 1 ? 'core' : 'cores'}`,
    printable(summary),
  ])
  return columns(rows, [1, 2])
    .map((line) => `${line}\n`)
    .join('')
}

/** All that one profile says. */
export function profileText({ profiles }: ProfilesResult, style: Style): string {
  return profiles
    .map((profile) => {
      const { heap, directBytes } = profile
      const facts = [
        ['members', profile.members],
        ['memory', sizeText(profile.ramBytes)],
        ['cores', String(profile.cores)],
        ['heap', `${Math.round(heap.share * 100)} % of the memory, at most ${sizeText(heap.mostBytes)}`],
        ['direct', directBytes === null ? 'as the JVM sees fit' : sizeText(directBytes)],
        ['log disk', LOG_DEVICE[profile.logDevice]],
        ['space', `${sizeText(profile.dataSpaceBytes)} for snapshots, ${sizeText(profile.logSpaceBytes)} for logs`],
        ['open files', String(profile.openFiles)],
        ['initLimit', `at least ${profile.initLimitAtLeast}`],
      ]
      const settings = Object.entries(profile.settings).map(
        ([key, { value, why }]) => `  ${style.color.bold(printable(`${key}=${value}`))}\n      ${printable(why)}\n`,
      )
      const accepts = profile.accepts.map(({ code, why }) => `  accepts ${printable(code)}: ${printable(why)}\n`)
      const head = columns(facts).map((line) => `  ${printable(line)}\n`)
      return `${style.color.bold(printable(profile.name))}: ${printable(profile.summary)}\n${[...head, ...settings, ...accepts].join('')}`
    })
    .join('')
}

/** A line for each template, and where the user's own belong. */
export function templatesText({ userFolder, templates }: TemplatesResult, style: Style): string {
  const rows = templates.map(({ name, file, own }) => [
    printable(name),
    own ? printable(file) : style.color.dim('of zkops'),
  ])
  return `${columns(rows)
    .map((line) => `${line}\n`)
    .join('')}Yours belong into ${printable(userFolder)}\n`
}

const LOG_DEVICE = {
  ssd: 'an SSD for the logs alone',
  nvme: 'an NVMe for the logs alone',
  any: 'any, but a directory of its own',
  none: 'with the data',
} as const
