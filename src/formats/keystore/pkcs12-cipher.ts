/*
 * What passwords do in PKCS12 stores: keys by PBES2 (keytool from Java 12 on, openssl 3) or by PKCS12's own derivation
 * (RFC 7292, appendix B) for Triple DES and RC2, which older ones use.
 */
import { createDecipheriv, hash as hashOf, pbkdf2Sync } from 'node:crypto'
import { contentOf, type Der, integerOf, OCTETS, oidOf, partsOf } from './der.ts'
import { rc2Decrypted } from './rc2.ts'

/** An iteration count is a claim; this many take a second. */
const MOST_ITERATIONS = 1_000_000

/** It is written in a way that is not known here. */
export class UnknownCipher extends Error {}

/** Throws UnknownCipher, RangeError; and whatever the cipher throws when the password does not fit. */
export function decrypted(algorithm: Der | undefined, bytes: Uint8Array, password: string): Uint8Array {
  const [id, parameters] = partsOf(algorithm)
  const name = oidOf(id)
  if (name === '1.2.840.113549.1.5.13') return byPbes2(parameters, bytes, password)
  const old = OLD[name]
  if (old === undefined) throw new UnknownCipher(`cipher ${name}`)
  const [salt, count] = partsOf(parameters)
  const derive = (use: number, length: number) =>
    pkcs12Key('sha1', password, contentOf(salt, OCTETS), iterations(count), use, length)
  const [key, iv] = [derive(1, old.keyBytes), derive(2, 8)]
  return old.rc2 ? rc2Decrypted(bytes, key, iv) : byCipher('des-ede3-cbc', key, iv, bytes)
}

const OLD: Readonly<Record<string, { readonly keyBytes: number; readonly rc2: boolean }>> = {
  '1.2.840.113549.1.12.1.3': { keyBytes: 24, rc2: false },
  '1.2.840.113549.1.12.1.5': { keyBytes: 16, rc2: true },
  '1.2.840.113549.1.12.1.6': { keyBytes: 5, rc2: true },
}

const CIPHERS: Readonly<Record<string, readonly [name: string, keyBytes: number]>> = {
  '2.16.840.1.101.3.4.1.2': ['aes-128-cbc', 16],
  '2.16.840.1.101.3.4.1.22': ['aes-192-cbc', 24],
  '2.16.840.1.101.3.4.1.42': ['aes-256-cbc', 32],
  '1.2.840.113549.3.7': ['des-ede3-cbc', 24],
}

const PSEUDO_RANDOM: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
}

function byPbes2(parameters: Der | undefined, bytes: Uint8Array, password: string): Uint8Array {
  const [derivation, encryption] = partsOf(parameters)
  const [kdf, settings] = partsOf(derivation)
  if (oidOf(kdf) !== '1.2.840.113549.1.5.12') throw new UnknownCipher(`key derivation ${oidOf(kdf)}`)
  const [salt, count, ...rest] = partsOf(settings)
  const random = rest.find(({ tag }) => tag === 0x30)
  const hash = random === undefined ? 'sha1' : PSEUDO_RANDOM[oidOf(partsOf(random)[0])]
  const [id, iv] = partsOf(encryption)
  const cipher = CIPHERS[oidOf(id)]
  if (hash === undefined || cipher === undefined) throw new UnknownCipher(`cipher ${oidOf(id)}`)
  const [name, keyBytes] = cipher
  const key = pbkdf2Sync(password, contentOf(salt, OCTETS), iterations(count), keyBytes, hash)
  return byCipher(name, key, contentOf(iv, OCTETS), bytes)
}

function byCipher(name: string, key: Uint8Array, iv: Uint8Array, bytes: Uint8Array): Uint8Array {
  const cipher = createDecipheriv(name, key, iv)
  return Buffer.concat([cipher.update(bytes), cipher.final()])
}

export function iterations(count: Der | undefined): number {
  const number = integerOf(count)
  if (number < 1 || number > MOST_ITERATIONS) throw new RangeError(`${number} iterations`)
  return number
}

const BLOCK_BYTES: Readonly<Record<string, number>> = { sha1: 64, sha256: 64, sha384: 128, sha512: 128 }

/** RFC 7292, appendix B.2; `use`: 1 a key, 2 an initialisation vector, 3 a key for the seal. */
export function pkcs12Key(
  hash: string,
  password: string,
  salt: Uint8Array,
  count: number,
  use: number,
  length: number,
): Buffer {
  const block = BLOCK_BYTES[hash]!
  const secret = Buffer.from(`${password}\0`, 'utf16le').swap16()
  const input = Buffer.concat([filled(salt, block), filled(secret, block)])
  const purpose = Buffer.alloc(block, use)
  const out: Buffer[] = []
  for (let made = 0; made < length; ) {
    let digest: Buffer = hashOf(hash, Buffer.concat([purpose, input]), 'buffer')
    for (let i = 1; i < count; i++) digest = hashOf(hash, digest, 'buffer')
    out.push(digest)
    made += digest.length
    const addend = filled(digest, block).subarray(0, block)
    for (let at = 0; at < input.length; at += block) addTo(input.subarray(at, at + block), addend)
  }
  return Buffer.concat(out).subarray(0, length)
}

/** Repeated up to a multiple of a block. */
function filled(bytes: Uint8Array, block: number): Buffer {
  return bytes.length === 0
    ? Buffer.alloc(0)
    : Buffer.alloc(Math.ceil(bytes.length / block) * block, Buffer.from(bytes))
}

/** Plus one, as big-endian numbers. */
function addTo(number: Buffer, addend: Buffer): void {
  let carry = 1
  for (let i = number.length - 1; i >= 0; i--) {
    carry += number[i]! + addend[i]!
    number[i] = carry & 0xff
    carry >>= 8
  }
}
