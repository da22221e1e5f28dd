/*
 * The zoo.cfg of a member: read and replaced where it lies, on this machine or through the member's `exec`. Its content
 * goes over standard input, for it may hold secrets; it appears as a whole, with the owner and mode of the old one.
 */
import { readFile, realpath, stat } from 'node:fs/promises'
import { runCommand } from '../../cluster/remote/run.ts'
import { putFile } from '../../datadir/replace-file.ts'
import { serverFiles } from '../../sandbox/files.ts'
import { fileError, ZkopsError } from '../../support/errors.ts'
import { actionMember, type RollMember } from './view.ts'
import type { RollScene } from './work.ts'

const MOST_BYTES = 1 << 20
const SECONDS_MS = 30_000

export interface MemberConfig {
  readonly file: string
  /** On this machine: what lies around it can be looked at. */
  readonly here: boolean
}

/** Throws `usage` when nothing says where it lies. */
export function configOf({ id }: RollMember, { found, actions }: RollScene): MemberConfig {
  const server = found.target.servers.find((one) => one.id === id)
  const spec = actions.sandbox?.servers.find((one) => one.id === id)
  const file = server?.config ?? (spec === undefined ? null : serverFiles(actions.sandbox!, spec).config)
  if (file !== null) return { file, here: server?.exec == null }
  throw new ZkopsError('usage', `Nothing says where the zoo.cfg of server ${id} lies`, {
    hint: 'Write config in zkops.yaml: docs/inventory.md.',
  })
}

/** Throws `input.*`, `stopped.command`. */
export async function readConfig(member: RollMember, scene: RollScene): Promise<Buffer> {
  const { file, here } = configOf(member, scene)
  if (here) {
    return readFile(file).catch((error) => {
      throw fileError(error, file)
    })
  }
  return remote(member, 'cat -- {config}', scene)
}

const REPLACE = [
  'set -e',
  'file=$(readlink -f -- {config})',
  'cp -p -- "$file" "$file.zkops-new"',
  'cat > "$file.zkops-new"',
  'sync',
  'mv -f -- "$file.zkops-new" "$file"',
].join('\n')

/** Throws `stopped.*`. */
export async function writeConfig(member: RollMember, bytes: Uint8Array, scene: RollScene): Promise<void> {
  const { file, here } = configOf(member, scene)
  if (!here) {
    await remote(member, REPLACE, scene, bytes)
    return
  }
  // what a link points to is replaced, not the link
  const place = await realpath(file)
  await putFile(place, bytes, await stat(place))
}

async function remote(member: RollMember, command: string, scene: RollScene, input?: Uint8Array): Promise<Buffer> {
  const whole = scene.actions.command(actionMember(member), command)
  const { exitCode, stdout, output } = await runCommand(whole, {
    ...{ timeoutMs: SECONDS_MS, signal: scene.signal, keepBytes: MOST_BYTES },
    ...(input === undefined ? {} : { input }),
  })
  if (exitCode === 0) return stdout
  const { file } = configOf(member, scene)
  throw new ZkopsError(
    'stopped.command',
    `${file} of ${member.name} could not be ${input === undefined ? 'read' : 'replaced'}`,
    {
      file,
      hint: output.trim().split('\n').at(-1) || undefined,
    },
  )
}
