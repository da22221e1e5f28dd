import type { Difference, DiffResult, Side } from '../operations/zoo-cfg/diff.ts'
import { printable, type Style } from './style.ts'

/** Pair by pair, the keys that differ, each side with where it stands. */
export function diffText({ verdict, pairs, onlyA, onlyB }: DiffResult, style: Style): string {
  const different = pairs.filter(({ differences }) => differences.length > 0)
  const blocks = different.map(
    ({ a, b, differences }) =>
      `${style.color.red(`- ${printable(a)}`)}\n${style.color.green(`+ ${printable(b)}`)}\n${differences.map((one) => differenceText(one, style)).join('')}`,
  )
  const alone = [
    ...onlyA.map((file) => `${style.color.red('-')} only here: ${printable(file)}\n`),
    ...onlyB.map((file) => `${style.color.green('+')} only here: ${printable(file)}\n`),
  ]
  const number = `${pairs.length} ${pairs.length === 1 ? 'pair' : 'pairs'} compared`
  return `${[...blocks, ...(alone.length === 0 ? [] : [alone.join('')])].map((block) => `${block}\n`).join('')}${verdict}: ${number}\n`
}

function differenceText({ key, a, b }: Difference, style: Style): string {
  return `  ${style.color.bold(printable(key))}\n    ${style.color.red('-')} ${sideText(a, style)}\n    ${style.color.green('+')} ${sideText(b, style)}\n`
}

function sideText({ value, file, line }: Side, style: Style): string {
  const origin =
    file === null ? (value === null ? '' : 'default') : line === null ? printable(file) : `${printable(file)}:${line}`
  return `${value === null ? 'not set' : printable(value)}${origin === '' ? '' : style.color.dim(`  ${origin}`)}`
}
