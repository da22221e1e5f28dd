import type { ConvertedFile } from '../operations/convert-config.ts'
import type { FileDiff } from '../operations/zoo-cfg/fmt.ts'
import { fmtText } from './config-fmt.ts'
import { printable, type Style } from './style.ts'

/** Every change with its reason, then the lines of files that are there. */
export function convertedText(members: readonly ConvertedFile[], diffs: readonly FileDiff[], style: Style): string {
  const reasons = members.map(({ file, changes }) => {
    const lines = changes.map(({ key, before, after, why }) => {
      const to = after === null ? 'gone' : printable(after)
      const from = before === null ? '' : ` ${style.color.dim(printable(before))}`
      return `  ${style.color.bold(printable(key))}${from} → ${to}\n      ${printable(why)}\n`
    })
    return `${style.color.bold(printable(file))}\n${lines.length === 0 ? '  stays as it is\n' : lines.join('')}`
  })
  return `${reasons.join('')}${fmtText(diffs, style)}`
}
