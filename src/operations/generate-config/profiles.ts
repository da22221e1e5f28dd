/* config profiles, and the profile that config generate takes. */
import { basename, isAbsolute } from 'node:path'
import { parse, YAMLError } from 'yaml'
import {
  checkProfilePart,
  joinParts,
  type Profile,
  type ProfilePart,
  profileOf,
} from '../../config/profiles/profile.ts'
import { didYouMean } from '../../support/did-you-mean.ts'
import { ZkopsError } from '../../support/errors.ts'
import { readText, templateFile, templateNames } from './templates.ts'

const EXTENSION = '.yaml'

/** Names of all profiles, the user's own among them. */
export function profileNames(): readonly string[] {
  return templateNames('profiles').flatMap((file) => (file.endsWith(EXTENSION) ? [basename(file, EXTENSION)] : []))
}

/** A profile by name, or by its file. Throws `usage.unknown-profile`, `input.*`. */
export function loadProfile(nameOrFile: string): Profile {
  const file = profileFile(nameOrFile)
  return profileOf(basename(file, EXTENSION), wholePart(file, []), file)
}

export interface ProfilesResult {
  readonly profiles: readonly Profile[]
}

/** All of them, smallest machine first; or the one asked for. */
export function listProfiles(nameOrFile: string | undefined): ProfilesResult {
  if (nameOrFile !== undefined) return { profiles: [loadProfile(nameOrFile)] }
  const profiles = profileNames().map(loadProfile)
  return { profiles: profiles.sort((a, b) => a.ramBytes - b.ramBytes || a.name.localeCompare(b.name)) }
}

/** What a file says, joined with what it extends. */
function wholePart(file: string, below: readonly string[]): ProfilePart {
  if (below.includes(file)) {
    throw new ZkopsError('input.malformed', `${file} extends itself: ${[...below, file].join(' extends ')}`, { file })
  }
  const part = checkProfilePart(parsed(file), file)
  const base = part.extends as string | undefined
  const under = base === undefined ? {} : wholePart(profileFile(base), [...below, file])
  return joinParts(under, part)
}

function parsed(file: string): unknown {
  try {
    // aliases in a file of some lines could stand for gigabytes
    return parse(readText(file), { maxAliasCount: 0 })
  } catch (error) {
    if (error instanceof ZkopsError) throw error
    const why = error instanceof YAMLError ? error.message.split('\n', 1)[0]! : 'it uses aliases'
    throw new ZkopsError('input.malformed', `${file} cannot be read as YAML: ${why}`, { file })
  }
}

function profileFile(nameOrFile: string): string {
  if (isAbsolute(nameOrFile) || nameOrFile.includes('/') || nameOrFile.endsWith(EXTENSION)) return nameOrFile
  const file = templateFile(`profiles/${nameOrFile}${EXTENSION}`)
  if (file !== undefined) return file
  const nearest = didYouMean(nameOrFile, profileNames())
  throw new ZkopsError('usage.unknown-profile', `There is no profile ${nameOrFile}`, {
    hint: nearest === undefined ? `There are ${profileNames().join(', ')}.` : `Did you mean ${nearest}?`,
  })
}
