/*
 * What a canary writes into its znode: which process it is, so that a later run can prove that it is dead.
 *
 *   {"by":"zkops health canary","process":{"boot":"<boot id>","namespace":"pid:[…]","pid":4711,"startedAt":"123456"}}
 *
 * Only a process of this machine's same boot and of the same namespace of processes can be looked for; that of another
 * machine is left to its session, which ends by itself.
 */
import { readFileSync, readlinkSync } from 'node:fs'
import { isRunning, type ProcessIdentity, processIdentity } from '../../../support/process-identity.ts'

/** The value of the parent that canaries make. */
export const PARENT_MARK: Buffer = Buffer.from('zkops health canary')

interface WhereProcess extends ProcessIdentity {
  readonly boot: string
  readonly namespace: string
}

/** `round` makes values differ from each other. */
export function canaryNote(round: string): Buffer {
  return Buffer.from(JSON.stringify({ by: String(PARENT_MARK), process: ownProcess(), round }))
}

/** Whether the process that wrote it has ended; false when that cannot be proved. */
export function isOfDeadCanary(data: Buffer | null): boolean {
  const place = machine()
  const noted = processOf(data)
  if (place === undefined || noted === undefined) return false
  return noted.boot === place.boot && noted.namespace === place.namespace && !isRunning(noted)
}

function ownProcess(): WhereProcess | null {
  const place = machine()
  const own = processIdentity(process.pid)
  return place === undefined || own === undefined ? null : { ...place, ...own }
}

/** Undefined where it cannot be told. */
function machine(): { readonly boot: string; readonly namespace: string } | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return { boot, namespace: readlinkSync('/proc/self/ns/pid') }
  } catch {
    return undefined
  }
}

function processOf(data: Buffer | null): WhereProcess | undefined {
  try {
    const { by, process } = JSON.parse(String(data)) as { by?: unknown; process?: Partial<WhereProcess> | null }
    const { boot, namespace, pid, startedAt } = process ?? {}
    const whole =
      by === String(PARENT_MARK) &&
      typeof boot === 'string' &&
      typeof namespace === 'string' &&
      typeof startedAt === 'string' &&
      Number.isSafeInteger(pid) &&
      pid! > 0
    return whole ? { boot, namespace, pid: pid!, startedAt } : undefined
  } catch {
    return undefined
  }
}
