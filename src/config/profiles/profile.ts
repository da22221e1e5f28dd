/*
 * A hardware profile: what a kind of machine and its use ask of a configuration. Profiles are YAML files; one may extend
 * another and says only what differs. `accepts` lists findings of config lint that the profile lives with.
 */
import { ZkopsError } from '../../support/errors.ts'
import { sizeBytes } from '../../support/size.ts'

export interface Reasoned {
  readonly value: string
  readonly why: string
}

export interface Profile {
  readonly name: string
  readonly summary: string
  readonly members: string
  readonly cores: number
  readonly ramBytes: number
  /** The heap is this share of the memory, at most `mostBytes`; it starts with `startBytes`, null: all of it. */
  readonly heap: { readonly share: number; readonly mostBytes: number; readonly startBytes: number | null }
  /** Null: as the JVM sees fit. */
  readonly directBytes: number | null
  readonly pauseMs: number
  readonly preTouch: boolean
  /** What dataLogDir should lie on; `any`: with the data is right too, `none`: there is no dataLogDir. */
  readonly logDevice: 'ssd' | 'nvme' | 'any' | 'none'
  readonly openFiles: number
  /** The least room for snapshots, and for logs. */
  readonly dataSpaceBytes: number
  readonly logSpaceBytes: number
  readonly initLimitAtLeast: number
  /** Keys of zoo.cfg, in the order in which they are written. */
  readonly settings: Readonly<Record<string, Reasoned>>
  readonly accepts: readonly { readonly code: string; readonly why: string }[]
}

/** What a profile's file says, checked, but not yet joined with what it extends. */
export type ProfilePart = Readonly<Record<string, unknown>>

type Check = (value: unknown) => string | undefined

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const text: Check = (value) =>
  typeof value === 'string' && /^[^\n\r]+$/.test(value) ? undefined : 'expected one line of text'
const whole: Check = (value) =>
  Number.isSafeInteger(value) && Number(value) > 0 ? undefined : 'expected a whole number above 0'
const share: Check = (value) =>
  typeof value === 'number' && value > 0 && value <= 0.75 ? undefined : 'expected a number above 0, at most 0.75'
const flag: Check = (value) => (typeof value === 'boolean' ? undefined : 'expected true or false')
const bytes: Check = (value) =>
  typeof value === 'string' && (sizeBytes(value) ?? 0) >= 2 ** 20 ? undefined : 'expected a size such as 4GiB'
const orNull =
  (check: Check): Check =>
  (value) => {
    const wrong = value === null ? undefined : check(value)
    return wrong === undefined ? undefined : `${wrong}, or null`
  }
const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    words.includes(value as string) ? undefined : `expected one of ${words.join(', ')}`
const scalar: Check = (value) => (['number', 'boolean'].includes(typeof value) ? undefined : text(value))

const HEAP: Readonly<Record<string, Check>> = { share, most: bytes, start: orNull(bytes) }
const SETTING: Readonly<Record<string, Check>> = { value: scalar, why: text }
const ACCEPTED: Readonly<Record<string, Check>> = { code: text, why: text }
const FIELDS: Readonly<Record<string, Check>> = {
  extends: text,
  summary: text,
  members: text,
  cores: whole,
  ram: bytes,
  heap: (value) => wrongField(value, HEAP, []),
  directMemory: orNull(bytes),
  pauseMs: whole,
  preTouch: flag,
  logDevice: oneOf('ssd', 'nvme', 'any', 'none'),
  openFiles: whole,
  dataSpace: bytes,
  logSpace: bytes,
  initLimitAtLeast: whole,
  settings: (value) =>
    isObject(value)
      ? firstWrong(Object.entries(value).map(([key, one]) => [key, one === null ? undefined : wrongReasoned(one)]))
      : 'expected keys of zoo.cfg',
  accepts: (value) =>
    Array.isArray(value)
      ? firstWrong(value.map((one, i) => [String(i), wrongField(one, ACCEPTED, ['code', 'why'])]))
      : 'expected a list',
}
const NEEDED = Object.keys(FIELDS).filter((field) => field !== 'extends')

