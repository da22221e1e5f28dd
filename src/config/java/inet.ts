/*
 * java.net.InetAddress and InetSocketAddress as far as the parser needs them: literals are read here, names are looked
 * up by the caller, the first IPv4 address first, as Java does.
 */
import { isIPv6 } from 'node:net'
import { illegalArgument, JavaError } from './values.ts'

/** What a name was found to be: an address literal, or why there is none. */
export type Resolved = { readonly address: string } | { readonly error: string }

export interface SocketAddress {
  /** The name it was made from; null for literals. */
  readonly name: string | null
  /** IPv4 dotted, IPv6 in eight groups; null when unresolved. */
  readonly address: string | null
  readonly port: number
}

type Lookup = (host: string) => Resolved

/** InetAddress.getByName; throws UnknownHostException. */
export function inetAddress(host: string, lookup: Lookup): { name: string | null; address: string } {
  if (host === '') return { name: 'localhost', address: '127.0.0.1' }
  const bracketed = host.startsWith('[')
  const invalid = () => unknownHost(`${host}: invalid IPv6 address literal`)
  if (bracketed && (host.length < 3 || !host.endsWith(']'))) throw invalid()
  const text = bracketed ? host.slice(1, -1) : host
  if (/^[0-9a-fA-F:]/.test(text)) {
    const v4 = ipv4(text)
    if (v4 !== undefined && bracketed) throw invalid()
    if (v4 !== undefined) return { name: null, address: v4 }
    if (isAmbiguous(text)) throw unknownHost(text)
    const v6 = ipv6(text)
    if (v6 !== undefined) return { name: null, address: v6 }
    if (text.includes(':')) throw invalid()
  } else if (bracketed) {
    throw invalid()
  }
  const found = lookup(text)
  if ('error' in found) throw unknownHost(found.error)
  return { name: text, address: ipv6(found.address) ?? found.address }
}

/** new InetSocketAddress(host, port): a name that is not found stays unresolved. */
export function socketAddress(host: string, port: number, lookup: Lookup): SocketAddress {
  checkPort(port)
  try {
    return { ...inetAddress(host, lookup), port }
  } catch (error) {
    if (error instanceof JavaError) return { name: host, address: null, port }
    throw error
  }
}

/** new InetSocketAddress(port): every interface. */
export function anySocketAddress(port: number): SocketAddress {
  checkPort(port)
  return { name: '0.0.0.0', address: '0.0.0.0', port }
}

export function checkPort(port: number): void {
  if (port < 0 || port > 65_535) throw illegalArgument(`port out of range:${port}`)
}

export function isAnyLocal({ address }: SocketAddress): boolean {
  return address === '0.0.0.0' || address === '0:0:0:0:0:0:0:0'
}

export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '0:0:0:0:0:0:0:1'
}

export function sameSocketAddress(a: SocketAddress, b: SocketAddress): boolean {
  if (a.port !== b.port) return false
  if (a.address === null || b.address === null) {
    return a.address === b.address && a.name?.toLowerCase() === b.name?.toLowerCase()
  }
  return a.address === b.address
}

/** InetSocketAddress.toString of Java 14 and later. */
export function socketAddressText({ name, address, port }: SocketAddress): string {
  if (address === null) return `${name}/<unresolved>:${port}`
  return `${name ?? ''}/${address.includes(':') ? `[${address}]` : address}:${port}`
}

function unknownHost(message: string): JavaError {
  return new JavaError('UnknownHostException', message)
}

/** An IPv4 literal of one to four decimal parts, the last filling what is left; undefined for anything else. */
export function ipv4(text: string): string | undefined {
  if (text.length > 15 || !/^\d+(\.\d+){0,3}$/.test(text)) return undefined
  const parts = text.split('.').map(Number)
  const last = parts.pop()!
  const left = 4 - parts.length
  if (parts.some((one) => one > 255) || last >= 256 ** left) return undefined
  const bytes = Array.from({ length: left }, (_, i) => Math.floor(last / 256 ** (left - 1 - i)) % 256)
  return [...parts, ...bytes].join('.')
}

/** Octal and hexadecimal parts, which other programs read and Java refuses from 17.0.5 on. */
function isAmbiguous(text: string): boolean {
  const parts = text.split('.')
  if (parts.length > 4 || !parts.every((one) => /^(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/.test(one))) return false
  const values = parts.map((one) => (/^0[0-7]/.test(one) ? Number.parseInt(one, 8) : Number(one)))
  const last = values.pop()!
  return values.every((one) => one <= 255) && last < 256 ** (4 - values.length)
}

/** An IPv6 literal in eight groups, an IPv4-mapped one as IPv4; a zone is left out. */
export function ipv6(text: string): string | undefined {
  const plain = text.replace(/%.*$/, '')
  if (!isIPv6(plain)) return undefined
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(plain)
  const hex = (high: string, low: string) => (Number(high) * 256 + Number(low)).toString(16)
  const groups = dotted === null ? plain : `${dotted[1]}${hex(dotted[2]!, dotted[3]!)}:${hex(dotted[4]!, dotted[5]!)}`
  const [head = '', tail] = groups.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const words = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right].map((word) =>
    Number.parseInt(word, 16),
  )
  if (words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff) {
    return [words[6]! >> 8, words[6]! & 255, words[7]! >> 8, words[7]! & 255].join('.')
  }
  return words.map((word) => word.toString(16)).join(':')
}
