import type { ExplainedMember } from '../operations/generate-config/generate.ts'
import { printable, type Style } from './style.ts'

/** Every value and its reason; of further members only what is theirs alone, if there is anything. */
export function explainedText(members: readonly ExplainedMember[], evidence: string | null, style: Style): string {
  const shown = new Set<string>()
  const read = evidence === null ? '' : `Read from ${printable(evidence)}\n`
  const texts = members
    .flatMap(({ id, values }) => {
      const own = values.filter((value) => !shown.has(JSON.stringify(value)))
      for (const value of own) shown.add(JSON.stringify(value))
      if (own.length === 0) return []
      const lines = own.map(({ key, value, place, why }) => {
        const set = place === 'java.env' ? `${key}${value}` : `${key}=${value}`
        return `  ${style.color.bold(printable(set))}\n      ${printable(why)} ${style.color.dim(`(${place})`)}\n`
      })
      return `Member ${id}${shown.size > own.length ? ', where it differs' : ''}\n${lines.join('')}`
    })
    .join('')
  return read + texts
}
