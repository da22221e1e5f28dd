/* From the flags of a live command to what its members say. */
import { readFile } from 'node:fs/promises'
import type { TlsMaterial } from '../../cluster/exchange.ts'
import { observeEnsemble } from '../../cluster/observe/ensemble.ts'
import { GUESSED_ADMIN_PORT, type MemberPlace, type ObserveOptions, placeKey } from '../../cluster/observe/model.ts'
import { addressText } from '../../config/inventory/connect.ts'
import type { TlsFiles } from '../../config/inventory/inventory.ts'
import { fileError } from '../../support/errors.ts'
import { type FoundTarget, findTarget, type LiveOptions, type Target } from '../inventory/target.ts'
import { type Overview, overviewOf } from './overview.ts'

export type { LiveOptions } from '../inventory/target.ts'

export interface ObservedTarget extends FoundTarget {
  /** Its name in the inventory, else where it was asked. */
  readonly name: string
  readonly overview: Overview
  readonly tookMs: number
}

/** Throws `usage.*`, `input.*`; members that do not answer are part of the result. */
export async function observeTarget(options: LiveOptions, signal: AbortSignal): Promise<ObservedTarget> {
  return observeFound(await findTarget(options), { signal })
}

export interface FoundOptions {
  /** Only this one is asked, where its place is known beforehand. */
  readonly server?: number | undefined
  readonly met?: ObserveOptions['met']
  readonly ask?: ObserveOptions['ask']
  /** Members as an earlier look found them: only they are asked. */
  readonly known?: Pick<Overview, 'members' | 'membership'> | undefined
  readonly signal: AbortSignal
}

export async function observeFound(
  found: FoundTarget,
  { server, met, ask, known, signal }: FoundOptions,
): Promise<ObservedTarget> {
  const { target } = found
  const all = known?.members.map(({ place }) => place) ?? placesOf(target)
  const one =
    server === undefined ? undefined : all.find((place) => (place.id ?? met?.[placeKey(place)]?.id) === server)
  const options = { timeoutMs: target.timeoutMs, tls: await tlsMaterial(target.tls), met, ask, signal }
  const discover = one === undefined && known === undefined
  const observed = await observeEnsemble(one === undefined ? all : [one], { ...options, discover })
  const membership = observed.membership ?? known?.membership ?? null
  const overview = overviewOf({ ...observed, membership })
  return { ...found, name: targetName(target), overview, tookMs: observed.tookMs }
}

export function targetName({ ensemble, connect }: Target): string {
  return ensemble ?? connect.map(addressText).join(',')
}

/** Members that were named, with their ports; of a connect string only where clients connect is known. */
export function placesOf(target: Target): readonly MemberPlace[] {
  const secure = target.tls !== null
  if (target.servers.length === 0) {
    const once = new Map(target.connect.map((address) => [addressText(address), address]))
    return [...once.values()].map(({ host, port }) => ({
      ...{ id: null, host, role: null },
      clientPort: secure ? null : port,
      securePort: secure ? port : null,
      admin: { host, port: GUESSED_ADMIN_PORT },
    }))
  }
  return target.servers.map(({ id, clientHost: host, ports, role }) => ({
    ...{ id, host, role },
    clientPort: secure && ports.secure !== null ? null : ports.client,
    ...{ securePort: ports.secure, quorumPort: ports.quorum, guessed: target.guessed?.has(id) === true },
    admin: ports.admin === null ? null : { host, port: ports.admin ?? GUESSED_ADMIN_PORT },
  }))
}

/** What the files hold. Throws `input.*`. */
export async function tlsMaterial(files: TlsFiles | null): Promise<TlsMaterial | null> {
  if (files === null) return null
  const content = async (file: string | null) => {
    if (file === null) return undefined
    try {
      return await readFile(file)
    } catch (error) {
      throw fileError(error, file)
    }
  }
  const [ca, cert, key] = await Promise.all([content(files.ca), content(files.cert), content(files.key)])
  return { ca, cert, key, servername: files.servername ?? undefined }
}
