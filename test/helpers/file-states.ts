import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'

/** A file: its name, kind, mode, owner and content as a line, and its time. */
export interface FileState {
  readonly line: string
  readonly mtimeMs: number
}

/** Everything below a directory but what undoes changes. */
export function fileStates(directory: string): readonly FileState[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.split('/').includes('zkops-undo'))
    .sort()
    .map((name) => {
      const file = join(directory, name)
      const stat = lstatSync(file)
      const kind = stat.isDirectory() ? 'directory' : stat.isSymbolicLink() ? 'link' : 'file'
      const content = kind === 'file' ? sha256(file) : kind === 'link' ? readlinkSync(file) : ''
      const line = [name, kind, stat.mode.toString(8), stat.uid, stat.gid, content].join(' ')
      return { line, mtimeMs: stat.mtimeMs }
    })
}

/** The same in everything; times that had to be set again may be off by what a double does not hold. */
export function expectSame(now: readonly FileState[], then: readonly FileState[], title = ''): void {
  expect(
    now.map(({ line }) => line),
    title,
  ).toEqual(then.map(({ line }) => line))
  const off = now.filter(({ mtimeMs }, i) => Math.abs(mtimeMs - then[i]!.mtimeMs) > 0.002)
  expect(off, title).toEqual([])
}

/** Contents by name, below one folder. */
export function contents(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder).filter((name) => lstatSync(join(folder, name)).isFile())
  return Object.fromEntries(names.sort().map((name) => [name, sha256(join(folder, name))]))
}

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}
