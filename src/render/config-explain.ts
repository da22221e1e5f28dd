import type { EffectiveValue, ExplainedKey, ExplainResult } from '../operations/zoo-cfg/explain.ts'
import { printable, type Style } from './style.ts'

const PLACES: Readonly<Record<ExplainedKey['place'], string>> = {
  own: 'in the configuration file',
  passed: 'in the configuration file, which wins, or as a JVM flag',
  flag: 'as a JVM flag only; in the configuration file it has no effect',
  member: 'in the configuration file or, from 3.5 on, in the dynamic file',
}

export function explainText(result: ExplainResult, style: Style): string {
  if (!('keys' in result)) return valuesText(result.values, result.file, result.zookeeper, style)
  const [only, ...others] = result.keys
  if (only !== undefined && others.length === 0) return keyText(only, style)
  const width = Math.max(...result.keys.map(({ key }) => key.length))
  return result.keys.map(({ key, what }) => `${key.padEnd(width)}  ${what}\n`).join('')
}

function keyText(
  { key, what, type, unit, min, max, since, until, place, property, aliases, source, defaults }: ExplainedKey,
  style: Style,
): string {
  const range =
    min === null && max === null
      ? ''
      : `, sensible ${min === null ? `up to ${max}` : max === null ? `from ${min}` : `${min} to ${max}`}`
  const rows = [
    ['type', `${type}${unit === null ? '' : ` (${unit})`}${range}`],
    ['default', defaultText(defaults)],
    ['since', `${since.join(', ')}${until === null ? '' : `, until ${until}`}`],
    ['set it', PLACES[place]],
    ...(property === null ? [] : [['property', property]]),
    ...(aliases.length === 0 ? [] : [['not', `${aliases.join(', ')}: documented, but read by no server`]]),
    ['source', source],
  ] as const
  return `${style.color.bold(key)}\n${what}\n\n${rows.map(([name, text]) => `  ${style.color.dim(name!.padEnd(8))}  ${text}\n`).join('')}`
}

/** One value, or each line's where they differ. */
function defaultText(defaults: ExplainedKey['defaults']): string {
  const shown = (value: string | null) => (value === null ? 'none' : value === '' ? 'empty' : value)
  const values = [...new Set(Object.values(defaults))]
  if (values.length === 1) return shown(values[0]!)
  return values
    .map((value) => {
      const lines = Object.keys(defaults).filter((line) => defaults[line] === value)
      return `${shown(value)} (${lines.join(', ')})`
    })
    .join(', ')
}

/** What is written down first, then defaults. */
function valuesText(values: readonly EffectiveValue[], file: string, zookeeper: string, style: Style): string {
  const width = Math.max(...values.map(({ key }) => printable(key).length))
  const lines = values.map((one) => {
    const key = printable(one.key).padEnd(width)
    const value = one.value === null ? style.color.dim('none') : printable(one.value)
    const text = `${key}  ${value}  ${style.color.dim(originText(one))}\n`
    return one.used ? text : style.color.yellow(text)
  })
  return `${style.color.bold(printable(file))} as ${zookeeper} takes it\n${lines.join('')}`
}

function originText({ origin, file, line, used, note }: EffectiveValue): string {
  const place = file === null ? '' : `${printable(file)}:${line}`
  const why = note === null ? '' : printable(note)
  if (origin === 'derived') return `from ${why}`
  if (origin === 'default') return 'default'
  const parts = [origin === 'flag' ? `flag in ${place}` : place, used ? '' : 'not used', why]
  return parts.filter((part) => part !== '').join(', ')
}
