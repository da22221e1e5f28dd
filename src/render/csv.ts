import { unseen } from './json.ts'

/** One row: null and undefined are empty. */
export function csvLine(values: readonly unknown[]): string {
  return `${values.map(csvField).join(',')}\r\n`
}

/** A value as a field of CSV (RFC 4180): data as text or `base64:…`, other objects as JSON. */
export function csvField(value: unknown): string {
  if (value === undefined || value === null) return ''
  const text = typeof value === 'object' ? objectText(value) : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function objectText(value: object): string {
  if ('encoding' in value && 'value' in value)
    return value.encoding === 'utf8' ? String(value.value) : `base64:${value.value}`
  return unseen(JSON.stringify(value))
}
