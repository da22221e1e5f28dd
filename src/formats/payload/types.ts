/**
 * What a payload was found to be, in a form that prints as JSON. Integers above 2^53 are decimal strings wherever they
 * come from, because readers of JSON would round them.
 */
export type Decoded =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'text'; readonly value: string }
  | Packed
  | { readonly kind: 'java-serialized'; readonly class: string | null }
  | { readonly kind: 'protobuf'; readonly magic: 'PBUF'; readonly writer: string | null }
  | { readonly kind: 'int32'; readonly value: number }
  | { readonly kind: 'int64'; readonly value: ExactInteger; readonly time?: string }
  | {
      readonly kind: 'zookeeper-config'
      readonly members: readonly ConfigMember[]
      /** `0x…`; null when the text has none. */
      readonly version: string | null
    }
  | { readonly kind: 'quota'; readonly limits: QuotaValues }
  | { readonly kind: 'quota'; readonly usage: QuotaValues }
  | { readonly kind: 'binary' }

export type Packing = 'gzip' | 'zlib' | 'snappy'

/** Unpacked, or what kept it from being unpacked although it starts as such. */
export type Packed =
  | {
      readonly kind: Packing
      /** Of `value`. */
      readonly bytes: number
      /** There is more than is unpacked here. */
      readonly truncated?: true
      readonly value: Decoded
    }
  | { readonly kind: Packing; readonly error: string }

export type ExactInteger = number | string

/** -1: no limit. */
export type QuotaValues = Readonly<Record<string, ExactInteger>>

export interface ConfigAddress {
  readonly host: string
  readonly quorumPort: number
  readonly electionPort: number
}

export interface ConfigMember extends ConfigAddress {
  readonly id: number
  readonly role: 'participant' | 'observer'
  readonly clientAddress: string | null
  readonly clientPort: number | null
  /** All of them, when there are several; `host` and the ports are the first. */
  readonly addresses?: readonly ConfigAddress[]
  /** With groups only. */
  readonly group?: number
  readonly weight?: number
}
