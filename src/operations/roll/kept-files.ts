/*
 * Old and new files of a roll, in the state folder, readable by nobody else:
 *
 *     zkops/rolls/<16 hex of their content>/old/N/zoo.cfg, new/N/zoo.cfg
 *
 * Both are folders that zkops roll config takes.
 */
import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { putFile } from '../../datadir/replace-file.ts'
import { fileError } from '../../support/errors.ts'
import { stateFolder } from '../../support/state-folder.ts'
import type { MemberDraft } from './config.ts'

export function keptFolder(drafts: readonly MemberDraft[]): string {
  const hash = createHash('sha256')
  for (const { id, before, after } of drafts) {
    hash.update(`${id} ${before.length} ${after.length}\n`).update(before).update(after)
  }
  return join(stateFolder('rolls'), hash.digest('hex').slice(0, 16))
}

/** Throws `stopped.output`. */
export async function keepFiles(folder: string, drafts: readonly MemberDraft[]): Promise<void> {
  const owner = { mode: 0o600, uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  for (const { id, before, after } of drafts) {
    for (const [kind, bytes] of [
      ['old', before],
      ['new', after],
    ] as const) {
      const place = join(folder, kind, String(id))
      await mkdir(place, { recursive: true, mode: 0o700 })
      await putFile(join(place, 'zoo.cfg'), bytes, owner)
    }
  }
}

/** Throws `input.*`. */
export async function keptNew(folder: string, id: number): Promise<Buffer> {
  const file = join(folder, 'new', String(id), 'zoo.cfg')
  return readFile(file).catch((error) => {
    throw fileError(error, file)
  })
}
