/*
 * What a live command works on:
 *
 * 1. --connect, --config or --ensemble say it, else ZKOPS_ENSEMBLE, else the only or default ensemble of the inventory.
 * 2. The inventory is --inventory, else the zkops.yaml in the working directory or above it, else the user's own.
 * 3. Flags come before the environment, and the environment before the inventory.
 */
import { readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { INVENTORY_FINDINGS } from '../../config/inventory/findings.ts'
import type { TlsFiles } from '../../config/inventory/inventory.ts'
import {
  baseOfConnect,
  baseOfEnsemble,
  type Choice,
  choiceOf,
  type LiveOptions,
  type Target,
  type TargetAuth,
  type TargetBase,
  withOptions,
} from '../../config/inventory/target.ts'
import { fileError, ZkopsError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { isReadByOthers } from '../zoo-cfg/read-by-others.ts'
import { type SearchPlace, searchPlace } from './search-place.ts'

export type { LiveOptions, Target, TargetServer } from '../../config/inventory/target.ts'

export interface FoundTarget {
  readonly target: Target
  /** About the inventory. */
  readonly findings: readonly Finding[]
}

/** Throws `usage.*` when it is not clear what is meant, `input.*` for files that cannot be read. */
export async function findTarget(options: LiveOptions, place: SearchPlace = searchPlace()): Promise<FoundTarget> {
  const { environment } = place
  const { base, findings } = await baseOf(choiceOf(options, environment), options.inventory, place)
  const target = withOptions(base, options, environment)
  return { target, findings: [...findings, ...passwordFindings(target.auth)] }
}

interface FoundBase {
  readonly base: TargetBase
  readonly findings: readonly Finding[]
}

/** What reads files is loaded only when there are some: a check with --connect starts at once. */
async function baseOf(choice: Choice, inventory: string | undefined, place: SearchPlace): Promise<FoundBase> {
  if (choice.kind === 'connect') return { base: baseOfConnect(choice.connect), findings: [] }
  if (choice.kind === 'ensemble') return ensembleBase(choice.name, inventory, place)
  const [{ readMember }, { baseOfConfig }] = await Promise.all([
    import('../zoo-cfg/read-member.ts'),
    import('../../config/inventory/from-config.ts'),
  ])
  return { base: baseOfConfig(readMember(choice.file).member), findings: [] }
}

async function ensembleBase(name: string | null, given: string | undefined, place: SearchPlace): Promise<FoundBase> {
  const { findInventory, INVENTORY_NAME, readInventory } = await import('./read.ts')
  const file = given ?? findInventory(place)
  if (file === undefined) {
    throw new ZkopsError(
      'usage',
      name === null
        ? 'It is not said which servers to work on'
        : `There is no ${INVENTORY_NAME} that could have ${name}`,
      {
        hint: `Give --connect host:port or --config zoo.cfg, or write ${INVENTORY_NAME}: zkops config inventory init.`,
      },
    )
  }
  const inventory = readInventory(file)
  const chosen = name ?? inventory.standard
  if (chosen === null) {
    throw new ZkopsError('usage', `${file} has several ensembles and no default`, {
      file,
      hint: `Give --ensemble ${inventory.names.join(' or --ensemble ')}.`,
    })
  }
  const base = baseOfEnsemble(file, inventory.ensemble(chosen))
  return { base: withPaths(base, (path) => absolute(path, file, place.home)), findings: inventory.findings }
}

/** Files that an inventory names lie where they lie seen from it. */
function withPaths(base: TargetBase, absolutePath: (path: string) => string): TargetBase {
  const path = <T extends string | null>(value: T) => (value === null ? null : absolutePath(value))
  const tls: TlsFiles | null =
    base.tls === null
      ? null
      : { ...base.tls, ca: path(base.tls.ca), cert: path(base.tls.cert), key: path(base.tls.key) }
  const auth = base.auth === null ? null : { ...base.auth, passwordFile: path(base.auth.passwordFile) }
  return { ...base, tls, auth }
}

function absolute(path: string, file: string, home: string): string {
  return path.startsWith('~/') ? join(home, path.slice(2)) : resolve(dirname(file), path)
}

function passwordFindings(auth: TargetAuth | null): readonly Finding[] {
  if (auth?.password.kind !== 'file') return []
  const { file } = auth.password
  if (!isReadByOthers(file)) return []
  const code = 'inventory.password-readable'
  const message = `every user of this machine can read ${file}`
  return [{ code, severity: 'warning', message, file, remedy: INVENTORY_FINDINGS[code]!.remedy }]
}

const MOST_PASSWORD_BYTES = 64 << 10

/** Asks the person at the terminal; shows nothing of the answer. */
export type AskSecret = (question: string) => Promise<string>

/** `user:password`, or what the scheme takes instead. Throws `usage`, `input.*`. */
export async function passwordOf(
  { user, password }: TargetAuth,
  ask: AskSecret,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<string> {
  if (password.kind === 'prompt') return ask(`Password of ${user}: `)
  if (password.kind === 'file') return firstLine(password.file)
  const value = environment[password.variable]
  if (value !== undefined) return value
  throw new ZkopsError('usage', `the environment variable ${password.variable} is not set`, {
    hint: `It should hold the password of ${user}; or give --password-file.`,
  })
}

function firstLine(file: string): string {
  try {
    const stat = statSync(file)
    // a pipe is fine: --password-file <(pass show zk)
    if (stat.isDirectory() || stat.size > MOST_PASSWORD_BYTES) {
      throw new ZkopsError('input.unreadable', `${file} holds no password: it is a directory, or too long`, { file })
    }
    return readFileSync(file, 'utf8').split(/\r?\n/, 1)[0]!
  } catch (error) {
    throw fileError(error, file)
  }
}
