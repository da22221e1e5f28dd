import { ZkopsError } from '../../support/errors.ts'
import { type Loaded, loadMember } from './load.ts'
import { configsAt } from './places.ts'

const WORDS = {
  missing: 'does not exist',
  directory: 'has no zoo.cfg in it',
  hidden: 'cannot be opened: permission denied',
  denied: 'cannot be opened: permission denied',
  special: 'is no regular file, or too long',
} as const

/** A configuration that must be readable. Throws `input.missing` or `input.unreadable`. */
export function readMember(place: string): Loaded {
  const [first, ...others] = configsAt(place)
  if (others.length > 0) {
    throw new ZkopsError('usage', `${place} holds ${others.length + 1} configurations, one is wanted`, {
      hint: `For example ${first!.file}.`,
    })
  }
  return readable(loadMember(first!.file))
}

export function readable(loaded: Loaded): Loaded {
  const { problem, member } = loaded
  if (problem !== null) {
    const code = problem === 'missing' ? 'input.missing' : 'input.unreadable'
    throw new ZkopsError(code, `${member.file} ${WORDS[problem]}`, { file: member.file })
  }
  const { error } = member.properties
  if (error === null) return loaded
  throw new ZkopsError('input.malformed', `${member.file}, line ${error.line}: ${error.message}`, {
    file: member.file,
    hint: 'Write a backslash twice to have it once; no server reads the file as it is.',
  })
}
