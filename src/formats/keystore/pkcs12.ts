/*
 * PKCS12 stores (RFC 7292) without their private keys.
 *
 *   store = SEQUENCE { version 3, ContentInfo of bags*, seal }
 *   bags  = OCTET STRING | enciphered with the password
 *   bag   = SEQUENCE { kind, [0] value, SET of attributes }   kind: key, enciphered key, certificate
 *
 * Java takes a certificate without a key for trusted only when it carries Oracle's attribute for that, which keytool
 * writes and openssl does not (PKCS12KeyStore.loadSafeContents).
 */
import { createHmac } from 'node:crypto'
import { contentOf, type Der, FIRST, OCTETS, oidOf, partsOf, readAll, SEQUENCE } from './der.ts'
import { decrypted, iterations, pkcs12Key, UnknownCipher } from './pkcs12-cipher.ts'

export interface Pkcs12Certificate {
  /** DER. */
  readonly encoded: Uint8Array
  /** Joins it with its key. */
  readonly keyId: string | null
  /** Java takes it for trusted. */
  readonly trusted: boolean
}

export type Pkcs12 =
  | {
      readonly state: 'opened'
      /** The ids of its private keys; null: one without an id. */
      readonly keys: readonly (string | null)[]
      readonly certificates: readonly Pkcs12Certificate[]
    }
  | { readonly state: 'password' | 'damaged' | 'unknown'; readonly why: string }

const DATA = '1.2.840.113549.1.7.1'
const ENCRYPTED = '1.2.840.113549.1.7.6'
const CERTIFICATE_BAG = '1.2.840.113549.1.12.10.1.3'
const KEY_BAGS = ['1.2.840.113549.1.12.10.1.1', '1.2.840.113549.1.12.10.1.2']
const X509 = '1.2.840.113549.1.9.22.1'
const LOCAL_KEY_ID = '1.2.840.113549.1.9.21'
const TRUSTED_KEY_USAGE = '2.16.840.1.113894.746875.1.1'

const NO_PASSWORD = { state: 'password', why: 'the password does not fit' } as const

export function readPkcs12(bytes: Uint8Array, password: string): Pkcs12 {
  try {
    const [, authSafe, seal] = partsOf(readAll(bytes)[0])
    const content = dataOf(authSafe)
    if (seal !== undefined && !isSealed(seal, content, password)) return NO_PASSWORD
    const bags = partsOf(readAll(content)[0]).flatMap((info) => bagsOf(info, password))
    return { state: 'opened', keys: bags.flatMap(keyOf), certificates: bags.flatMap(certificateOf) }
  } catch (error) {
    if (error instanceof WrongPassword) return NO_PASSWORD
    if (error instanceof UnknownCipher) return { state: 'unknown', why: `it is enciphered with ${error.message}` }
    if (error instanceof RangeError) return { state: 'damaged', why: `it does not hold together (${error.message})` }
    throw error
  }
}

class WrongPassword extends Error {}

/** The bytes of a ContentInfo that is not enciphered. */
function dataOf(info: Der | undefined): Uint8Array {
  const [kind, value] = partsOf(info)
  if (oidOf(kind) !== DATA) throw new RangeError(`content ${oidOf(kind)}`)
  return contentOf(partsOf(value, FIRST)[0], OCTETS)
}

const DIGESTS: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}

/** A seal of another kind is passed over: what is enciphered tells of the password, too. */
function isSealed(seal: Der, content: Uint8Array, password: string): boolean {
  const [info, salt, count] = partsOf(seal)
  const [algorithm, digest] = partsOf(info)
  const hash = DIGESTS[oidOf(partsOf(algorithm)[0])]
  if (hash === undefined) return true
  const times = count === undefined ? 1 : iterations(count)
  const wanted = contentOf(digest, OCTETS)
  const key = pkcs12Key(hash, password, contentOf(salt, OCTETS), times, 3, wanted.length)
  return createHmac(hash, key).update(content).digest().equals(wanted)
}

function bagsOf(info: Der, password: string): readonly Der[] {
  const [kind, value] = partsOf(info)
  if (oidOf(kind) === DATA) return partsOf(readAll(dataOf(info))[0])
  if (oidOf(kind) !== ENCRYPTED) throw new UnknownCipher(`content ${oidOf(kind)}`)
  const [, encrypted] = partsOf(partsOf(value, FIRST)[0])
  const [, algorithm, content] = partsOf(encrypted)
  // [0] implicit: whole, or in pieces
  const whole = content?.tag === 0x80 ? content.content : joined(partsOf(content, FIRST))
  let clear: Uint8Array
  try {
    clear = decrypted(algorithm, whole, password)
  } catch (error) {
    if (error instanceof UnknownCipher) throw error
    throw new WrongPassword()
  }
  return partsOf(readAll(clear)[0])
}

const joined = (pieces: readonly Der[]): Uint8Array => Buffer.concat(pieces.map((one) => contentOf(one, OCTETS)))

function keyOf(bag: Der): readonly (string | null)[] {
  const [kind, , attributes] = partsOf(bag)
  return KEY_BAGS.includes(oidOf(kind)) ? [keyId(attributes)] : []
}

function certificateOf(bag: Der): readonly Pkcs12Certificate[] {
  const [kind, value, attributes] = partsOf(bag)
  if (oidOf(kind) !== CERTIFICATE_BAG) return []
  const [type, wrapped] = partsOf(partsOf(value, FIRST)[0])
  if (oidOf(type) !== X509) return []
  const encoded = contentOf(partsOf(wrapped, FIRST)[0], OCTETS)
  return [{ encoded, keyId: keyId(attributes), trusted: attribute(attributes, TRUSTED_KEY_USAGE) !== undefined }]
}

function keyId(attributes: Der | undefined): string | null {
  const value = attribute(attributes, LOCAL_KEY_ID)?.[0]
  return value === undefined ? null : Buffer.from(value.content).toString('hex')
}

/** The values of an attribute. */
function attribute(attributes: Der | undefined, id: string): readonly Der[] | undefined {
  const all = attributes === undefined ? [] : partsOf(attributes, 0x31)
  const found = all.map((one) => partsOf(one, SEQUENCE)).find(([kind]) => oidOf(kind) === id)
  return found === undefined ? undefined : partsOf(found[1], 0x31)
}
