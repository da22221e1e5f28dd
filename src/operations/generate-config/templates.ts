/* Files of templates/: the user's own, in ~/.config/zkops/templates, come before those of the package. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Change } from '../../support/change.ts'
import { fileError, ZkopsError } from '../../support/errors.ts'
import { packageRoot } from '../../support/package-root.ts'
import { renderTemplate } from '../../support/template.ts'
import type { FileDiff } from '../zoo-cfg/fmt.ts'
import { EXTRAS } from './extras/extra.ts'
import { diffOf, draftOf, writingChange } from './write.ts'

/** Where a user's own templates lie: `zkops/templates` in XDG_CONFIG_HOME. */
export function userTemplates(env = process.env): string {
  return join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'zkops/templates')
}

/** Folders of templates that config generate reads. */
const KINDS = ['config', 'profiles', 'container', ...EXTRAS]

export interface Template {
  /** Below the folder of templates. */
  readonly name: string
  readonly file: string
  /** A file of the user stands for it. */
  readonly own: boolean
}

export interface TemplatesResult {
  readonly userFolder: string
  readonly templates: readonly Template[]
}

export function listTemplates(): TemplatesResult {
  const userFolder = userTemplates()
  const names = KINDS.flatMap((kind) => templateNames(kind).map((name) => `${kind}/${name}`))
  const templates = names.map((name) => {
    const file = templateFile(name)!
    return { name, file, own: file.startsWith(userFolder) }
  })
  return { userFolder, templates }
}

/** Copies what is in force into a folder, for somebody to change. Throws `input.*`. */
export function planEject(output: string): { readonly change: Change; readonly diffs: readonly FileDiff[] } {
  const { templates } = listTemplates()
  const drafts = templates.flatMap(({ name, file }) => draftOf(join(output, name), readText(file)) ?? [])
  const base = { templates: templates.map(({ name }) => name) }
  return { change: writingChange('config templates', drafts, base, output, []), diffs: drafts.flatMap(diffOf) }
}

const folders = () => [userTemplates(), join(packageRoot(), 'templates')]

/** The file of a name such as `config/java.env`; undefined when there is none. */
export function templateFile(name: string): string | undefined {
  return folders()
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file))
}

/** Names of the files in a folder of templates. */
export function templateNames(folder: string): readonly string[] {
  const names = folders().flatMap((root) => {
    const place = join(root, folder)
    return existsSync(place) ? readdirSync(place) : []
  })
  return [...new Set(names)].sort()
}

/** Throws `input.*` when a template cannot be read or does not fit its values. */
export function rendered(name: string, values: Readonly<Record<string, string | number>>): string {
  const file = templateFile(name) ?? join(packageRoot(), 'templates', name)
  const text = readText(file)
  try {
    return renderTemplate(text, values)
  } catch (error) {
    throw new ZkopsError('input.malformed', `${file}: ${(error as Error).message}`, {
      file,
      hint: 'Compare it with the file of the same name that zkops brings, or remove it to use that.',
    })
  }
}

/** Throws `input.*`. */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw fileError(error, file)
  }
}
