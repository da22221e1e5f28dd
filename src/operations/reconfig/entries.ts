/* A whole membership as it is given: lines of a file, of stdin, or of the command line. */
import { readFile } from 'node:fs/promises'
import { fileError, ZkopsError } from '../../support/errors.ts'

/** `version=` and comments are left out. Throws `usage` when it is given twice or not at all, `input.*`. */
export async function entriesGiven(
  file: string | undefined,
  servers: readonly string[] | undefined,
): Promise<string[]> {
  if ((file === undefined) === (servers === undefined)) {
    throw new ZkopsError('usage', 'The members are given as a file or with --servers, and exactly once')
  }
  // a single word may hold several, as requests have them
  if (servers !== undefined) return servers.flatMap((one) => one.split(',')).filter((one) => one !== '')
  const text = await readFile(file === '-' ? '/dev/stdin' : file!, 'utf8').catch((error) => {
    throw fileError(error, file!)
  })
  return text
    .split('\n')
    .map((line) => line.replace(/^\s*#.*/, '').trim())
    .filter((line) => line !== '' && !/^version\s*=/.test(line))
    .map((line) => line.replace(/\s*=\s*/, '='))
}
