import { javaPath } from '../java/values.ts'
import { keySpec } from './table.ts'

/** The same text for values of a key that a server takes for the same. */
export function meaningOf(key: string, value: string): string {
  const type = keySpec(key)?.type
  if ((type === 'int' || type === 'long' || type === 'port') && /^[+-]?\d+$/.test(value)) {
    return String(BigInt(value.replace('+', '')))
  }
  if (type === 'boolean') return value.toLowerCase()
  if (type === 'path') return javaPath(value)
  if (type !== 'list') return value
  return value
    .split(',')
    .map((one) => one.trim())
    .sort()
    .join(',')
}
