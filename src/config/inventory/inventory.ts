/*
 * zkops.yaml as data: ensembles with their servers, what holds for all servers of an ensemble filled in for each of
 * them. The fields are explained in schemas/inventory.ts; values given here have been held against it.
 */
import { durationMs } from '../../support/duration.ts'

export const DEFAULT_PORTS = { quorum: 2888, election: 3888, client: 2181 } as const

export interface ServerPorts {
  readonly quorum: number
  readonly election: number
  /** Null: it takes no clients in plain. */
  readonly client: number | null
  /** Null: it takes none with TLS. */
  readonly secure: number | null
  /** Undefined: nobody said; servers from 3.5 on have it at 8080. Null: it is off. */
  readonly admin: number | null | undefined
}

/** A shell command, with placeholders {id} {host} {zone} {dataDir} {dataLogDir} {config}. */
export interface ServerCommand {
  readonly command: string
  /** `here`: on this machine; `member`: through `exec`, and without one on this machine as well. */
  readonly where: 'member' | 'here'
}

export interface InventoryServer {
  readonly id: number
  readonly host: string
  /** Further `host:quorum:election`. */
  readonly addresses: readonly string[]
  /** Where clients connect. */
  readonly clientHost: string
  readonly ports: ServerPorts
  readonly role: 'participant' | 'observer'
  readonly zone: string | null
  readonly group: number | null
  readonly weight: number | null
  readonly dataDir: string | null
  readonly dataLogDir: string | null
  readonly config: string | null
  /** A program with arguments that gets a shell command as its last one. */
  readonly exec: string | null
  readonly restart: ServerCommand | null
  readonly stop: ServerCommand | null
  readonly start: ServerCommand | null
}

export type Limit = number | string | null

export interface Threshold {
  /** Undefined: as zkops has it. Null: never. */
  readonly warn?: Limit
  readonly critical?: Limit
}

/** Never the password itself. */
export interface InventoryAuth {
  readonly scheme: string
  readonly user: string
  readonly passwordEnv: string | null
  /** As it stands in the file: relative to it. */
  readonly passwordFile: string | null
}

export interface TlsFiles {
  readonly ca: string | null
  readonly cert: string | null
  readonly key: string | null
  readonly servername: string | null
}

export interface InventoryEnsemble {
  readonly name: string
  /** Release or line. */
  readonly zookeeper: string | null
  readonly connect: string | null
  readonly servers: readonly InventoryServer[]
  readonly auth: InventoryAuth | null
  readonly tls: TlsFiles | null
  readonly timeoutMs: number | null
  readonly thresholds: Readonly<Record<string, Threshold>>
}

/** What stands in the file where it fits the schema. */
type Raw<T> = { readonly [K in keyof T]?: T[K] | null }

interface RawPlaces {
  readonly ports: Raw<ServerPorts>
  readonly dataDir: string
  readonly dataLogDir: string
  readonly config: string
  readonly exec: string
  readonly restart: string | { readonly here: string }
  readonly stop: string | { readonly here: string }
  readonly start: string | { readonly here: string }
}

type RawServer = Raw<RawPlaces> &
  Raw<Omit<InventoryServer, keyof RawPlaces>> & { readonly id: number; readonly host: string }

export interface RawEnsemble extends Raw<RawPlaces> {
  readonly zookeeper?: string | number
  readonly connect?: string
  readonly servers?: readonly RawServer[]
  readonly auth?: Raw<InventoryAuth> & { readonly user: string }
  readonly tls?: Raw<TlsFiles>
  readonly timeout?: string
  readonly thresholds?: Readonly<Record<string, Threshold>>
}

export function inventoryEnsemble(name: string, raw: RawEnsemble): InventoryEnsemble {
  const { zookeeper, connect, servers, auth, tls, timeout, thresholds } = raw
  return {
    name,
    zookeeper: zookeeper === undefined ? null : String(zookeeper),
    connect: connect ?? null,
    servers: (servers ?? []).map((server) => serverOf(server, raw)),
    auth:
      auth === undefined
        ? null
        : {
            ...{ scheme: auth.scheme ?? 'digest', user: auth.user },
            ...{ passwordEnv: auth.passwordEnv ?? null, passwordFile: auth.passwordFile ?? null },
          },
    tls:
      tls === undefined
        ? null
        : { ca: tls.ca ?? null, cert: tls.cert ?? null, key: tls.key ?? null, servername: tls.servername ?? null },
    timeoutMs: timeout === undefined ? null : durationMs(timeout)!,
    thresholds: thresholds ?? {},
  }
}

function serverOf(own: RawServer, all: Raw<RawPlaces>): InventoryServer {
  const ports = { ...all.ports, ...own.ports }
  const { quorum, election, client, secure, admin } = ports
  const place = (key: 'dataDir' | 'dataLogDir' | 'config' | 'exec') => own[key] ?? all[key] ?? null
  const command = (key: 'restart' | 'stop' | 'start') => commandOf(own[key] ?? all[key] ?? null)
  return {
    ...{ id: own.id, host: own.host, addresses: own.addresses ?? [], clientHost: own.clientHost ?? own.host },
    ports: {
      quorum: quorum ?? DEFAULT_PORTS.quorum,
      election: election ?? DEFAULT_PORTS.election,
      client: client === undefined ? DEFAULT_PORTS.client : client,
      secure: secure ?? null,
      admin,
    },
    ...{ role: own.role ?? 'participant', zone: own.zone ?? null },
    ...{ group: own.group ?? null, weight: own.weight ?? null },
    ...{ dataDir: place('dataDir'), dataLogDir: place('dataLogDir'), config: place('config'), exec: place('exec') },
    ...{ restart: command('restart'), stop: command('stop'), start: command('start') },
  }
}

function commandOf(raw: string | { readonly here: string } | null): ServerCommand | null {
  if (raw === null) return null
  return typeof raw === 'string' ? { command: raw, where: 'member' } : { command: raw.here, where: 'here' }
}
