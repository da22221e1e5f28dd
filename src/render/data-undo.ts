import type { UndoListing } from '../operations/data-repair/undo.ts'
import { columns } from './amounts.ts'
import { printable } from './style.ts'

const STATES = {
  done: '',
  unfinished: 'interrupted',
  changed: 'files were changed since',
} as const

/** Newest last, each with the command that takes it back. */
export function undoListText({ directory, bundles }: UndoListing): string {
  if (bundles.length === 0) return `${printable(directory)} has nothing to take back.\n`
  const rows = bundles.map(({ time, kind, files, state, undo }) => {
    return [time, kind, `${files} ${files === 1 ? 'file' : 'files'}`, printable(undo), STATES[state]]
  })
  return [...columns(rows)].map((line) => `${line.trimEnd()}\n`).join('')
}