const wrongReasoned: Check = (value) => wrongField(value, SETTING, ['value', 'why'])

function firstWrong(checked: readonly (readonly [string, string | undefined])[]): string | undefined {
  const found = checked.find(([, wrong]) => wrong !== undefined)
  return found === undefined ? undefined : `${found[0]}: ${found[1]}`
}

function wrongField(
  value: unknown,
  fields: Readonly<Record<string, Check>>,
  needed: readonly string[],
): string | undefined {
  if (!isObject(value)) return `expected fields ${Object.keys(fields).join(', ')}`
  const missing = needed.find((field) => !Object.hasOwn(value, field))
  if (missing !== undefined) return `the field ${missing} is missing`
  return firstWrong(
    Object.entries(value).map(([field, one]) => {
      const check = Object.hasOwn(fields, field) ? fields[field] : undefined
      if (check === undefined) return [field, `no such field (${Object.keys(fields).join(', ')})`]
      return [field, check(one)]
    }),
  )
}

/** Throws `input.malformed` with the field that is wrong. */
export function checkProfilePart(raw: unknown, file: string): ProfilePart {
  const wrong = wrongField(raw, FIELDS, [])
  if (wrong === undefined) return raw as ProfilePart
  throw new ZkopsError('input.malformed', `${file} is no profile: ${wrong}`, {
    file,
    hint: 'See zkops config profiles show medium for what a profile holds.',
  })
}

/** What `over` says, and what `under` says where it is silent; single settings replace single settings. */
export function joinParts(under: ProfilePart, over: ProfilePart): ProfilePart {
  const both = (field: string) => ({ ...(under[field] as object), ...(over[field] as object) })
  const lists = [...((under.accepts as object[]) ?? []), ...((over.accepts as object[]) ?? [])]
  return { ...under, ...over, heap: both('heap'), settings: both('settings'), accepts: lists }
}

/** Throws `input.malformed` when something is said by nobody. */
export function profileOf(name: string, part: ProfilePart, file: string): Profile {
  const missing = [
    ...NEEDED.filter((field) => !Object.hasOwn(part, field)),
    ...['share', 'most'].flatMap((field) => (Object.hasOwn(part.heap as object, field) ? [] : [`heap.${field}`])),
  ]
  if (missing.length > 0) {
    throw new ZkopsError('input.malformed', `${file} is no profile: ${missing.join(', ')} is missing`, {
      file,
      hint: 'Add it, or let the profile extend another one: extends: medium',
    })
  }
  const heap = part.heap as { share: number; most: string; start?: string | null }
  const settings = part.settings as Readonly<Record<string, { value: unknown; why: string } | null>>
  return {
    name,
    summary: part.summary as string,
    members: part.members as string,
    cores: part.cores as number,
    ramBytes: bytesOf(part.ram),
    heap: { share: heap.share, mostBytes: bytesOf(heap.most), startBytes: heap.start ? bytesOf(heap.start) : null },
    directBytes: part.directMemory === null ? null : bytesOf(part.directMemory),
    pauseMs: part.pauseMs as number,
    preTouch: part.preTouch as boolean,
    logDevice: part.logDevice as Profile['logDevice'],
    openFiles: part.openFiles as number,
    dataSpaceBytes: bytesOf(part.dataSpace),
    logSpaceBytes: bytesOf(part.logSpace),
    initLimitAtLeast: part.initLimitAtLeast as number,
    settings: Object.fromEntries(
      Object.entries(settings).flatMap(([key, one]) =>
        one === null ? [] : [[key, { value: String(one.value), why: one.why }] as const],
      ),
    ),
    accepts: part.accepts as Profile['accepts'],
  }
}

function bytesOf(size: unknown): number {
  return sizeBytes(size as string)!
}
