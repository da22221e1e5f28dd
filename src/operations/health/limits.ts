/* The numbers at which rules speak: the rules' own, those of the inventory over them, those of the command line last. */
import type { Threshold } from '../../config/inventory/inventory.ts'
import { didYouMean } from '../../support/did-you-mean.ts'
import { durationMs } from '../../support/duration.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { Limits, Rule, Unit } from './rule.ts'
import { RULES } from './rules/index.ts'

/** `avg-latency=80`, `avg-latency=80ms`, `open-files=60%`, `outstanding=off`. */
export interface LimitFlags {
  readonly warn: readonly string[]
  readonly critical: readonly string[]
}

export type LimitsOf = (rule: Rule) => Limits

/** In front of the keys of an inventory that are for `health canary`. */
export const CANARY_THRESHOLDS = 'canary-'

/** Throws `usage` as readLimits does. */
export function limitsFrom(inventory: Readonly<Record<string, Threshold>>, flags: LimitFlags): LimitsOf {
  const known = RULES.flatMap((rule) => (rule.limits === undefined ? [] : [[keyOf(rule), rule.limits] as const]))
  const own = Object.entries(inventory).filter(([key]) => !key.startsWith(CANARY_THRESHOLDS))
  const limits = readLimits(new Map(known), own, flags)
  return (rule) => limits.get(keyOf(rule)) ?? NONE
}

/** Throws `usage` for keys that have no limit, and for values that are no number. */
export function readLimits(
  known: ReadonlyMap<string, Limits & { readonly unit?: Unit }>,
  inventory: readonly (readonly [string, Threshold])[],
  flags: LimitFlags,
): ReadonlyMap<string, Limits> {
  const limits = new Map(known)
  const set = (key: string, part: 'warn' | 'critical', value: number | string | null) => {
    const before = limits.get(key)
    if (before === undefined) throw unknownLimit(key, [...limits.keys()])
    limits.set(key, { ...before, [part]: numberFrom(key, value, before.unit ?? '') })
  }
  for (const [key, { warn, critical }] of inventory) {
    if (warn !== undefined) set(key, 'warn', warn)
    if (critical !== undefined) set(key, 'critical', critical)
  }
  for (const part of ['warn', 'critical'] as const) {
    for (const text of flags[part]) {
      const equals = text.indexOf('=')
      if (equals < 1) throw new ZkopsError('usage', `${text} is no limit: expected for example avg-latency=80ms`)
      set(text.slice(0, equals), part, text.slice(equals + 1))
    }
  }
  return limits
}

const DAY_MS = 86_400_000

const NONE: Limits = { warn: null, critical: null }

export const keyOf = ({ code }: Rule): string => code.slice('health.'.length)

function unknownLimit(key: string, known: readonly string[]): ZkopsError {
  const nearest = didYouMean(key, known)
  return new ZkopsError('usage', `there is no limit called ${key}`, {
    hint: nearest === undefined ? `There are ${known.join(', ')}.` : `Did you mean ${nearest}?`,
  })
}

function numberFrom(key: string, value: number | string | null, unit: Unit): number | null {
  if (value === null || value === 'off') return null
  if (typeof value === 'number') return value
  const plain = /^(\d+(?:\.\d+)?)%?$/.exec(value)?.[1]
  const ms = plain === undefined ? durationMs(value) : undefined
  const number = plain !== undefined ? Number(plain) : unit === 'd' && ms !== undefined ? ms / DAY_MS : ms
  if (number !== undefined) return number
  throw new ZkopsError('usage', `${value} is no limit for ${key}: expected a number, a duration, a share in % or off`)
}

/** The rules that are asked for. Throws `usage` for names that are none. */
export function chosenRules(only: readonly string[], skip: readonly string[]): readonly Rule[] {
  const names = new Map(RULES.flatMap((rule) => [[keyOf(rule), rule] as const, [rule.code, rule] as const]))
  const find = (name: string) => {
    const rule = names.get(name)
    if (rule !== undefined) return rule
    const nearest = didYouMean(name, [...names.keys()])
    throw new ZkopsError('usage', `there is no health rule ${name}`, {
      hint: nearest === undefined ? 'zkops explain lists all codes.' : `Did you mean ${nearest}?`,
    })
  }
  const wanted = new Set(only.map(find))
  const unwanted = new Set(skip.map(find))
  return RULES.filter((rule) => (wanted.size === 0 || wanted.has(rule)) && !unwanted.has(rule))
}
