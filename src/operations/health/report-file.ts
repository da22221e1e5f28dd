/* A report that others read while it is written: as a whole or not at all, readable for everybody. */

import { putFile } from '../../datadir/replace-file.ts'
import { ZkopsError } from '../../support/errors.ts'

/** The collector reads whatever ends in .prom, so the file's own name has to. Throws `usage`, `stopped.output`. */
export async function writeReport(file: string, text: string): Promise<void> {
  if (!file.endsWith('.prom')) throw new ZkopsError('usage', `${file} must end in .prom for the collector to read it`)
  const owner = { mode: 0o644, uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  await putFile(file, Buffer.from(text), owner)
}
